"""Write the requests and responses of a crawl as WARC 1.1 records (ISO 28500:2017), in memory."""

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
# Bodies are stored decoded; the headers that no longer apply are stored with the prefix x-crawl-.
ENCODING_HEADERS = ("content-encoding", "transfer-encoding", "content-length")
GZIP_LEVEL = 3  # level 9 saves a tenth of the size and takes six times as long
REPORT, UNCHANGED, WITHDRAWN, RETURNED = "report", "unchanged", "withdrawn", "returned"


class Records:
    """Collects records to append in one write; ``offsets`` are their starts in ``data()``."""

    def __init__(self) -> None:
        self.buffer = BytesIO()
        self.uncompressed = BytesIO()
        self.writer = WARCWriter(self.uncompressed, gzip=False, warc_version="1.1")
        self.offsets: list[int] = []

    def data(self) -> bytes:
        return self.buffer.getvalue()

    def warcinfo(self, software: str, user_agent: str, name: str) -> None:
        """Write the warcinfo record that begins a file."""
        fields = {
            "software": software,
            "format": "WARC File Format 1.1",
            "http-header-user-agent": user_agent,
        }
        self._write(self.writer.create_warcinfo_record(name, fields))

    def response(self, page: Page) -> None:
        """Write a response record and its request record."""
        payload = BytesIO(page.body)
        record = self.writer.create_warc_record(
            page.url,
            "response",
            payload=payload,
            length=len(page.body),
            http_headers=_response_headers(page),
            warc_headers_dict=_warc_date(page),
        )
        self._write(record)
        request = self._request(page)
        request.rec_headers.add_header("WARC-Concurrent-To", record.rec_headers.get_header("WARC-Record-ID"))
        self._write(request)

    def revisit(self, page: Page, refers_to: tuple[str, str], not_modified: bool) -> None:
        """Write a revisit record: the body is that of the earlier response ``refers_to`` (URL, date)."""
        digest = "sha1:" + b32encode(sha1(page.body, usedforsecurity=False).digest()).decode()
        record = self.writer.create_revisit_record(
            page.url,
            digest,
            *refers_to,
            http_headers=_response_headers(page),
            warc_headers_dict=_warc_date(page),
        )
        profile = NOT_MODIFIED if not_modified else IDENTICAL
        record.rec_headers.replace_header("WARC-Profile", profile)
        self._write(record)

    def metadata(self, url: str, fetched: str, role: str, fields: Iterable[tuple[str, str]]) -> None:
        """Write what the crawl knows about a URL, as lines ``name: value``."""
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
        request = page.request
        body = request.body.encode()
        return self.writer.create_warc_record(
            page.url,
            "request",
            payload=BytesIO(body),
            length=len(body),
            http_headers=_request_headers(request, page),
            warc_headers_dict=_warc_date(page),
        )

    def _write(self, record: Any) -> None:
        """Write a record as a gzip member of its own (annex D); warcio itself compresses at level 9."""
        self.offsets.append(self.buffer.tell())
        self.writer.write_record(record)
        self.buffer.write(gzip.compress(self.uncompressed.getvalue(), GZIP_LEVEL))
        self.uncompressed.seek(0)
        self.uncompressed.truncate()


def _warc_date(page: Page) -> Mapping[str, str]:
    return {"WARC-Date": page.fetched}


def _response_headers(page: Page) -> StatusAndHeaders:
    headers = [
        (f"x-crawl-{name}" if name in ENCODING_HEADERS else name, value)
        for name, value in page.headers.items()
    ]
    headers.append(("content-length", str(len(page.body))))
    return StatusAndHeaders(f"{page.status} ", headers, protocol="HTTP/1.1")


def _request_headers(request: Request, page: Page) -> StatusAndHeaders:
    parts = urlsplit(page.url)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    headers = [("Host", parts.netloc), *page.request_headers.items()]
    return StatusAndHeaders(f"{request.method} {target} HTTP/1.1", headers, is_http_request=True)
