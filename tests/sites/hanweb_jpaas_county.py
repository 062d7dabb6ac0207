"""松岭县: Hanweb JPaaS, shells whose navigation and lists come from an API that turns pages by paramJson."""

import json
from functools import partial
from hashlib import md5

from tests.sites import Asked, Reply, Site
from tests.sites.entries import Entry, annual, look_alikes, newest_first
from tests.sites.hanweb import Row, article, meta, note
from tests.sites.hanweb import shell as dressed

COUNTY, PLACE = "松岭县", "990204"
API = "/api-gateway/jpaas-publish-server/front/page/build/unit"
SCRIPT = "/cms_files/default/script/AuthorizedRead/unitbuild.js?v=3.1"
WEB = "3185"
YEARS = (2023, 2022, 2021, 2020, 2019)
ROWS = 6
LIST, MENU, PATH = "信息列表", "栏目导航", "当前位置"
Units = dict[tuple[str, str], list[Row] | str]

shell = partial(dressed, COUNTY, PLACE, public="/zwgk/index.html")


def unit(page: str, tag: str) -> str:
    """Write a unit of a shell; its parameters stand in single quotes and a word is misspelt."""
    data = {"parseType": "bulidstatic", "webId": WEB, "tplSetId": "o0Ycq", "pageType": "column"}
    query = str(data | {"tagId": tag, "editType": "null", "pageId": page})
    told = f'webId="{WEB}" parseType="bulidstatic" url="{API}" queryData="{query}"'
    return f'<div class="clist_con"><script id="u{page}" src="{SCRIPT}" {told}></script></div>'


def column(page: str, name: str, *tags: str) -> str:
    return shell(name, "".join(unit(page, tag) for tag in tags), f'<meta name="ColumnName" content="{name}">')


def turned(asked: Asked) -> int:
    """Give the page asked for: a bare ``pageNo`` is not looked at."""
    try:
        return max(int(json.loads(asked.query.get("paramJson", "{}")).get("pageNo", 1)), 1)
    except ValueError:
        return 1


def api(units: Units, asked: Asked) -> Reply:
    """Answer for a unit; one that is asked for in GBK, as some clients do, is not there."""
    if "referer" not in asked.headers:
        return Reply("<html><title>403 Forbidden</title></html>", 403)
    found = units.get((asked.query.get("pageId", ""), asked.query.get("tagId", "")))
    if found is None or asked.query.get("webId") != WEB:
        return Reply('{"success":false,"code":"500","data":null}', media_type="application/json")
    number = turned(asked)
    html = found if isinstance(found, str) else listed(found, number)
    told = {"success": True, "code": "200", "data": {"html": html}}
    return Reply(json.dumps(told, ensure_ascii=False), media_type="application/json;charset=UTF-8")


def listed(rows: list[Row], number: int) -> str:
    """Write a page of a list and what its pager needs."""
    items = "".join(
        f'<li><a href="{target}" title="{entry.name}">{entry.name[:20]}…</a><span>{entry.date}</span></li>'
        for target, entry in rows[(number - 1) * ROWS : number * ROWS]
    )
    pager = f'<div class="pagination" count="{len(rows)}" rows="{ROWS}" pageNo="{number}" id="p"></div>'
    return f'<div class="page-content"><ul>{items}</ul></div>{pager}'


def add_list(site: Site, units: Units, page: str, folder: str, entries: list[Entry]) -> None:
    """Add the articles of a column, whose addresses tell the year alone."""
    rows = []
    for entry in newest_first(entries):
        name = md5(f"{folder} {entry.name}".encode()).hexdigest()
        html = shell(entry.name, article(entry, 'class="main-txt"'), meta(entry, "政府信息公开年报"))
        rows.append(note(site, f"{folder}/art/{entry.date[:4]}/art_{name}.html", entry, html))
    units[page, LIST] = rows
    units[page, PATH] = "<a href='/'>首页</a>&gt;<a href='/zwgk/zfxxgk/index.html'>政府信息公开</a>"


def make() -> Site:
    site = Site(COUNTY, PLACE, "hanweb_jpaas", {})
    units: Units = {}
    own = annual((f"{COUNTY}人民政府", f"{COUNTY}人民政府办公室"), YEARS)
    own += [entry for year in YEARS for entry in look_alikes(COUNTY, year, 0)]
    departments = annual([COUNTY + name for name in ("财政局", "教育局", "卫生健康局")], YEARS[:3])
    departments += look_alikes(COUNTY, 2023, 3, 4)
    towns = annual([f"{COUNTY}{name}" for name in ("石门镇人民政府", "北山街道办事处")], YEARS[:2])
    add_list(site, units, "1229565787", "/zwgk/zfxxgk/zfxxgknb", own)
    add_list(site, units, "1229565788", "/col/col1229565788", departments)
    add_list(site, units, "1229565789", "/col/col1229565789", towns)
    units["1229565780", MENU] = (
        "<ul><li><a href='/zwgk/zfxxgk/zn/index.html'>政府信息公开指南</a></li>"
        "<li><a href='./zfxxgknb/index.html'>政府信息公开年报</a></li></ul>"
    )
    units["1229565787", MENU] = (
        "<a href='/col/col1229565788/index.html'>部门年报</a>"
        "<a href='/col/col1229565789/index.html'>镇街年报</a>"
    )
    site.pages[API] = partial(api, units)
    site.pages["/"] = shell("首页", "<a href='/zwgk/zfxxgk/index.html'>政府信息公开</a>")
    site.pages["/zwgk/index.html"] = shell("政务公开", "<a href='/zwgk/zfxxgk/index.html'>信息公开</a>")
    site.pages["/zwgk/zfxxgk/index.html"] = column("1229565780", "政府信息公开", MENU)
    site.pages["/zwgk/zfxxgk/zfxxgknb/index.html"] = column(
        "1229565787", "政府信息公开年报", PATH, MENU, LIST
    )
    site.pages["/col/col1229565788/index.html"] = column("1229565788", "部门年报", PATH, LIST)
    site.pages["/col/col1229565789/index.html"] = column("1229565789", "镇街年报", PATH, LIST)
    return site
