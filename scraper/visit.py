"""Visit one site: discover its reports, fetch those that are new or due, record what changed."""

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
from scraper.archive.site_index import PageEntry, SiteIndex, list_entry
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
MAX_FRAMES = 3
MAX_ERROR_LENGTH = 200
NO_LIST = "no list of reports was found; give its URL in the column start of a --sites file"
# Errors that end the whole run, not just one visit.
RUN_ERRORS = (ArchiveWriteError, WrongArchive, Interrupted)
WWW = re.compile(r"^www\.")


class Recheck(NamedTuple):
    """Days until a report whose list entry is unchanged is fetched again: of the newest year, older."""

    newest: float = 7
    older: float = 30


class VisitResult(NamedTuple):
    """The result of a visit. ``outcome`` is done, blocked, refused or failed, with the reason.

    ``reports`` is the number of reports that the site is known to have, ``newest`` their newest year.
    ``counts`` are of requests answered (fetched), of reports unchanged, new, changed, withdrawn and listed,
    of look-alikes (refused) and of pages that could not be fetched (failed).
    """

    site: Site
    outcome: str
    reason: str
    reports: int
    newest: int | None
    counts: Counter[str]


class Visit:
    """A visit to one site."""

    def __init__(
        self, fetcher: Fetcher, site_index: SiteIndex, limits: Limits, recheck: Recheck, slots: Semaphore
    ) -> None:
        """Process pages only while holding one of ``slots``, which is released while waiting for the host.

        This limits the number of pages in memory, however many hosts are visited in parallel.
        """
        self.fetcher, self.site_index, self.limits, self.recheck = fetcher, site_index, limits, recheck
        self.slots = slots
        self.archive, self.site = site_index.archive, site_index.site
        self.hosts = _with_www(self.site)
        self.listed_keys: Set[str] = frozenset()
        self.counts: Counter[str] = Counter()
        self.reasons: list[str] = []

    def run(self) -> VisitResult:
        """Visit the site; any error becomes the outcome and its reason.

        Unexpected exceptions too: a bug triggered by one page must not end the visits to other sites. Raises
        ArchiveWriteError, WrongArchive and Interrupted.
        """
        try:
            with self.slots:
                self._crawl_site()
            outcome = "done"
        except (Blocked, Forbidden, Failed) as error:
            outcome = {Blocked: "blocked", Forbidden: "refused"}.get(type(error), "failed")
            self.reasons.insert(0, str(error))
        except RUN_ERRORS:
            raise
        except Exception as error:
            outcome = "failed"
            self.reasons.insert(0, _describe_bug(self.site.host, error))
        reports = self.site_index.reports()
        newest = max((entry.year for entry in reports.values() if entry.year), default=None)
        reason = "; ".join(dict.fromkeys(self.reasons))
        return VisitResult(self.site, outcome, reason, len(reports), newest, self.counts)

    def _crawl_site(self) -> None:
        known = self.site_index.known_pages()
        home = f"http://{self.site.host}/"
        seeds = tuple(dict.fromkeys((absolute(home, self.site.start or home), home)))
        walked = walk(self.get, seeds, self.hosts, known, self.limits)
        self.reasons += walked.errors
        self.counts["failed"] += len(walked.errors)
        self.site_index.record_walk(walked, None if known.lists else Request(seeds[-1]))
        self.counts["refused"] += len(walked.rejected)
        self.listed_keys = walked.candidates.keys()
        if not self.listed_keys:
            self.reasons.append(NO_LIST)
        newest_first = sorted(walked.candidates.values(), key=lambda each: -(each.year or 0))
        for candidate in filter(self._should_fetch, newest_first):
            self._try_report(candidate)
        reports = self.site_index.reports()
        self.counts["listed"] = len(reports.keys() & self.listed_keys)
        if walked.is_complete:
            for key in sorted(reports.keys() - self.listed_keys):
                entry = reports[key]
                link = Link(entry.request.url, entry.title)
                self._try_report(Candidate(link, entry.request.referer, entry.year))

    def _should_fetch(self, candidate: Candidate) -> bool:
        entry = self.site_index.entries.get(candidate.request.key)
        return not entry or entry.role == "list" or bool(entry.gone) or self._is_due(entry, candidate)

    def _try_report(self, candidate: Candidate) -> None:
        try:
            self._fetch_report(candidate)
        except RUN_ERRORS:
            raise
        except FetchError as error:
            self._record_failure(str(error))
        except Exception as error:
            self._record_failure(_describe_bug(candidate.link.url, error))

    def _record_failure(self, reason: str) -> None:
        self.counts["failed"] += 1
        self.reasons.append(reason)

    def _is_due(self, entry: PageEntry, candidate: Candidate) -> bool:
        """Return whether to fetch a known report again: its list entry changed, or its recheck is due."""
        if entry.listed and candidate.link.text and entry.listed != list_entry(candidate):
            return True
        now, year = self.site_index.now, entry.year or candidate.year
        days = self.recheck.newest if year is not None and year >= now.year - 1 else self.recheck.older
        return abs(now - datetime.fromisoformat(entry.checked)) >= timedelta(days=days)

    def _fetch_report(self, candidate: Candidate) -> None:
        """Fetch a report and its attachments, and record whether they are new, changed or withdrawn."""
        key = candidate.request.key
        page, capture = self._request_page(candidate.request, content_digest)
        if page.status in GONE:
            self._withdraw_or_reject(candidate, page, f"it answers {page.status}")
            return
        if page.status != 200 or not page.body.strip():
            raise Failed(f"{page.url} {'is empty' if page.status == 200 else f'answers {page.status}'}")
        files = attachments(page)
        judgement = judge(page, candidate.link, files)
        if judgement.kind != "report":
            embedded = self._fetch_embedded(page)
            if embedded is None:
                self._reject_page(candidate, page, judgement.reason)
                return
            captures = [embedded]
        else:
            captures = [each for link in files if (each := self._fetch_attachment(link, page))]
        entry, previous_digest = self.site_index.entries.get(key), self.site_index.latest_content_digest(key)
        content = content_digest(page, tuple(each.content for each in captures))
        if content != previous_digest:
            day = publication_date(page, candidate.link)
            self.site_index.add_version(page, capture, day, content, captures)
        elif entry and entry.gone:
            self.site_index.record_returned(page)
        change = "unchanged" if content == previous_digest else "changed" if previous_digest else "new"
        self.counts[change] += 1
        title = page.title or candidate.link.text
        self.site_index.record_report(candidate, title, judgement.year or candidate.year)

    def _reject_page(self, candidate: Candidate, page: Page, reason: str) -> None:
        """Reject a page that is not a report; raise Failed for a known report that is not clearly withdrawn.

        A report is clearly withdrawn if its page says so, or if it has left a list that still works. A page
        under maintenance, or one that needs scripts, proves nothing.
        """
        key = candidate.request.key
        known = self.site_index.reports()
        if key in known and not is_missing(page) and (key in self.listed_keys or not self.listed_keys):
            raise Failed(f"{page.url} held a report and shows something else now; it will be checked again")
        self._withdraw_or_reject(candidate, page, reason)

    def _withdraw_or_reject(self, candidate: Candidate, page: Page, reason: str) -> None:
        """Record a known report as withdrawn, any other page as rejected."""
        key = candidate.request.key
        entry = self.site_index.entries.get(key)
        if entry and entry.role == "report":
            if not entry.gone:
                self.site_index.record_withdrawn(key, page)
                self.counts["withdrawn"] += 1
            return
        self.counts["refused"] += 1
        rejected = Rejected(candidate.link.url, candidate.link.text, reason)
        self.site_index.record_rejected(key, rejected, list_entry(candidate))

    def _fetch_attachment(self, link: Link, page: Page) -> Capture | None:
        """Fetch an attachment, None if there is none. Raises Blocked or Failed if an earlier run had it."""
        request = Request(link.url, referer=page.url)
        prior = self.archive.latest_capture(request.key)
        try:
            answer, capture = self._request_page(request, _payload_digest)
        except (Blocked, Failed, Forbidden) as error:
            if prior and prior.status == 200 and not isinstance(error, Forbidden):
                raise  # without it the report would look changed
            self._record_failure(str(error))
            return None
        return capture if answer.status == 200 and answer.body else None

    def _fetch_embedded(self, page: Page) -> Capture | None:
        """Return the capture of a report that the page redirects to or shows in a frame, None for none."""
        for url in dict.fromkeys((page.client_redirect, *page.frames[:MAX_FRAMES])):
            if url and urlsplit(url).netloc in self.hosts:
                answer, capture = self._request_page(Request(url, referer=page.url), content_digest)
                if answer.status == 200 and holds_report(answer):
                    return capture
        return None

    def get(self, request: Request) -> Page:
        """Answer a request of the walk. Raises FetchError."""
        return self._request_page(request, _list_digest)[0]

    def _request_page(self, request: Request, content: Callable[[Page], str]) -> tuple[Page, Capture]:
        """Return the answer to a request, from the archive if this run has fetched it already."""
        prior = self.archive.latest_capture(request.key)
        if prior and prior.run == self.site_index.run:
            with suppress(UnreadableCapture):
                return self.archive.read_page(request, prior), prior
        try:
            return self._fetch(request, content, prior)
        except UnreadableCapture:  # 304, but the stored page is damaged or missing: fetch without validators
            return self._fetch(request, content, None)

    def _fetch(
        self, request: Request, content: Callable[[Page], str], prior: Capture | None
    ) -> tuple[Page, Capture]:
        validators = prior.validators if prior and prior.location and prior.status == 200 else None
        self.slots.release()
        try:
            page = self.fetcher.fetch(request, self.hosts, validators)
        finally:
            self.slots.acquire()
        self.counts["fetched"] += 1
        return self.archive.store_page(self.site_index.run, self.site_index.warc, page, content, prior)


def _with_www(site: Site) -> frozenset[str]:
    """Return the hosts of a site, each with and without www."""
    bare = {WWW.sub("", host) for host in (site.host, *site.sisters)}
    return frozenset({*bare, *(f"www.{host}" for host in bare)})


def _list_digest(page: Page) -> str:
    """Return the digest of a list: its links, and its content if it is a report itself."""
    links = [*(() if page.family else page.links), *families.hidden_links(page)]
    return sha256(repr((links, content_digest(page) if holds_report(page) else "")).encode()).hexdigest()


def _describe_bug(where: str, error: Exception) -> str:
    """Return a message for an unexpected exception, with the line that raised it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    text = " ".join(f"{type(error).__name__}: {error}".split())[:MAX_ERROR_LENGTH]
    return f"{where}: {text} ({Path(frame.filename).name}, line {frame.lineno}); please report this"


def _payload_digest(page: Page) -> str:
    return sha256(page.body).hexdigest()
