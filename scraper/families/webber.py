"""Webber VSB (博达): page n of a list of N is {column}/{N-n+1}.htm, so that the last page is 1.htm."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from scraper.fetching.page import Page, Request, absolute

FINGERPRINT = re.compile(r"_simple_list_gotopage_fun|/system/resource/js/|vsb_content|wbtreeid=")
PAGES = re.compile(r"_simple_list_gotopage_fun\s{0,9}\(\s{0,9}(\d{1,5})\b|共\s{0,9}(\d{1,5})\s{0,9}页")
NEXT = ("下页", "下一页")
# A pager that shows this word and no link to it has come to its end.
IDLE = re.compile(r"p_next_d\b")
NUMBERED = re.compile(r"/(\d{1,5})\.htm$")
COLUMN = re.compile(r"([^/]{1,99})\.htm$")
ARTICLE = re.compile(r"/info/\d{1,9}/\d{1,9}\.htm$")


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def following(page: Page) -> Iterator[Request]:
    """Give the page that the pager names, else the one whose number comes before this one's."""
    target = next((link.url for link in page.links if link.text in NEXT), "")
    if not target and not IDLE.search(page.text) and not ARTICLE.search(page.url):
        found = PAGES.search(page.text)
        target = _counted(page.url, int(found[1] or found[2])) if found else ""
    if target and target != page.url:
        yield Request(target)


def _counted(url: str, pages: int) -> str:
    """Work out the next page's address from the number of pages, "" on the last one."""
    path = urlsplit(url).path
    if path.endswith(".jsp"):
        return _dynamic(url, pages)
    numbered, column = NUMBERED.search(path), COLUMN.search(path)
    # The first page has no number; a column may still be called by one, which then is too large.
    if numbered and int(numbered[1]) < pages:
        return absolute(url, f"{int(numbered[1]) - 1}.htm") if int(numbered[1]) > 1 else ""
    return absolute(url, f"{column[1]}/{pages - 1}.htm") if column and pages > 1 else ""


def _dynamic(url: str, pages: int) -> str:
    """Count forwards in the address of a list that a script makes."""
    asked = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    given = asked.get("PAGENUM", "1")
    number = int(given) if re.fullmatch(r"[0-9]{1,5}", given) else pages
    if number >= pages or "wbtreeid" not in asked:
        return ""
    turned = asked | {"totalpage": str(pages), "PAGENUM": str(number + 1)}
    return f"{url.partition('?')[0]}?{urlencode(turned)}"
