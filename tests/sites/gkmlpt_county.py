"""青禾县: gkmlpt, a tree in a script and lists from an API; a department has a platform of its own."""

import json
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from tests.sites import Asked, Reply, Site
from tests.sites.entries import Entry, annual, look_alikes, newest_first
from tests.sites.guangdong import content, meta
from tests.sites.guangdong import shell as dressed

COUNTY, PLACE = "青禾县", "990201"
HOST = "http://@@gkmlpt_county@@"
YEARS = (2023, 2022, 2021, 2020, 2019)
SIZE = 10
FIRST_POST = 963_149

shell = partial(dressed, COUNTY, PLACE)


class Platform(NamedTuple):
    """A platform: its folder, its number, and what it answers beyond the end of a list."""

    prefix: str
    sid: str
    ending: int
    escaped: bool


COUNTYS = Platform("", "769201", 404, False)
FINANCE = Platform("/qhczj", "769214", 200, True)


def node(
    key: int, name: str, count: int, children: tuple[dict[str, Any], ...] = (), jump: str = ""
) -> dict[str, Any]:
    return {"id": key, "name": name, "post_count": count, "jump_url": jump, "children": list(children)}


def config(platform: Platform, tree: list[dict[str, Any]], detail: str = "") -> str:
    """Write the script: an object whose keys are bare, so that only the value of TREE is JSON."""
    more = f"DETAIL: {json.dumps({'content': detail}).replace('<', chr(92) + 'u003C')}," if detail else ""
    return (
        f"<script>window._CONFIG = {{ SID: '{platform.sid}', SITE_NAME: '{COUNTY}', {more}\n"
        f"TREE: {json.dumps(tree, ensure_ascii=False)}, SERVICE_AREA_ID: 1 }}</script>"
    )


def article(platform: Platform, entry: Entry, tree: list[dict[str, Any]]) -> str:
    """Dress an entry as the platform does: the table of its particulars, the text, and both as JSON."""
    names = ("索引号", "分类", "发布机构", "成文日期", "名称", "文号", "发布日期", "主题词")
    given = (
        f"11{PLACE}00700001X/2024-00001",
        "政府信息公开年报",
        entry.organ,
        entry.date,
        entry.name,
        "",
        entry.date,
        "",
    )
    cells = "".join(f"<td class='td-label'>{n}:</td><td>{v}</td>" for n, v in zip(names, given, strict=True))
    text = content(entry)
    inner = f"<table class='classify'><tr>{cells}</tr></table><h1 class='content-title'>{entry.name}</h1>"
    inner += f"<div class='article-content'>{text}</div>{config(platform, tree, text[:200])}"
    return shell(entry.name, inner, meta(entry, "政府信息公开年报"))


def escaped(text: str) -> str:
    return "".join(f"%u{ord(sign):04X}" if ord(sign) > 127 else sign for sign in text)


def item(platform: Platform, entry: Entry, key: int, target: str) -> dict[str, Any]:
    """Describe an article as the API does; days are midnight in China."""
    published = int(datetime.fromisoformat(f"{entry.date}T00:00+08:00").timestamp())
    name = escaped(entry.name) if platform.escaped else entry.name
    address = {"post_url": f"{HOST}{target}"} if platform.escaped else {"url": f"{HOST}{target}"}
    return {"id": key, "title": name, "date": published, "publisher": entry.organ, **address}


def add_category(
    site: Site, platform: Platform, tree: list[dict[str, Any]], key: int, entries: list[Entry]
) -> None:
    """Add the articles of a category and the API's answers for it."""
    items = []
    for entry in entries:
        post = FIRST_POST + len(site.pages)
        target = f"{platform.prefix}/gkmlpt/content/{post // 10**6}/{post // 1000}/post_{post}.html"
        site.pages[target] = article(platform, entry, tree)
        (site.reports if entry.organ else site.look_alikes).add(target)
        items.append(item(platform, entry, post, target))

    def answer(asked: Asked) -> Reply:
        number = max(int(asked.query.get("page") or 1), 1)
        chunk = items[(number - 1) * SIZE : number * SIZE] if asked.query.get("sid") == platform.sid else []
        if not chunk and platform.ending == 404:
            return Reply("Not Found", 404)
        told = {"classify": {"id": key, "post_count": len(items)}, "articles": chunk, "total": len(items)}
        return Reply(json.dumps(told), media_type="application/json")

    site.pages[f"{platform.prefix}/gkmlpt/api/all/{key}"] = answer


