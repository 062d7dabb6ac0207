"""Any site: the next page of a list as its pager tells it, by words, by numbers or by a query."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit

from selectolax.lexbor import LexborNode

from parsers.text.chinese import without_spaces
from scraper.fetching.page import Page, Request, absolute

NEXT = re.compile(r"^(?:下一?[页頁]|[后後]一?[页頁]|next(?:page)?)[\]>›»→]{0,2}$|^[\[>›»→]{1,2}$", re.I)
LAST = re.compile(r"^(?:[尾末][页頁]|最[后後]一?[页頁]|last)[\]>›»|]{0,2}$|^>>\||^>\|$", re.I)
COUNTED = re.compile(r"^\[?(\d{1,3})\]?$")
IDLE = re.compile(r"\b(?:disabled?|hidden)\b")
# How the number of the page that is shown is set off in its pager.
SHOWN = ".current, .cur, .active, .on, .selected, .thisclass, .now, .p_no_d"
NAME = "(?:cur(?:rent)?_?)?(?:page|p|pn)_?(?:no|num|number|index)?"
PARAMETER = re.compile(NAME, re.I)
IN_QUERY = re.compile(rf"([?&]{NAME}=)\d{{1,4}}\b", re.I)
NUMBERED = re.compile(r"^(.*?[/_-])?(\d{1,4})(\.\w{2,5})?$")


class Turn(NamedTuple):
    """A link of a pager: where it leads, what it says."""

    url: str
    text: str


def matches(page: Page) -> bool:
    return True


def following(page: Page) -> Iterator[Request]:
    """Give the next page by the surest sign that there is."""
    turns = list(_turns(page))
    for sign in (_by_relation, _by_word, _by_number, _by_query, _by_last):
        found = [url for url in dict.fromkeys(sign(page, turns)) if url != page.url]
        if found:
            yield from (Request(url) for url in found)
            return
        # A pager whose words lead no further has come to its end, whatever its numbers say.
        if sign is _by_word and any(_says_next(page, turn) for turn in turns):
            return


def _turns(page: Page) -> Iterator[Turn]:
    """Read the links to the same host that are not switched off."""
    host = urlsplit(page.url).netloc
    for node in page.tree.css("a[href]"):
        url = absolute(page.base, node.attributes.get("href") or "")
        if url and urlsplit(url).netloc == host and not IDLE.search(_classes(node)):
            yield Turn(url, without_spaces(node.text()))


def _by_relation(page: Page, turns: list[Turn]) -> Iterator[str]:
    for node in page.tree.css("link[rel=next][href], a[rel=next][href]"):
        yield absolute(page.base, node.attributes.get("href") or "")


def _by_word(page: Page, turns: list[Turn]) -> Iterator[str]:
    at_end = any(LAST.match(turn.text) and turn.url == page.url for turn in turns)
    yield from (turn.url for turn in turns if not at_end and _says_next(page, turn))


def _says_next(page: Page, turn: Turn) -> bool:
    """Hear a mere arrow only where it leads to a page of the same list: breadcrumbs have them too."""
    return bool(NEXT.match(turn.text)) and (turn.text[0] not in "[]>›»→" or _is_of(page, turn))


def _by_number(page: Page, turns: list[Turn]) -> Iterator[str]:
    """Take the number after the one that is shown."""
    numbered = {int(m[1]): t.url for t in turns if (m := COUNTED.match(t.text)) and _is_of(page, t)}
    own = next((number for number, url in numbered.items() if url == page.url), 0)
    shown = own or _shown(page) or _missing(numbered)
    if shown + 1 in numbered and shown:
        yield numbered[shown + 1]


def _by_query(page: Page, turns: list[Turn]) -> Iterator[str]:
    """Take the page that differs from this one by the next number in its query."""
    own = _number_in_query(page.url, page.url)
    others = {n: turn.url for turn in turns if (n := _number_in_query(turn.url, page.url)) is not None}
    # A first page without a number may be 0 or 1: both are tried.
    wanted = (own + 1,) if own is not None else (1, 2)
    named = [others[number] for number in wanted if number in others]
    last = max(others, default=0)
    counted = (number for number in wanted if number < last)
    yield from named or (IN_QUERY.sub(rf"\g<1>{number}", others[last], count=1) for number in counted)


def _by_last(page: Page, turns: list[Turn]) -> Iterator[str]:
    """Count towards the last page, the only one that is named."""
    for turn in turns:
        last = NUMBERED.match(urlsplit(turn.url).path) if LAST.match(turn.text) else None
        if not last or not last[1]:
            continue
        shown = NUMBERED.match(urlsplit(page.url).path)
        own = int(shown[2]) if shown and shown[1] == last[1] else None
        for number in (own + 1,) if own is not None else (1, 2):
            if number <= int(last[2]):
                yield urljoin(turn.url, f"{last[1]}{number}{last[3] or ''}")


def _is_of(page: Page, turn: Turn) -> bool:
    """Say whether a link leads to a page of the list that is shown: same stem or folder, or same query."""
    if _number_in_query(turn.url, page.url) is not None or turn.url == page.url:
        return True
    own, other = _stem(page.url), _stem(turn.url)
    shorter = own if urlsplit(page.url).path.endswith("/") else other
    beneath = shorter == max(own, other, key=len).rpartition("/")[0]
    return own == other or (beneath and NUMBERED.match(urlsplit(turn.url).path) is not None)


def _stem(url: str) -> str:
    """Cut number and suffix off an address.

    >>> _stem("http://a.gov.cn/nb/index_2.html"), _stem("http://a.gov.cn/nb/index.html")
    ('/nb/index', '/nb/index')
    """
    path = re.sub(r"\.\w{2,5}$", "", urlsplit(url).path)
    return re.sub(r"(?<=[/_-])\d{1,4}$", "", path).rstrip("/_-")


def _number_in_query(url: str, base: str) -> int | None:
    """Give the page number in a query, None where the addresses differ in more than that."""
    one, other = urlsplit(url), urlsplit(base)
    asked, shown = parse_qsl(one.query), parse_qsl(other.query)
    numbers = [
        value for name, value in asked if PARAMETER.fullmatch(name) and re.fullmatch("[0-9]{1,4}", value)
    ]
    if one.path != other.path or len(numbers) != 1 or _rest(asked) != _rest(shown):
        return None
    return int(numbers[0])


def _rest(query: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pair for pair in query if not PARAMETER.fullmatch(pair[0]))


def _shown(page: Page) -> int:
    """Read the number that is set off in the pager."""
    texts = (without_spaces(node.text()) for node in page.tree.css(SHOWN))
    return next((int(found[1]) for text in texts if (found := COUNTED.match(text))), 0)


def _missing(numbered: dict[int, str]) -> int:
    """Find the one number between others, or before the second, that is no link: it is the page shown."""
    gaps = (n for n in range(1, 1000) if n not in numbered and n + 1 in numbered)
    return next((n for n in gaps if n == 1 or n - 1 in numbered), 0)


def _classes(node: LexborNode) -> str:
    return node.attributes.get("class") or ""
