"""霁川市: Epoint WebBuilder; lists by POST of JSON, counted from zero; a script file names the service."""

import json
from collections.abc import Mapping

from tests.sites import Asked, Reply, Site
from tests.sites.entries import Entry
from tests.sites.shells import (
    BUREAUS,
    Look,
    add_article,
    content,
    four_parts,
    meta,
    of_organs,
    own,
    shortened,
    uuid,
)

PLACE, CODE = "霁川市", "990305"
SHELL = "/zwgk/govInfoPub.html"
LOOK = Look(PLACE, CODE, (("/", "首页"), ("/zwgk/zfxxgk.html", "政府信息公开")))
COUNTIES = ("远岫县人民政府", "南浦区人民政府", "南浦区教育局")
SITE_GUID = uuid("site", PLACE)
SETTINGS = f'{{"siteGuid":"{SITE_GUID}","projectName":"/EWB-FRONT","isUseRest":true}}'
COMMON = "<script src='/js/webBuilderCommon.js?v=20230901'></script>"
MOST = 10
Lists = Mapping[tuple[str, str], list[tuple[str, Entry]]]


def article(entry: Entry, column: str) -> str:
    text = f"<h2 class='tit'>{entry.name}</h2><div class='ewb-article-content'>{content(entry)}</div>"
    info = f"<p>信息时间：{entry.date} 【字体：大 中 小】</p>"
    return LOOK.page(entry.name, info + text, meta(entry, column) + COMMON)


def service(lists: Lists, asked: Asked) -> Reply:
    """Answer for a list, ten entries at most; the site must be named."""
    try:
        form = json.loads(asked.body)
        listed = lists[form["deptcode"], form["categorynum"]] if form["siteGuid"] == SITE_GUID else []
        start = int(form["pageIndex"]) * min(int(form["pageSize"]), MOST)
    except (ValueError, KeyError):
        return Reply('{"status":{"code":0,"text":"error"}}', media_type="application/json")
    data = [
        {
            "infoid": uuid(target),
            "infourl": target,
            "title": shortened(entry.name, 18),
            "realtitle": entry.name,
            "infodate": entry.date,
        }
        for target, entry in listed[start : start + MOST]
    ]
    answer = {"custom": {"total": len(listed), "data": data}, "status": {"code": 1}}
    return Reply(json.dumps(answer, ensure_ascii=False), media_type="application/json;charset=utf-8")


def add_articles(site: Site, column: str, number: str, entries: list[Entry]) -> list[tuple[str, Entry]]:
    listed = []
    for entry in entries:
        target = f"/zwgk/{number}/{entry.date.replace('-', '')}/{uuid(number, entry.name)}.html"
        add_article(site, target, entry, article(entry, column))
        listed.append((target, entry))
    return listed


def make() -> Site:
    site = Site(PLACE, CODE, "epoint", {})
    site.pages["/"] = LOOK.page("首页", f"{COMMON}<a href='/zwgk/001/1.html'>市政府常务会议</a>")
    first = f"{SHELL}?deptcode=001001&amp;categorynum=003007"
    site.pages["/zwgk/zfxxgk.html"] = LOOK.page("政府信息公开", f"<ul>{four_parts(first)}</ul>{COMMON}")
    groups = (
        f"<a href='{SHELL}?deptcode=&amp;categorynum=003008'>市政府部门</a>"
        "<a href='/zwgk/govInfoCounty.html'>县（市、区）</a>"
    )
    shell = f"{groups}<ul class='ewb-list' id='infolist'></ul>{COMMON}"
    site.pages[SHELL] = LOOK.column("政府信息公开年报", shell)
    inline = f"<script>var siteInfo={SETTINGS}; var deptcode = '', categorynum = '003009';</script>"
    site.pages["/zwgk/govInfoCounty.html"] = LOOK.column("县（市、区）年报", f"<ul></ul>{inline}")
    script = f"var siteInfo={SETTINGS};\nfunction goHome() {{ return siteInfo.projectName; }}\n"
    site.pages["/js/webBuilderCommon.js"] = Reply(script, media_type="application/javascript")
    bureaus = of_organs(PLACE, BUREAUS[:4], (2023, 2022))
    lists = {
        ("001001", "003007"): add_articles(site, "政府信息公开年报", "003007", own(PLACE)),
        ("", "003008"): add_articles(site, "市政府部门年报", "003008", bureaus),
        ("", "003009"): add_articles(site, "县区年报", "003009", of_organs("", COUNTIES, (2023, 2021))),
    }
    site.pages["/EWB-FRONT/rest/lightfrontaction/getgovinfolist"] = lambda asked: service(lists, asked)
    return site
