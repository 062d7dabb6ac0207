"""The archive of a crawl: WARC files, and an SQLite index of their records.

Records are appended first and indexed afterwards. A crawl killed in between leaves bytes at the end of a file
that the index does not know; the next crawl truncates them, so that index and files always agree.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, Literal, NamedTuple, Self

from scraper.archive.document import read_response
from scraper.archive.records import UNCHANGED, Records
from scraper.fetching.http import Validators
from scraper.fetching.page import Page, Request

INDEX, LOCK = "index.db", "crawl.lock"
VERSION = 1
# new: the body is stored; same: same body as before; alike: same content, only volatile parts differ.
Change = Literal["new", "same", "alike"]
REMEDY = "move it away to start a new one (`nianbao rebuild` still reads the WARC files beside it)"


class WrongArchive(ValueError):
    """The index in the folder is damaged, or not that of an archive of this version."""


class ArchiveWriteError(OSError):
    """The archive cannot be written: the disk is full or permission is missing."""


class UnreadableCapture(OSError):
    """An archived response cannot be read: its WARC file is damaged or missing."""


class RecordLocation(NamedTuple):
    """The file name and offset of a WARC record."""

    warc: str
    offset: int


class Capture(NamedTuple):
    """An archived answer; ``location`` is that of the record with its body, None if none was stored.

    ``payload`` is the SHA-256 of the body, ``content`` that of its content without volatile parts.
    """

    id: int
    run: int
    url: str
    fetched: str
    status: int
    validators: Validators
    payload: str
    content: str
    location: RecordLocation | None
    change: Change


class Archive:
    """An archive in a folder. Thread-safe. Raises WrongArchive, ArchiveWriteError."""

    def __init__(self, folder: Path, user_agent: str = "nianbao") -> None:
        self.folder, self.user_agent = folder, user_agent
        self.lock = RLock()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / INDEX
        try:
            self.index = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            try:
                self._prepare(path)
            except BaseException:
                self.close()
                raise
        except sqlite3.OperationalError as error:
            raise ArchiveWriteError(
                f"{path} cannot be opened: {error}; check disk space and permissions"
            ) from error
        except sqlite3.DatabaseError as error:
            raise WrongArchive(f"{path} is not the index of an archive: {error}; {REMEDY}") from error

    def _prepare(self, path: Path) -> None:
        self._check_version(path)
        self.index.execute("PRAGMA journal_mode = WAL")
        self.index.execute("PRAGMA synchronous = NORMAL")
        self.index.executescript(Path(__file__).with_name("index.sql").read_text("utf-8"))
        self.index.execute(f"PRAGMA user_version = {VERSION}")

    def _check_version(self, path: Path) -> None:
        (version,) = self.index.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise WrongArchive(f"{path} was made by another version of nianbao; {REMEDY}")

    def close(self) -> None:
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        with self.lock, self._reporting_damage():
            return self.index.execute(sql, parameters).fetchall()

    @contextmanager
    def _reporting_damage(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:  # its subclasses do not mean a damaged file
                raise
            raise WrongArchive(f"{self.folder / INDEX} is damaged: {error}; {REMEDY}") from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction on the index. Raises ArchiveWriteError."""
        with self.lock, self._reporting_damage():
            try:
                self.index.execute("BEGIN")
                yield self.index
                self.index.execute("COMMIT")
            except sqlite3.OperationalError as error:
                self.index.rollback()
                raise ArchiveWriteError(
                    f"{self.folder / INDEX} cannot be written: {error}; check disk space and permissions"
                ) from error
            except BaseException:
                self.index.rollback()
                raise

    def truncate_unfinished(self) -> None:
        """Truncate what a killed crawl appended without indexing it.

        Only for the holder of the archive's lock: what another process is appending looks the same.
        """
        ends = dict(self.rows("SELECT warc, bytes FROM ends"))
        for (name,) in self.rows("SELECT warc FROM runs"):
            path = self.folder / name
            if name not in ends:
                path.unlink(missing_ok=True)
            elif path.exists() and path.stat().st_size > ends[name]:
                with path.open("r+b") as file:
                    file.truncate(ends[name])

    @contextmanager
    def appending(self, warc: str, records: Records) -> Iterator[tuple[sqlite3.Connection, int]]:
        """Append records to a file and open a transaction to index them; yields it and the start offset.

        If the block or the transaction fails, the records are removed again. Raises ArchiveWriteError.
        """
        path = self.folder / warc
        with self.lock:
            start = path.stat().st_size if path.exists() else 0
            head = b"" if start else self._warcinfo(warc)
            try:
                with path.open("ab") as file:
                    file.write(head + records.data())
            except OSError as error:
                self._truncate(path, start)
                raise ArchiveWriteError(
                    f"{path} cannot be written: {error.strerror}; check disk space and permissions"
                ) from error
            try:
                with self.writing() as index:
                    index.execute("INSERT OR REPLACE INTO ends VALUES (?, ?)", (warc, path.stat().st_size))
                    yield index, start + len(head)
            except BaseException:
                self._truncate(path, start)
                raise

    def _warcinfo(self, warc: str) -> bytes:
        records = Records()
        records.warcinfo("nianbao", self.user_agent, warc)
        return records.data()

    def _truncate(self, path: Path, start: int) -> None:
        """Remove what was just appended; if even that fails, the next crawl does it."""
        with suppress(OSError), path.open("r+b") as file:
            file.truncate(start)

    def latest_capture(self, key: str) -> Capture | None:
        """Return the last answer to a request."""
        rows = self.rows(
            """SELECT id, run, url, fetched, status, etag, modified, payload, content, warc, offset,
                      change FROM captures WHERE key = ? ORDER BY id DESC LIMIT 1""",
            key,
        )
        return _capture(*rows[0]) if rows else None

    def read_page(self, request: Request, capture: Capture) -> Page:
        """Return an answer as it was stored. Raises UnreadableCapture."""
        if capture.location is None:
            return Page(request, capture.url, capture.status, {}, b"", capture.fetched)
        warc, offset = capture.location
        try:
            headers, body = read_response(self.folder / warc, offset)
        except OSError as error:
            raise UnreadableCapture(f"{self.folder / warc} cannot be read at {offset}: {error}") from error
        status = int(headers.pop(":status"))
        return Page(request, capture.url, status, headers, body, capture.fetched)

    def store_page(
        self, run: int, warc: str, page: Page, content: Callable[[Page], str], prior: Capture | None
    ) -> tuple[Page, Capture]:
        """Store an answer: a response record if it is new, else a revisit or metadata record.

        ``content`` computes the digest of a page without its volatile parts; ``prior`` is the last answer. In
        place of a 304 the stored page is returned. Raises UnreadableCapture if it is lost, ArchiveWriteError.
        """
        status = page.status
        if status == 304 and prior:
            stored = self.read_page(page.request, prior)
            page = replace(stored, fetched=page.fetched, request_headers=page.request_headers)
        payload_digest = sha256(page.body).hexdigest()
        content_digest = prior.content if prior and prior.payload == payload_digest else content(page)
        change = _change(page, payload_digest, content_digest, prior)
        records = Records()
        for redirect in page.redirects:
            records.response(redirect)
        page_record = len(records.offsets)
        if change == "new" or prior is None:
            records.response(page)
        elif change == "same":
            records.revisit(page, (prior.url, prior.fetched), not_modified=status == 304)
        else:
            since = [("since", prior.fetched), ("sha256", payload_digest)]
            records.metadata(page.url, page.fetched, UNCHANGED, since)
        validators = _validators(page, prior if status == 304 else None)
        with self.appending(warc, records) as (index, start):
            new_location = RecordLocation(warc, start + records.offsets[page_record])
            location = prior.location if prior and change != "new" else new_location
            row = (run, page.request.key, page.url, page.fetched, page.status, *validators)
            row = (*row, payload_digest, content_digest, *(location or (None, None)), change)
            marks = ", ?" * len(row)
            capture_id = index.execute(f"INSERT INTO captures VALUES (NULL{marks})", row).lastrowid or 0
        return page, _capture(capture_id, run, *row[2:])


def _change(page: Page, payload_digest: str, content: str, prior: Capture | None) -> Change:
    if prior is None or prior.location is None or prior.status != page.status:
        return "new"
    if prior.payload == payload_digest:
        return "same"
    return "alike" if prior.content == content else "new"


def _validators(page: Page, prior: Capture | None) -> Validators:
    if prior:
        return prior.validators
    return Validators(page.headers.get("etag", ""), page.headers.get("last-modified", ""))


def _capture(capture_id: int, run: int, url: str, fetched: str, status: int, *rest: Any) -> Capture:
    etag, modified, payload, content, warc, offset, change = rest
    validators = Validators(etag, modified)
    location = None if warc is None else RecordLocation(warc, offset)
    return Capture(capture_id, run, url, fetched, status, validators, payload, content, location, change)
