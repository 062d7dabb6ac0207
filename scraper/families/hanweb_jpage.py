"""Hanweb jcms (大汉, "jpage"): lists in CDATA sections of a script, further pages from dataproxy.jsp."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from scraper.fetching.page import Link, Page, Request, absolute, fragment_links

FINGERPRINT = re.compile(r"<datastore\b|/jpage/dataproxy\.jsp")
NEXT_GROUP = re.compile(r"<nextgroup>[^<]{0,99}<!\[CDATA\[\s{0,99}<a[^>]{0,99}href=[\"']([^\"'>]{1,2000})")
TOTAL = re.compile(r"total[rR]ecord[\"']?\s{0,9}[:=>]\s{0,9}[\"']?(\d{1,7})\b")
PER_PAGE = re.compile(r"per[pP]age[\"']?\s{0,9}[:=]\s{0,9}[\"']?(\d{1,3})\b")
PROXY = re.compile(r"[\"'](/[\w/]{0,99}dataproxy\.jsp)[\"'?]")
PARAMETER = re.compile(
    r"\b(appid|webid|path|columnid|unitid|webname|sourceContentType|permissiontype)[\"']?\s{0,9}[:=]"
    r"\s{0,9}[\"']?([\w/%-]{1,200})"
)
# The parameters that identify a list.
REQUIRED = {"columnid", "unitid"}
# A column page already holds the records of up to three pages.
MAX_CANDIDATES = 4


class Position(NamedTuple):
    """The position in a list: records seen, records per request, records per page, page number."""

    seen: int
    per_request: int
    per_page: int
    number: int


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def links(page: Page) -> Iterator[Link]:
    for listing in _lists(page):
        rows = [f"<div>{record}</div>" for record in _records(listing)]
        yield from fragment_links("".join(rows), _base(page))


def subrequests(page: Page) -> Iterator[Request]:
    """Request the next page of every list but the first, which ``next_pages`` handles.

    Only the answers show which of the candidate requests works, so all of them are made.
    """
    for listing in _lists(page)[1:]:
        yield from _next_pages(page, listing)


def next_pages(page: Page) -> Iterator[Request]:
    """Return candidates for the next page of the first list of a page or of a dataproxy.jsp answer."""
    for listing in _lists(page)[:1]:
        yield from _next_pages(page, listing)


def _lists(page: Page) -> list[str]:
    """Split a page into its lists, each with the text after it; a list may be loaded entirely by script."""
    listings = page.text.split("<datastore")
    if len(listings) > 2 or page.family:
        return listings[1:]
    return [page.text] if FINGERPRINT.search(page.text) else []


def _records(listing: str) -> list[str]:
    """Return the complete records of a list; a truncated last one is dropped."""
    records = (piece.partition("</record>") for piece in listing.split("<record>")[1:])
    return [inner.replace("<![CDATA[", "").replace("]]>", "") for inner, end, _ in records if end]


def _next_pages(page: Page, listing: str) -> Iterator[Request]:
    position = _position(page, listing)
    # The largest of several totals: too many requests cost less than missing reports.
    total = max(map(int, TOTAL.findall(listing)), default=position.seen + 1)
    if position.seen >= total or (page.family and not _records(listing)):
        return
    found = NEXT_GROUP.search(listing)
    next_url = absolute(_base(page), found[1]) if found else ""
    proxy, params = _proxy(page, listing, next_url)
    for number in _page_numbers(page, position, params) if params.keys() >= REQUIRED else ():
        yield _request(page, f"{proxy}?{urlencode(params | _window(position, number), safe='/')}")
    if next_url and next_url != page.request.url:
        yield _request(page, next_url)


def _position(page: Page, listing: str) -> Position:
    """Return the position in a list, from the page itself or from the request that it answers."""
    count, params = len(_records(listing)), _params_from_url(page.request.url)
    start, end, number = (_to_int(params.get(name)) for name in ("startrecord", "endrecord", "page"))
    if page.family and start:
        per_request = max(end - start + 1, 1)
        # More records than requested: this server goes by the page number alone.
        seen = number * count if count > per_request else start - 1 + count
        return Position(seen, per_request, _to_int(params.get("perpage")) or per_request, number + 1)
    found = PER_PAGE.search(listing)
    per_page = int(found[1]) if found and int(found[1]) else 15
    return Position(count, count or per_page * (MAX_CANDIDATES - 1), per_page, 1)


def _page_numbers(page: Page, position: Position, params: dict[str, str]) -> list[int]:
    """Return the page numbers to try, smallest first, so that servers that go by them skip no page."""
    if page.family:
        return [position.number]
    last = min(position.seen // position.per_page + 1, MAX_CANDIDATES)
    return sorted({_to_int(params.get("page")) or 1, *range(1, last + 1)})


def _window(position: Position, number: int) -> dict[str, str]:
    end = position.seen + position.per_request
    window = {
        "startrecord": position.seen + 1,
        "endrecord": end,
        "perpage": position.per_page,
        "page": number,
    }
    return {name: str(value) for name, value in window.items()}


def _proxy(page: Page, listing: str, next_url: str) -> tuple[str, dict[str, str]]:
    """Return the URL of dataproxy.jsp and the parameters of the list, as far as the page shows them."""
    if page.family:
        params = _params_from_url(page.request.url)
        # An answer to a literal next-group URL does not show the position in the list.
        return page.request.url.partition("?")[0], params if "startrecord" in params else {}
    if next_url:
        return next_url.partition("?")[0], _params_from_url(next_url)
    found = PROXY.search(listing)
    params = dict(PARAMETER.findall(listing))
    return (absolute(_base(page), found[1]), params) if found else ("", {})


def _request(page: Page, url: str) -> Request:
    return Request(url, referer=_base(page), family="hanweb_jpage")


def _base(page: Page) -> str:
    """Return the URL of the column page that holds the list."""
    return urljoin(page.url, page.request.referer) if page.family else page.url


def _params_from_url(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def _to_int(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,7}", text) else 0
