"""The pages that each site is known to have: lists, reports with all their versions, and dead ends."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from scraper.archive.document import Document, SitePlace
from scraper.archive.records import REPORT, RETURNED, WITHDRAWN, Records
from scraper.archive.store import Archive, Capture, UnreadableCapture
from scraper.discovery.discover import Candidate, KnownPages, Rejected, WalkResult
from scraper.fetching.page import Page, Request
from scraper.sites import Site

# After this time a walk starts from the home page again; dead ends are tried again after a quarter of it.
REDISCOVERY_INTERVAL = timedelta(days=30)
CAPTURE_COLUMNS = "captures.url, captures.fetched, captures.warc, captures.offset"


class PageEntry(NamedTuple):
    """A page of a site, as in table ``pages``; ``role`` is list, report, refused (rejected) or dead."""

    role: str
    request: Request
    title: str
    listed: str
    year: int | None
    checked: str
    gone: str


class SiteIndex:
    """The part of an archive's index about one site, for one run."""

    def __init__(self, archive: Archive, site: Site, run: int, warc: str, now: datetime) -> None:
        self.archive, self.site, self.run, self.warc, self.now = archive, site, run, warc, now
        self.id = site.id
        self.time = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.entries: dict[str, PageEntry] = {
            key: PageEntry(role, Request(*json.loads(request)), title, listed, year, checked, gone)
            for key, role, request, title, listed, year, checked, gone in archive.rows(
                "SELECT key, role, request, title, listed, year, checked, gone FROM pages WHERE site = ?",
                self.id,
            )
        }

    def reports(self) -> dict[str, PageEntry]:
        """Return the reports that the site still has, by request key."""
        return {
            key: entry for key, entry in self.entries.items() if entry.role == "report" and not entry.gone
        }

    def known_pages(self) -> KnownPages:
        """Return what earlier walks found, so that the next one can start from it."""
        found = self.archive.rows("SELECT home, discovered FROM sites WHERE site = ?", self.id)
        home, discovered = found[0] if found else ("", "")
        lists = tuple(entry.request for entry in self.entries.values() if entry.role == "list")
        reports = frozenset(self.reports())
        if not discovered or abs(self.now - _parse_time(discovered)) > REDISCOVERY_INTERVAL:
            return KnownPages(reports=reports)
        dead = frozenset(key for key, entry in self.entries.items() if self._is_dead(entry))
        return KnownPages(lists, dead, reports, self._navigation(home))

    def _is_dead(self, entry: PageEntry) -> bool:
        """Return whether to skip a page; an empty one is tried again after some days, as it may fill."""
        age = abs(self.now - _parse_time(entry.checked))
        return entry.role == "refused" or (entry.role == "dead" and age < REDISCOVERY_INTERVAL / 4)

    def _navigation(self, key: str) -> frozenset[str]:
        """Return the URLs that the home page links to, which every other page links to as well."""
        capture = self.archive.latest_capture(key) if key else None
        if capture is None:
            return frozenset()
        try:
            home = self.archive.read_page(Request(f"http://{key}"), capture)
        except UnreadableCapture:
            return frozenset()
        return frozenset(link.url for link in home.links)

    def record_walk(self, walked: WalkResult, home: Request | None) -> None:
        """Record lists, dead ends and rejected links of a walk; ``home`` is given if it started there."""
        for key, request in walked.lists.items():
            self._record(key, PageEntry("list", request, "", "", None, self.time, ""))
        for key, reason in walked.dead_ends.items():
            if key not in self.entries or self.entries[key].role in ("list", "dead"):
                request = Request(f"http://{key}")
                self._record(key, PageEntry("dead", request, "", "", None, self.time, ""), reason)
        for key, rejected in walked.rejected.items():
            self.record_rejected(key, rejected)
        if home and (walked.is_complete or walked.candidates):
            with self.archive.writing() as index:
                index.execute("INSERT OR REPLACE INTO sites VALUES (?, ?, ?)", (self.id, home.key, self.time))

    def record_rejected(self, key: str, rejected: Rejected, listed: str = "") -> None:
        entry = PageEntry("refused", Request(rejected.url), rejected.title, listed, None, self.time, "")
        self._record(key, entry, rejected.reason)

    def record_report(self, candidate: Candidate, title: str, year: int | None) -> None:
        """Record that a report was checked in this run."""
        entry = PageEntry("report", candidate.request, title, list_entry(candidate), year, self.time, "")
        self._record(candidate.request.key, entry)

    def record_withdrawn(self, key: str, page: Page) -> None:
        """Record that the site no longer has a report, in the index and as WARC metadata."""
        self._append_metadata(page, WITHDRAWN)
        self._record(key, self.entries[key]._replace(gone=page.fetched, checked=self.time))

    def record_returned(self, page: Page) -> None:
        """Record as WARC metadata that a withdrawn report is there again."""
        self._append_metadata(page, RETURNED)

    def _append_metadata(self, page: Page, role: str) -> None:
        records = Records()
        records.metadata(page.url, page.fetched, role, [("status", str(page.status))])
        with self.archive.appending(self.warc, records):
            pass

    def _record(self, key: str, entry: PageEntry, reason: str = "") -> None:
        self.entries[key] = entry
        request = json.dumps(entry.request, ensure_ascii=False)
        row = (self.id, key, entry.role, request, entry.title, reason, *entry[3:])
        with self.archive.writing() as index:
            index.execute(f"INSERT OR REPLACE INTO pages VALUES ({', '.join('?' * len(row))})", row)

    def latest_content_digest(self, key: str) -> str:
        """Return the content digest of the newest version of a report, "" for none."""
        rows = self.archive.rows(
            "SELECT content FROM versions WHERE site = ? AND key = ? ORDER BY id DESC LIMIT 1", self.id, key
        )
        return rows[0][0] if rows else ""

    def add_version(
        self, page: Page, capture: Capture, published: str, content: str, attachments: list[Capture]
    ) -> None:
        """Add a version of a report: as WARC metadata, which any WARC reader sees, and to the index."""
        fields = [
            ("title", page.title),
            ("published", published),
            ("place", self.site.place),
            ("name", self.site.name),
            *(("attachment", each.url) for each in attachments),
        ]
        records = Records()
        records.metadata(page.url, page.fetched, REPORT, fields)
        capture_ids = json.dumps([each.id for each in attachments])
        row = (
            self.run,
            self.id,
            page.request.key,
            page.title,
            published,
            content,
            capture.id,
            capture_ids,
            self.site.name,
        )
        with self.archive.appending(self.warc, records) as (index, _):
            index.execute("INSERT INTO versions VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)", row)