def add_county(site: Site) -> None:
    """Add the county's own platform: a category, categories beneath it, and one that lies elsewhere."""
    own = annual((f"{COUNTY}人民政府", f"{COUNTY}人民政府办公室"), YEARS)
    own += [entry for year in YEARS for entry in look_alikes(COUNTY, year, 3)]
    departments = annual([COUNTY + name for name in ("教育局", "民政局")], YEARS[:3])
    departments += look_alikes(COUNTY, 2023, 4)
    towns = annual(
        [f"{COUNTY}{name}" for name in ("柳湾镇人民政府", "白沙坡镇人民政府", "城关街道办事处")], YEARS[:2]
    )
    statements = [entry for year in YEARS for entry in look_alikes(COUNTY, year, 0)]
    below = (
        node(20766, "部门年报", len(departments)),
        node(20767, "镇街年报", len(towns)),
        node(20768, "政府网站年度工作报表", len(statements)),
        node(20769, "2020年以前年报", 2, jump="/zwgk/nb/"),
    )
    tree = [
        node(20762, "政府信息公开指南", 1),
        node(20763, "政府信息公开制度", 3),
        node(20764, "法定主动公开内容", 90, (node(20770, "机构职能", 9), node(20771, "规划计划", 4))),
        node(20765, "政府信息公开年报", len(own), below),
    ]
    inner = f"<div id='app'></div><a href='{FINANCE.prefix}/gkmlpt/index'>{COUNTY}财政局</a>"
    site.pages["/gkmlpt/index"] = shell("政府信息公开", inner + config(COUNTYS, tree))
    for key, entries in ((20765, own), (20766, departments), (20767, towns), (20768, statements)):
        add_category(site, COUNTYS, tree, key, newest_first(entries))


def add_finance(site: Site) -> None:
    """Add a department's platform, whose titles come escaped as JavaScript's ``escape`` does it."""
    entries = annual([f"{COUNTY}财政局"], YEARS)
    tree = [node(30101, "机构概况", 2), node(30104, "政府信息公开工作年度报告", len(entries))]
    site.pages[f"{FINANCE.prefix}/gkmlpt/index"] = shell(
        "政府信息公开", f"<div id='app'></div>{config(FINANCE, tree)}"
    )
    add_category(site, FINANCE, tree, 30104, entries)


def make() -> Site:
    site = Site(COUNTY, PLACE, "gkmlpt", {})
    site.pages["/"] = shell("首页", "<a href='/xwzx/content/post_1.html'>青禾县召开会议</a>")
    links = "<a href='/gkmlpt/index#20764'>法定主动公开内容</a><a href='/gkmlpt/index'>政府信息公开</a>"
    site.pages["/zwgk/"] = shell("政务公开", links)
    add_county(site)
    add_finance(site)
    rows = ""
    for number, entry in enumerate(annual([f"{COUNTY}公安局"], YEARS[3:])):
        target = f"/zwgk/nb/content/post_88{number}.html"
        site.pages[target] = shell(entry.name, f"<h1>{entry.name}</h1><div class='zw'>{content(entry)}</div>")
        site.reports.add(target)
        rows += (
            f"<li><a href='./content/post_88{number}.html'>{entry.name}</a><span>[{entry.date}]</span></li>"
        )
    site.pages["/zwgk/nb/"] = shell("2020年以前年报", f"<ul>{rows}</ul>")
    return site
