"""What each site is known to have: its lists, its reports in all their versions, and what led nowhere."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from scraper.archive.document import Document, Home
from scraper.archive.records import REPORT, RETURNED, WITHDRAWN, Records
from scraper.archive.store import Archive, Capture, Lost
from scraper.discovery.discover import Candidate, KnownPages, Rejected, WalkResult
from scraper.fetching.page import Page, Request
from scraper.sites import Site

# After so long the way from the home page is looked for again, and what led nowhere gets another chance.
REDISCOVERY = timedelta(days=30)
CAPTURED = "captures.url, captures.fetched, captures.warc, captures.offset"


class Entry(NamedTuple):
    """A page that a site is known to have; ``role`` is list, report, refused or dead."""

    role: str
    request: Request
    title: str
    listed: str
    year: int | None
    checked: str
    gone: str


class Catalogue:
    """The part of an archive's index that is about one site."""

    def __init__(self, archive: Archive, site: Site, run: int, warc: str, now: datetime) -> None:
        self.archive, self.site, self.run, self.warc, self.now = archive, site, run, warc, now
        self.id = site.id
        self.time = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.entries: dict[str, Entry] = {
            key: Entry(role, Request(*json.loads(request)), title, listed, year, checked, gone)
            for key, role, request, title, listed, year, checked, gone in archive.rows(
                "SELECT key, role, request, title, listed, year, checked, gone FROM pages WHERE site = ?",
                self.id,
            )
        }

    def reports(self) -> dict[str, Entry]:
        """Give the reports that the site still has."""
        return {
            key: entry for key, entry in self.entries.items() if entry.role == "report" and not entry.gone
        }

    def known(self) -> KnownPages:
        """Say what a walk need not find out again."""
        found = self.archive.rows("SELECT home, discovered FROM sites WHERE site = ?", self.id)
        home, discovered = found[0] if found else ("", "")
        lists = tuple(entry.request for entry in self.entries.values() if entry.role == "list")
        reports = frozenset(self.reports())
        if not discovered or abs(self.now - _time(discovered)) > REDISCOVERY:
            return KnownPages(reports=reports)
        dead = frozenset(key for key, entry in self.entries.items() if self._is_dead(entry))
        return KnownPages(lists, dead, reports, self._common(home))

    def _is_dead(self, entry: Entry) -> bool:
        """Say whether a page that led nowhere need not be asked yet; one that was empty may fill."""
        age = abs(self.now - _time(entry.checked))
        return entry.role == "refused" or (entry.role == "dead" and age < REDISCOVERY / 4)

    def _common(self, key: str) -> frozenset[str]:
        """Give the links of the home page, which stand on every other page too."""
        capture = self.archive.latest(key) if key else None
        if capture is None:
            return frozenset()
        try:
            home = self.archive.recall(Request(f"http://{key}"), capture)
        except Lost:
            return frozenset()
        return frozenset(link.url for link in home.links)

    def note_walk(self, walked: WalkResult, home: Request | None) -> None:
        """Remember the lists and the dead ends of a walk; ``home`` is where it looked for the way anew."""
        for key, request in walked.lists.items():
            self._note(key, Entry("list", request, "", "", None, self.time, ""))
        for key, reason in walked.dead_ends.items():
            if key not in self.entries or self.entries[key].role in ("list", "dead"):
                self._note(key, Entry("dead", Request(f"http://{key}"), "", "", None, self.time, ""), reason)
        for key, rejected in walked.rejected.items():
            self.note_refused(key, rejected)
        if home and (walked.is_complete or walked.candidates):
            with self.archive.writing() as index:
                index.execute("INSERT OR REPLACE INTO sites VALUES (?, ?, ?)", (self.id, home.key, self.time))

    def note_refused(self, key: str, refused: Rejected, listed: str = "") -> None:
        entry = Entry("refused", Request(refused.url), refused.title, listed, None, self.time, "")
        self._note(key, entry, refused.reason)

    def note_report(self, candidate: Candidate, title: str, year: int | None) -> None:
        """Remember that a report was looked at just now."""
        entry = Entry("report", candidate.request, title, listed(candidate), year, self.time, "")
        self._note(candidate.request.key, entry)

    def note_gone(self, key: str, page: Page) -> None:
        """Remember that the site no longer has a report; the archive says so too."""
        self._tell(page, WITHDRAWN)
        self._note(key, self.entries[key]._replace(gone=page.fetched, checked=self.time))

    def note_back(self, page: Page) -> None:
        """Have the archive say that a report which was gone is there again."""
        self._tell(page, RETURNED)

    def _tell(self, page: Page, role: str) -> None:
        records = Records()
        records.metadata(page.url, page.fetched, role, [("status", str(page.status))])
        with self.archive.appending(self.warc, records):
            pass

    def _note(self, key: str, entry: Entry, reason: str = "") -> None:
        self.entries[key] = entry
        request = json.dumps(entry.request, ensure_ascii=False)
        row = (self.id, key, entry.role, request, entry.title, reason, *entry[3:])
        with self.archive.writing() as index:
            index.execute(f"INSERT OR REPLACE INTO pages VALUES ({', '.join('?' * len(row))})", row)

    def last_version(self, key: str) -> str:
        """Give the content of the newest version of a report; "" where there is none."""
        rows = self.archive.rows(
            "SELECT content FROM versions WHERE site = ? AND key = ? ORDER BY id DESC LIMIT 1", self.id, key
        )
        return rows[0][0] if rows else ""

    def add_version(
        self, page: Page, capture: Capture, published: str, content: str, attachments: list[Capture]
    ) -> None:
        """Add a version of a report: to the archive as metadata that other readers of WARC see, then here."""
        told = [
            ("title", page.title),
            ("published", published),
            ("place", self.site.place),
            ("name", self.site.name),
            *(("attachment", each.url) for each in attachments),
        ]
        records = Records()
        records.metadata(page.url, page.fetched, REPORT, told)
        numbers = json.dumps([each.id for each in attachments])
        row = (
            self.run,
            self.id,
            page.request.key,
            page.title,
            published,
            content,
            capture.id,
            numbers,
            self.site.name,
        )
        with self.archive.appending(self.warc, records) as (index, _):
            index.execute("INSERT INTO versions VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)", row)


