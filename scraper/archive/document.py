"""A document that a site published, wherever its bytes lie: in a file of its own or in an archive."""

from pathlib import Path
from typing import NamedTuple

from fastwarc.warc import ArchiveIterator

LARGEST = 200_000_000


class Home(NamedTuple):
    """The place whose site a document was published on: GB/T 2260 code and name, "" unknown."""

    place: str = ""
    name: str = ""


class Document(NamedTuple):
    """A document to be read. Texts are "" where nobody knows them; times are ISO 8601.

    ``offset`` is the record's place in a WARC file, None for a file of its own. ``attachments`` hold the
    report where the page itself does not. ``withdrawn`` is when the site was found without it.
    """

    path: Path
    name: str
    url: str = ""
    fetched: str = ""
    published: str = ""
    withdrawn: str = ""
    home: Home = Home()
    offset: int | None = None
    attachments: tuple["Document", ...] = ()

    @property
    def told(self) -> str:
        """Give what a person knows the document by: its file, or its address in an archive."""
        return str(self.path) if self.offset is None else self.name

    def data(self) -> bytes:
        """Read the bytes. Raises OSError, also where an archive is damaged."""
        return self.path.read_bytes() if self.offset is None else payload(self.path, self.offset)[1]


def payload(path: Path, offset: int) -> tuple[dict[str, str], bytes]:
    """Read a response: its HTTP headers (lower-case names, ``:status``) and its body. Raises OSError."""
    with path.open("rb") as file:
        file.seek(offset)
        record = next(iter(ArchiveIterator(file, parse_http=False)), None)
        if record is None or record.content_length > LARGEST or not record.freeze():
            raise OSError(f"{path} holds no record at {offset}, or one of more than {LARGEST} bytes")
        if record.headers.get("WARC-Block-Digest") and not record.verify_block_digest():
            raise OSError(f"{path} is damaged at {offset}")
        record.parse_http(auto_decode="all", strict_mode=False)
        headers = {name.lower(): value for name, value in record.http_headers.astuples()}
        headers[":status"] = str(record.http_headers.status_code or 0)
        return headers, record.reader.read(LARGEST)
