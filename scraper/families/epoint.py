"""Epoint WebBuilder (新点): pages without content, lists as JSON from a REST service that a script names."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from parsers.text.chinese import without_spaces
from scraper.families._values import nested, objects, parse_json, to_int, to_text
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
    """Return the entries of a service answer; ``title`` may be truncated, ``realtitle`` is not."""
    for item in _items(page) if page.family else ():
        title = without_spaces(to_text(item.get("realtitle")) or to_text(item.get("title")))
        if url := absolute(page.url, to_text(item.get("infourl"))):
            yield Link(url, title, iso_date(to_text(item.get("infodate"))))


def subrequests(page: Page) -> Iterator[Request]:
    """Request the list of a page, or first the script that names the service.

    The script is shared by many pages, so the list's parameters are appended to its URL.
    """
    is_script = bool(page.family) and page.request.method == "GET"
    params = _params_from_url(page.request.url) if is_script else _list_params(page)
    if not params.get("categorynum") or (page.family and not is_script):
        return
    if found := SITE.search(page.text):
        yield _list_request(page, params, found[1])
    elif not page.family:
        scripts = (node.attributes.get("src") or "" for node in page.tree.css("script[src]"))
        for source in filter(SETTINGS.search, scripts):
            address = absolute(page.base, source).partition("?")[0]
            yield Request(f"{address}?{urlencode(params)}", referer=page.url, family="epoint")
            return


def next_pages(page: Page) -> Iterator[Request]:
    """Return the next page; most services count from 0, for some both 0 and 1 are the first page."""
    params = nested(parse_json(page.request.body)) if page.family else {}
    if not params:
        return
    index, total = to_int(params.get("pageIndex")), to_int(_custom(page).get("total"))
    count = len(_items(page))
    # The service may ignore the requested page size; the first page shows the actual one.
    size = to_int(params.get("pageSize")) if index else count
    seen = (index + 1) * size if index < 2 else index * size
    if count and seen < total and (count == size or not index):
        for number in (1, 2) if index == 0 else (index + 1,):
            body = json.dumps(params | {"pageIndex": number, "pageSize": size})
            yield page.request._replace(body=body)


def _list_request(page: Page, params: dict[str, str], site: str) -> Request:
    project = PROJECT.search(page.text)
    name = project[1].strip("/") if project else "EWB-FRONT"
    body = params | {"siteGuid": site, "pageIndex": 0, "pageSize": PER_PAGE}
    url = absolute(page.url, f"/{name}/{SERVICE}" if name else f"/{SERVICE}")
    referer = page.request.referer if page.family else page.url
    return Request(url, "POST", json.dumps(body), "application/json", referer, "epoint")


def _list_params(page: Page) -> dict[str, str]:
    """Return the parameters of the list that a page shows, from its URL, else from its scripts."""
    scripted = {name.lower(): value for name, value in COLUMN.findall(page.text)}
    params = scripted | _params_from_url(page.url)
    return {name: params.get(name, "") for name in ("deptcode", "categorynum")}


def _params_from_url(url: str) -> dict[str, str]:
    params = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return {name: value for name, value in params if name in ("deptcode", "categorynum")}


def _items(page: Page) -> list[dict[str, Any]]:
    return objects(_custom(page).get("data"))


def _custom(page: Page) -> dict[str, Any]:
    return nested(parse_json(page.text), "custom")
