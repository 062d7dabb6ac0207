"""Fetch politely: obey robots.txt, one request at a time per host with a pause, size and time limits."""

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
from scraper.fetching.challenge import REFUSAL_STATUSES, detect_block
from scraper.fetching.guard import PrivateAddress
from scraper.fetching.page import Page, Request, absolute
from scraper.fetching.transport import Interrupted, TooBusy, is_legacy_tls_error, make_session

REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 5
CHUNK_BYTES = 65_536
MAX_ROBOTS_BYTES = 512_000  # RFC 9309 requires at least 500 kibibytes
MEGABYTE = 1_000_000
MAX_CRAWL_DELAY = 120  # seconds; hosts that ask for more are not crawled
UNSAFE_IN_URL = re.compile(rb"[^\x21-\x7e]")


class FetchError(Exception):
    """A request did not bring a page; the message names the host and the reason."""


class Failed(FetchError):
    """The host did not answer, or its answer is unusable."""


class Blocked(FetchError):
    """The host keeps crawlers out: a script challenge or a refusal."""


class Forbidden(FetchError):
    """The crawl may not fetch this: robots.txt, another host, a private address."""


class FetchSettings(NamedTuple):
    """How hosts are asked; times in seconds.

    ``user_agent`` is the User-Agent header; robots.txt addresses it by its first word, up to ``/``.
    ``pause`` is the minimum between requests to a host, ``jitter`` the share of it added at random.
    ``read_timeout`` applies to a single read, ``total_timeout`` to a whole body.
    """

    user_agent: str = "nianbao"
    pause: float = 1.0
    jitter: float = 0.5
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    total_timeout: float = 180.0
    max_bytes: int = 60 * MEGABYTE
    retries: int = 2
    allow_private: bool = False
    ignore_robots: bool = False


class Validators(NamedTuple):
    """The validators of a conditional request (RFC 9110): ETag and Last-Modified, each "" if not given."""

    etag: str = ""
    modified: str = ""


class Host:
    """The state of one host during a run: its lock, pause, session and robots.txt.

    ``next_request_at`` is in monotonic seconds. ``scheme`` replaces that of URLs once theirs did not work.
    ``busy_reason`` says why the host gets no more requests in this run, "" while it may be asked.
    """

    def __init__(self, name: str, settings: FetchSettings, stop: Event) -> None:
        self.name, self.settings, self.stop = name, settings, stop
        self.lock = Lock()
        self.pause = settings.pause
        self.next_request_at = 0.0
        self.legacy_tls = False
        self.scheme = ""
        self.busy_reason = ""
        self.robots: Protego | None = None
        self.session = self._session()

    def _session(self) -> requests.Session:
        settings = self.settings
        made = make_session(self.legacy_tls, settings.allow_private, self.pause, settings.retries, self.stop)
        made.headers["User-Agent"] = settings.user_agent
        made.headers["Accept-Language"] = "zh-CN,zh;q=0.9"
        return made

    def use_legacy_tls(self) -> None:
        self.legacy_tls = True
        self.session = self._session()

    def set_pause(self, pause: float) -> None:
        self.pause = pause
        self.session = self._session()

    def wait_for_turn(self) -> None:
        """Wait until the host may be asked again. Raises Interrupted when the run is stopping."""
        seconds = self.next_request_at - time.monotonic()
        if self.stop.wait(seconds) if seconds > 0 else self.stop.is_set():
            raise Interrupted

    def start_pause(self) -> None:
        jitter = random.uniform(0, self.settings.jitter * self.pause)
        self.next_request_at = time.monotonic() + self.pause + jitter


