"""Anhui's disclosure platforms (龙讯 and others): reports by organ and year, lists as fragments of pages."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urlsplit

from scraper.families._values import whole
from scraper.fetching.page import Link, Page, Request, absolute, anchors

FINGERPRINT = re.compile(
    r"(?:Openness|Xxgk)AnnualReport\b|/site/label/8888|/News/showList/\d|/public/column/\d{1,12}\?"
)
PLATFORM = re.compile(r"^(https?://[^?#]{1,200}?/(?:Openness|Xxgk)AnnualReport/)")
YEARLY = re.compile(r"AnnualReport/year/(\d{1,12})/(20\d\d)\.html")
ORGAN = re.compile(r"organ-?id[\"']?\s{0,9}[:=]\s{0,9}[\"']?(\d{1,12})\b", re.I)
YEAR = re.compile(r"<option[^<>]{0,99}value=[\"']?(20\d\d)\b|data-year=[\"']?(20\d\d)\b")
MOST_ORGANS = 500
LABEL = re.compile(r"[\"']((?:/\w{1,40}){0,4}/site/label/8888)\b")
LONGEST_CALL, MOST_CALLS = 2000, 50
PARAMETER = re.compile(
    r"\b([A-Za-z]{1,20})[\"']?\s{0,9}:\s{0,9}(?:\"([^\"<>{}]{0,200})\"|'([^'<>{}]{0,200})'|([\w.-]{1,40}))"
)
COLUMN = re.compile(r"/public/column/(\d{1,12})")
SHOW_LIST = re.compile(r"/News/showList/\d{1,12}(?:/page_(\d{1,5}))?\.html$")
PAGES = re.compile(r"pageCount[\"']?\s{0,9}[:=]\s{0,9}[\"']?(\d{1,5})\b|共\s{0,9}(\d{1,5})\s{0,9}页")
FORM = "application/x-www-form-urlencoded"


def matches(page: Page) -> bool:
    return (SHOW_LIST.search(page.url) or FINGERPRINT.search(page.text)) is not None


def links(page: Page) -> Iterator[Link]:
    """Give the links of a fragment, which are written as seen from the page that it goes into."""
    if page.family:
        yield from anchors(page.tree, page.request.referer or page.url)


def parts(page: Page) -> Iterator[Request]:
    """Ask for the reports of the organs and years that a page offers, and for the lists that it loads."""
    if not page.family:
        yield from _yearly(page)
        yield from _fragments(page)


def following(page: Page) -> Iterator[Request]:
    pages = max((int(one or other) for one, other in PAGES.findall(page.text)), default=0)
    if page.family:
        asked = dict(parse_qsl(page.request.body, keep_blank_values=True))
        number = whole(asked.get("pageIndex", ""))
        if 0 < number < pages:
            yield page.request._replace(body=urlencode(asked | {"pageIndex": str(number + 1)}))
    elif found := SHOW_LIST.search(page.url):
        number = int(found[1] or 1)
        if number < pages:
            stem = re.sub(r"(?:/page_\d+)?\.html$", "", page.url)
            yield Request(f"{stem}/page_{number + 1}.html")


def _yearly(page: Page) -> Iterator[Request]:
    """Ask for every year of the organ that a page is about, and for the newest of every other organ."""
    platform = PLATFORM.match(page.url)
    if not platform:
        return
    addresses = YEARLY.findall(page.text)
    years = sorted({year for _, year in addresses} | {a or b for a, b in YEAR.findall(page.text)})[::-1]
    own = YEARLY.search(page.url)
    organs = dict.fromkeys([organ for organ, _ in addresses] + ORGAN.findall(page.text))
    for organ in list(organs)[:MOST_ORGANS]:
        for year in years if own and organ == own[1] else years[:1]:
            yield Request(f"{platform[1]}year/{organ}/{year}.html", referer=page.url)


def _fragments(page: Page) -> Iterator[Request]:
    """Ask for the first page of each list that a script loads."""
    found = LABEL.search(page.text)
    url = absolute(page.url, f"{found[1] if found else '/site/label/8888'}?IsAjax=1&dataType=html")
    for call in _calls(page.text):
        given = {name: a or b or c for name, a, b, c in PARAMETER.findall(call)}
        label = given.get("labelName", "")
        if label.endswith("List") and not label.startswith("search"):
            body = urlencode(_of_address(page.url) | given | {"pageIndex": "1"})
            yield Request(url, "POST", body, FORM, referer=page.url, family="anhui")


def _calls(text: str) -> Iterator[str]:
    """Cut out what stands between the braces around each name of a list."""
    for found in islice(re.finditer(r"\blabelName\b", text), MOST_CALLS):
        start = max(text.rfind("{", 0, found.start()), found.start() - LONGEST_CALL)
        yield text[start + 1 : start + LONGEST_CALL].partition("}")[0]


def _of_address(url: str) -> dict[str, str]:
    """Read the organ, the type and the category of a list from the address of its column."""
    asked = dict(parse_qsl(urlsplit(url).query))
    column = COLUMN.search(url)
    organ = {"organId": column[1]} if column else {}
    return organ | {name: asked[name] for name in ("type", "catId") if name in asked}
