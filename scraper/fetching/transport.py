"""HTTP sessions: shared TLS settings, retries that respect the pause, guarded connections."""

import ssl
from functools import cache
from threading import Event
from typing import Any, Self

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry
from urllib3.exceptions import InvalidHeader
from urllib3.response import BaseHTTPResponse

from scraper.fetching.deadline import POOLS
from scraper.fetching.guard import GUARDED_POOLS

# Not 403, 412 or 521: these hosts do not want crawlers, and retrying makes it worse.
RETRY_STATUSES = (429, 500, 502, 503, 504)
# OpenSSL 3 errors for outdated servers. Legacy TLS is used only after one of them.
LEGACY_TLS_ERRORS = (
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
    "DH_KEY_TOO_SMALL",
    "HANDSHAKE_FAILURE",
    "BAD_ECPOINT",
    "UNSUPPORTED_PROTOCOL",
    "WRONG_SIGNATURE_TYPE",
    "NO_PROTOCOLS_AVAILABLE",
)
OP_LEGACY_SERVER_CONNECT = 0x4
# urllib3 would shorten a long Retry-After; keep it, so that the message can state it.
NO_LIMIT = 10**9


class Interrupted(Exception):
    """The run is stopping."""


class TooBusy(Exception):
    """A host asks, by Retry-After, for a longer wait than a run allows."""


@cache
def tls_context(legacy: bool) -> ssl.SSLContext:
    """Return the current or the legacy TLS settings; both verify certificates."""
    made = ssl.create_default_context()
    made.load_verify_locations(certifi.where())
    if legacy:
        made.set_ciphers("DEFAULT:@SECLEVEL=1")
        made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        made.options |= OP_LEGACY_SERVER_CONNECT
    return made


class PatientRetry(Retry):
    """Waits before a retry at least the host's pause, and as long as Retry-After says (RFC 9110)."""

    pause: float = 0
    max_wait: float = 120
    stop: Event

    def new(self, **changes: Any) -> Self:
        made = super().new(**changes)
        made.pause, made.max_wait, made.stop = self.pause, self.max_wait, self.stop
        return made

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds of Retry-After, None also where it is malformed."""
        try:
            return super().get_retry_after(response)
        except (InvalidHeader, ValueError, OverflowError):
            return None

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        retry_after = (self.get_retry_after(response) if response else None) or 0
        if retry_after > self.max_wait:
            raise TooBusy(f"it asks for a wait of {retry_after:.0f} seconds (Retry-After); try again later")
        if self.stop.wait(max(self.get_backoff_time(), retry_after, self.pause)):
            raise Interrupted


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Leave redirects to the fetcher, which knows the allowed hosts; requests fails on malformed ones."""
        return None


class _Adapter(HTTPAdapter):
    def __init__(self, legacy: bool, allow_private: bool, retries: Retry) -> None:
        self.legacy, self.allow_private = legacy, allow_private
        super().__init__(pool_connections=4, pool_maxsize=1, max_retries=retries)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=tls_context(self.legacy), **options)
        self.poolmanager.pool_classes_by_scheme = POOLS if self.allow_private else GUARDED_POOLS

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Skip loading the CA file for each connection; the shared context has loaded it."""
        conn.cert_reqs = "CERT_REQUIRED"


def make_session(
    legacy: bool, allow_private: bool, pause: float, retries: int, stop: Event
) -> requests.Session:
    """Create a session for one host: own cookies, shared TLS settings, no proxies from the environment."""
    retry = PatientRetry(
        total=retries,
        backoff_factor=max(pause, 0.1),
        backoff_jitter=pause / 2,
        status_forcelist=RETRY_STATUSES,
        allowed_methods=None,
        raise_on_status=False,
        redirect=False,
        retry_after_max=NO_LIMIT,
    )
    retry.pause, retry.stop = pause, stop
    made = _Session()
    made.trust_env = False
    adapter = _Adapter(legacy, allow_private, retry)
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made


def is_legacy_tls_error(error: BaseException) -> bool:
    return any(name in str(error).upper().replace(" ", "_") for name in LEGACY_TLS_ERRORS)
