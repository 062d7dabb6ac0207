"""Documents out of WARC files: our own archive, whose metadata names the reports, or anybody else's."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from parsers.identity.titles import judge_title
from scraper.archive.document import Document, Home, payload
from scraper.archive.records import REPORT, RETURNED, WITHDRAWN
from scraper.fetching.page import Page, Request, iso_date

SUFFIXES = (".warc", ".warc.gz")
# What may be a report in an archive that does not say so, and how much of it is read to see its title.
PAGES = ("text/html", "text/plain", "application/xhtml")
HEAD = 65_536
PACKED = {"content-encoding", "transfer-encoding"}
Fields = dict[str, list[str]]


class DamagedArchive(OSError):
    """A WARC file, ``path``, cannot be read to its end."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"the file is damaged ({error}); what was read before it counts")
        self.path = path


def is_warc(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES)


def documents(paths: Iterable[Path]) -> Iterator[Document]:
    """Give the reports of WARC files, every version, in the order of their addresses and times.

    An archive of our own tells which pages are reports, what hangs on them and what was withdrawn; of any
    other, each page counts whose title is that of a report. Raises DamagedArchive, after all that is whole.
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
    """Reads records in order; what metadata says of an address holds for the last response from there."""

    def __init__(self) -> None:
        self.last: dict[str, Document] = {}
        self.versions: dict[tuple[str, str], Document] = {}
        self.withdrawn: dict[str, str] = {}

    def read(self, path: Path) -> None:
        is_ours = False
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                if record.record_type == WarcRecordType.warcinfo:
                    is_ours = b"software: nianbao" in record.reader.read(HEAD)
                elif record.record_type == WarcRecordType.metadata and is_ours:
                    self._told(record)
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

    def _told(self, record: WarcRecord) -> None:
        url, fields = record.headers.get("WARC-Target-URI") or "", _fields(record.reader.read(HEAD))
        role = fields.get("role", [""])[0]
        if role == WITHDRAWN:
            self.withdrawn[url] = _date(record)
        if role in (REPORT, RETURNED):
            self.withdrawn.pop(url, None)
        if role != REPORT or url not in self.last:
            return
        place, name, published = (fields.get(key, [""])[0] for key in ("place", "name", "published"))
        page = self.last[url]._replace(home=Home(place, name), published=published)
        hanging = [self.last[each] for each in fields.get("attachment", ()) if each in self.last]
        files = [
            each._replace(url=url, name=each.url, home=page.home, published=published) for each in hanging
        ]
        self._add(page._replace(attachments=tuple(files)))

    def _add(self, document: Document) -> None:
        self.versions[document.url, document.fetched] = document


def _date(record: WarcRecord) -> str:
    """Give a record's date as ISO 8601, "" where it has none."""
    return record.record_date.strftime("%Y-%m-%dT%H:%M:%SZ") if record.record_date else ""


def _fields(block: bytes) -> Fields:
    """Read lines ``name: value`` (application/warc-fields); a name may come several times."""
    found: Fields = {}
    for line in block.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(": ")
        found.setdefault(name, []).append(value)
    return found


def _page(path: Path, record: WarcRecord, url: str) -> Page | None:
    """Give the head of a response that may be a report, None also for one that is not HTTP or damaged."""
    record.parse_http(strict_mode=False)
    kind = (record.http_content_type or "").lower()
    if not record.http_headers or record.http_headers.status_code != 200 or not kind.startswith(PAGES):
        return None
    headers = {name.lower(): value for name, value in record.http_headers.astuples()}
    if PACKED & headers.keys():
        try:  # apart, for nothing can be read of a file behind a body that is not packed as it says
            head = payload(path, record.stream_pos)[1][:HEAD]
        except OSError:
            return None
    else:
        head = record.reader.read(HEAD)
    return Page(Request(url), url, 200, headers, head)
