"""Webber VSB (博达): page n of a list of N is {column}/{N-n+1}.htm, so that the last page is 1.htm."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from scraper.fetching.page import Page, Request, absolute

FINGERPRINT = re.compile(r"_simple_list_gotopage_fun|/system/resource/js/|vsb_content|wbtreeid=")
PAGE_COUNT = re.compile(r"_simple_list_gotopage_fun\s{0,9}\(\s{0,9}(\d{1,5})\b|共\s{0,9}(\d{1,5})\s{0,9}页")
NEXT = ("下页", "下一页")
# The pager marks its next link with this class on the last page.
DISABLED = re.compile(r"p_next_d\b")
NUMBERED = re.compile(r"/(\d{1,5})\.htm$")
COLUMN = re.compile(r"([^/]{1,99})\.htm$")
ARTICLE = re.compile(r"/info/\d{1,9}/\d{1,9}\.htm$")


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def next_pages(page: Page) -> Iterator[Request]:
    """Return the next link of the pager, else the page with the next lower number."""
    target = next((link.url for link in page.links if link.text in NEXT), "")
    if not target and not DISABLED.search(page.text) and not ARTICLE.search(page.url):
        found = PAGE_COUNT.search(page.text)
        target = _from_page_count(page.url, int(found[1] or found[2])) if found else ""
    if target and target != page.url:
        yield Request(target)


def _from_page_count(url: str, pages: int) -> str:
    """Return the URL of the next page, given the number of pages, "" on the last one."""
    path = urlsplit(url).path
    if path.endswith(".jsp"):
        return _from_query(url, pages)
    numbered, column = NUMBERED.search(path), COLUMN.search(path)
    # The first page has no number; a number above the page count is the id of the column.
    if numbered and int(numbered[1]) < pages:
        return absolute(url, f"{int(numbered[1]) - 1}.htm") if int(numbered[1]) > 1 else ""
    return absolute(url, f"{column[1]}/{pages - 1}.htm") if column and pages > 1 else ""


def _from_query(url: str, pages: int) -> str:
    """Return the URL of the next page of a dynamic (.jsp) list, whose pages count upwards."""
    params = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    text = params.get("PAGENUM", "1")
    number = int(text) if re.fullmatch(r"[0-9]{1,5}", text) else pages
    if number >= pages or "wbtreeid" not in params:
        return ""
    next_params = params | {"totalpage": str(pages), "PAGENUM": str(number + 1)}
    return f"{url.partition('?')[0]}?{urlencode(next_params)}"
