"""Hanweb's disclosure module (/module/xxgk/): an address for each organ and year of an annual report."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

from scraper.fetching.page import Page, Request, absolute

FINGERPRINT = re.compile(r"/module/xxgk/|xxgkAnnualReport\.jsp|tree\.jsp\?area=")
MODULE = "/module/xxgk/"
REPORT = "xxgkAnnualReport.jsp"
ORGAN = re.compile(r"[?&;]area=([0-9A-Za-z]{3,24})\b")
OFFERED = re.compile(r"[?&;]fbtime=(20\d\d)\b")
# A year that is printed, not a number within a longer one.
NAMED = re.compile(r"(?<!\d)(20\d\d)(?=\s?年|-\d\d-\d\d)")
YEAR = re.compile(r"20\d\d")
CODE = re.compile(r"[0-9A-Za-z]{3,24}")
FIRST_YEAR = 2008
MOST_ORGANS = 500


def matches(page: Page) -> bool:
    return MODULE in page.url or FINGERPRINT.search(page.text) is not None


def parts(page: Page) -> Iterator[Request]:
    """Ask for the tree of organs, and for the reports of the organs and years that a page offers."""
    for frame in page.frames:
        if MODULE in frame:
            yield Request(frame, referer=page.url)
    own, offered = _own_organ(page), _offered(page)
    for organ in dict.fromkeys(filter(None, [own, *_organs(page)])):
        years = offered or (_possible(page) if organ == own else [])
        for year in years:
            yield _report(page, organ, f"&fbtime={year}")
        if not years and organ != own:
            yield _report(page, organ)


def _report(page: Page, organ: str, year: str = "") -> Request:
    return Request(absolute(page.url, f"{MODULE}{REPORT}?area={quote(organ)}{year}"), referer=page.url)


def _own_organ(page: Page) -> str:
    """Give the organ that a page of reports is for, "" for any other page."""
    address = urlsplit(page.url)
    organ = parse_qs(address.query).get("area", [""])[0]
    return organ if address.path.endswith(REPORT) and CODE.fullmatch(organ) else ""


def _organs(page: Page) -> list[str]:
    """Name the organs that a page links to, or lets its readers choose from."""
    found = dict.fromkeys(ORGAN.findall(page.text))
    for value in _options(page, "area"):
        if CODE.fullmatch(value):
            found[value] = None
    return list(found)[:MOST_ORGANS]


def _offered(page: Page) -> list[int]:
    """Name the years that a page links to or lets its readers choose from."""
    chosen = [value[:4] for value in _options(page, "fbtime") if YEAR.match(value)]
    return sorted({int(year) for year in [*OFFERED.findall(page.text), *chosen]}, reverse=True)


def _possible(page: Page) -> list[int]:
    """Name the years from the first reports on to the newest that the page prints and that has begun."""
    now = int(page.fetched[:4]) if YEAR.match(page.fetched) else 2100
    newest = max((int(year) for year in NAMED.findall(page.text) if int(year) <= now), default=0)
    return list(range(newest, FIRST_YEAR - 1, -1))


def _options(page: Page, name: str) -> list[str]:
    nodes = page.tree.css(f"select[name={name}] option, select#{name} option")
    return [(node.attributes.get("value") or "").strip() for node in nodes]
