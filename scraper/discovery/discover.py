"""Find the reports of one site, starting from its home page, by the text and URLs of its links.

There is no code for single sites, and no network here: the caller's ``get`` answers requests, or raises
FetchError.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple
from urllib.parse import urlsplit

from parsers.identity.titles import judge_title, normalise_title
from scraper import families
from scraper.discovery.article import holds_report
from scraper.discovery.columns import COLUMN, YEARS, LinkScore, PageKind, classify_page, score_link
from scraper.fetching.http import Failed, FetchError, Forbidden
from scraper.fetching.page import Link, Page, Request

Get = Callable[[Request], Page]
MAX_ERRORS_IN_A_ROW = 3
KNOWN_LIST_SCORE, SEED_SCORE = 1000, 500
# For iframes, client-side redirects and subrequests: they are part of a page already chosen.
EMBEDDED_SCORE = 900
EMPTY = "nothing is there"


class Limits(NamedTuple):
    """The limits of a walk: pages in total, pages outside report columns, and link depth from a seed."""

    pages: int = 600
    pages_outside: int = 120
    depth: int = 8


class KnownPages(NamedTuple):
    """What earlier walks of a site found: lists, request keys of dead ends and of reports.

    ``navigation`` are the URLs linked from the home page, and so from every page.
    """

    lists: tuple[Request, ...] = ()
    dead_ends: frozenset[str] = frozenset()
    reports: frozenset[str] = frozenset()
    navigation: frozenset[str] = frozenset()


class Candidate(NamedTuple):
    """A link that may lead to a report; ``list_url`` is the page where it was found."""

    link: Link
    list_url: str
    year: int | None

    @property
    def request(self) -> Request:
        return Request(self.link.url, referer=self.list_url)


class Rejected(NamedTuple):
    """A link that is not taken for a report, with the reason: a look-alike, or the crawl may not fetch it."""

    url: str
    title: str
    reason: str


class WalkResult(NamedTuple):
    """What a walk found, by request key.

    ``dead_ends`` give the reason why a page leads to nothing; ``is_complete`` is False if anything failed.
    """

    candidates: dict[str, Candidate]
    rejected: dict[str, Rejected]
    lists: dict[str, Request]
    dead_ends: dict[str, str]
    errors: list[str]
    is_complete: bool


class _Queued(NamedTuple):
    """A page in the frontier: ``is_known`` from earlier walks, ``is_expected`` to be a list even if empty."""

    request: Request
    kind: PageKind
    depth: int
    is_known: bool = False
    is_expected: bool = False


def walk(
    get: Get, seeds: Iterable[str], hosts: Collection[str], known: KnownPages, limits: Limits
) -> WalkResult:
    """Find the reports of a site from its known lists, else from the first of ``seeds`` that leads to any.

    Only ``hosts`` are requested. Raises Blocked, Failed or Forbidden if the last seed cannot be fetched; all
    other failures are in ``WalkResult.errors``.
    """
    *others, last = seeds
    walker = _Walk(get, hosts, known, limits)
    if known.lists:
        walker.run(_Queued(request, "column", 1, is_known=True, is_expected=True) for request in known.lists)
    for url in others:
        try:
            walker.try_seed(url)
        except FetchError as error:  # the address given for a site may be out of date
            walker.result.errors.append(str(error))
    walker.try_seed(last)
    return walker.finish()


class _Walk:
    def __init__(self, get: Get, hosts: Collection[str], known: KnownPages, limits: Limits) -> None:
        self.get, self.hosts, self.known, self.limits = get, hosts, known, limits
        self.frontier: list[tuple[int, int, _Queued]] = []
        self.sequence = count()
        self.visited: set[str] = set()
        self.seen_links: set[str] = set()
        self.navigation: set[str] = set(known.navigation)
        self.result = WalkResult({}, {}, {}, {}, [], True)
        self.pages = self.pages_outside = self.enqueued = self.errors_in_a_row = 0
        self.has_answered = self.is_aborted = False

    @property
    def candidates(self) -> dict[str, Candidate]:
        return self.result.candidates

    def finish(self) -> WalkResult:
        return self.result._replace(is_complete=not self.result.errors)

    def try_seed(self, url: str) -> None:
        """Walk from a URL unless reports were found already, first as a column, then as any other page."""
        kinds: tuple[PageKind, ...] = ("column", "other") if urlsplit(url).path.strip("/") else ("other",)
        for kind in kinds:
            if not self.candidates:
                request = Request(url)
                self.visited.discard(request.key)
                self.run([_Queued(request, kind, 0)])

    def run(self, pages: Iterable[_Queued]) -> None:
        for queued in pages:
            self._enqueue(queued, KNOWN_LIST_SCORE if queued.is_known else SEED_SCORE)
        while self.frontier:
            if self._is_exhausted():
                self.frontier.clear()
                break
            *_, queued = heappop(self.frontier)
            self._visit(queued)

    def _is_exhausted(self) -> bool:
        """Return whether the walk must end: at its limit of pages, or after too many errors."""
        if self.is_aborted or self.pages < self.limits.pages:
            return self.is_aborted
        reason = f"stopped after {self.pages} pages, the limit; raise it with --pages"
        if reason not in self.result.errors:
            self.result.errors.append(reason)
        return True

    def _enqueue(self, queued: _Queued, score: int) -> None:
        key = queued.request.key
        if key in self.known.reports:
            self._add_candidate(Candidate(Link(queued.request.url, ""), queued.request.referer, None))
            return
        if key in self.visited or queued.depth > self.limits.depth:
            return
        if not queued.is_known and key in self.known.dead_ends:
            return
        if queued.kind != "column" and self.pages_outside >= self.limits.pages_outside:
            return
        self.enqueued += 1
        heappush(self.frontier, (-score, next(self.sequence), queued))

    def _fetch(self, queued: _Queued) -> Page | None:
        """Fetch a page once; a missing or empty one is a dead end, one that could not be fetched is not."""
        key = queued.request.key
        if key in self.visited:
            return None
        self.visited.add(key)
        self.pages += 1
        self.pages_outside += queued.kind != "column"
        try:
            page = self.get(queued.request)
        except FetchError as error:
            self._record_error(queued, error)
            return None
        self.errors_in_a_row = 0
        self.has_answered = True
        self.visited.add(Request(page.url).key)
        if page.status >= 400 or not page.body.strip():
            self.result.dead_ends[key] = f"it answers {page.status}" if page.status >= 400 else EMPTY
            if queued.depth == 0 and not self.candidates:
                raise Failed(_describe_failure(page))
            return None
        return page

    def _record_error(self, queued: _Queued, error: FetchError) -> None:
        """Record an error; raise it if no page was fetched yet, and end the walk after several in a row."""
        if isinstance(error, Forbidden) and queued.depth:
            self.result.dead_ends[queued.request.key] = str(error)
            self.result.rejected.setdefault(queued.request.key, Rejected(queued.request.url, "", str(error)))
            return
        self.errors_in_a_row += 1
        if not self.has_answered:
            raise error
        self.result.errors.append(str(error))
        if self.errors_in_a_row >= MAX_ERRORS_IN_A_ROW:
            self.result.errors.append(f"stopped after {self.errors_in_a_row} errors in a row")
            self.is_aborted = True

    def _visit(self, queued: _Queued) -> None:
        """Fetch a page and collect its links; if it is a list, follow its pagination."""
        page = self._fetch(queued)
        if page is None:
            return
        kind: PageKind = "column" if queued.kind == "column" else classify_page(page)
        if queued.depth == 0 and kind != "column":
            self.navigation.update(link.url for link in page.links)
            kind = "other"
        self._collect(page, kind, queued.depth, queued.is_expected)
        while kind == "column":
            next_page = self._next_page(page, queued.depth)
            if next_page is None:
                return
            page = next_page

    def _next_page(self, page: Page, depth: int) -> Page | None:
        """Return the next page of a list: the first candidate that has links not seen before."""
        for request in families.next_pages(page):
            if request.key in self.known.dead_ends or not self._is_on_site(request.url):
                continue
            if self._is_exhausted():
                return None
            if request.key in self.visited:
                return None  # that page continues the list itself
            next_page = self._fetch(_Queued(request, "column", depth + 1))
            if next_page is None:
                continue
            if all(link.url in self.seen_links for link in _links(next_page)):
                self.result.dead_ends[request.key] = EMPTY
                continue
            self._collect(next_page, "column", depth, is_expected=True)
            return next_page
        return None

    def _collect(self, page: Page, kind: PageKind, depth: int, is_expected: bool) -> None:
        """Collect the candidates of a page; enqueue its links, frames, redirect and subrequests."""
        if not page.family and page.client_redirect and self._is_on_site(page.client_redirect):
            request = Request(page.client_redirect, referer=page.url)
            self._enqueue(_Queued(request, kind, depth + 1), EMBEDDED_SCORE)
        if kind == "column" and holds_report(page):
            self._add_candidate(Candidate(Link(page.url, page.title), page.url, None))
            return
        before = self.enqueued
        for link in _links(page):
            self._collect_link(link, page, kind, depth)
        for frame in filter(self._is_on_site, () if page.family else page.frames):
            self._enqueue(_Queued(Request(frame, referer=page.url), kind, depth + 1), EMBEDDED_SCORE)
        for request in families.subrequests(page):
            if self._is_on_site(request.url) and (kind == "column" or depth or not self.frontier):
                self._enqueue(_Queued(request, "column", depth + 1, is_expected=True), EMBEDDED_SCORE)
        if kind != "column":
            return
        if self.enqueued > before or self._has_reports(page) or is_expected:
            self.result.lists[page.request.key] = page.request
        else:
            self.result.dead_ends[page.request.key] = EMPTY

    def _has_reports(self, page: Page) -> bool:
        return any(Request(link.url).key in self.candidates for link in _links(page))

    def _collect_link(self, link: Link, page: Page, kind: PageKind, depth: int) -> None:
        if not self._is_on_site(link.url):
            return
        judgement = judge_title(link.text, kind == "column")
        if judgement.kind == "other" or _may_be_list(link.text):
            self._enqueue_link(link, page, kind, depth)
        elif judgement.kind == "refused":
            key = Request(link.url).key
            self.result.rejected.setdefault(key, Rejected(link.url, link.text, judgement.reason))
        else:
            self._add_candidate(Candidate(link, page.url, judgement.year))
        self.seen_links.add(link.url)

    def _enqueue_link(self, link: Link, page: Page, kind: PageKind, depth: int) -> None:
        target: LinkScore | None = score_link(link, kind)
        if target is None or (target.role == "subcolumn" and link.url in self.navigation):
            return
        target_kind: PageKind = "other" if target.role == "step" else "column"
        request = Request(link.url, referer=page.url)
        is_expected = target.role == "column" or bool(YEARS.search(normalise_title(link.text)))
        queued = _Queued(request, target_kind, depth + 1, is_expected=is_expected)
        self._enqueue(queued, target.score - depth)

    def _add_candidate(self, candidate: Candidate) -> None:
        key = Request(candidate.link.url).key
        previous = self.candidates.get(key)
        if previous is None or len(candidate.link.text) > len(previous.link.text):
            self.candidates[key] = candidate

    def _is_on_site(self, url: str) -> bool:
        return url.split("/", 3)[2] in self.hosts  # link URLs are absolute


def _links(page: Page) -> Iterator[Link]:
    """Yield the links of a page; of an answer read by its family, only those that the family returns."""
    if not page.family:
        yield from page.links
    yield from families.hidden_links(page)


def _may_be_list(text: str) -> bool:
    """Return whether a text like a report's may name a list: 2023年政府信息公开年报 names no organ."""
    return bool(YEARS.search(normalise_title(text)) or COLUMN.search(text))


def _describe_failure(page: Page) -> str:
    if page.status >= 400:
        return f"{page.url} answers {page.status}"
    return f"{page.url} is empty"
