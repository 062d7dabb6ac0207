"""Connections on which the head of an answer comes in time or not at all, however slowly a host drips it.

The time that a socket waits begins anew with every byte; without this a host could hold a run for days.
"""

import time
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from math import inf
from typing import Any, cast

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

# What is read of a head may take so many times as long as the socket waits for one byte.
TIMEOUTS = 2


class _Within(RawIOBase):
    """A stream that ends with TimeoutError after a moment."""

    def __init__(self, stream: RawIOBase) -> None:
        self.stream, self.until = stream, inf

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.until < inf and time.monotonic() > self.until:
            raise TimeoutError("timed out")
        return cast("int | None", self.stream.readinto(buffer))

    def close(self) -> None:
        self.stream.close()
        super().close()


class _Answer(HTTPResponse):
    fp: BufferedReader

    def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.longest = TIMEOUTS * (sock.gettimeout() or inf)
        self.within = _Within(self.fp.detach())
        self.fp = BufferedReader(self.within)

    def begin(self) -> None:
        """Read the head; the body has a limit of its own."""
        self.within.until = time.monotonic() + self.longest
        super().begin()
        self.within.until = inf


class Timed(HTTPConnection):
    response_class = _Answer


class TimedSecure(Timed, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = Timed


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = TimedSecure


POOLS = {"http": _Pool, "https": _SecurePool}
