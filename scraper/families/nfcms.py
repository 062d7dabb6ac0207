"""NFCMS (南方网, Guangdong): static pages; page n of a list is index_{n}, counting from 1."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from scraper.fetching.page import Page, Request, absolute

FINGERPRINT = re.compile(r"NFCMS_(?:SITE|POST)_ID|/content/m?post_\d+\.html")
ARTICLE = re.compile(r"NFCMS_POST_ID|/content/m?post_\d+\.html$")
PAGER = re.compile(r"尾页|末页|上一页|下一页")
NEXT = ("下一页", "下页", "下一页>", "下一页»")
LAST = ("尾页", "末页")
NUMBERED = re.compile(r"/(?:index(?:_(\d{1,4}))?(\.s?html?))?$")


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def next_pages(page: Page) -> Iterator[Request]:
    """Return the next page from the pager; without a pager, the URL that it would have."""
    if PAGER.search(page.text):
        target = _from_pager(page)
    elif _is_list(page):
        target = _with_number(page.url, _number(page.url) + 1)
    else:
        target = ""
    if target and target != page.url:
        yield Request(target)


def _from_pager(page: Page) -> str:
    """Return the next link of the pager, else the next number if the last page is not reached."""
    labelled = {link.text: link.url for link in page.links if link.text in NEXT + LAST}
    for text in NEXT:
        if text in labelled:
            return labelled[text]
    number = _number(page.url)
    last = max((_number(labelled[text]) for text in LAST if text in labelled), default=0)
    return _with_number(page.url, number + 1) if number < last else ""


def _is_list(page: Page) -> bool:
    """Return whether a page lists posts of its own folder; home pages and articles do not."""
    if ARTICLE.search(page.url) or "NFCMS_POST_ID" in page.text:
        return False
    folder = urljoin(page.url, "content/")
    return any(link.url.startswith(folder) for link in page.links)


def _number(url: str) -> int:
    found = NUMBERED.search(url)
    return int(found[1] or 1) if found else 1


def _with_number(url: str, number: int) -> str:
    found = NUMBERED.search(url)
    return absolute(url, f"index_{number}{found[2] or '.html'}") if found else ""
