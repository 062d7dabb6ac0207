"""Read documents from WARC files: of our own archive, whose metadata names the reports, or of any other."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from parsers.identity.titles import judge_title
from scraper.archive.document import Document, SitePlace, read_response
from scraper.archive.records import REPORT, RETURNED, WITHDRAWN
from scraper.fetching.page import Page, Request, iso_date

SUFFIXES = (".warc", ".warc.gz")
# For archives other than ours: media types that may be reports, and how much is read to find the title.
PAGE_TYPES = ("text/html", "text/plain", "application/xhtml")
HEAD_BYTES = 65_536
ENCODING_HEADERS = {"content-encoding", "transfer-encoding"}
Fields = dict[str, list[str]]


class DamagedArchive(OSError):
    """A WARC file, ``path``, cannot be read to its end."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"the file is damaged ({error}); what comes before the damage was read")
        self.path = path


def is_warc(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES)


def documents(paths: Iterable[Path]) -> Iterator[Document]:
    """Yield every version of the reports in WARC files, sorted by URL and time.

    In our own archives metadata records name the reports, their attachments and withdrawals; in others, pages
    with the title of a report count. Raises DamagedArchive after all readable documents.
    """
    reader = _Reader()
    damage: DamagedArchive | None = None
    for path in paths:
        try:
            reader.read(path)
        except OSError as error:
            damage = damage or DamagedArchive(path, error)
    yield from reader.documents()
    if damage:
        raise damage


class _Reader:
    """Reads records in order; metadata applies to the last response from the same URL."""

    def __init__(self) -> None:
        self.last: dict[str, Document] = {}
        self.versions: dict[tuple[str, str], Document] = {}
        self.withdrawn: dict[str, str] = {}

    def read(self, path: Path) -> None:
        is_ours = False
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                if record.record_type == WarcRecordType.warcinfo:
                    is_ours = b"software: nianbao" in record.reader.read(HEAD_BYTES)
                elif record.record_type == WarcRecordType.metadata and is_ours:
                    self._metadata(record)
                elif record.record_type == WarcRecordType.response:
                    self._response(path, record, is_ours)

    def documents(self) -> Iterator[Document]:
        for document in sorted(self.versions.values(), key=lambda each: (each.url, each.fetched)):
            yield document._replace(withdrawn=self.withdrawn.get(document.url, ""))

    def _response(self, path: Path, record: WarcRecord, is_ours: bool) -> None:
        url, at = record.headers.get("WARC-Target-URI") or "", record.stream_pos
        document = Document(path, url, url, _date(record), offset=at)
        if is_ours:
            self.last[url] = document
        elif (page := _page(path, record, url)) and judge_title(page.title, False).kind == "report":
            self._add(document._replace(published=iso_date(page.meta.get("pubdate", ""))))

    def _metadata(self, record: WarcRecord) -> None:
        url, fields = record.headers.get("WARC-Target-URI") or "", _fields(record.reader.read(HEAD_BYTES))
        role = fields.get("role", [""])[0]
        if role == WITHDRAWN:
            self.withdrawn[url] = _date(record)
        if role in (REPORT, RETURNED):
            self.withdrawn.pop(url, None)
        if role != REPORT or url not in self.last:
            return
        place, name, published = (fields.get(key, [""])[0] for key in ("place", "name", "published"))
        page = self.last[url]._replace(site_place=SitePlace(place, name), published=published)
        attachments = [self.last[each] for each in fields.get("attachment", ()) if each in self.last]
        files = [
            each._replace(url=url, name=each.url, site_place=page.site_place, published=published)
            for each in attachments
        ]
        self._add(page._replace(attachments=tuple(files)))

    def _add(self, document: Document) -> None:
        self.versions[document.url, document.fetched] = document


def _date(record: WarcRecord) -> str:
    """Return the date of a record as ISO 8601, "" for none."""
    return record.record_date.strftime("%Y-%m-%dT%H:%M:%SZ") if record.record_date else ""


def _fields(block: bytes) -> Fields:
    """Parse lines ``name: value`` (application/warc-fields); names may repeat."""
    found: Fields = {}
    for line in block.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(": ")
        found.setdefault(name, []).append(value)
    return found


def _page(path: Path, record: WarcRecord, url: str) -> Page | None:
    """Return the head of a response that may be a report, None for any other or a damaged one."""
    record.parse_http(strict_mode=False)
    content_type = (record.http_content_type or "").lower()
    status = record.http_headers.status_code if record.http_headers else None
    if status != 200 or not content_type.startswith(PAGE_TYPES):
        return None
    headers = {name.lower(): value for name, value in record.http_headers.astuples()}
    if ENCODING_HEADERS & headers.keys():
        try:  # open the file again: a body that fails to decode would end the iteration
            head = read_response(path, record.stream_pos)[1][:HEAD_BYTES]
        except OSError:
            return None
    else:
        head = record.reader.read(HEAD_BYTES)
    return Page(Request(url), url, 200, headers, head)
