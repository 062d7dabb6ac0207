"""The archive of a crawl: WARC files, and an index that says what is in them.

Records are appended first and told of in the index afterwards. A crawl killed in between leaves bytes
behind the last row; the next crawl cuts them off, so that index and files always agree.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, Literal, NamedTuple

from scraper.archive.document import payload
from scraper.archive.records import UNCHANGED, Records
from scraper.fetching.http import Validators
from scraper.fetching.page import Page, Request

INDEX, LOCK = "index.db", "crawl.lock"
VERSION = 1
Change = Literal["new", "same", "alike"]
MOVE_AWAY = "move it away to begin a new one (the WARC files beside it stay readable with `nianbao rebuild`)"


class WrongArchive(ValueError):
    """The folder holds no archive of this kind."""


class ArchiveFull(OSError):
    """The archive cannot be written to, for want of space or of leave."""


class Lost(OSError):
    """What was archived cannot be read any more: its file is damaged, or was taken away."""


class Span(NamedTuple):
    """Where the record with a body lies: file and offset."""

    warc: str
    offset: int


class Capture(NamedTuple):
    """An answer as the index has it; ``span`` is None where its body was never worth keeping.

    ``payload`` is the SHA-256 of the body, ``content`` of what does not move from day to day.
    """

    id: int
    run: int
    url: str
    fetched: str
    status: int
    validators: Validators
    payload: str
    content: str
    span: Span | None
    change: Change


class Archive:
    """An archive in a folder; safe to use from several threads. Raises WrongArchive, ArchiveFull."""

    def __init__(self, folder: Path, agent: str = "nianbao") -> None:
        self.folder, self.agent = folder, agent
        self.lock = RLock()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / INDEX
        try:
            self.index = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._must_be_ours(path)
            self.index.execute("PRAGMA journal_mode = WAL")
            self.index.execute("PRAGMA synchronous = NORMAL")
            self.index.executescript(Path(__file__).with_name("index.sql").read_text("utf-8"))
            self.index.execute(f"PRAGMA user_version = {VERSION}")
        except sqlite3.OperationalError as error:
            raise ArchiveFull(f"{path} cannot be opened: {error}") from error
        except sqlite3.DatabaseError as error:
            raise WrongArchive(f"{path} is no index of an archive: {error}; {MOVE_AWAY}") from error

    def _must_be_ours(self, path: Path) -> None:
        (version,) = self.index.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise WrongArchive(f"{path} was made by another version of nianbao; {MOVE_AWAY}")

    def close(self) -> None:
        self.index.close()

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        with self.lock, self._telling_of_damage():
            return self.index.execute(sql, parameters).fetchall()

    @contextmanager
    def _telling_of_damage(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:  # those that are more special are not about the file
                raise
            raise WrongArchive(f"{self.folder / INDEX} is damaged: {error}; {MOVE_AWAY}") from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write to the index, all or nothing."""
        with self.lock, self._telling_of_damage():
            try:
                self.index.execute("BEGIN")
                yield self.index
                self.index.execute("COMMIT")
            except sqlite3.OperationalError as error:
                self.index.rollback()
                raise ArchiveFull(f"{self.folder / INDEX} cannot be written: {error}") from error
            except BaseException:
                self.index.rollback()
                raise

    def cut_off_unfinished(self) -> None:
        """Cut off what a killed crawl left behind the last row.

        Only for who holds the archive's lock: what another process is appending looks the same.
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
        """Append records to a file, then tell the index, in the block; give where they begin.

        Raises ArchiveFull, with nothing appended.
        """
        path = self.folder / warc
        with self.lock:
            start = path.stat().st_size if path.exists() else 0
            head = b"" if start else self._head(warc)
            try:
                with path.open("ab") as file:
                    file.write(head + records.data())
            except OSError as error:
                self._take_back(path, start)
                raise ArchiveFull(
                    f"{path} cannot be written: {error.strerror}; what is there is whole"
                ) from error
            try:
                with self.writing() as index:
                    index.execute("INSERT OR REPLACE INTO ends VALUES (?, ?)", (warc, path.stat().st_size))
                    yield index, start + len(head)
            except BaseException:
                self._take_back(path, start)
                raise

    def _head(self, warc: str) -> bytes:
        records = Records()
        records.info("nianbao", self.agent, warc)
        return records.data()

    def _take_back(self, path: Path, start: int) -> None:
        """Cut off what was appended just now; where even that fails, the next crawl does it."""
        with suppress(OSError), path.open("r+b") as file:
            file.truncate(start)

    def latest(self, key: str) -> Capture | None:
        """Give the last answer to a request."""
        rows = self.rows(
            """SELECT id, run, url, fetched, status, etag, modified, payload, content, warc, offset,
                      change FROM captures WHERE key = ? ORDER BY id DESC LIMIT 1""",
            key,
        )
        return _capture(*rows[0]) if rows else None

    def recall(self, request: Request, capture: Capture) -> Page:
        """Give an answer again as it was stored. Raises Lost."""
        if capture.span is None:
            return Page(request, capture.url, capture.status, {}, b"", capture.fetched)
        warc, offset = capture.span
        try:
            headers, body = payload(self.folder / warc, offset)
        except OSError as error:
            raise Lost(f"{self.folder / warc} cannot be read at {offset}: {error}") from error
        status = int(headers.pop(":status"))
        return Page(request, capture.url, status, headers, body, capture.fetched)

    def keep(
        self, run: int, warc: str, page: Page, content: Callable[[Page], str], prior: Capture | None
    ) -> tuple[Page, Capture]:
        """Store an answer: whole where it is new, else a word that it is what it was.

        ``content`` digests what does not move in the page; ``prior`` is the last answer. For one without a
        body (304) the page comes back as it was stored. Raises Lost where it cannot, and ArchiveFull.
        """
        status = page.status
        if status == 304 and prior:
            page = replace(
                self.recall(page.request, prior), fetched=page.fetched, request_headers=page.request_headers
            )
        digest = sha256(page.body).hexdigest()
        told = prior.content if prior and prior.payload == digest else content(page)
        change = _change(page, digest, told, prior)
        records = Records()
        for redirect in page.redirects:
            records.response(redirect)
        number = len(records.offsets)
        if change == "new" or prior is None:
            records.response(page)
        elif change == "same":
            records.revisit(page, (prior.url, prior.fetched), not_modified=status == 304)
        else:
            since = [("since", prior.fetched), ("sha256", digest)]
            records.metadata(page.url, page.fetched, UNCHANGED, since)
        validators = _validators(page, prior if status == 304 else None)
        with self.appending(warc, records) as (index, start):
            span = prior.span if prior and change != "new" else Span(warc, start + records.offsets[number])
            row = (run, page.request.key, page.url, page.fetched, page.status, *validators, digest, told)
            row = (*row, *(span or (None, None)), change)
            marks = ", ?" * len(row)
            capture = index.execute(f"INSERT INTO captures VALUES (NULL{marks})", row).lastrowid or 0
        return page, _capture(capture, run, *row[2:])


def _change(page: Page, digest: str, content: str, prior: Capture | None) -> Change:
    if prior is None or prior.span is None or prior.status != page.status:
        return "new"
    if prior.payload == digest:
        return "same"
    return "alike" if prior.content == content else "new"


def _validators(page: Page, prior: Capture | None) -> Validators:
    if prior:
        return prior.validators
    return Validators(page.headers.get("etag", ""), page.headers.get("last-modified", ""))


def _capture(number: int, run: int, url: str, fetched: str, status: int, *rest: Any) -> Capture:
    etag, modified, digest, content, warc, offset, change = rest
    span = None if warc is None else Span(warc, offset)
    return Capture(
        number, run, url, fetched, status, Validators(etag, modified), digest, content, span, change
    )
