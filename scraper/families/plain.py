"""Any site: the next page of a list from its pager, by words, page numbers or a query parameter."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit

from selectolax.lexbor import LexborNode

from parsers.text.chinese import without_spaces
from scraper.fetching.page import Page, Request, absolute

NEXT = re.compile(r"^(?:下一?[页頁]|[后後]一?[页頁]|next(?:page)?)[\]>›»→]{0,2}$|^[\[>›»→]{1,2}$", re.I)
LAST = re.compile(r"^(?:[尾末][页頁]|最[后後]一?[页頁]|last)[\]>›»|]{0,2}$|^>>\||^>\|$", re.I)
PAGE_NUMBER = re.compile(r"^\[?(\d{1,3})\]?$")
DISABLED = re.compile(r"\b(?:disabled?|hidden)\b")
# How pagers mark the number of the current page.
CURRENT = ".current, .cur, .active, .on, .selected, .thisclass, .now, .p_no_d"
PAGE_PARAMETER_PATTERN = "(?:cur(?:rent)?_?)?(?:page|p|pn)_?(?:no|num|number|index)?"
PAGE_PARAMETER = re.compile(PAGE_PARAMETER_PATTERN, re.I)
PAGE_IN_QUERY = re.compile(rf"([?&]{PAGE_PARAMETER_PATTERN}=)\d{{1,4}}\b", re.I)
NUMBERED_FILE = re.compile(r"^(.*?[/_-])?(\d{1,4})(\.\w{2,5})?$")


class PagerLink(NamedTuple):
    """A link that may belong to a pager: URL and text without blanks."""

    url: str
    text: str


def matches(page: Page) -> bool:
    return True


def next_pages(page: Page) -> Iterator[Request]:
    """Return the next page by the most reliable method that finds one."""
    links = list(_same_host_links(page))
    for method in (_by_relation, _by_word, _by_number, _by_query, _by_last):
        found = [url for url in dict.fromkeys(method(page, links)) if url != page.url]
        if found:
            yield from (Request(url) for url in found)
            return
        # A next link to the page itself marks the last page, whatever the numbers say.
        if method is _by_word and any(_is_next_link(page, link) for link in links):
            return


def _same_host_links(page: Page) -> Iterator[PagerLink]:
    """Yield the links to the same host that are not disabled."""
    host = urlsplit(page.url).netloc
    for node in page.tree.css("a[href]"):
        url = absolute(page.base, node.attributes.get("href") or "")
        if url and urlsplit(url).netloc == host and not DISABLED.search(_classes(node)):
            yield PagerLink(url, without_spaces(node.text()))


def _by_relation(page: Page, links: list[PagerLink]) -> Iterator[str]:
    for node in page.tree.css("link[rel=next][href], a[rel=next][href]"):
        yield absolute(page.base, node.attributes.get("href") or "")


def _by_word(page: Page, links: list[PagerLink]) -> Iterator[str]:
    at_end = any(LAST.match(link.text) and link.url == page.url for link in links)
    yield from (link.url for link in links if not at_end and _is_next_link(page, link))


def _is_next_link(page: Page, link: PagerLink) -> bool:
    """Return whether a link leads to the next page; a bare arrow counts only within the same list.

    Breadcrumbs have arrows too.
    """
    return bool(NEXT.match(link.text)) and (link.text[0] not in "[]>›»→" or _is_same_list(page, link))


def _by_number(page: Page, links: list[PagerLink]) -> Iterator[str]:
    """Yield the link with the number after the current one."""
    numbered = {
        int(found[1]): link.url
        for link in links
        if (found := PAGE_NUMBER.match(link.text)) and _is_same_list(page, link)
    }
    current = next((number for number, url in numbered.items() if url == page.url), 0)
    current = current or _marked_number(page) or _unlinked_number(numbered)
    if current + 1 in numbered and current:
        yield numbered[current + 1]


def _by_query(page: Page, links: list[PagerLink]) -> Iterator[str]:
    """Yield the page whose query differs from this one's by the next page number."""
    current = _number_in_query(page.url, page.url)
    others = {n: link.url for link in links if (n := _number_in_query(link.url, page.url)) is not None}
    # A first page without a number may count as 0 or 1: try both.
    candidates = (current + 1,) if current is not None else (1, 2)
    linked = [others[number] for number in candidates if number in others]
    last = max(others, default=0)
    unlinked = (number for number in candidates if number < last)
    yield from linked or (PAGE_IN_QUERY.sub(rf"\g<1>{number}", others[last], count=1) for number in unlinked)


def _by_last(page: Page, links: list[PagerLink]) -> Iterator[str]:
    """Yield the next number towards the last page, where the pager links to that page alone."""
    for link in links:
        last = NUMBERED_FILE.match(urlsplit(link.url).path) if LAST.match(link.text) else None
        if not last or not last[1]:
            continue
        this = NUMBERED_FILE.match(urlsplit(page.url).path)
        current = int(this[2]) if this and this[1] == last[1] else None
        for number in (current + 1,) if current is not None else (1, 2):
            if number <= int(last[2]):
                yield urljoin(link.url, f"{last[1]}{number}{last[3] or ''}")


def _is_same_list(page: Page, link: PagerLink) -> bool:
    """Return whether a link leads to a page of the same list: same stem or folder, or same query."""
    if _number_in_query(link.url, page.url) is not None or link.url == page.url:
        return True
    current, other = _stem(page.url), _stem(link.url)
    shorter = current if urlsplit(page.url).path.endswith("/") else other
    beneath = shorter == max(current, other, key=len).rpartition("/")[0]
    return current == other or (beneath and NUMBERED_FILE.match(urlsplit(link.url).path) is not None)


def _stem(url: str) -> str:
    """Return the path of a URL without page number and suffix.

    >>> _stem("http://a.gov.cn/nb/index_2.html"), _stem("http://a.gov.cn/nb/index.html")
    ('/nb/index', '/nb/index')
    """
    path = re.sub(r"\.\w{2,5}$", "", urlsplit(url).path)
    return re.sub(r"(?<=[/_-])\d{1,4}$", "", path).rstrip("/_-")


def _number_in_query(url: str, base: str) -> int | None:
    """Return the page number in the query of ``url``, None where it differs from ``base`` otherwise."""
    one, other = urlsplit(url), urlsplit(base)
    params, current = parse_qsl(one.query), parse_qsl(other.query)
    numbers = [
        value
        for name, value in params
        if PAGE_PARAMETER.fullmatch(name) and re.fullmatch("[0-9]{1,4}", value)
    ]
    if one.path != other.path or len(numbers) != 1 or _other_parameters(params) != _other_parameters(current):
        return None
    return int(numbers[0])


def _other_parameters(query: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pair for pair in query if not PAGE_PARAMETER.fullmatch(pair[0]))


def _marked_number(page: Page) -> int:
    """Return the number that the pager marks as current, 0 for none."""
    texts = (without_spaces(node.text()) for node in page.tree.css(CURRENT))
    return next((int(found[1]) for text in texts if (found := PAGE_NUMBER.match(text))), 0)


def _unlinked_number(numbered: dict[int, str]) -> int:
    """Return the number missing between linked ones, or 1 before 2: the current page. 0 for none."""
    gaps = (n for n in range(1, 1000) if n not in numbered and n + 1 in numbered)
    return next((n for n in gaps if n == 1 or n - 1 in numbered), 0)


def _classes(node: LexborNode) -> str:
    return node.attributes.get("class") or ""
