"""gkmlpt (Guangdong's disclosure platform): a category tree in a script, lists from a JSON API."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parsers.text.chinese import without_spaces
from scraper.families._values import nested, objects, parse_json, to_text
from scraper.fetching.page import BEIJING, Link, Page, Request, absolute

FINGERPRINT = re.compile(r"window\._CONFIG\s{0,9}=")
TREE = re.compile(r"\bTREE[\"']?\s{0,9}:\s{0,9}(?=[\[{])")
SITE_ID = re.compile(r"\bSID[\"']?\s{0,9}:\s{0,9}[\"']?(\w{1,20})")
ANNUAL = re.compile(r"公开(?:工作)?(?:年报|年度报告)|^(?:年报|年度报告)$")
# Other yearly documents in the same branch of the tree.
OTHER = re.compile(r"网站|法治|预算|决算|指南|制度")
ESCAPED = re.compile(r"%u([0-9a-fA-F]{4})")
PLATFORM = re.compile(r"^(https?://[^/]+(?:/[^/?#]+){0,3}?/gkmlpt/)")
CATEGORY = re.compile(r"[0-9]{1,12}")
PER_PAGE = 100


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def links(page: Page) -> Iterator[Link]:
    """Return the articles of an API answer, or the nodes of the tree that link to other pages."""
    if page.family:
        yield from filter(lambda link: link.url, (_article(i, page.url) for i in _articles(_answer(page))))
        return
    for node, _ in _nodes(_tree(page)):
        if url := absolute(page.url, to_text(node.get("jump_url"))):
            yield Link(url, without_spaces(to_text(node.get("name"))))


def subrequests(page: Page) -> Iterator[Request]:
    """Request the list of each category of annual reports, subcategories included."""
    found = SITE_ID.search(page.text)
    if page.family or not found:
        return
    prefix = PLATFORM.match(page.url)
    api = f"{prefix[1] if prefix else absolute(page.url, '/gkmlpt/')}api/all/"
    for node, annual in _nodes(_tree(page)):
        key = str(node.get("id"))
        if annual and CATEGORY.fullmatch(key) and not to_text(node.get("jump_url")):
            yield Request(f"{api}{key}?page=1&sid={found[1]}", referer=page.url, family="gkmlpt")


def next_pages(page: Page) -> Iterator[Request]:
    """Return the next page of an API list until its total is reached."""
    if not page.family:
        return
    url, answer = page.request.url, _answer(page)
    text = parse_qs(urlsplit(url).query).get("page", ["1"])[0]
    number = max(int(text), 1) if re.fullmatch(r"[0-9]{1,5}", text) else 1
    if _has_next(number, len(_articles(answer)), _total(answer)):
        next_url = re.sub(r"([?&]page=)[0-9]+", rf"\g<1>{number + 1}", url, count=1)
        yield page.request._replace(url=next_url)


def _has_next(number: int, count: int, total: int) -> bool:
    """Return whether another page may follow page ``number``, which has ``count`` articles.

    The page size is not known for certain: it is either ``count`` or PER_PAGE.
    """
    if not total:
        return count > 0
    ended = number * count >= total or (number > 1 and (number - 1) * PER_PAGE + count == total)
    return count > 0 and not ended


def _tree(page: Page) -> Any:
    """Extract the JSON of the tree from a script."""
    found = TREE.search(page.text)
    return parse_json(page.text[found.end() :]) if found else None


def _answer(page: Page) -> dict[str, Any]:
    return nested(parse_json(page.text))


def _nodes(tree: Any) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield every node of a tree, without recursion, and whether it lies in a branch of annual reports."""
    stack = [(tree, False)]
    while stack:
        node, annual = stack.pop()
        if isinstance(node, list):
            stack += [(child, annual) for child in reversed(node)]
        if not isinstance(node, dict):
            continue
        name = without_spaces(to_text(node.get("name")))
        annual = (annual or ANNUAL.search(name) is not None) and not OTHER.search(name)
        yield node, annual
        stack.append((node.get("children"), annual))


def _articles(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return objects(answer.get("articles"))


def _article(item: dict[str, Any], base: str) -> Link:
    title = ESCAPED.sub(lambda found: chr(int(found[1], 16)), unescape(to_text(item.get("title"))))
    # A lone surrogate cannot be encoded.
    valid = title.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Link(absolute(base, _href(item)), without_spaces(valid), _date(item))


def _href(item: dict[str, Any]) -> str:
    return to_text(item.get("url")) or to_text(item.get("post_url"))


def _date(item: dict[str, Any]) -> str:
    """Return the date of publication in China time from a Unix timestamp, ISO 8601 or ""."""
    for key in ("date", "display_publish_time"):
        value = item.get(key)
        if isinstance(value, int) and 10**8 < value < 10**10:
            return (datetime.fromtimestamp(value, UTC) + BEIJING).date().isoformat()
    return ""


def _total(answer: dict[str, Any]) -> int:
    counts = (answer.get("total"), nested(answer, "classify").get("post_count"))
    return max((count for count in counts if isinstance(count, int)), default=0)
