"""Connections that limit the total time a host may take to send the head of a response.

A socket timeout starts again with every byte; without this limit a host could hold up a run for days.
"""

import time
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from math import inf
from typing import Any, cast

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

# The whole head may take this many times the socket timeout, which applies to a single byte.
HEAD_TIMEOUTS = 2


class _DeadlineStream(RawIOBase):
    """A stream whose reads raise TimeoutError after ``deadline`` (monotonic seconds)."""

    def __init__(self, stream: RawIOBase) -> None:
        self.stream, self.deadline = stream, inf

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.deadline < inf and time.monotonic() > self.deadline:
            raise TimeoutError("timed out")
        return cast("int | None", self.stream.readinto(buffer))

    def close(self) -> None:
        self.stream.close()
        super().close()


class _DeadlineResponse(HTTPResponse):
    fp: BufferedReader

    def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.head_timeout = HEAD_TIMEOUTS * (sock.gettimeout() or inf)
        self.deadline_stream = _DeadlineStream(self.fp.detach())
        self.fp = BufferedReader(self.deadline_stream)

    def begin(self) -> None:
        """Read the head within the deadline; the fetcher limits the body."""
        self.deadline_stream.deadline = time.monotonic() + self.head_timeout
        super().begin()
        self.deadline_stream.deadline = inf


class DeadlineConnection(HTTPConnection):
    response_class = _DeadlineResponse


class DeadlineHTTPSConnection(DeadlineConnection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = DeadlineConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = DeadlineHTTPSConnection


POOLS = {"http": _Pool, "https": _SecurePool}
