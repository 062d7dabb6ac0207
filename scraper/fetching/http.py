"""Polite fetching: robots, one request at a time per host with a pause, limits, no other hosts."""

import random
import re
import time
from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Lock
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from protego import Protego
from urllib3.exceptions import HTTPError

from parsers.formats import BINARY
from parsers.text.markup import parsing_hazard
from scraper.fetching.challenge import REFUSALS, challenge
from scraper.fetching.guard import PrivateAddress
from scraper.fetching.page import Page, Request, absolute
from scraper.fetching.transport import Interrupted, TooBusy, is_legacy_error, session

REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 5
CHUNK = 65_536
ROBOTS_LARGEST = 512_000  # RFC 9309 asks for at least 500 kibibytes
MEGABYTE = 1_000_000
LONGEST_DELAY = 120  # seconds; a host that asks for more is not visited at all
NOT_IN_ADDRESS = re.compile(rb"[^\x21-\x7e]")


class Unfetched(Exception):
    """A request was not answered with a page."""


class Failed(Unfetched):
    """The host did not answer, or not properly."""


class Blocked(Unfetched):
    """The host wants no machines: a script challenge or a refusal."""


class Forbidden(Unfetched):
    """The crawl may not go there: robots.txt, another host, a private address."""


class Manners(NamedTuple):
    """How a crawl behaves. Times in seconds, ``largest`` in bytes; ``pause`` is the least between requests.

    ``agent`` is the User-Agent; its first word, up to ``/``, is what robots.txt may address.
    """

    agent: str = "nianbao"
    pause: float = 1.0
    jitter: float = 0.5
    connecting: float = 10.0
    reading: float = 30.0
    longest: float = 180.0
    largest: int = 60 * MEGABYTE
    retries: int = 2
    allow_private: bool = False
    ignore_robots: bool = False


class Validators(NamedTuple):
    """What a host gave to ask whether a page has changed (RFC 9110): ETag and Last-Modified, or ""."""

    etag: str = ""
    modified: str = ""


class Host:
    """One host as a crawl knows it: whose turn it is, when it was last asked, what its robots.txt says.

    ``rest`` is why it is not asked again in this run, "" while it may be.
    """

    def __init__(self, name: str, manners: Manners, stop: Event) -> None:
        self.name, self.manners, self.stop = name, manners, stop
        self.lock = Lock()
        self.pause = manners.pause
        self.ready = 0.0
        self.legacy = False
        self.scheme = ""
        self.rest = ""
        self.robots: Protego | None = None
        self.session = self._session()

    def _session(self) -> requests.Session:
        manners = self.manners
        made = session(self.legacy, manners.allow_private, self.pause, manners.retries, self.stop)
        made.headers["User-Agent"] = manners.agent
        made.headers["Accept-Language"] = "zh-CN,zh;q=0.9"
        return made

    def turn_legacy(self) -> None:
        self.legacy = True
        self.session = self._session()

    def slow_down(self, pause: float) -> None:
        self.pause = pause
        self.session = self._session()

    def wait(self) -> None:
        """Wait until the host may be asked again. Raises Interrupted when the run is being ended."""
        wait = self.ready - time.monotonic()
        if self.stop.wait(wait) if wait > 0 else self.stop.is_set():
            raise Interrupted

    def answered(self) -> None:
        self.ready = time.monotonic() + self.pause + random.uniform(0, self.manners.jitter * self.pause)


