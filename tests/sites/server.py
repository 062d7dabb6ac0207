"""Serve emulated sites on loopback, a port each, and note every request: ``python -m tests.sites.server``."""

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from tests.sites import Asked, Reply, Site, make_all

LOOPBACK = "127.0.0.1"
HEADER = "place,name,host,start,family,sisters,other_domain"


class Seen(NamedTuple):
    """A request as the server saw it; ``at`` is its arrival in seconds (monotonic)."""

    at: float
    site: str
    asked: Asked
    status: int


class Town:
    """Sites that are being served. A page writes ``@@name@@`` for the address of a site."""

    def __init__(self, sites: Mapping[str, Site], first_port: int = 0) -> None:
        self.sites = sites
        self.seen: list[Seen] = []
        self.servers = {
            name: _Server((LOOPBACK, first_port + number if first_port else 0), self, name)
            for number, name in enumerate(sites)
        }

    def address(self, name: str) -> str:
        return f"{LOOPBACK}:{self.servers[name].server_port}"

    def url(self, name: str, target: str = "/") -> str:
        return f"http://{self.address(name)}{target}"

    def filled(self, body: str | bytes) -> bytes:
        """Put in the addresses of the sites and the number of visitors, and encode."""
        text = body if isinstance(body, bytes) else body.encode()
        if b"@@" in text:
            text = text.replace(b"@@views@@", str(len(self.seen)).encode())
            for name in self.sites:
                text = text.replace(f"@@{name}@@".encode(), self.address(name).encode())
        return text

    def registry(self) -> str:
        """Give the sites as rows of a registry file, for ``--sites``."""
        rows = [
            f"{site.place},{site.name},{self.address(name)},{self.filled(site.start).decode()},{site.family},"
            f"{' '.join(map(self.address, site.sisters))},yes"
            for name, site in self.sites.items()
        ]
        return "\n".join([HEADER, *rows, ""])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], town: Town, name: str) -> None:
        super().__init__(address, _Handler)
        self.town, self.name = town, name

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        at = time.monotonic()
        length = int(self.headers.get("content-length") or 0)
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        asked = Asked(self.command, self.path, parts.path, query, headers, self.rfile.read(length))
        reply = self.server.town.sites[self.server.name].answer(asked)
        self.server.town.seen.append(Seen(at, self.server.name, asked, reply.status))
        time.sleep(reply.delay)
        self._send(reply)

    do_POST = do_GET

    def _send(self, reply: Reply) -> None:
        town = self.server.town
        body = town.filled(reply.body)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers.items():
            self.send_header(name, town.filled(value).decode())
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: what was asked is in ``Town.seen``."""


@contextmanager
def serving(sites: Mapping[str, Site], first_port: int = 0) -> Iterator[Town]:
    """Serve sites until the block ends."""
    town = Town(sites, first_port)
    threads = [
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        for server in town.servers.values()
    ]
    for thread in threads:
        thread.start()
    try:
        yield town
    finally:
        for server in town.servers.values():
            server.shutdown()
            server.server_close()


def main() -> None:
    """Serve all sites until Ctrl-C, and print their registry."""
    with serving(make_all(), first_port=8601) as town:
        print(town.registry(), flush=True)
        print("serving; Ctrl-C ends it", file=sys.stderr)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
