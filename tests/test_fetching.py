"""What hosts may answer, and what comes of it: a page, or one line that names the host and the reason."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest
import trustme
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.exceptions import ConnectionError, SSLError
from urllib3 import HTTPResponse

from scraper.fetching.guard import PrivateAddress, is_public, require_public
from scraper.fetching.http import Blocked, Failed, Fetcher, FetchError, Forbidden, Validators
from scraper.fetching.page import Request
from scraper.fetching.transport import Interrupted, is_legacy_tls_error, tls_context
from tests.crawler import EVENING, QUICK, Crawler
from tests.sites import Asked, Reply, Site
from tests.sites.reports import body, title
from tests.sites.server import Town, serving

REPORT = f"<html><h1>{title('云岭市财政局', 2023)}</h1>{body('云岭市财政局', 2023)}</html>"
LIST = f"<html><title>政府信息公开年报</title><a href='/1.html'>{title('云岭市财政局', 2023)}</a>"
BOMB = gzip.compress(b"\0" * 30_000_000)


def conditional(asked: Asked) -> Reply:
    same = asked.headers.get("if-none-match") == '"1"'
    return Reply("" if same else "text", 304 if same else 200, headers={"ETag": '"1"'})


def cookie(asked: Asked) -> Reply:
    if "kept=1" in asked.headers.get("cookie", ""):
        return Reply("kept")
    return Reply("", 302, headers={"Location": "/cookie", "Set-Cookie": "kept=1; path=/"})


TRIES = iter(range(1000))


def twice_busy(asked: Asked) -> Reply:
    return Reply("late", 200) if next(TRIES) >= 2 else Reply("", 503, headers={"Retry-After": "0"})


PAGES: dict[str, object] = {
    "/": "<html>首页</html>",
    "/bomb": Reply(BOMB, headers={"Content-Encoding": "gzip"}),
    "/broken-gzip": Reply(b"rubbish", headers={"Content-Encoding": "gzip"}),
    "/loop": Reply("", 302, headers={"Location": "/loop2"}),
    "/loop2": Reply("", 302, headers={"Location": "/loop"}),
    "/endless": lambda asked: Reply("", 302, headers={"Location": f"/endless?{len(asked.target)}"}),
    "/away": Reply("", 301, headers={"Location": "http://www.example.com/"}),
    "/metadata": Reply("", 301, headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
    "/abroad": Reply("", 301, headers={"Location": "http://[bad"}),
    "/written": Reply("", 301, headers={"Location": "/年报".encode().decode("latin-1")}),
    "/%E5%B9%B4%E6%8A%A5": "reports",
    "/cookie": cookie,
    "/soon": Reply("", 503, headers={"Retry-After": "soon"}),
    "/moved": Reply("", 301, headers={"Location": "/"}),
    "/busy": Reply("", 503),
    "/later": Reply("", 429, headers={"Retry-After": "86400"}),
    "/twice-busy": twice_busy,
    "/521": Reply("<script>document.cookie='__jsl_clearance=1'</script>", 521),
    "/412": Reply("<script>_$aa=1</script>", 412),
    "/202": Reply("<html><script>$_ts={};</script></html>", 202),
    "/shell": Reply("<html><script>var __jsl_clearance_s='x'</script></html>"),
    "/403": Reply("", 403),
    "/slow": Reply("slow", delay=3),
    "/conditional": conditional,
    "/private": "secret",
    "/nested": "<div>" * 90_000,
}


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    site = Site("云岭市", "990100", "plain", PAGES, robots="User-agent: *\nDisallow: /private\n")  # type: ignore[arg-type]
    with serving({"odd": site}) as town:
        yield town


def fetcher(**settings: object) -> Fetcher:
    return Fetcher(QUICK._replace(max_bytes=1_000_000, read_timeout=1, total_timeout=5, **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "kind", "reason"),
    [
        ("/bomb", Failed, "larger than 1 MB"),
        ("/broken-gzip", Failed, "cannot be decoded"),
        ("/loop", Failed, "redirects in a loop"),
        ("/endless", Failed, "redirects in a loop"),
        ("/away", Forbidden, "www.example.com is not one of the site's hosts"),
        ("/metadata", Forbidden, "169.254.169.254 is not one of the site's hosts"),
        ("/busy", Failed, "answers 503"),
        ("/later", Failed, "wait of 86400 seconds"),
        ("/521", Blocked, "加速乐"),
        ("/412", Blocked, "瑞数"),
        ("/202", Blocked, "瑞数"),
        ("/shell", Blocked, "加速乐"),
        ("/403", Blocked, "403"),
        ("/slow", Failed, "did not answer in time"),
        ("/nested", Failed, "nested without end"),
        ("/private", Forbidden, "robots.txt of 127.0.0.1"),
    ],
)
def test_what_is_no_page_is_named(town: Town, path: str, kind: type[FetchError], reason: str) -> None:
    retries = 1 if path == "/later" else 0
    with pytest.raises(kind, match=reason) as raised:
        fetcher(retries=retries).fetch(Request(town.url("odd", path)), {town.address("odd")})
    assert "127.0.0.1" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_passing_troubles_are_tried_again(town: Town) -> None:
    page = fetcher(retries=3).fetch(Request(town.url("odd", "/twice-busy")), {town.address("odd")})
    assert page.body == b"late"


def test_redirects_are_kept_with_the_page(town: Town) -> None:
    page = fetcher().fetch(Request(town.url("odd", "/moved")), {town.address("odd")})
    assert (page.status, page.url) == (200, town.url("odd", "/"))
    assert [redirect.status for redirect in page.redirects] == [301]


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [("/written", 200, b"reports"), ("/cookie", 200, b"kept"), ("/abroad", 301, b"")],
)
def test_odd_redirects_are_followed_as_browsers_do(town: Town, path: str, status: int, body: bytes) -> None:
    page = fetcher().fetch(Request(town.url("odd", path)), {town.address("odd")})
    assert (page.status, page.body) == (status, body)


def test_a_retry_after_that_says_nothing_is_as_none(town: Town) -> None:
    before = len(town.seen)
    with pytest.raises(Failed, match="answers 503"):
        fetcher(retries=1).fetch(Request(town.url("odd", "/soon")), {town.address("odd")})
    assert [seen.asked.path for seen in town.seen[before:]].count("/soon") == 2


def test_a_pause_that_no_night_is_long_enough_for_keeps_the_crawl_out() -> None:
    robots = "User-agent: *\nCrawl-delay: 86400\n"
    with serving({"odd": Site("云岭市", "990100", "plain", {"/": "x"}, robots=robots)}) as town:
        with pytest.raises(Forbidden, match="asks for a delay of 86400 seconds"):
            fetcher().fetch(Request(town.url("odd")), {town.address("odd")})
        assert [seen.asked.path for seen in town.seen] == ["/robots.txt"]


def test_a_page_that_has_not_changed_comes_without_its_body(town: Town) -> None:
    asked = Request(town.url("odd", "/conditional"))
    first = fetcher().fetch(asked, {town.address("odd")})
    again = fetcher().fetch(asked, {town.address("odd")}, Validators(first.headers["etag"]))
    assert (first.status, first.body, again.status, again.body) == (200, b"text", 304, b"")


def test_an_ended_run_asks_for_nothing(town: Town) -> None:
    stop = Event()
    stop.set()
    before = len(town.seen)
    with pytest.raises(Interrupted):
        Fetcher(QUICK, stop).fetch(Request(town.url("odd")), {town.address("odd")})
    assert len(town.seen) == before


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("<html>404 Not Found</html>", True),
        ("\x00\xff rubbish \n:::\nDisallow", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: nianbao\nDisallow: /\n\nUser-agent: *\nDisallow:", False),
        ("User-agent: *\nDisallow: /*.jsp$", True),
        ("\ufeffUser-agent: *\nDisallow: /", False),
        ("", True),
    ],
)
def test_robots_in_all_shapes(rules: str, allowed: bool) -> None:
    with serving({"odd": Site("云岭市", "990100", "plain", {"/": "page"}, robots=rules)}) as town:
        asked = Request(town.url("odd"))
        if allowed:
            assert fetcher().fetch(asked, {town.address("odd")}).status == 200
            return
        with pytest.raises(Forbidden, match="robots.txt"):
            fetcher(user_agent="nianbao/0.1 (+x@y.cn)").fetch(asked, {town.address("odd")})


def test_a_robots_file_that_cannot_be_had_forbids_everything() -> None:
    with serving(
        {"odd": Site("云岭市", "990100", "plain", {"/robots.txt": Reply("", 500), "/": "x"})}
    ) as town:
        with pytest.raises(Failed, match="500 for its robots.txt"):
            fetcher().fetch(Request(town.url("odd")), {town.address("odd")})
        assert [seen.asked.path for seen in town.seen] == ["/robots.txt"]


def test_a_crawl_delay_is_kept() -> None:
    robots = "User-agent: *\nCrawl-delay: 0.2\n"
    with serving({"odd": Site("云岭市", "990100", "plain", {"/": "x"}, robots=robots)}) as town:
        asked, fetch = Request(town.url("odd")), fetcher()
        for _ in range(2):
            fetch.fetch(asked, {town.address("odd")})
        assert town.seen[-1].at - town.seen[-2].at >= 0.2


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1"]
    + ["fd00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "224.0.0.1"],
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(PrivateAddress, match="is not a public address"):
        require_public("www.x.gov.cn", ["114.114.114.114", address])


def test_a_host_on_loopback_is_not_asked_unless_the_user_says_so(town: Town) -> None:
    before = len(town.seen)
    with pytest.raises(Forbidden, match="127.0.0.1, which is not a public address"):
        fetcher(allow_private=False).fetch(Request(town.url("odd")), {town.address("odd")})
    assert len(town.seen) == before


class Dead(BaseAdapter):
    """A scheme on which nobody answers."""

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        raise ConnectionError(f"{request.url}: Connection refused")

    def close(self) -> None: ...


class Alive(Dead):
    """A scheme on which every page is there."""

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        response = Response()
        response.status_code, response.url, response.request = 200, request.url or "", request
        response.raw = HTTPResponse(BytesIO(b"page"), preload_content=False)
        return response


@pytest.mark.parametrize(("asked", "alive"), [("http", "https"), ("https", "http")])
def test_the_other_scheme_is_tried_and_remembered(asked: str, alive: str) -> None:
    fetch = fetcher(ignore_robots=True)
    session = fetch.host("www.x.gov.cn").session
    session.mount(f"{asked}://", Dead())
    session.mount(f"{alive}://", Alive())
    page = fetch.fetch(Request(f"{asked}://www.x.gov.cn/"), {"www.x.gov.cn"})
    assert (page.url, page.body) == (f"{alive}://www.x.gov.cn/", b"page")
    assert fetch.host("www.x.gov.cn").scheme == alive
    session.mount(f"{alive}://", Dead())
    with pytest.raises(Failed, match=r"www\.x\.gov\.cn: connection refused"):
        fetch.fetch(Request(f"{asked}://www.x.gov.cn/2"), {"www.x.gov.cn"})


def test_old_tls_is_met_with_old_settings_that_still_verify() -> None:
    unsafe = SSLError("[SSL: UNSAFE_LEGACY_RENEGOTIATION_DISABLED] unsafe legacy (_ssl.c:992)")
    assert is_legacy_tls_error(unsafe)
    assert is_legacy_tls_error(SSLError("[SSL: DH_KEY_TOO_SMALL] dh key too small"))
    assert not is_legacy_tls_error(SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"))
    for legacy in (True, False):
        assert tls_context(legacy).verify_mode == ssl.CERT_REQUIRED and tls_context(legacy).check_hostname


@pytest.fixture
def secure_port() -> Iterator[int]:
    """A server whose certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                    context.wrap_socket(client, server_side=True).close()
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def test_a_certificate_that_cannot_be_verified_is_named(secure_port: int) -> None:
    host = f"127.0.0.1:{secure_port}"
    with pytest.raises(Failed, match=f"{host}: its certificate cannot be verified"):
        fetcher().fetch(Request(f"https://{host}/"), {host})


