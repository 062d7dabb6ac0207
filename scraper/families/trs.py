"""TRS WCM (拓尔思): static pages; page n of a list is index_{n-1}; a script holds the page count."""

import re
from collections.abc import Iterator

from scraper.fetching.page import Page, Request, absolute

FINGERPRINT = re.compile(r"createPageHTML\s*\(|TRS_Editor|/t20\d{6}_\d+\.s?html?|was5/web/search")
PAGER = re.compile(r"createPageHTML\s*\(\s*(\d+)\s*,\s*(\d+)\s*,\s*[\"'](\w+)[\"']\s*,\s*[\"'](\w+)[\"']")


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def next_pages(page: Page) -> Iterator[Request]:
    """Return the next page from createPageHTML(page count, this page counting from 0, stem, suffix)."""
    if pager := PAGER.search(page.text):
        pages, this, stem, suffix = int(pager[1]), int(pager[2]), pager[3], pager[4]
        if this + 1 < pages:
            yield Request(absolute(page.url, f"{stem}_{this + 1}.{suffix}"))
