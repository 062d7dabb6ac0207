"""Hanweb JPaaS (大汉 from 2020 on): pages are shells, their parts come as HTML inside JSON."""

import ast
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser

from scraper.families._values import branch, decoded, whole
from scraper.families._values import text as as_text
from scraper.fetching.page import Link, Page, Request, absolute, fragment_links

FINGERPRINT = re.compile(r"AuthorizedRead/unitbuild\.js|jpaas-publish-server/front/page/build")
LONGEST_QUERY = 4000


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def links(page: Page) -> Iterator[Link]:
    """Give the links of an answer; they are written as seen from the page that the answer goes into."""
    if page.family:
        yield from fragment_links(_html(page), page.request.referer or page.url)


def parts(page: Page) -> Iterator[Request]:
    """Ask for every unit of a shell."""
    if page.family:
        return
    for node in page.tree.css("script[querydata][url]"):
        url = absolute(page.url, node.attributes.get("url") or "")
        if url and (query := _query_data(node.attributes.get("querydata") or "")):
            yield Request(
                f"{url}?{urlencode(query, errors='replace')}", referer=page.url, family="hanweb_jpaas"
            )


def following(page: Page) -> Iterator[Request]:
    """Give the next page of a unit that says how many entries it has; only ``paramJson`` turns pages."""
    node = LexborHTMLParser(_html(page)).css_first("[count][rows]") if page.family else None
    if node is None:
        return
    count, rows = (whole(node.attributes.get(name)) for name in ("count", "rows"))
    asked = dict(parse_qsl(urlsplit(page.request.url).query, keep_blank_values=True))
    number = _page_number(asked.get("paramJson", ""))
    if rows and number * rows < count:
        turned = json.dumps({"pageNo": number + 1, "pageSize": rows}, separators=(",", ":"))
        address = page.request.url.partition("?")[0]
        yield page.request._replace(url=f"{address}?{urlencode(asked | {'paramJson': turned})}")


def _html(page: Page) -> str:
    """Take the HTML out of an answer, "" where there is none."""
    return as_text(branch(decoded(page.text), "data").get("html"))


def _query_data(text: str) -> dict[str, str]:
    """Read a unit's parameters: a Python literal rather than JSON, for its quotes are single."""
    try:
        found = ast.literal_eval(text.strip()) if len(text) <= LONGEST_QUERY else None
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _page_number(text: str) -> int:
    number = branch(decoded(text)).get("pageNo")
    return number if isinstance(number, int) and number > 0 else 1
