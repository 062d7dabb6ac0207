"""One site, one night: walk it, fetch what is new or due, say what became of each report."""

import re
import traceback
from collections import Counter
from collections.abc import Callable, Set
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Semaphore
from typing import NamedTuple
from urllib.parse import urlsplit

from scraper import families
from scraper.archive.catalogue import PageEntry, SiteIndex, list_entry
from scraper.archive.store import ArchiveWriteError, Capture, UnreadableCapture, WrongArchive
from scraper.discovery.article import (
    attachments,
    content_digest,
    holds_report,
    is_missing,
    judge,
    publication_date,
)
from scraper.discovery.discover import Candidate, Limits, Rejected, walk
from scraper.fetching.http import Blocked, Failed, Fetcher, FetchError, Forbidden
from scraper.fetching.page import Link, Page, Request, absolute
from scraper.fetching.transport import Interrupted
from scraper.sites import Site

GONE = (404, 410)
MOST_FRAMES = 3
LONGEST_FAULT = 200
NOTHING = "no list of reports was found; give the column's address in column start of a --sites file"
# What concerns the whole run.
PASSED_ON = (ArchiveWriteError, WrongArchive, Interrupted)
WWW = re.compile(r"^www\.")


class Recheck(NamedTuple):
    """After how many days a report is looked at again whose list tells of no change: newest year, older."""

    newest: float = 7
    older: float = 30


class Visited(NamedTuple):
    """What a visit came to. ``outcome`` is done, blocked, refused or failed, with the reason.

    ``reports`` are those that the site has as far as known, ``newest`` the newest year among them;
    ``counts`` are of requests answered (fetched) and of reports: unchanged, new, changed, withdrawn; and
    of look-alikes (refused) and pages that could not be had (failed).
    """

    site: Site
    outcome: str
    reason: str
    reports: int
    newest: int | None
    counts: Counter[str]


