"""Hanweb jcms (大汉, "jpage"): lists inside a script's CDATA sections, and their pages from dataproxy.jsp."""

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
# Those of a list's parameters that say which list it is.
NEEDED = {"columnid", "unitid"}
# A column page comes with the records of up to three pages.
MOST_TRIED = 4


class Position(NamedTuple):
    """How far a list has come: records seen, records a request asks for, records a page, page number."""

    seen: int
    group: int
    per_page: int
    number: int


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def links(page: Page) -> Iterator[Link]:
    for unit in _units(page):
        rows = [f"<div>{record}</div>" for record in _records(unit)]
        yield from fragment_links("".join(rows), _base(page))


def parts(page: Page) -> Iterator[Request]:
    """Ask for the next page of all lists but the first, which ``following`` sees to.

    Which way of asking brings something new cannot be known here, so all are asked for.
    """
    for unit in _units(page)[1:]:
        yield from _onward(page, unit)


def following(page: Page) -> Iterator[Request]:
    """Give the next page of the first list of a page, or of an answer of dataproxy.jsp."""
    for unit in _units(page)[:1]:
        yield from _onward(page, unit)


def _units(page: Page) -> list[str]:
    """Cut a page into its lists, each with what stands behind it; a list may be all in the script's hands."""
    cut = page.text.split("<datastore")
    if len(cut) > 2 or page.family:
        return cut[1:]
    return [page.text] if FINGERPRINT.search(page.text) else []


def _records(unit: str) -> list[str]:
    """Cut a list into its lines; what an answer breaks off in is none."""
    pieces = (piece.partition("</record>") for piece in unit.split("<record>")[1:])
    return [inner.replace("<![CDATA[", "").replace("]]>", "") for inner, end, _ in pieces if end]


def _onward(page: Page, unit: str) -> Iterator[Request]:
    position = _position(page, unit)
    # Of several figures the largest: too many requests cost less than a list cut short.
    total = max(map(int, TOTAL.findall(unit)), default=position.seen + 1)
    if position.seen >= total or (page.family and not _records(unit)):
        return
    found = NEXT_GROUP.search(unit)
    literal = absolute(_base(page), found[1]) if found else ""
    proxy, given = _proxy(page, unit, literal)
    for number in _numbers(page, position, given) if given.keys() >= NEEDED else ():
        yield _request(page, f"{proxy}?{urlencode(given | _asked(position, number), safe='/')}")
    if literal and literal != page.request.url:
        yield _request(page, literal)


def _position(page: Page, unit: str) -> Position:
    """Work out how far the list has come: from the page itself, or from what an answer was asked for."""
    count, asked = len(_records(unit)), _query(page.request.url)
    start, end, number = (_number(asked.get(name)) for name in ("startrecord", "endrecord", "page"))
    if page.family and start:
        group = max(end - start + 1, 1)
        # More than was asked for: this server counts by page alone.
        seen = number * count if count > group else start - 1 + count
        return Position(seen, group, _number(asked.get("perpage")) or group, number + 1)
    found = PER_PAGE.search(unit)
    per_page = int(found[1]) if found and int(found[1]) else 15
    return Position(count, count or per_page * (MOST_TRIED - 1), per_page, 1)


def _numbers(page: Page, position: Position, given: dict[str, str]) -> list[int]:
    """Give the page numbers to try, smallest first so that a server that counts by them skips no page."""
    if page.family:
        return [position.number]
    last = min(position.seen // position.per_page + 1, MOST_TRIED)
    return sorted({_number(given.get("page")) or 1, *range(1, last + 1)})


def _asked(position: Position, number: int) -> dict[str, str]:
    end = position.seen + position.group
    window = {
        "startrecord": position.seen + 1,
        "endrecord": end,
        "perpage": position.per_page,
        "page": number,
    }
    return {name: str(value) for name, value in window.items()}


def _proxy(page: Page, unit: str, literal: str) -> tuple[str, dict[str, str]]:
    """Give the proxy's address and the parameters that name the list, as far as they are to be seen."""
    if page.family:
        given = _query(page.request.url)
        # An answer to an address that was followed as it stood does not tell how far the list has come.
        return page.request.url.partition("?")[0], given if "startrecord" in given else {}
    if literal:
        return literal.partition("?")[0], _query(literal)
    found = PROXY.search(unit)
    given = dict(PARAMETER.findall(unit))
    return (absolute(_base(page), found[1]), given) if found else ("", {})


def _request(page: Page, url: str) -> Request:
    return Request(url, referer=_base(page), family="hanweb_jpage")


def _base(page: Page) -> str:
    """Give the address of the column that a list stands in."""
    return urljoin(page.url, page.request.referer) if page.family else page.url


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,7}", text) else 0
