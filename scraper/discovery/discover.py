"""From a home page to the reports: walk one site by what its links say, without code for the site.

The walk knows no network: ``get`` answers its requests, and raises Unfetched for what it cannot.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple
from urllib.parse import urlsplit

from parsers.identity.titles import judge_title, normalise_title
from scraper import families
from scraper.discovery.article import holds_report
from scraper.discovery.columns import COLUMN, YEARS, Lead, Where, kind_of_page, lead
from scraper.fetching.http import Failed, Forbidden, Unfetched
from scraper.fetching.page import Link, Page, Request

Get = Callable[[Request], Page]
TROUBLES_IN_A_ROW = 3
KNOWN_LIST, START = 1000, 500
# What a page leads to without a reader's doing is part of it: an iframe, a redirect by script.
ONWARD = 900
EMPTY = "nothing is there"


class Limits(NamedTuple):
    """How far a walk goes: pages in all, of them steps outside report columns, and links from the start."""

    pages: int = 600
    steps: int = 120
    depth: int = 8


class Known(NamedTuple):
    """What earlier walks of a site found: its lists, what led nowhere, and its reports, by request key."""

    lists: tuple[Request, ...] = ()
    dead: frozenset[str] = frozenset()
    reports: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()


class Candidate(NamedTuple):
    """A link that a list calls a report, or that may be one."""

    link: Link
    listed: str
    year: int | None

    @property
    def request(self) -> Request:
        return Request(self.link.url, referer=self.listed)


class Refused(NamedTuple):
    """A look-alike, with the reason why it was left alone."""

    url: str
    title: str
    reason: str


class Walked(NamedTuple):
    """What a walk found; ``dead`` says why a page led nowhere, ``whole`` is False for a walk cut short."""

    candidates: dict[str, Candidate]
    refused: dict[str, Refused]
    lists: dict[str, Request]
    dead: dict[str, str]
    troubles: list[str]
    whole: bool


class _Visit(NamedTuple):
    request: Request
    where: Where
    depth: int
    is_known: bool = False
    is_expected: bool = False


def walk(get: Get, start: Iterable[str], hosts: Collection[str], known: Known, limits: Limits) -> Walked:
    """Find the reports of a site: from its known lists, else from the first of ``start`` that leads to any.

    Only ``hosts`` are asked. Raises Blocked, Failed or Forbidden where the last of ``start`` cannot be had;
    what goes wrong elsewhere is among the troubles.
    """
    *earlier, last = start
    walker = _Walk(get, hosts, known, limits)
    if known.lists:
        walker.run(_Visit(request, "column", 1, is_known=True, is_expected=True) for request in known.lists)
    for url in earlier:
        try:
            walker.begin(url)
        except Unfetched as error:  # a column may have moved
            walker.found.troubles.append(str(error))
    walker.begin(last)
    return walker.result()


class _Walk:
    def __init__(self, get: Get, hosts: Collection[str], known: Known, limits: Limits) -> None:
        self.get, self.hosts, self.known, self.limits = get, hosts, known, limits
        self.queue: list[tuple[int, int, _Visit]] = []
        self.order = count()
        self.visited: set[str] = set()
        self.seen: set[str] = set()
        self.common: set[str] = set(known.common)
        self.found = Walked({}, {}, {}, {}, [], True)
        self.pages = self.steps = self.pushed = self.in_a_row = 0
        self.answered = self.is_over = False

    @property
    def candidates(self) -> dict[str, Candidate]:
        return self.found.candidates

    def result(self) -> Walked:
        return self.found._replace(whole=not self.found.troubles)

    def begin(self, url: str) -> None:
        """Walk on from an address, where nothing was found yet: it may be the column, or only lead there."""
        wheres: tuple[Where, ...] = ("column", "anywhere") if urlsplit(url).path.strip("/") else ("anywhere",)
        for where in wheres:
            if not self.candidates:
                request = Request(url)
                self.visited.discard(request.key)
                self.run([_Visit(request, where, 0)])

    def run(self, visits: Iterable[_Visit]) -> None:
        for visit in visits:
            self._push(visit, KNOWN_LIST if visit.is_known else START)
        while self.queue:
            if self._is_spent():
                self.queue.clear()
                break
            *_, visit = heappop(self.queue)
            self._enter(visit)

    def _is_spent(self) -> bool:
        """Say whether the walk must end, for its limit of pages or its troubles; it is then not whole."""
        if self.is_over or self.pages < self.limits.pages:
            return self.is_over
        reason = f"the walk ends after {self.pages} pages, its limit"
        if reason not in self.found.troubles:
            self.found.troubles.append(reason)
        return True

    def _push(self, visit: _Visit, worth: int) -> None:
        key = visit.request.key
        if key in self.known.reports:
            self._add(Candidate(Link(visit.request.url, ""), visit.request.referer, None))
            return
        if key in self.visited or visit.depth > self.limits.depth:
            return
        if not visit.is_known and key in self.known.dead:
            return
        if visit.where != "column" and self.steps >= self.limits.steps:
            return
        self.pushed += 1
        heappush(self.queue, (-worth, next(self.order), visit))

    def _fetch(self, visit: _Visit) -> Page | None:
        """Fetch a page once; what gives none is dead for the next walks, unless the host was to blame."""
        key = visit.request.key
        if key in self.visited:
            return None
        self.visited.add(key)
        self.pages += 1
        self.steps += visit.where != "column"
        try:
            page = self.get(visit.request)
        except Unfetched as error:
            self._trouble(visit, error)
            return None
        self.in_a_row = 0
        self.answered = True
        self.visited.add(Request(page.url).key)
        if page.status >= 400 or not page.body.strip():
            self.found.dead[key] = f"it answers {page.status}" if page.status >= 400 else EMPTY
            if visit.depth == 0 and not self.candidates:
                raise Failed(_nothing(page))
            return None
        return page

    def _trouble(self, visit: _Visit, error: Unfetched) -> None:
        """Note what went wrong. The first page tells for the site; several in a row end the walk."""
        if isinstance(error, Forbidden) and visit.depth:
            self.found.dead[visit.request.key] = str(error)
            self.found.refused.setdefault(visit.request.key, Refused(visit.request.url, "", str(error)))
            return
        self.in_a_row += 1
        if not self.answered:
            raise error
        self.found.troubles.append(str(error))
        if self.in_a_row >= TROUBLES_IN_A_ROW:
            self.found.troubles.append(f"the walk ends after {self.in_a_row} troubles in a row")
            self.is_over = True

    def _enter(self, visit: _Visit) -> None:
        """Fetch and read a page, and page after page of the list it may be."""
        page = self._fetch(visit)
        if page is None:
            return
        where: Where = "column" if visit.where == "column" else kind_of_page(page)
        if visit.depth == 0 and where != "column":
            self.common.update(link.url for link in page.links)
            where = "anywhere"
        self._read(page, where, visit.depth, visit.is_expected)
        while where == "column":
            turned = self._turn(page, visit.depth)
            if turned is None:
                return
            page = turned

    def _turn(self, page: Page, depth: int) -> Page | None:
        """Give the next page of a list: the first alternative that brings links not seen before."""
        for request in families.following(page):
            if request.key in self.known.dead or not self._is_ours(request.url):
                continue
            if self._is_spent():
                return None
            if request.key in self.visited:
                return None  # the list goes on there, and is read from there
            turned = self._fetch(_Visit(request, "column", depth + 1))
            if turned is None:
                continue
            if all(link.url in self.seen for link in _links(turned)):
                self.found.dead[request.key] = EMPTY
                continue
            self._read(turned, "column", depth, is_expected=True)
            return turned
        return None

    def _read(self, page: Page, where: Where, depth: int, is_expected: bool) -> None:
        """Take what a page offers: reports, ways on, and the parts that it loads."""
        if not page.family and page.onward and self._is_ours(page.onward):
            self._push(_Visit(Request(page.onward, referer=page.url), where, depth + 1), ONWARD)
        if where == "column" and holds_report(page):
            self._add(Candidate(Link(page.url, page.title), page.url, None))
            return
        before = self.pushed
        for link in _links(page):
            self._consider(link, page, where, depth)
        for frame in filter(self._is_ours, () if page.family else page.frames):
            self._push(_Visit(Request(frame, referer=page.url), where, depth + 1), ONWARD)
        for request in families.parts(page):
            if self._is_ours(request.url) and (where == "column" or depth or not self.queue):
                self._push(_Visit(request, "column", depth + 1, is_expected=True), ONWARD)
        if where != "column":
            return
        if self.pushed > before or self._has_reports(page) or is_expected:
            self.found.lists[page.request.key] = page.request
        else:
            self.found.dead[page.request.key] = EMPTY

    def _has_reports(self, page: Page) -> bool:
        return any(Request(link.url).key in self.candidates for link in _links(page))

    def _consider(self, link: Link, page: Page, where: Where, depth: int) -> None:
        if not self._is_ours(link.url):
            return
        judged = judge_title(link.text, where == "column")
        if judged.kind == "other" or _may_be_list(link.text):
            self._follow(link, page, where, depth)
        elif judged.kind == "refused":
            key = Request(link.url).key
            self.found.refused.setdefault(key, Refused(link.url, link.text, judged.reason))
        else:
            self._add(Candidate(link, page.url, judged.year))
        self.seen.add(link.url)

    def _follow(self, link: Link, page: Page, where: Where, depth: int) -> None:
        way: Lead | None = lead(link, where)
        if way is None or (way.role == "within" and link.url in self.common):
            return
        to: Where = "anywhere" if way.role == "step" else "column"
        request = Request(link.url, referer=page.url)
        is_expected = way.role == "column" or bool(YEARS.search(normalise_title(link.text)))
        self._push(_Visit(request, to, depth + 1, is_expected=is_expected), way.worth - depth)

    def _add(self, candidate: Candidate) -> None:
        key = Request(candidate.link.url).key
        held = self.candidates.get(key)
        if held is None or len(candidate.link.text) > len(held.link.text):
            self.candidates[key] = candidate

    def _is_ours(self, url: str) -> bool:
        return url.split("/", 3)[2] in self.hosts  # every link is a whole address


def _links(page: Page) -> Iterator[Link]:
    """Give a page's links; of an answer that only its family can read, those that the family sees."""
    if not page.family:
        yield from page.links
    yield from families.hidden_links(page)


def _may_be_list(text: str) -> bool:
    """Say whether what reads like a report may be a folder: 2023年政府信息公开年报 names no organ."""
    return bool(YEARS.search(normalise_title(text)) or COLUMN.search(text))


def _nothing(page: Page) -> str:
    if page.status >= 400:
        return f"{page.url} answers {page.status}"
    return f"{page.url} is empty"
