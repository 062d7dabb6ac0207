"""Documents that sites published, read from plain files or from WARC records."""

from pathlib import Path
from typing import NamedTuple

from fastwarc.warc import ArchiveIterator

MAX_BYTES = 200_000_000


class SitePlace(NamedTuple):
    """The place whose site published a document: GB/T 2260 code and name, "" if unknown."""

    code: str = ""
    name: str = ""


class Document(NamedTuple):
    """A document to read. Unknown texts are ""; times are ISO 8601.

    ``offset`` is that of the record in a WARC file, None for a plain file. ``attachments`` may hold the
    report if the page itself does not. ``withdrawn`` is the time when the site was found to have removed it.
    """

    path: Path
    name: str
    url: str = ""
    fetched: str = ""
    published: str = ""
    withdrawn: str = ""
    site_place: SitePlace = SitePlace()
    offset: int | None = None
    attachments: tuple["Document", ...] = ()

    @property
    def label(self) -> str:
        """The path of a plain file, or the URL of an archived document, for messages."""
        return str(self.path) if self.offset is None else self.name

    def data(self) -> bytes:
        """Read the bytes. Raises OSError, also for a damaged WARC file."""
        return self.path.read_bytes() if self.offset is None else read_response(self.path, self.offset)[1]


def read_response(path: Path, offset: int) -> tuple[dict[str, str], bytes]:
    """Read a WARC response: HTTP headers (names in lower case, and ``:status``) and body. Raises OSError."""
    with path.open("rb") as file:
        file.seek(offset)
        record = next(iter(ArchiveIterator(file, parse_http=False)), None)
        if record is None or record.content_length > MAX_BYTES or not record.freeze():
            raise OSError(f"{path} has no complete record at {offset}, or one of more than {MAX_BYTES} bytes")
        if record.headers.get("WARC-Block-Digest") and not record.verify_block_digest():
            raise OSError(f"{path} is damaged at {offset}")
        record.parse_http(auto_decode="all", strict_mode=False)
        headers = {name.lower(): value for name, value in record.http_headers.astuples()}
        headers[":status"] = str(record.http_headers.status_code or 0)
        return headers, record.reader.read(MAX_BYTES)
