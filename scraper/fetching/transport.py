"""How bytes travel: TLS profiles that all hosts share, retries that keep the pause, guarded connections."""

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

# Not 403, 412 or 521: they say that machines are not wanted, and asking again makes it worse.
PASSING = (429, 500, 502, 503, 504)
# What OpenSSL 3 says to servers of long ago. Only after such an answer is the old way tried.
LEGACY_ERRORS = (
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
    "DH_KEY_TOO_SMALL",
    "HANDSHAKE_FAILURE",
    "BAD_ECPOINT",
    "UNSUPPORTED_PROTOCOL",
    "WRONG_SIGNATURE_TYPE",
    "NO_PROTOCOLS_AVAILABLE",
)
OP_LEGACY_SERVER_CONNECT = 0x4
# What a host asks for is not cut short, so that it can be told.
FOREVER = 10**9


class Interrupted(Exception):
    """The run is being ended."""


class TooBusy(Exception):
    """A host asks to be left alone for longer than a run can wait."""


@cache
def context(legacy: bool) -> ssl.SSLContext:
    """Give the TLS settings of a profile; certificates are verified in both."""
    made = ssl.create_default_context()
    made.load_verify_locations(certifi.where())
    if legacy:
        made.set_ciphers("DEFAULT:@SECLEVEL=1")
        made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        made.options |= OP_LEGACY_SERVER_CONNECT
    return made


class PatientRetry(Retry):
    """Waits at least the host's pause before it asks again, and as long as Retry-After says (RFC 9110)."""

    pause: float = 0
    longest: float = 120
    stop: Event

    def new(self, **changes: Any) -> Self:
        made = super().new(**changes)
        made.pause, made.longest, made.stop = self.pause, self.longest, self.stop
        return made

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Read Retry-After; one that says nothing is as none."""
        try:
            return super().get_retry_after(response)
        except (InvalidHeader, ValueError, OverflowError):
            return None

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        asked = (self.get_retry_after(response) if response else None) or 0
        if asked > self.longest:
            raise TooBusy(f"it asks to be left alone for {asked:.0f} seconds (Retry-After)")
        if self.stop.wait(max(self.get_backoff_time(), asked, self.pause)):
            raise Interrupted


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Leave redirects to the fetcher, which knows the hosts; requests would fail on some of them."""
        return None


class _Adapter(HTTPAdapter):
    def __init__(self, legacy: bool, allow_private: bool, retries: Retry) -> None:
        self.legacy, self.allow_private = legacy, allow_private
        super().__init__(pool_connections=4, pool_maxsize=1, max_retries=retries)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=context(self.legacy), **options)
        self.poolmanager.pool_classes_by_scheme = POOLS if self.allow_private else GUARDED_POOLS

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the certificates to the shared context, which has read them once."""
        conn.cert_reqs = "CERT_REQUIRED"


def session(legacy: bool, allow_private: bool, pause: float, retries: int, stop: Event) -> requests.Session:
    """Make a session for one host: its own cookies, the shared TLS settings, no settings of the shell's."""
    retry = PatientRetry(
        total=retries,
        backoff_factor=max(pause, 0.1),
        backoff_jitter=pause / 2,
        status_forcelist=PASSING,
        allowed_methods=None,
        raise_on_status=False,
        redirect=False,
        retry_after_max=FOREVER,
    )
    retry.pause, retry.stop = pause, stop
    made = _Session()
    made.trust_env = False
    adapter = _Adapter(legacy, allow_private, retry)
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made


def is_legacy_error(error: BaseException) -> bool:
    return any(name in str(error).upper().replace(" ", "_") for name in LEGACY_ERRORS)
