"""WARC 1.1 records (ISO 28500:2017) of what a crawl asked and was answered, as bytes to append."""

import gzip
from base64 import b32encode
from collections.abc import Iterable, Mapping
from hashlib import sha1
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scraper.fetching.page import Page, Request

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
# The body is kept as a reader sees it; how it was packed on the way is kept under another name.
UNPACKED = ("content-encoding", "transfer-encoding", "content-length")
LEVEL = 3  # level 9 packs pages a tenth smaller and takes six times as long
REPORT, UNCHANGED, WITHDRAWN, RETURNED = "report", "unchanged", "withdrawn", "returned"


class Records:
    """Collects the records of one exchange to append in one piece; ``offsets`` tell where each begins."""

    def __init__(self) -> None:
        self.buffer = BytesIO()
        self.raw = BytesIO()
        self.writer = WARCWriter(self.raw, gzip=False, warc_version="1.1")
        self.offsets: list[int] = []

    def data(self) -> bytes:
        return self.buffer.getvalue()

    def info(self, software: str, agent: str, name: str) -> None:
        """Write what a file begins with: who crawled, with what."""
        fields = {"software": software, "format": "WARC File Format 1.1", "http-header-user-agent": agent}
        self._write(self.writer.create_warcinfo_record(name, fields))

    def response(self, page: Page) -> None:
        """Write a response with its request."""
        payload = BytesIO(page.body)
        record = self.writer.create_warc_record(
            page.url,
            "response",
            payload=payload,
            length=len(page.body),
            http_headers=_answered(page),
            warc_headers_dict=_dated(page),
        )
        self._write(record)
        asked = self._request(page)
        asked.rec_headers.add_header("WARC-Concurrent-To", record.rec_headers.get_header("WARC-Record-ID"))
        self._write(asked)

    def revisit(self, page: Page, refers_to: tuple[str, str], not_modified: bool) -> None:
        """Write that a page's body is what it was; ``refers_to`` is the address and date of that answer."""
        digest = "sha1:" + b32encode(sha1(page.body, usedforsecurity=False).digest()).decode()
        record = self.writer.create_revisit_record(
            page.url, digest, *refers_to, http_headers=_answered(page), warc_headers_dict=_dated(page)
        )
        profile = NOT_MODIFIED if not_modified else IDENTICAL
        record.rec_headers.replace_header("WARC-Profile", profile)
        self._write(record)

    def metadata(self, url: str, fetched: str, role: str, fields: Iterable[tuple[str, str]]) -> None:
        """Write what the crawl knows of an address, as lines ``name: value``."""
        lines = [("role", role), *fields]
        text = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in lines if value).encode()
        record = self.writer.create_warc_record(
            url,
            "metadata",
            payload=BytesIO(text),
            length=len(text),
            warc_content_type="application/warc-fields",
            warc_headers_dict={"WARC-Date": fetched},
        )
        self._write(record)

    def _request(self, page: Page) -> Any:
        asked = page.request
        body = asked.body.encode()
        return self.writer.create_warc_record(
            page.url,
            "request",
            payload=BytesIO(body),
            length=len(body),
            http_headers=_sent(asked, page),
            warc_headers_dict=_dated(page),
        )

    def _write(self, record: Any) -> None:
        """Write a record as a gzip member of its own (annex D), packed less hard than warcio would."""
        self.offsets.append(self.buffer.tell())
        self.writer.write_record(record)
        self.buffer.write(gzip.compress(self.raw.getvalue(), LEVEL))
        self.raw.seek(0)
        self.raw.truncate()


def _dated(page: Page) -> Mapping[str, str]:
    return {"WARC-Date": page.fetched}


def _answered(page: Page) -> StatusAndHeaders:
    headers = [
        (f"x-crawl-{name}" if name in UNPACKED else name, value) for name, value in page.headers.items()
    ]
    headers.append(("content-length", str(len(page.body))))
    return StatusAndHeaders(f"{page.status} ", headers, protocol="HTTP/1.1")


def _sent(asked: Request, page: Page) -> StatusAndHeaders:
    parts = urlsplit(page.url)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    headers = [("Host", parts.netloc), *page.request_headers.items()]
    return StatusAndHeaders(f"{asked.method} {target} HTTP/1.1", headers, is_http_request=True)