class Visit:
    """A visit of one site."""

    def __init__(
        self, fetcher: Fetcher, catalogue: SiteIndex, limits: Limits, recheck: Recheck, desk: Semaphore
    ) -> None:
        """Visit at one of a few desks: who waits for a host leaves it to the others.

        So no more pages lie open at once than can be worked on, however many hosts are asked.
        """
        self.fetcher, self.catalogue, self.limits, self.recheck = fetcher, catalogue, limits, recheck
        self.desk = desk
        self.archive, self.site = catalogue.archive, catalogue.site
        self.hosts = _with_www(self.site)
        self.listed: Set[str] = frozenset()
        self.counts: Counter[str] = Counter()
        self.reasons: list[str] = []

    def make(self) -> Visited:
        """Visit the site; what stops it is in the outcome.

        So is what nobody thought of: one odd page must not cost the other sites their night. Raises
        ArchiveFull, WrongArchive and Interrupted.
        """
        try:
            with self.desk:
                self._visit()
            outcome = "done"
        except (Blocked, Forbidden, Failed) as error:
            outcome = {Blocked: "blocked", Forbidden: "refused"}.get(type(error), "failed")
            self.reasons.insert(0, str(error))
        except PASSED_ON:
            raise
        except Exception as error:
            outcome = "failed"
            self.reasons.insert(0, _unforeseen(self.site.host, error))
        reports = self.catalogue.reports()
        newest = max((entry.year for entry in reports.values() if entry.year), default=None)
        reason = "; ".join(dict.fromkeys(self.reasons))
        return Visited(self.site, outcome, reason, len(reports), newest, self.counts)

    def _visit(self) -> None:
        known = self.catalogue.known_pages()
        home = f"http://{self.site.host}/"
        start = tuple(dict.fromkeys((absolute(home, self.site.start or home), home)))
        walked = walk(self.get, start, self.hosts, known, self.limits)
        self.reasons += walked.errors
        self.counts["failed"] += len(walked.errors)
        self.catalogue.record_walk(walked, None if known.lists else Request(start[-1]))
        self.counts["refused"] += len(walked.rejected)
        self.listed = walked.candidates.keys()
        if not self.listed:
            self.reasons.append(NOTHING)
        newest_first = sorted(walked.candidates.values(), key=lambda each: -(each.year or 0))
        for candidate in filter(self._is_wanted, newest_first):
            self._try(candidate)
        reports = self.catalogue.reports()
        self.counts["listed"] = len(reports.keys() & self.listed)
        if walked.is_complete:
            for key in sorted(reports.keys() - self.listed):
                entry = reports[key]
                link = Link(entry.request.url, entry.title)
                self._try(Candidate(link, entry.request.referer, entry.year))

    def _is_wanted(self, candidate: Candidate) -> bool:
        entry = self.catalogue.entries.get(candidate.request.key)
        return not entry or entry.role == "list" or bool(entry.gone) or self._is_due(entry, candidate)

    def _try(self, candidate: Candidate) -> None:
        try:
            self._take(candidate)
        except PASSED_ON:
            raise
        except FetchError as error:
            self._note(str(error))
        except Exception as error:
            self._note(_unforeseen(candidate.link.url, error))

    def _note(self, reason: str) -> None:
        self.counts["failed"] += 1
        self.reasons.append(reason)

    def _is_due(self, entry: PageEntry, candidate: Candidate) -> bool:
        """Say whether to look again: its list tells of a change, or it is long since."""
        if entry.listed and candidate.link.text and entry.listed != list_entry(candidate):
            return True
        now, year = self.catalogue.now, entry.year or candidate.year
        days = self.recheck.newest if year is not None and year >= now.year - 1 else self.recheck.older
        return abs(now - datetime.fromisoformat(entry.checked)) >= timedelta(days=days)

    def _take(self, candidate: Candidate) -> None:
        """Fetch a report and its attachments, and see whether they are new, changed or gone."""
        key = candidate.request.key
        page, capture = self._ask(candidate.request, content_digest)
        if page.status in GONE:
            self._leave(candidate, page, f"it answers {page.status}")
            return
        if page.status != 200 or not page.body.strip():
            raise Failed(f"{page.url} {'is empty' if page.status == 200 else f'answers {page.status}'}")
        files = attachments(page)
        judged = judge(page, candidate.link, files)
        if judged.kind != "report":
            shown = self._shown(page)
            if shown is None:
                self._leave_odd(candidate, page, judged.reason)
                return
            captures = [shown]
        else:
            captures = [each for link in files if (each := self._attachment(link, page))]
        was, before = self.catalogue.entries.get(key), self.catalogue.latest_content_digest(key)
        content = content_digest(page, tuple(each.content for each in captures))
        if content != before:
            day = publication_date(page, candidate.link)
            self.catalogue.add_version(page, capture, day, content, captures)
        elif was and was.gone:
            self.catalogue.record_returned(page)
        change = "unchanged" if content == before else "changed" if before else "new"
        self.counts[change] += 1
        title = page.title or candidate.link.text
        self.catalogue.record_report(candidate, title, judged.year or candidate.year)

    def _leave_odd(self, candidate: Candidate, page: Page, reason: str) -> None:
        """Leave a page alone that holds no report. One that did is withdrawn only where the site means it.

        It does where it says so, and where its lists work and no longer have the report; a page that is
        being mended, or wants a script to run, says nothing of the kind.
        """
        key = candidate.request.key
        known = self.catalogue.reports()
        if key in known and not is_missing(page) and (key in self.listed or not self.listed):
            raise Failed(f"{page.url} held a report and shows something else now")
        self._leave(candidate, page, reason)

    def _leave(self, candidate: Candidate, page: Page, reason: str) -> None:
        """Leave a page alone that is no report; one that was is withdrawn."""
        key = candidate.request.key
        was = self.catalogue.entries.get(key)
        if was and was.role == "report":
            if not was.gone:
                self.catalogue.record_withdrawn(key, page)
                self.counts["withdrawn"] += 1
            return
        self.counts["refused"] += 1
        refused = Rejected(candidate.link.url, candidate.link.text, reason)
        self.catalogue.record_rejected(key, refused, list_entry(candidate))

    def _attachment(self, link: Link, page: Page) -> Capture | None:
        """Fetch what hangs on a report; raise where it was there before, for it may have changed."""
        request = Request(link.url, referer=page.url)
        prior = self.archive.latest_capture(request.key)
        try:
            answer, capture = self._ask(request, _payload)
        except (Blocked, Failed, Forbidden) as error:
            if prior and prior.status == 200 and not isinstance(error, Forbidden):
                raise
            self._note(str(error))
            return None
        return capture if answer.status == 200 and answer.body else None

    def _shown(self, page: Page) -> Capture | None:
        """Go once to where a page sends its readers, or look into its frames: the report may stand there."""
        for url in dict.fromkeys((page.client_redirect, *page.frames[:MOST_FRAMES])):
            if url and urlsplit(url).netloc in self.hosts:
                answer, capture = self._ask(Request(url, referer=page.url), content_digest)
                if answer.status == 200 and holds_report(answer):
                    return capture
        return None

    def get(self, request: Request) -> Page:
        """Answer the walk. Raises Unfetched."""
        return self._ask(request, _offered)[0]

    def _ask(self, request: Request, content: Callable[[Page], str]) -> tuple[Page, Capture]:
        """Ask the site, or, for what this run has asked before, the archive."""
        prior = self.archive.latest_capture(request.key)
        if prior and prior.run == self.catalogue.run:
            with suppress(UnreadableCapture):
                return self.archive.read_page(request, prior), prior
        try:
            return self._fetch(request, content, prior)
        except (
            UnreadableCapture
        ):  # the host says that nothing has changed, but what there was is gone: once more, whole
            return self._fetch(request, content, None)

    def _fetch(
        self, request: Request, content: Callable[[Page], str], prior: Capture | None
    ) -> tuple[Page, Capture]:
        validators = prior.validators if prior and prior.location and prior.status == 200 else None
        self.desk.release()
        try:
            page = self.fetcher.fetch(request, self.hosts, validators)
        finally:
            self.desk.acquire()
        self.counts["fetched"] += 1
        return self.archive.store_page(self.catalogue.run, self.catalogue.warc, page, content, prior)


def _with_www(site: Site) -> frozenset[str]:
    """Give a site's hosts, each with and without www."""
    bare = {WWW.sub("", host) for host in (site.host, *site.sisters)}
    return frozenset({*bare, *(f"www.{host}" for host in bare)})


def _offered(page: Page) -> str:
    """Digest what a list offers: its links, and its text where it is itself a report."""
    links = [*(() if page.family else page.links), *families.hidden_links(page)]
    return sha256(repr((links, content_digest(page) if holds_report(page) else "")).encode()).hexdigest()


def _unforeseen(where: str, error: Exception) -> str:
    """Tell of a fault of ours, with what is needed to mend it."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    told = " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST_FAULT]
    return f"{where}: {told} ({Path(place.filename).name}, line {place.lineno}); please report this"


def _payload(page: Page) -> str:
    return sha256(page.body).hexdigest()
