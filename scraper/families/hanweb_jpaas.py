"""Hanweb JPaaS (大汉 from 2020 on): pages without content, filled by units of HTML inside JSON."""

import ast
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser

from scraper.families._values import nested, parse_json, to_int, to_text
from scraper.fetching.page import Link, Page, Request, absolute, fragment_links

FINGERPRINT = re.compile(r"AuthorizedRead/unitbuild\.js|jpaas-publish-server/front/page/build")
MAX_QUERY_LENGTH = 4000


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def links(page: Page) -> Iterator[Link]:
    """Return the links of a unit, which are relative to the page that loads it."""
    if page.family:
        yield from fragment_links(_html(page), page.request.referer or page.url)


def subrequests(page: Page) -> Iterator[Request]:
    """Request every unit of a page."""
    if page.family:
        return
    for node in page.tree.css("script[querydata][url]"):
        url = absolute(page.url, node.attributes.get("url") or "")
        if url and (query := _query_data(node.attributes.get("querydata") or "")):
            yield Request(
                f"{url}?{urlencode(query, errors='replace')}", referer=page.url, family="hanweb_jpaas"
            )


def next_pages(page: Page) -> Iterator[Request]:
    """Return the next page of a unit that states its number of entries; only ``paramJson`` selects pages."""
    node = LexborHTMLParser(_html(page)).css_first("[count][rows]") if page.family else None
    if node is None:
        return
    count, rows = (to_int(node.attributes.get(name)) for name in ("count", "rows"))
    params = dict(parse_qsl(urlsplit(page.request.url).query, keep_blank_values=True))
    number = _page_number(params.get("paramJson", ""))
    if rows and number * rows < count:
        next_page = json.dumps({"pageNo": number + 1, "pageSize": rows}, separators=(",", ":"))
        address = page.request.url.partition("?")[0]
        yield page.request._replace(url=f"{address}?{urlencode(params | {'paramJson': next_page})}")


def _html(page: Page) -> str:
    """Extract the HTML of an answer, "" where there is none."""
    return to_text(nested(parse_json(page.text), "data").get("html"))


def _query_data(text: str) -> dict[str, str]:
    """Parse the parameters of a unit: a Python literal rather than JSON, as its quotes are single."""
    try:
        found = ast.literal_eval(text.strip()) if len(text) <= MAX_QUERY_LENGTH else None
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _page_number(text: str) -> int:
    number = nested(parse_json(text)).get("pageNo")
    return number if isinstance(number, int) and number > 0 else 1
