"""Epoint WebBuilder (新点): shells whose lists come as JSON from a REST service that a script file names."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from parsers.text.chinese import without_spaces
from scraper.families._values import branch, decoded, objects, text, whole
from scraper.fetching.page import Link, Page, Request, absolute, iso_date

FINGERPRINT = re.compile(r"webBuilderCommon\.js|lightfrontaction|EWB-FRONT|siteGuid")
SETTINGS = re.compile(r"/(?:webBuilderCommon|ajaxReq)\.js(?:\?|$)")
SITE = re.compile(r"\bsiteGuid[\"']?\s{0,9}[:=]\s{0,9}[\"']([\w-]{1,64})[\"']")
PROJECT = re.compile(r"\bprojectName[\"']?\s{0,9}[:=]\s{0,9}[\"']([\w/-]{0,80})[\"']")
SERVICE = "rest/lightfrontaction/getgovinfolist"
COLUMN = re.compile(r"\b(deptcode|categorynum)[\"']?\s{0,9}[:=]\s{0,9}[\"']([\w-]{1,40})[\"']", re.I)
PER_PAGE = 20


def matches(page: Page) -> bool:
    return FINGERPRINT.search(page.text) is not None


def links(page: Page) -> Iterator[Link]:
    """Give the entries of an answer of the service; ``title`` may be cut short, ``realtitle`` is not."""
    for item in _items(page) if page.family else ():
        title = without_spaces(text(item.get("realtitle")) or text(item.get("title")))
        if url := absolute(page.url, text(item.get("infourl"))):
            yield Link(url, title, iso_date(text(item.get("infodate"))))


def parts(page: Page) -> Iterator[Request]:
    """Ask for the list of a shell, or first for the script that tells where the service is.

    What the list is called goes along in the script's address, which serves many shells.
    """
    is_script = bool(page.family) and page.request.method == "GET"
    column = _query(page.request.url) if is_script else _column(page)
    if not column.get("categorynum") or (page.family and not is_script):
        return
    if found := SITE.search(page.text):
        yield _list(page, column, found[1])
    elif not page.family:
        scripts = (node.attributes.get("src") or "" for node in page.tree.css("script[src]"))
        for source in filter(SETTINGS.search, scripts):
            address = absolute(page.base, source).partition("?")[0]
            yield Request(f"{address}?{urlencode(column)}", referer=page.url, family="epoint")
            return


def following(page: Page) -> Iterator[Request]:
    """Give the next page; most services count from zero, to some the first page is both 0 and 1."""
    asked = branch(decoded(page.request.body)) if page.family else {}
    if not asked:
        return
    index, count, total = whole(asked.get("pageIndex")), len(_items(page)), whole(_custom(page).get("total"))
    # The first page tells how many entries the service gives at a time, whatever it was asked for.
    size = whole(asked.get("pageSize")) if index else count
    seen = (index + 1) * size if index < 2 else index * size
    if count and seen < total and (count == size or not index):
        for number in (1, 2) if index == 0 else (index + 1,):
            body = json.dumps(asked | {"pageIndex": number, "pageSize": size})
            yield page.request._replace(body=body)


def _list(page: Page, column: dict[str, str], site: str) -> Request:
    project = PROJECT.search(page.text)
    name = project[1].strip("/") if project else "EWB-FRONT"
    body = column | {"siteGuid": site, "pageIndex": 0, "pageSize": PER_PAGE}
    url = absolute(page.url, f"/{name}/{SERVICE}" if name else f"/{SERVICE}")
    referer = page.request.referer if page.family else page.url
    return Request(url, "POST", json.dumps(body), "application/json", referer, "epoint")


def _column(page: Page) -> dict[str, str]:
    """Say which list a shell is for: by its address, else by its scripts."""
    scripted = {name.lower(): value for name, value in COLUMN.findall(page.text)}
    given = scripted | _query(page.url)
    return {name: given.get(name, "") for name in ("deptcode", "categorynum")}


def _query(url: str) -> dict[str, str]:
    asked = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return {name: value for name, value in asked if name in ("deptcode", "categorynum")}


def _items(page: Page) -> list[dict[str, Any]]:
    return objects(_custom(page).get("data"))


def _custom(page: Page) -> dict[str, Any]:
    return branch(decoded(page.text), "custom")
