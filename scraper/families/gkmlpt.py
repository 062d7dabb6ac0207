"""gkmlpt (Guangdong's disclosure platform): a tree of categories in a script, their lists from a JSON API."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parsers.text.chinese import without_spaces
from scraper.families._values import branch, decoded, objects, text
from scraper.fetching.page import Link, Page, Request, absolute

FINGERPRINT = re.compile(r"window\._CONFIG\s{0,9}=")
TREE = re.compile(r"\bTREE[\"']?\s{0,9}:\s{0,9}(?=[\[{])")
SITE_ID = re.compile(r"\bSID[\"']?\s{0,9}:\s{0,9}[\"']?(\w{1,20})")
ANNUAL = re.compile(r"公开(?:工作)?(?:年报|年度报告)|^(?:年报|年度报告)$")
# Other yearly papers that stand in the same branch of the tree.
OTHER = re.compile(r"网站|法治|预算|决算|指南|制度")
ESCAPED = re.compile(r"%u([0-9a-fA-F]{4})")
PLATFORM = re.compile(r"^(https?://[^/]+(?:/[^/?#]+){0,3}?/gkmlpt/)")
CATEGORY = re.compile(r"[0-9]{1,12}")
PER_PAGE = 100
BEIJING = timedelta(hours=8)


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def links(page: Page) -> Iterator[Link]:
    """Give the articles of an answer of the API, or the nodes of the tree that point elsewhere."""
    if page.family:
        yield from filter(lambda link: link.url, (_article(i, page.url) for i in _articles(_answer(page))))
        return
    for node, _ in _nodes(_tree(page)):
        if url := absolute(page.url, text(node.get("jump_url"))):
            yield Link(url, without_spaces(text(node.get("name"))))


def parts(page: Page) -> Iterator[Request]:
    """Ask for the list of every category of annual reports and of those beneath it."""
    found = SITE_ID.search(page.text)
    if page.family or not found:
        return
    prefix = PLATFORM.match(page.url)
    api = f"{prefix[1] if prefix else absolute(page.url, '/gkmlpt/')}api/all/"
    for node, annual in _nodes(_tree(page)):
        key = str(node.get("id"))
        if annual and CATEGORY.fullmatch(key) and not text(node.get("jump_url")):
            yield Request(f"{api}{key}?page=1&sid={found[1]}", referer=page.url, family="gkmlpt")


def following(page: Page) -> Iterator[Request]:
    """Give the next page of the API's list until its total is reached."""
    if not page.family:
        return
    url, answer = page.request.url, _answer(page)
    given = parse_qs(urlsplit(url).query).get("page", ["1"])[0]
    number = max(int(given), 1) if re.fullmatch(r"[0-9]{1,5}", given) else 1
    if _goes_on(number, len(_articles(answer)), _total(answer)):
        onward = re.sub(r"([?&]page=)[0-9]+", rf"\g<1>{number + 1}", url, count=1)
        yield page.request._replace(url=onward)


def _goes_on(number: int, count: int, total: int) -> bool:
    """Tell whether page ``number`` of ``count`` articles may have one after it; their size is a guess."""
    if not total:
        return count > 0
    ended = number * count >= total or (number > 1 and (number - 1) * PER_PAGE + count == total)
    return count > 0 and not ended


def _tree(page: Page) -> Any:
    """Cut the tree's JSON out of a script that is not JSON."""
    found = TREE.search(page.text)
    return decoded(page.text[found.end() :]) if found else None


def _answer(page: Page) -> dict[str, Any]:
    return branch(decoded(page.text))


def _nodes(tree: Any) -> Iterator[tuple[dict[str, Any], bool]]:
    """Walk a tree without recursion; each node comes with whether annual reports stand in it."""
    waiting = [(tree, False)]
    while waiting:
        node, annual = waiting.pop()
        if isinstance(node, list):
            waiting += [(child, annual) for child in reversed(node)]
        if not isinstance(node, dict):
            continue
        name = without_spaces(text(node.get("name")))
        annual = (annual or ANNUAL.search(name) is not None) and not OTHER.search(name)
        yield node, annual
        waiting.append((node.get("children"), annual))


def _articles(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return objects(answer.get("articles"))


def _article(item: dict[str, Any], base: str) -> Link:
    title = ESCAPED.sub(lambda found: chr(int(found[1], 16)), unescape(text(item.get("title"))))
    # Halves of a surrogate pair may come singly; nothing that is written out can hold them.
    whole = title.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Link(absolute(base, _address(item)), without_spaces(whole), _date(item))


def _address(item: dict[str, Any]) -> str:
    return text(item.get("url")) or text(item.get("post_url"))


def _date(item: dict[str, Any]) -> str:
    """Give the day of publication in China of a unix time."""
    for key in ("date", "display_publish_time"):
        value = item.get(key)
        if isinstance(value, int) and 10**8 < value < 10**10:
            return (datetime.fromtimestamp(value, UTC) + BEIJING).date().isoformat()
    return ""


def _total(answer: dict[str, Any]) -> int:
    counts = (answer.get("total"), branch(answer, "classify").get("post_count"))
    return max((count for count in counts if isinstance(count, int)), default=0)