@pytest.mark.parametrize(
    ("first", "drop", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x", r"longer than 0\.5 seconds"),
        (b"HTTP/1.1 200 OK\r\nX-Name: ", b"x", "did not answer in time"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", "did not answer in time"),
    ],
)
def test_a_host_that_drips_is_given_up(first: bytes, drop: bytes, reason: str) -> None:
    def drip(listening: socket.socket) -> None:
        client, _ = listening.accept()
        try:
            client.recv(1000)
            client.sendall(first)
            while True:
                client.sendall(drop)
                time.sleep(0.05)
        except OSError:
            client.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, args=(listening,), daemon=True).start()
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        settings = QUICK._replace(total_timeout=0.5, read_timeout=0.5, ignore_robots=True)
        with pytest.raises(Failed, match=reason):
            Fetcher(settings).fetch(Request(f"http://{host}/"), {host})


ODD_SITES: dict[str, tuple[dict[str, object], str, str]] = {
    "endless pager": (
        {
            "/": "<a href='/nb/?page=1'>政府信息公开年报</a>",
            "/nb/": lambda asked: Reply(
                f"<title>政府信息公开年报</title><a href='/news/{asked.query['page']}'>新闻</a>"
                f"<a href='?page={int(asked.query['page']) + 1}'>下一页</a>"
            ),
        },
        "done",
        "the limit; raise it with --pages",
    ),
    "empty home page": ({"/": ""}, "failed", "is empty"),
    "home page not found": ({}, "failed", "answers 404"),
    "a picture called a page": (
        {"/": Reply(b"\x89PNG\r\n" + bytes(5000), media_type="text/html")},
        "done",
        "",
    ),
    "empty report": ({"/": "<a href='/nb/'>政府信息公开年报</a>", "/nb/": LIST, "/1.html": " "}, "done", ""),
    "report of another type": (
        {
            "/": "<a href='/nb/'>信息公开年报</a>",
            "/nb/": LIST,
            "/1.html": Reply(b"%PDF-1.4", media_type="image/png"),
        },
        "done",
        "",
    ),
    "redirect to another host": (
        {"/": Reply("", 301, headers={"Location": "http://www.example.com/"})},
        "refused",
        "www.example.com",
    ),
}


@pytest.mark.parametrize("name", ODD_SITES)
def test_an_odd_site_costs_one_line_and_the_run_goes_on(tmp_path: Path, name: str) -> None:
    pages, outcome, reason = ODD_SITES[name]
    whole = {"/": "<a href='/nb/'>政府信息公开年报</a>", "/nb/": LIST, "/1.html": REPORT}
    sites = {
        "odd": Site("怪县", "990999", "", pages),  # type: ignore[arg-type]
        "whole": Site("云岭市", "990100", "", whole),  # type: ignore[arg-type]
    }
    with serving(sites) as town:
        crawler = Crawler(tmp_path, town)
        rows = {row.name: row for row in crawler.night(EVENING).summary.rows}
    assert (rows["怪县"].outcome, rows["云岭市"].outcome, rows["云岭市"].new) == (outcome, "done", 1)
    assert reason in rows["怪县"].reason and "\n" not in rows["怪县"].reason
    assert crawler.rows("SELECT count(*) FROM reports") == [(1,)]
