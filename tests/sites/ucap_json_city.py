"""澜石市: UCAP whose lists come from a JSON search; ten entries at a time, whatever is asked for."""

import json

from tests.sites import Asked, Reply, Site
from tests.sites.entries import Entry
from tests.sites.shells import BUREAUS, Look, add_article, content, four_parts, key, odd_meta, of_organs, own

PLACE, CODE = "澜石市", "990302"
HOST = "@@ucap_json_city@@"
LOOK = Look(PLACE, CODE, (("/", "网站首页"), ("/lss/c200002/zfxxgk.shtml", "政府信息公开")))
COUNTIES = ("青禾区人民政府", "云起县人民政府", "云起县民政局")
COLUMN = "/lss/c200010/zfxxgknb.shtml"
OWN, BUREAU, COUNTY = (key("channel", name) for name in ("own", "bureau", "county"))
MOST = 10
QUERY = "_isAgg=true&_isJson=true&_pageSize=20&_template=index&_rangeTimeGte=&_channelName="
LOADER = "<script src='/common/js/queryList.js'></script>"


def article(entry: Entry, column: str) -> str:
    text = f"<h2>{entry.name}</h2><p>发布日期：{entry.date}</p><div id='UCAP-CONTENT'>{content(entry)}</div>"
    return LOOK.page(entry.name, text, odd_meta(entry, column))


def found(channel: str, entries: list[tuple[str, Entry]], asked: Asked) -> Reply:
    """Answer a search; without _isJson it is a page for people."""
    if asked.query.get("_isJson") != "true":
        return Reply(LOOK.page("搜索", "<ul></ul>"))
    number = max(int(asked.query.get("page") or 1), 1)
    shown = entries[(number - 1) * MOST : number * MOST]
    results = [
        {
            "title": entry.name,
            "url": f"//{HOST}{target}",
            "publishedTimeStr": f"{entry.date} 09:30:00",
            "channelId": channel,
            "memo": None,
        }
        for target, entry in shown
    ]
    data = {"page": number, "rows": len(results), "total": len(entries), "results": results}
    return Reply(json.dumps({"data": data}, ensure_ascii=False), media_type="application/json;charset=UTF-8")


def add_channel(site: Site, path: str, channel: str, code: str, column: str, entries: list[Entry]) -> None:
    """Add the search of a channel and the articles that it finds."""
    listed = []
    for entry in entries:
        target = f"/lss/{code}/{entry.date[:7].replace('-', '')}/{key(code, entry.name)}.shtml"
        add_article(site, target, entry, article(entry, column))
        listed.append((target, entry))
    site.pages[f"{path}{channel}"] = lambda asked: found(channel, listed, asked)


def make() -> Site:
    site = Site(PLACE, CODE, "ucap", {}, start=f"http://{HOST}{COLUMN}")
    site.pages["/"] = LOOK.page("首页", "<a href='/lss/c200001/zwgk.shtml'>政务公开</a>")
    site.pages["/lss/c200002/zfxxgk.shtml"] = LOOK.page("政府信息公开", f"<ul>{four_parts(COLUMN)}</ul>")
    groups = (
        "<a href='/lss/c200011/list.shtml'>市政府部门</a><a href='/lss/c200012/list.shtml'>县（市、区）</a>"
    )
    address = f"/common/search/{OWN}?{QUERY}&page=1"
    site.pages[COLUMN] = LOOK.column(
        "政府信息公开年报", f"{groups}<ul id='list'></ul><script>queryList('{address}');</script>"
    )
    shell = f"<ul class='list' data-channelId='{BUREAU}' data-size='20'></ul>{LOADER}"
    site.pages["/lss/c200011/list.shtml"] = LOOK.column("市政府部门年报", groups + shell)
    script = f"<script>var channelId = '{COUNTY}'; $.getJSON('/searchList/' + channelId, show);</script>"
    site.pages["/lss/c200012/list.shtml"] = LOOK.column("县（市、区）年报", f"{groups}<ul></ul>{script}")
    add_channel(site, "/common/search/", OWN, "c200010", "政府信息公开年报", own(PLACE))
    bureaus = of_organs(PLACE, BUREAUS[:4], (2023, 2022))
    add_channel(site, "/common/search/", BUREAU, "c200011", "市政府部门年报", bureaus)
    counties = of_organs("", COUNTIES, (2023, 2022))
    add_channel(site, "/searchList/", COUNTY, "c200012", "县（市、区）年报", counties)
    return site
