"""Hanweb's disclosure module (/module/xxgk/): a URL for each organ and year of an annual report."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

from scraper.fetching.page import Page, Request, absolute

FINGERPRINT = re.compile(r"/module/xxgk/|xxgkAnnualReport\.jsp|tree\.jsp\?area=")
MODULE = "/module/xxgk/"
REPORT = "xxgkAnnualReport.jsp"
ORGAN = re.compile(r"[?&;]area=([0-9A-Za-z]{3,24})\b")
YEAR_IN_LINK = re.compile(r"[?&;]fbtime=(20\d\d)\b")
# A year, not part of a longer number.
YEAR_IN_TEXT = re.compile(r"(?<!\d)(20\d\d)(?=\s?年|-\d\d-\d\d)")
YEAR = re.compile(r"20\d\d")
ORGAN_CODE = re.compile(r"[0-9A-Za-z]{3,24}")
FIRST_YEAR = 2008
MAX_ORGANS = 500


def matches(page: Page) -> bool:
    return MODULE in page.url or FINGERPRINT.search(page.text) is not None


def subrequests(page: Page) -> Iterator[Request]:
    """Request the tree of organs, and the reports of the organs and years that a page offers."""
    for frame in page.frames:
        if MODULE in frame:
            yield Request(frame, referer=page.url)
    current, offered = _current_organ(page), _offered_years(page)
    for organ in dict.fromkeys(filter(None, [current, *_organs(page)])):
        years = offered or (_possible_years(page) if organ == current else [])
        for year in years:
            yield _report(page, organ, f"&fbtime={year}")
        if not years and organ != current:
            yield _report(page, organ)


def _report(page: Page, organ: str, year: str = "") -> Request:
    return Request(absolute(page.url, f"{MODULE}{REPORT}?area={quote(organ)}{year}"), referer=page.url)


def _current_organ(page: Page) -> str:
    """Return the code of the organ whose reports a page shows, "" for any other page."""
    address = urlsplit(page.url)
    organ = parse_qs(address.query).get("area", [""])[0]
    return organ if address.path.endswith(REPORT) and ORGAN_CODE.fullmatch(organ) else ""


def _organs(page: Page) -> list[str]:
    """Return the codes of the organs that a page links to or lists in a select box."""
    found = dict.fromkeys(ORGAN.findall(page.text))
    for value in _options(page, "area"):
        if ORGAN_CODE.fullmatch(value):
            found[value] = None
    return list(found)[:MAX_ORGANS]


def _offered_years(page: Page) -> list[int]:
    """Return the years that a page links to or lists in a select box, newest first."""
    chosen = [value[:4] for value in _options(page, "fbtime") if YEAR.match(value)]
    return sorted({int(year) for year in [*YEAR_IN_LINK.findall(page.text), *chosen]}, reverse=True)


def _possible_years(page: Page) -> list[int]:
    """Return all years from 2008 to the newest one in the text that is not in the future, newest first."""
    now = int(page.fetched[:4]) if YEAR.match(page.fetched) else 2100
    newest = max((int(year) for year in YEAR_IN_TEXT.findall(page.text) if int(year) <= now), default=0)
    return list(range(newest, FIRST_YEAR - 1, -1))


def _options(page: Page, name: str) -> list[str]:
    nodes = page.tree.css(f"select[name={name}] option, select#{name} option")
    return [(node.attributes.get("value") or "").strip() for node in nodes]
