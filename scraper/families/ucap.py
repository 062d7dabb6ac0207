"""UCAP (开普): page n of a list is {stem}_{n}, counted from one; or a shell is filled from a JSON search."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from parsers.text.chinese import without_spaces
from scraper.families._values import branch, decoded, objects, text, whole
from scraper.fetching.page import Link, Page, Request, absolute, iso_date

FINGERPRINT = re.compile(
    r"UCAP-CONTENT|/(?:search|searchList)/[0-9a-f]{32}\b|createPageHTML\s{0,9}\(\s{0,9}[\"']"
    r"|[cC]hannel-?[iI]d[\"']?\s{0,9}[:=]\s{0,9}[\"'][0-9a-fA-F]{32}[\"']"
)
# Unlike that of TRS WCM, this pager names its container first, and counts from one.
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
    """Give the entries of an answer of the search."""
    for item in _results(page) if page.family else ():
        if url := absolute(page.url, text(item.get("url"))):
            yield Link(
                url,
                without_spaces(unescape(text(item.get("title")))),
                iso_date(text(item.get("publishedTimeStr"))),
            )


def parts(page: Page) -> Iterator[Request]:
    """Ask for the list of every channel that a shell names."""
    if page.family:
        return
    found = SEARCH.search(page.text)
    path = found[0] if found else "/common/search/"
    for channel in dict.fromkeys(CHANNEL.findall(page.text)):
        yield Request(absolute(page.url, f"{path}{channel}?{QUERY}"), referer=page.url, family="ucap")


def following(page: Page) -> Iterator[Request]:
    if page.family:
        yield from _onward(page)
    elif pager := PAGER.search(page.text):
        pages, this, stem, suffix = int(pager[1]), int(pager[2]), pager[3], pager[4]
        if this < pages:
            yield Request(absolute(page.url, f"{stem}_{this + 1}.{suffix}"))


def _onward(page: Page) -> Iterator[Request]:
    """Give the next page of the search until its total is reached."""
    count, total = len(_results(page)), whole(_data(page).get("total"))
    address, _, query = page.request.url.partition("?")
    asked = dict(parse_qsl(query, keep_blank_values=True))
    number = whole(asked.get("page")) or 1
    # The first page tells how many entries the server gives at a time, whatever it was asked for.
    size = count if number == 1 else whole(asked.get("_pageSize"))
    if count and number * size < total:
        turned = asked | {"_pageSize": str(size), "page": str(number + 1)}
        yield page.request._replace(url=f"{address}?{urlencode(turned)}")


def _results(page: Page) -> list[dict[str, Any]]:
    return objects(_data(page).get("results"))


def _data(page: Page) -> dict[str, Any]:
    return branch(decoded(page.text), "data")
