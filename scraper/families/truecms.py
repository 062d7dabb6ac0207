"""TrueCMS (南通 and around): lists from messageController/getMessage.do, XML records inside JSONP."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from scraper.families._values import whole
from scraper.fetching.page import Link, Page, Request, absolute, fragment_links

FINGERPRINT = re.compile(r"messageController/getMessage\.do")
PROXY = re.compile(r"[\"']([\w/.:-]{0,200}messageController/getMessage\.do)\b")
COLUMN = re.compile(r"\bcolumnId[\"']?\s{0,9}[:=]\s{0,9}[\"']?([\w-]{1,64})")
PER_PAGE = re.compile(r"\bperpage[\"']?\s{0,9}[:=]\s{0,9}[\"']?([1-9]\d{0,2})\b", re.I)
TOTAL = re.compile(r"<totalrecord>\s{0,9}(\d{1,7})\b|\btotalrecord=[\"'](\d{1,7})", re.I)
# What every server gives; some give nothing at all where more is asked for.
LEAST = 10


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def links(page: Page) -> Iterator[Link]:
    if page.family:
        yield from _entries(page, _xml(page))


def parts(page: Page) -> Iterator[Request]:
    """Ask for every list of a shell, so many entries at a time as the shell itself does."""
    proxy = PROXY.search(page.text)
    if page.family or not proxy:
        return
    found = PER_PAGE.search(page.text)
    for column in dict.fromkeys(COLUMN.findall(page.text)):
        request = Request(absolute(page.url, proxy[1]), referer=page.url, family="truecms")
        yield _window(request, {"columnId": column, "callback": "cb"}, 1, int(found[1]) if found else LEAST)


def following(page: Page) -> Iterator[Request]:
    """Go on behind what came back, which may be less than was asked for."""
    asked = dict(parse_qsl(urlsplit(page.request.url).query)) if page.family else {}
    start, per_page = whole(asked.get("startrecord")), whole(asked.get("perpage"))
    if not start or not per_page:
        return
    xml = _xml(page)
    count = len(list(_entries(page, xml)))
    found = TOTAL.search(xml)
    total = int(found[1] or found[2]) if found else None
    if count and (total is None or start + count <= total):
        yield _window(page.request, asked, start + count, per_page)
    elif not count and start == 1 and per_page > LEAST and total != 0:
        yield _window(page.request, asked, 1, LEAST)


def _window(request: Request, asked: dict[str, str], start: int, per_page: int) -> Request:
    window = {"startrecord": str(start), "endrecord": str(start + per_page - 1), "perpage": str(per_page)}
    address = request.url.partition("?")[0]
    return request._replace(url=f"{address}?{urlencode(asked | window)}")


def _entries(page: Page, xml: str) -> Iterator[Link]:
    """Read the records; their links are written as seen from the column."""
    pieces = (piece.partition("</record>")[0] for piece in xml.split("<record>")[1:])
    for piece in pieces:
        record = piece.replace("<![CDATA[", "").replace("]]>", "")
        yield from fragment_links(f"<div>{record}</div>", page.request.referer or page.url)[:1]


def _xml(page: Page) -> str:
    """Take the XML out of cb({"result": "…"}), or of cb("…"); "" where there is none."""
    inner = page.text.partition("(")[2].rpartition(")")[0]
    try:
        answer: Any = json.loads(inner)
    except (ValueError, RecursionError):
        return page.text if page.text.lstrip().startswith("<datastore") else ""
    xml = answer.get("result") if isinstance(answer, dict) else answer
    return xml.encode("utf-8", "replace").decode() if isinstance(xml, str) else ""