def unloaded_documents(archive: Archive, site: str | None = None) -> Iterator[tuple[int, Document]]:
    """Yield ids and documents of the report versions not in the database yet, of one site or of all."""
    versions = archive.rows(
        f"""SELECT versions.id, versions.site, versions.name, {CAPTURE_COLUMNS}, versions.published,
                   versions.attachments
            FROM versions JOIN captures ON captures.id = versions.capture
            WHERE versions.loaded = 0 AND versions.site = coalesce(?, versions.site) ORDER BY versions.id""",
        site,
    )
    for version_id, site_id, name, url, fetched, warc, offset, published, capture_ids in versions:
        site_place = SitePlace(site_id.partition(" ")[0], name)
        page = Document(archive.folder / warc, url, url, fetched, published, "", site_place, offset)
        files = [_attachment(archive, each, page) for each in json.loads(capture_ids)]
        yield version_id, page._replace(attachments=tuple(files))


def set_loaded(archive: Archive, state: int, version_id: int | None = None) -> None:
    """Mark a version as loaded (1), or without ``number`` all loaded ones as compared across years (2)."""
    with archive.writing() as index:
        if version_id is None:
            index.execute("UPDATE versions SET loaded = ? WHERE loaded = ?", (state, state - 1))
        else:
            index.execute("UPDATE versions SET loaded = ? WHERE id = ?", (state, version_id))


def withdrawal_times(archive: Archive) -> dict[str, str]:
    """Return the URLs of all reports, each with the time of its withdrawal, "" if the site still has it."""
    return dict(
        archive.rows(
            """SELECT DISTINCT captures.url, pages.gone FROM pages
               JOIN versions ON versions.site = pages.site AND versions.key = pages.key
               JOIN captures ON captures.id = versions.capture WHERE pages.role = 'report' ORDER BY 1"""
        )
    )


def outcomes(archive: Archive) -> dict[str, str]:
    """Return the outcome of the last visit by place; done wins if a place has several sites."""
    found: dict[str, str] = {}
    for place, outcome in archive.rows(
        """SELECT place, outcome FROM visits AS visit
           WHERE run = (SELECT max(run) FROM visits WHERE site = visit.site)
           ORDER BY outcome = 'done', site"""
    ):
        found[place] = outcome
    return found


def current_reports(archive: Archive) -> list[tuple[str, int, str]]:
    """Return the reports that sites still have: place, year according to the title, URL."""
    return archive.rows(
        """SELECT DISTINCT substr(pages.site, 1, instr(pages.site, ' ') - 1), pages.year, captures.url
           FROM pages
           JOIN versions ON versions.site = pages.site AND versions.key = pages.key
           JOIN captures ON captures.id = versions.capture
           WHERE pages.role = 'report' AND pages.gone = '' AND pages.year IS NOT NULL"""
    )


def has_unloaded(archive: Archive) -> bool:
    """Return whether versions are archived that the database has not completely loaded."""
    return bool(archive.rows("SELECT 1 FROM versions WHERE loaded < 2 LIMIT 1"))


def _attachment(archive: Archive, capture_id: int, page: Document) -> Document:
    sql = f"SELECT {CAPTURE_COLUMNS} FROM captures WHERE id = ?"
    ((url, fetched, warc, offset),) = archive.rows(sql, capture_id)
    return page._replace(path=archive.folder / warc, name=url, fetched=fetched, offset=offset)


def list_entry(candidate: Candidate) -> str:
    """Return text and date of a link in its list; a change there suggests a changed report."""
    return f"{candidate.link.text} {candidate.link.date}".strip()


def _parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text)
