"""Anhui's disclosure platforms (龙讯 and others): a URL for each organ and year, lists as HTML fragments."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urlsplit

from scraper.families._values import to_int
from scraper.fetching.page import Link, Page, Request, absolute, anchors

FINGERPRINT = re.compile(
    r"(?:Openness|Xxgk)AnnualReport\b|/site/label/8888|/News/showList/\d|/public/column/\d{1,12}\?"
)
PLATFORM = re.compile(r"^(https?://[^?#]{1,200}?/(?:Openness|Xxgk)AnnualReport/)")
YEARLY_REPORT = re.compile(r"AnnualReport/year/(\d{1,12})/(20\d\d)\.html")
ORGAN = re.compile(r"organ-?id[\"']?\s{0,9}[:=]\s{0,9}[\"']?(\d{1,12})\b", re.I)
YEAR = re.compile(r"<option[^<>]{0,99}value=[\"']?(20\d\d)\b|data-year=[\"']?(20\d\d)\b")
MAX_ORGANS = 500
LABEL = re.compile(r"[\"']((?:/\w{1,40}){0,4}/site/label/8888)\b")
MAX_CALL_LENGTH, MAX_CALLS = 2000, 50
PARAMETER = re.compile(
    r"\b([A-Za-z]{1,20})[\"']?\s{0,9}:\s{0,9}(?:\"([^\"<>{}]{0,200})\"|'([^'<>{}]{0,200})'|([\w.-]{1,40}))"
)
COLUMN = re.compile(r"/public/column/(\d{1,12})")
SHOW_LIST = re.compile(r"/News/showList/\d{1,12}(?:/page_(\d{1,5}))?\.html$")
PAGE_COUNT = re.compile(r"pageCount[\"']?\s{0,9}[:=]\s{0,9}[\"']?(\d{1,5})\b|共\s{0,9}(\d{1,5})\s{0,9}页")
FORM = "application/x-www-form-urlencoded"


def matches(page: Page) -> bool:
    return (SHOW_LIST.search(page.url) or FINGERPRINT.search(page.text)) is not None


def links(page: Page) -> Iterator[Link]:
    """Return the links of a fragment, which are relative to the page that loads it."""
    if page.family:
        yield from anchors(page.tree, page.request.referer or page.url)


def subrequests(page: Page) -> Iterator[Request]:
    """Request the reports of the organs and years that a page offers, and the lists that it loads."""
    if not page.family:
        yield from _yearly_reports(page)
        yield from _fragments(page)


def next_pages(page: Page) -> Iterator[Request]:
    pages = max((int(one or other) for one, other in PAGE_COUNT.findall(page.text)), default=0)
    if page.family:
        params = dict(parse_qsl(page.request.body, keep_blank_values=True))
        number = to_int(params.get("pageIndex", ""))
        if 0 < number < pages:
            yield page.request._replace(body=urlencode(params | {"pageIndex": str(number + 1)}))
    elif found := SHOW_LIST.search(page.url):
        number = int(found[1] or 1)
        if number < pages:
            stem = re.sub(r"(?:/page_\d+)?\.html$", "", page.url)
            yield Request(f"{stem}/page_{number + 1}.html")


def _yearly_reports(page: Page) -> Iterator[Request]:
    """Request all years of the organ that the page is about, and the newest year of every other organ."""
    platform = PLATFORM.match(page.url)
    if not platform:
        return
    linked = YEARLY_REPORT.findall(page.text)
    years = sorted({year for _, year in linked} | {a or b for a, b in YEAR.findall(page.text)})[::-1]
    current = YEARLY_REPORT.search(page.url)
    organs = dict.fromkeys([organ for organ, _ in linked] + ORGAN.findall(page.text))
    for organ in list(organs)[:MAX_ORGANS]:
        for year in years if current and organ == current[1] else years[:1]:
            yield Request(f"{platform[1]}year/{organ}/{year}.html", referer=page.url)


def _fragments(page: Page) -> Iterator[Request]:
    """Request the first page of each list that a script loads."""
    found = LABEL.search(page.text)
    url = absolute(page.url, f"{found[1] if found else '/site/label/8888'}?IsAjax=1&dataType=html")
    for call in _calls(page.text):
        params = {name: a or b or c for name, a, b, c in PARAMETER.findall(call)}
        label = params.get("labelName", "")
        if label.endswith("List") and not label.startswith("search"):
            body = urlencode(_params_from_url(page.url) | params | {"pageIndex": "1"})
            yield Request(url, "POST", body, FORM, referer=page.url, family="anhui")


def _calls(text: str) -> Iterator[str]:
    """Return the text between the braces around each ``labelName``."""
    for found in islice(re.finditer(r"\blabelName\b", text), MAX_CALLS):
        start = max(text.rfind("{", 0, found.start()), found.start() - MAX_CALL_LENGTH)
        yield text[start + 1 : start + MAX_CALL_LENGTH].partition("}")[0]


def _params_from_url(url: str) -> dict[str, str]:
    """Return the organ, type and category of a list from the URL of its column."""
    params = dict(parse_qsl(urlsplit(url).query))
    column = COLUMN.search(url)
    organ = {"organId": column[1]} if column else {}
    return organ | {name: params[name] for name in ("type", "catId") if name in params}
