"""UCAP (开普): page n of a list is {stem}_{n}, counting from 1; or lists come from a JSON search."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from parsers.text.chinese import without_spaces
from scraper.families._values import nested, objects, parse_json, to_int, to_text
from scraper.fetching.page import Link, Page, Request, absolute, iso_date

FINGERPRINT = re.compile(
    r"UCAP-CONTENT|/(?:search|searchList)/[0-9a-f]{32}\b|createPageHTML\s{0,9}\(\s{0,9}[\"']"
    r"|[cC]hannel-?[iI]d[\"']?\s{0,9}[:=]\s{0,9}[\"'][0-9a-fA-F]{32}[\"']"
)
# Unlike the pager of TRS WCM, this one takes its container first, and counts from 1.
PAGER = re.compile(
    r"createPageHTML\s{0,9}\(\s{0,9}[\"'][\w-]{1,40}[\"']\s{0,9},\s{0,9}(\d{1,5})\s{0,9},\s{0,9}(\d{1,5})"
    r"\s{0,9},\s{0,9}[\"']([\w-]{1,80})[\"']\s{0,9},\s{0,9}[\"'](\w{1,9})[\"']"
)
SEARCH = re.compile(r"/(?:common/search|searchList|search)/(?=[0-9a-f]{32}|[\"'])")
CHANNEL = re.compile(
    r"(?:/search/|/searchList/|channel-?id[\"']?\s{0,9}[:=]\s{0,9}[\"'])([0-9a-f]{32})\b", re.I
)
QUERY = "_isAgg=true&_isJson=true&_pageSize=20&_template=index&_rangeTimeGte=&_channelName=&page=1"


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def links(page: Page) -> Iterator[Link]:
    """Return the entries of a search answer."""
    for item in _results(page) if page.family else ():
        if url := absolute(page.url, to_text(item.get("url"))):
            yield Link(
                url,
                without_spaces(unescape(to_text(item.get("title")))),
                iso_date(to_text(item.get("publishedTimeStr"))),
            )


def subrequests(page: Page) -> Iterator[Request]:
    """Request the list of every channel that a page names."""
    if page.family:
        return
    found = SEARCH.search(page.text)
    path = found[0] if found else "/common/search/"
    for channel in dict.fromkeys(CHANNEL.findall(page.text)):
        yield Request(absolute(page.url, f"{path}{channel}?{QUERY}"), referer=page.url, family="ucap")


def next_pages(page: Page) -> Iterator[Request]:
    if page.family:
        yield from _next_search_page(page)
    elif pager := PAGER.search(page.text):
        pages, this, stem, suffix = int(pager[1]), int(pager[2]), pager[3], pager[4]
        if this < pages:
            yield Request(absolute(page.url, f"{stem}_{this + 1}.{suffix}"))


def _next_search_page(page: Page) -> Iterator[Request]:
    """Return the next page of a search until its total is reached."""
    count, total = len(_results(page)), to_int(_data(page).get("total"))
    address, _, query = page.request.url.partition("?")
    params = dict(parse_qsl(query, keep_blank_values=True))
    number = to_int(params.get("page")) or 1
    # The server may ignore the requested page size; the first page shows the actual one.
    size = count if number == 1 else to_int(params.get("_pageSize"))
    if count and number * size < total:
        next_params = params | {"_pageSize": str(size), "page": str(number + 1)}
        yield page.request._replace(url=f"{address}?{urlencode(next_params)}")


def _results(page: Page) -> list[dict[str, Any]]:
    return objects(_data(page).get("results"))


def _data(page: Page) -> dict[str, Any]:
    return nested(parse_json(page.text), "data")
