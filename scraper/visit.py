"""One site, one night: walk it, fetch what is new or due, say what became of each report."""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Semaphore
from typing import NamedTuple

from scraper import families
from scraper.archive import Capture, Lost
from scraper.article import attachments, digest, holds_report, judge, published
from scraper.catalogue import Catalogue, Entry, listed
from scraper.discover import Candidate, Limits, Refused, walk
from scraper.http import Blocked, Failed, Fetcher, Forbidden
from scraper.page import Link, Page, Request
from scraper.sites import Site

GONE = (404, 410)
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
        self, fetcher: Fetcher, catalogue: Catalogue, limits: Limits, recheck: Recheck, desk: Semaphore
    ) -> None:
        """Visit at one of a few desks: who waits for a host leaves it to the others.

        So no more pages lie open at once than can be worked on, however many hosts are asked.
        """
        self.fetcher, self.catalogue, self.limits, self.recheck = fetcher, catalogue, limits, recheck
        self.desk = desk
        self.archive, self.site = catalogue.archive, catalogue.site
        self.hosts = _with_www(self.site)
        self.counts: Counter[str] = Counter()
        self.reasons: list[str] = []

    def make(self) -> Visited:
        """Visit the site; what stops it is in the outcome. Raises ArchiveFull and Interrupted."""
        try:
            with self.desk:
                self._visit()
            outcome = "done"
        except (Blocked, Forbidden, Failed) as error:
            outcome = {Blocked: "blocked", Forbidden: "refused"}.get(type(error), "failed")
            self.reasons.insert(0, str(error))
        reports = self.catalogue.reports()
        newest = max((entry.year for entry in reports.values() if entry.year), default=None)
        reason = "; ".join(dict.fromkeys(self.reasons))
        return Visited(self.site, outcome, reason, len(reports), newest, self.counts)

    def _visit(self) -> None:
        known = self.catalogue.known()
        start = tuple(dict.fromkeys(filter(None, (self.site.start, f"http://{self.site.host}/"))))
        walked = walk(self.get, start, self.hosts, known, self.limits)
        self.reasons += walked.troubles
        self.counts["failed"] += len(walked.troubles)
        self.catalogue.note_walk(walked, None if known.lists else Request(start[-1]))
        self.counts["refused"] += len(walked.refused)
        newest_first = sorted(walked.candidates.values(), key=lambda each: -(each.year or 0))
        for candidate in filter(self._is_wanted, newest_first):
            self._try(candidate)
        reports = self.catalogue.reports()
        self.counts["listed"] = len(reports.keys() & walked.candidates.keys())
        if walked.whole:
            for key in sorted(reports.keys() - walked.candidates.keys()):
                entry = reports[key]
                link = Link(entry.request.url, entry.title)
                self._try(Candidate(link, entry.request.referer, entry.year))

    def _is_wanted(self, candidate: Candidate) -> bool:
        entry = self.catalogue.entries.get(candidate.request.key)
        return not entry or entry.role == "list" or bool(entry.gone) or self._is_due(entry, candidate)

    def _try(self, candidate: Candidate) -> None:
        try:
            self._take(candidate)
        except (Blocked, Failed, Forbidden) as error:
            self._note(error)

    def _note(self, error: Exception) -> None:
        self.counts["failed"] += 1
        self.reasons.append(str(error))

    def _is_due(self, entry: Entry, candidate: Candidate) -> bool:
        """Say whether to look again: its list tells of a change, or it is long since."""
        if entry.listed and candidate.link.text and entry.listed != listed(candidate):
            return True
        now = self.catalogue.now
        is_newest = entry.year is not None and entry.year >= now.year - 1
        days = self.recheck.newest if is_newest and entry.role == "report" else self.recheck.older
        return now - datetime.fromisoformat(entry.checked) >= timedelta(days=days)

    def _take(self, candidate: Candidate) -> None:
        """Fetch a report and its attachments, and see whether they are new, changed or gone."""
        key = candidate.request.key
        page, capture = self._ask(candidate.request, digest)
        files = attachments(page) if page.status == 200 else ()
        was = self.catalogue.entries.get(key)
        judged = judge(page, candidate.link, files)
        if page.status not in (200, *GONE):
            raise Failed(f"{page.url} answers {page.status}")
        if page.status in GONE or judged.kind != "report":
            reason = f"it answers {page.status}" if page.status in GONE else judged.reason
            self._leave(candidate, page, was, reason)
            return
        before = self.catalogue.last_version(key)
        captures = [each for link in files if (each := self._attachment(link, page, bool(before)))]
        content = digest(page, tuple(each.payload for each in captures))
        if content != before:
            day = published(page, candidate.link)
            self.catalogue.add_version(page, capture, day, content, captures)
        elif was and was.gone:
            self.catalogue.note_back(page)
        change = "unchanged" if content == before else "changed" if before else "new"
        self.counts[change] += 1
        title = page.title or candidate.link.text
        self.catalogue.note_report(candidate, title, judged.year or candidate.year)

    def _leave(self, candidate: Candidate, page: Page, was: Entry | None, reason: str) -> None:
        """Leave a page alone that is no report; one that was is withdrawn."""
        key = candidate.request.key
        if was and was.role == "report":
            if not was.gone:
                self.catalogue.note_gone(key, page)
                self.counts["withdrawn"] += 1
            return
        self.counts["refused"] += 1
        refused = Refused(candidate.link.url, candidate.link.text, reason)
        self.catalogue.note_refused(key, refused, listed(candidate))

    def _attachment(self, link: Link, page: Page, is_needed: bool) -> Capture | None:
        """Fetch what hangs on a report; where it is needed to tell whether the report changed, or raise."""
        try:
            answer, capture = self._ask(Request(link.url, referer=page.url), _payload)
        except (Blocked, Failed, Forbidden) as error:
            if is_needed:
                raise
            self._note(error)
            return None
        return capture if answer.status == 200 and answer.body else None

    def get(self, request: Request) -> Page:
        """Answer the walk. Raises Unfetched."""
        return self._ask(request, _offered)[0]

    def _ask(self, request: Request, content: Callable[[Page], str]) -> tuple[Page, Capture]:
        """Ask the site, or, for what this run has asked before, the archive."""
        prior = self.archive.latest(request.key)
        if prior and prior.run == self.catalogue.run:
            with suppress(Lost):
                return self.archive.recall(request, prior), prior
        try:
            return self._fetch(request, content, prior)
        except Lost:  # the host says that nothing has changed, but what there was is gone: once more, whole
            return self._fetch(request, content, None)

    def _fetch(
        self, request: Request, content: Callable[[Page], str], prior: Capture | None
    ) -> tuple[Page, Capture]:
        validators = prior.validators if prior and prior.span and prior.status == 200 else None
        self.desk.release()
        try:
            page = self.fetcher.fetch(request, self.hosts, validators)
        finally:
            self.desk.acquire()
        self.counts["fetched"] += 1
        return self.archive.keep(self.catalogue.run, self.catalogue.warc, page, content, prior)


def _with_www(site: Site) -> frozenset[str]:
    """Give a site's hosts, each with and without www."""
    bare = {WWW.sub("", host) for host in (site.host, *site.sisters)}
    return frozenset({*bare, *(f"www.{host}" for host in bare)})


def _offered(page: Page) -> str:
    """Digest what a list offers: its links, and its text where it is itself a report."""
    links = [*(() if page.family else page.links), *families.hidden_links(page)]
    return sha256(repr((links, digest(page) if holds_report(page) else "")).encode()).hexdigest()


def _payload(page: Page) -> str:
    return sha256(page.body).hexdigest()