class Fetcher:
    """Fetches from all hosts of a crawl. Thread-safe."""

    def __init__(self, settings: FetchSettings, stop: Event | None = None) -> None:
        self.settings, self.stop = settings, stop or Event()
        self._hosts: dict[str, Host] = {}
        self._lock = Lock()

    def host(self, name: str) -> Host:
        with self._lock:
            if name not in self._hosts:
                self._hosts[name] = Host(name, self.settings, self.stop)
            return self._hosts[name]

    def is_available(self, name: str) -> bool:
        """Return whether a host may still be asked in this run: it sent no Retry-After that is too long."""
        with self._lock:
            return name not in self._hosts or not self._hosts[name].busy_reason

    def fetch(self, request: Request, hosts: Collection[str], validators: Validators | None = None) -> Page:
        """Request a page, follow redirects within ``hosts``, and return the last answer whatever its status.

        ``Page.redirects`` are the answers in between. With ``validators`` the answer may be a 304 without a
        body. Raises Failed, Blocked, Forbidden with the reason, and Interrupted.
        """
        redirects: list[Page] = []
        url = request.url
        while True:
            page = self._request(_redirected_request(request, url, bool(redirects)), hosts, validators)
            target = _redirect_target(page)
            if page.status not in REDIRECTS or not target:
                return replace(page, request=request, redirects=tuple(redirects))
            redirects.append(page)
            # Some hosts set a cookie and redirect to the same URL, to see whether it comes back.
            is_loop = target in {redirect.url for redirect in redirects} and "set-cookie" not in page.headers
            if is_loop or len(redirects) > MAX_REDIRECTS:
                raise Failed(f"{request.url} redirects in a loop")
            url = target

    def _request(self, request: Request, hosts: Collection[str], validators: Validators | None) -> Page:
        name = urlsplit(request.url).netloc
        if name not in hosts:
            raise Forbidden(f"{name} is not one of the site's hosts ({', '.join(sorted(hosts))})")
        host = self.host(name)
        with host.lock:
            if not self.settings.ignore_robots:
                self._check_robots(host, request)
            page = self._send(host, request, validators)
        if block := detect_block(page.status, page.headers, page.body):
            raise Blocked(f"{name}: {block}")
        if page.status >= 500 or page.status == 429:
            raise Failed(f"{name} answers {page.status}")
        return page

    def _check_robots(self, host: Host, request: Request) -> None:
        """Fetch robots.txt once per host; raise Forbidden for what it disallows (RFC 9309)."""
        if host.robots is None:
            host.robots = self._fetch_robots(host, urlsplit(request.url).scheme)
            delay = host.robots.crawl_delay(self.settings.user_agent)
            if delay and delay > host.pause:
                host.set_pause(min(delay, MAX_CRAWL_DELAY))
        if (delay := host.robots.crawl_delay(self.settings.user_agent)) and delay > MAX_CRAWL_DELAY:
            raise Forbidden(
                f"robots.txt of {host.name} asks for a delay of {delay:g} seconds, "
                f"more than the limit of {MAX_CRAWL_DELAY}"
            )
        if not host.robots.can_fetch(request.url, self.settings.user_agent):
            raise Forbidden(f"robots.txt of {host.name} forbids {urlsplit(request.url).path}")

    def _fetch_robots(self, host: Host, scheme: str) -> Protego:
        url = f"{scheme}://{host.name}/robots.txt"
        for _ in range(MAX_REDIRECTS):
            page = self._send(host, Request(url), None)
            target = _redirect_target(page)
            if page.status not in REDIRECTS or urlsplit(target).netloc != host.name:
                break
            url = target
        if block := detect_block(page.status, page.headers, page.body):
            # Refusing only robots.txt means that there are no rules; a challenge guards every page.
            if page.status not in REFUSAL_STATUSES:
                raise Blocked(f"{host.name}: {block}")
        elif page.status >= 500:
            raise Failed(f"{host.name} answers {page.status} for its robots.txt, which disallows everything")
        rules = page.body[:MAX_ROBOTS_BYTES] if page.status == 200 else b""
        text = rules.decode("utf-8-sig", "replace")
        return Protego.parse("" if text.lstrip().startswith("<") else text)

    def _send(self, host: Host, request: Request, validators: Validators | None) -> Page:
        """Send a request; fall back to legacy TLS or to the other scheme where the connection fails."""
        if host.scheme:
            request = _with_scheme(request, host.scheme)
        try:
            return self._exchange(host, request, validators)
        except requests.exceptions.SSLError as error:
            if not host.legacy_tls and is_legacy_tls_error(error):
                host.use_legacy_tls()
                return self._send(host, request, validators)
            return self._try_other_scheme(host, request, validators, error)
        except requests.exceptions.ConnectionError as error:
            return self._try_other_scheme(host, request, validators, error)

    def _try_other_scheme(
        self, host: Host, request: Request, validators: Validators | None, error: Exception
    ) -> Page:
        reason = Failed(f"{host.name}: {describe_error(error)}")
        if host.scheme or ":" in host.name:
            raise reason from error
        host.scheme = "http" if request.url.startswith("https:") else "https"
        try:
            return self._exchange(host, _with_scheme(request, host.scheme), validators)
        except requests.exceptions.RequestException as second:
            host.scheme = ""
            raise reason from second

    def _exchange(self, host: Host, request: Request, validators: Validators | None) -> Page:
        if host.busy_reason:
            raise Failed(host.busy_reason)
        host.wait_for_turn()
        settings = self.settings
        try:
            response = host.session.send(
                _prepare(host, request, validators),
                timeout=(settings.connect_timeout, settings.read_timeout),
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
            host.busy_reason = f"{host.name}: {error}"
            raise Failed(host.busy_reason) from error
        except (requests.exceptions.RequestException, HTTPError, ValueError) as error:
            raise Failed(f"{host.name}: {describe_error(error)}") from error
        finally:
            host.start_pause()
        if not body.startswith(BINARY) and (reason := parsing_hazard(body.replace(b"\0", b""))):
            raise Failed(f"{request.url} cannot be parsed: {reason}")
        fetched = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        headers = {name.lower(): value for name, value in response.headers.items()}
        sent = dict(response.request.headers)
        return Page(request, request.url, response.status_code, headers, body, fetched, sent)

    def _body(self, host: Host, response: requests.Response) -> bytes:
        """Read a body within the limits of time and of size, which is that of the decoded bytes."""
        deadline = time.monotonic() + self.settings.total_timeout
        parts: list[bytes] = []
        size = 0
        while part := response.raw.read1(CHUNK_BYTES, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > self.settings.max_bytes:
                raise Failed(f"{response.url} is larger than {self.settings.max_bytes // MEGABYTE} MB")
            if time.monotonic() > deadline:
                raise Failed(f"{response.url} takes longer than {self.settings.total_timeout:g} seconds")
            if self.stop.is_set():
                raise Interrupted
        return b"".join(parts)


def _redirect_target(page: Page) -> str:
    """Return the URL a redirect leads to, with raw bytes percent-encoded, whatever their encoding."""
    raw = page.headers.get("location", "").strip().encode("latin-1", "replace")
    return absolute(page.url, UNSAFE_IN_URL.sub(lambda byte: b"%%%02X" % ord(byte[0]), raw).decode())


def _redirected_request(request: Request, url: str, is_redirect: bool) -> Request:
    return Request(url, referer=request.url, family=request.family) if is_redirect else request


def _with_scheme(request: Request, scheme: str) -> Request:
    return request._replace(url=f"{scheme}://{request.url.partition('://')[2]}")


def _prepare(host: Host, request: Request, validators: Validators | None) -> requests.PreparedRequest:
    """Prepare a request without Session.prepare_request, which merges environment settings slowly."""
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


def describe_error(error: BaseException) -> str:
    """Return in a few words why a host could not be reached."""
    text = str(error)
    for marker, reason in (
        ("NameResolution", "the host name cannot be resolved"),
        ("getaddrinfo", "the host name cannot be resolved"),
        ("gaierror", "the host name cannot be resolved"),
        ("CERTIFICATE_VERIFY", "its certificate cannot be verified"),
        ("doesn't match", "its certificate is for another name"),
        ("SSL", "the TLS handshake failed"),
        ("timed out", "it did not answer in time"),
        ("refused", "connection refused"),
        ("reset", "it closed the connection"),
        ("Remote", "it closed the connection"),
        ("IncompleteRead", "it closed the connection"),
        ("unreachable", "the network or host is unreachable"),
        ("BadStatusLine", "its answer is not HTTP"),
        ("got more than", "its answer is not HTTP"),
        ("decode", "its answer cannot be decoded as its headers declare"),
    ):
        if marker in text:
            return reason
    return f"{type(error).__name__}: {text[:200]}"