class Fetcher:
    """Fetches for all hosts of a crawl; safe to use from several threads."""

    def __init__(self, manners: Manners, stop: Event | None = None) -> None:
        self.manners, self.stop = manners, stop or Event()
        self._hosts: dict[str, Host] = {}
        self._lock = Lock()

    def host(self, name: str) -> Host:
        with self._lock:
            if name not in self._hosts:
                self._hosts[name] = Host(name, self.manners, self.stop)
            return self._hosts[name]

    def may_ask(self, name: str) -> bool:
        """Say whether a host has not asked to be left alone for longer than a run lasts."""
        with self._lock:
            return name not in self._hosts or not self._hosts[name].rest

    def fetch(self, request: Request, hosts: Collection[str], validators: Validators | None = None) -> Page:
        """Ask for a page, follow its redirects among ``hosts``, and give the last answer whatever its status.

        ``Page.hops`` are the redirects. With ``validators`` the answer may be 304 without a body. Raises
        Failed, Blocked, Forbidden with the reason, and Interrupted.
        """
        hops: list[Page] = []
        url = request.url
        while True:
            page = self._ask(_redirected(request, url, bool(hops)), hosts, validators)
            target = _target(page)
            if page.status not in REDIRECTS or not target:
                return replace(page, request=request, hops=tuple(hops))
            hops.append(page)
            # Some hosts send a reader back with a cookie, to see whether it is kept.
            again = target in {hop.url for hop in hops} and "set-cookie" not in page.headers
            if again or len(hops) > MOST_REDIRECTS:
                raise Failed(f"{request.url} is redirected in a loop")
            url = target

    def _ask(self, request: Request, hosts: Collection[str], validators: Validators | None) -> Page:
        name = urlsplit(request.url).netloc
        if name not in hosts:
            raise Forbidden(f"{name} is not one of the site's hosts ({', '.join(sorted(hosts))})")
        host = self.host(name)
        with host.lock:
            if not self.manners.ignore_robots:
                self._obey(host, request)
            page = self._send(host, request, validators)
        if gate := challenge(page.status, page.headers, page.body):
            raise Blocked(f"{name}: {gate}")
        if page.status >= 500 or page.status == 429:
            raise Failed(f"{name} answers {page.status}")
        return page

    def _obey(self, host: Host, request: Request) -> None:
        """Ask for robots.txt once, then raise Forbidden for what it forbids (RFC 9309)."""
        if host.robots is None:
            host.robots = self._robots(host, urlsplit(request.url).scheme)
            asked = host.robots.crawl_delay(self.manners.agent)
            if asked and asked > host.pause:
                host.slow_down(min(asked, LONGEST_DELAY))
        if (asked := host.robots.crawl_delay(self.manners.agent)) and asked > LONGEST_DELAY:
            raise Forbidden(f"robots.txt of {host.name} asks for pauses of {asked:g} seconds: too long")
        if not host.robots.can_fetch(request.url, self.manners.agent):
            raise Forbidden(f"robots.txt of {host.name} forbids {urlsplit(request.url).path}")

    def _robots(self, host: Host, scheme: str) -> Protego:
        url = f"{scheme}://{host.name}/robots.txt"
        for _ in range(MOST_REDIRECTS):
            page = self._send(host, Request(url), None)
            target = _target(page)
            if page.status not in REDIRECTS or urlsplit(target).netloc != host.name:
                break
            url = target
        if gate := challenge(page.status, page.headers, page.body):
            # A host that only refuses robots.txt has no rules; a gate stands before everything.
            if page.status not in REFUSALS:
                raise Blocked(f"{host.name}: {gate}")
        elif page.status >= 500:
            raise Failed(f"{host.name} answers {page.status} for its robots.txt, which forbids everything")
        rules = page.body[:ROBOTS_LARGEST] if page.status == 200 else b""
        text = rules.decode("utf-8-sig", "replace")
        return Protego.parse("" if text.lstrip().startswith("<") else text)

    def _send(self, host: Host, request: Request, validators: Validators | None) -> Page:
        """Ask once, the old way of TLS or the other scheme only where the plain way failed."""
        if host.scheme:
            request = _with_scheme(request, host.scheme)
        try:
            return self._exchange(host, request, validators)
        except requests.exceptions.SSLError as error:
            if not host.legacy and is_legacy_error(error):
                host.turn_legacy()
                return self._send(host, request, validators)
            return self._other_scheme(host, request, validators, error)
        except requests.exceptions.ConnectionError as error:
            return self._other_scheme(host, request, validators, error)

    def _other_scheme(
        self, host: Host, request: Request, validators: Validators | None, error: Exception
    ) -> Page:
        reason = Failed(f"{host.name}: {explain(error)}")
        if host.scheme or ":" in host.name:
            raise reason from error
        host.scheme = "http" if request.url.startswith("https:") else "https"
        try:
            return self._exchange(host, _with_scheme(request, host.scheme), validators)
        except requests.exceptions.RequestException as second:
            host.scheme = ""
            raise reason from second

    def _exchange(self, host: Host, request: Request, validators: Validators | None) -> Page:
        if host.rest:
            raise Failed(host.rest)
        host.wait()
        manners = self.manners
        try:
            response = host.session.send(
                _prepared(host, request, validators),
                timeout=(manners.connecting, manners.reading),
                allow_redirects=False,
                stream=True,
            )
            with closing(response):
                body = self._body(host, response)
        except requests.exceptions.ConnectionError:
            raise
        except PrivateAddress as error:
            raise Forbidden(str(error)) from error
        except TooBusy as error:
            host.rest = f"{host.name}: {error}"
            raise Failed(host.rest) from error
        except (requests.exceptions.RequestException, HTTPError, ValueError) as error:
            raise Failed(f"{host.name}: {explain(error)}") from error
        finally:
            host.answered()
        if not body.startswith(BINARY) and (reason := parsing_hazard(body.replace(b"\0", b""))):
            raise Failed(f"{request.url} cannot be parsed: {reason}")
        fetched = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        headers = {name.lower(): value for name, value in response.headers.items()}
        sent = dict(response.request.headers)
        return Page(request, request.url, response.status_code, headers, body, fetched, sent)

    def _body(self, host: Host, response: requests.Response) -> bytes:
        """Read a body within the limits of size and time, which count what comes out, not what was sent."""
        until = time.monotonic() + self.manners.longest
        parts: list[bytes] = []
        size = 0
        while part := response.raw.read1(CHUNK, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > self.manners.largest:
                raise Failed(f"{response.url} is larger than {self.manners.largest // MEGABYTE} MB")
            if time.monotonic() > until:
                raise Failed(f"{response.url} takes longer than {self.manners.longest:g} seconds")
            if self.stop.is_set():
                raise Interrupted
        return b"".join(parts)


def _target(page: Page) -> str:
    """Give where a redirect leads; its bytes are taken as they came, whatever they are written in."""
    raw = page.headers.get("location", "").strip().encode("latin-1", "replace")
    return absolute(page.url, NOT_IN_ADDRESS.sub(lambda byte: b"%%%02X" % ord(byte[0]), raw).decode())


def _redirected(request: Request, url: str, is_hop: bool) -> Request:
    return Request(url, referer=request.url, family=request.family) if is_hop else request


def _with_scheme(request: Request, scheme: str) -> Request:
    return request._replace(url=f"{scheme}://{request.url.partition('://')[2]}")


def _prepared(host: Host, request: Request, validators: Validators | None) -> requests.PreparedRequest:
    """Prepare a request. Nothing of the shell's settings is merged in, which would take long."""
    prepared = requests.PreparedRequest()
    prepared.prepare(
        method=request.method,
        url=request.url,
        headers=dict(host.session.headers) | _headers(request, validators),
        data=request.body.encode() or None,
        cookies=host.session.cookies,
    )
    return prepared


def _headers(request: Request, validators: Validators | None) -> dict[str, str]:
    etag, modified = validators or Validators()
    headers = {
        "Content-Type": request.content_type,
        "Referer": request.referer,
        "If-None-Match": etag,
        "If-Modified-Since": modified,
    }
    return {name: value for name, value in headers.items() if value}


def explain(error: BaseException) -> str:
    """Say in a few words why a host could not be reached."""
    text = str(error)
    for sign, reason in (
        ("NameResolution", "the name is not known"),
        ("getaddrinfo", "the name is not known"),
        ("gaierror", "the name is not known"),
        ("CERTIFICATE_VERIFY", "its certificate cannot be verified"),
        ("doesn't match", "its certificate is for another name"),
        ("SSL", "no secure connection could be made"),
        ("timed out", "it does not answer in time"),
        ("refused", "it refuses connections"),
        ("reset", "it breaks the connection off"),
        ("Remote", "it breaks the connection off"),
        ("IncompleteRead", "it breaks the connection off"),
        ("unreachable", "it cannot be reached"),
        ("BadStatusLine", "its answer is not HTTP"),
        ("got more than", "its answer is not HTTP"),
        ("decode", "its answer is not packed as it says"),
    ):
        if sign in text:
            return reason
    return f"{type(error).__name__}: {text[:200]}"
