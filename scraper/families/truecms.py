"""TrueCMS (Nantong and nearby): lists from messageController/getMessage.do, XML records inside JSONP."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from scraper.families._values import to_int
from scraper.fetching.page import Link, Page, Request, absolute, fragment_links

FINGERPRINT = re.compile(r"messageController/getMessage\.do")
PROXY = re.compile(r"[\"']([\w/.:-]{0,200}messageController/getMessage\.do)\b")
COLUMN = re.compile(r"\bcolumnId[\"']?\s{0,9}[:=]\s{0,9}[\"']?([\w-]{1,64})")
PER_PAGE = re.compile(r"\bperpage[\"']?\s{0,9}[:=]\s{0,9}[\"']?([1-9]\d{0,2})\b", re.I)
TOTAL = re.compile(r"<totalrecord>\s{0,9}(\d{1,7})\b|\btotalrecord=[\"'](\d{1,7})", re.I)
# A page size that every server supports; some return nothing for a larger one.
MIN_PER_PAGE = 10


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def links(page: Page) -> Iterator[Link]:
    if page.family:
        yield from _entries(page, _xml(page))


def subrequests(page: Page) -> Iterator[Request]:
    """Request every list of a page, with the page size that its own script uses."""
    proxy = PROXY.search(page.text)
    if page.family or not proxy:
        return
    found = PER_PAGE.search(page.text)
    per_page = int(found[1]) if found else MIN_PER_PAGE
    for column in dict.fromkeys(COLUMN.findall(page.text)):
        request = Request(absolute(page.url, proxy[1]), referer=page.url, family="truecms")
        yield _window_request(request, {"columnId": column, "callback": "cb"}, 1, per_page)


def next_pages(page: Page) -> Iterator[Request]:
    """Continue after the last record received; an answer may hold fewer than requested."""
    params = dict(parse_qsl(urlsplit(page.request.url).query)) if page.family else {}
    start, per_page = to_int(params.get("startrecord")), to_int(params.get("perpage"))
    if not start or not per_page:
        return
    xml = _xml(page)
    count = len(list(_entries(page, xml)))
    found = TOTAL.search(xml)
    total = int(found[1] or found[2]) if found else None
    if count and (total is None or start + count <= total):
        yield _window_request(page.request, params, start + count, per_page)
    elif not count and start == 1 and per_page > MIN_PER_PAGE and total != 0:
        yield _window_request(page.request, params, 1, MIN_PER_PAGE)


def _window_request(request: Request, params: dict[str, str], start: int, per_page: int) -> Request:
    window = {"startrecord": str(start), "endrecord": str(start + per_page - 1), "perpage": str(per_page)}
    address = request.url.partition("?")[0]
    return request._replace(url=f"{address}?{urlencode(params | window)}")


def _entries(page: Page, xml: str) -> Iterator[Link]:
    """Yield the link of each record, which is relative to the column page."""
    for piece in xml.split("<record>")[1:]:
        record = piece.partition("</record>")[0].replace("<![CDATA[", "").replace("]]>", "")
        yield from fragment_links(f"<div>{record}</div>", page.request.referer or page.url)[:1]


def _xml(page: Page) -> str:
    """Extract the XML from cb({"result": "…"}) or cb("…"), "" where there is none."""
    inner = page.text.partition("(")[2].rpartition(")")[0]
    try:
        answer: Any = json.loads(inner)
    except (ValueError, RecursionError):
        return page.text if page.text.lstrip().startswith("<datastore") else ""
    xml = answer.get("result") if isinstance(answer, dict) else answer
    return xml.encode("utf-8", "replace").decode() if isinstance(xml, str) else ""