def documents(archive: Archive, site: str | None = None) -> Iterator[tuple[int, Document]]:
    """Give the versions of reports that are not in the database yet, of one site or all, numbered."""
    versions = archive.rows(
        f"""SELECT versions.id, versions.site, versions.name, {CAPTURED}, versions.published,
                   versions.attachments
            FROM versions JOIN captures ON captures.id = versions.capture
            WHERE versions.loaded = 0 AND versions.site = coalesce(?, versions.site) ORDER BY versions.id""",
        site,
    )
    for number, of, name, url, fetched, warc, offset, published, attached in versions:
        home = Home(of.partition(" ")[0], name)
        page = Document(archive.folder / warc, url, url, fetched, published, "", home, offset)
        files = [_attachment(archive, each, page) for each in json.loads(attached)]
        yield number, page._replace(attachments=tuple(files))


def set_loaded(archive: Archive, state: int, number: int | None = None) -> None:
    """Remember that a version is in the database (1), or that all are and were held against others (2)."""
    with archive.writing() as index:
        if number is None:
            index.execute("UPDATE versions SET loaded = ? WHERE loaded = ?", (state, state - 1))
        else:
            index.execute("UPDATE versions SET loaded = ? WHERE id = ?", (state, number))


def withdrawn(archive: Archive) -> dict[str, str]:
    """Give the addresses of all reports, with the time since which they are gone ("": they are not)."""
    return dict(
        archive.rows(
            """SELECT DISTINCT captures.url, pages.gone FROM pages
               JOIN versions ON versions.site = pages.site AND versions.key = pages.key
               JOIN captures ON captures.id = versions.capture WHERE pages.role = 'report' ORDER BY 1"""
        )
    )


def outcomes(archive: Archive) -> dict[str, str]:
    """Give for every place that was visited what the last visit of its sites came to, the best of them."""
    found: dict[str, str] = {}
    for place, outcome in archive.rows(
        """SELECT place, outcome FROM visits AS visit
           WHERE run = (SELECT max(run) FROM visits WHERE site = visit.site)
           ORDER BY outcome = 'done', site"""
    ):
        found[place] = outcome
    return found


def archived(archive: Archive) -> list[tuple[str, int, str]]:
    """Give the reports that sites still have: place, year as their titles have it, address."""
    return archive.rows(
        """SELECT DISTINCT substr(pages.site, 1, instr(pages.site, ' ') - 1), pages.year, captures.url
           FROM pages
           JOIN versions ON versions.site = pages.site AND versions.key = pages.key
           JOIN captures ON captures.id = versions.capture
           WHERE pages.role = 'report' AND pages.gone = '' AND pages.year IS NOT NULL"""
    )


def unloaded(archive: Archive) -> bool:
    """Say whether a run was killed before the database had all that it archived."""
    return bool(archive.rows("SELECT 1 FROM versions WHERE loaded < 2 LIMIT 1"))


def _attachment(archive: Archive, number: int, page: Document) -> Document:
    ((url, fetched, warc, offset),) = archive.rows(f"SELECT {CAPTURED} FROM captures WHERE id = ?", number)
    return page._replace(path=archive.folder / warc, name=url, fetched=fetched, offset=offset)


def listed(candidate: Candidate) -> str:
    """Give a report as its list has it; where that changes, so may have the report."""
    return f"{candidate.link.text} {candidate.link.date}".strip()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
