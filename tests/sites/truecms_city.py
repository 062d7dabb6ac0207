"""汐塘市: TrueCMS, whose lists are XML inside JSONP; 404 without a Referer, never more than ten records."""

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
    key,
    odd_meta,
    of_organs,
    own,
    uuid,
)

PLACE, CODE = "汐塘市", "990306"
LOOK = Look(PLACE, CODE, (("/", "首页"), ("/xtsrmzf/zfxxgk/zfxxgk.html", "政府信息公开")))
STREETS = ("盐场街道办事处", "海门桥镇人民政府")
PROXY = "/truecms/messageController/getMessage.do"
FOLDER = "/xtsrmzf/gknb_2023"
MOST = 10


def shell(name: str, column: str, groups: str) -> str:
    """Dress a list that a script fills; it asks for more than the server gives."""
    script = (
        f"$(function(){{ new truepage({{ proxyUrl:'{PROXY}', columnId:'{column}', perPage:20,"
        " dataBefore:'<ul>', dataAfter:'</ul>' }); });"
    )
    return LOOK.column(name, f"{groups}<div id='list'></div><script>{script}</script>")


def article(entry: Entry, column: str) -> str:
    head = f"<h1>{entry.name}</h1><p>来源：{entry.organ or PLACE} 发布时间：{entry.date}</p>"
    text = f"<div class='article-content'>{content(entry)}</div>"
    return LOOK.page(entry.name, head + text, odd_meta(entry, column))


def message(lists: Mapping[str, list[tuple[str, Entry]]], asked: Asked) -> Reply:
    """Answer for a list; what is asked for beyond ten records is cut off without a word."""
    listed = lists.get(asked.query.get("columnId", ""))
    if listed is None or "referer" not in asked.headers:
        return Reply("Not Found", 404)
    start, end = (int(asked.query[name]) for name in ("startrecord", "endrecord"))
    records = "".join(
        f"<record><![CDATA[<li><span class='date'>{entry.date}</span><a title='{entry.name}' "
        f'href="{target}">{entry.name[:20]}...</a></li>]]></record>'
        for target, entry in listed[start - 1 : min(end, start - 1 + MOST)]
    )
    xml = f"<datastore><totalrecord>{len(listed)}</totalrecord><recordset>{records}</recordset></datastore>"
    answer = f"{asked.query.get('callback', 'cb')}({json.dumps({'result': xml})})"
    return Reply(answer, media_type="text/javascript;charset=UTF-8")


def add_articles(site: Site, column: str, entries: list[Entry]) -> list[tuple[str, Entry]]:
    listed = []
    for entry in entries:
        target = f"{FOLDER}/content/{uuid(column, entry.name)}.html"
        add_article(site, target, entry, article(entry, column))
        listed.append((target, entry))
    return listed


def make() -> Site:
    site = Site(PLACE, CODE, "truecms", {})
    own_id, bureau_id = key("column", "own"), key("column", "bureaus")
    site.pages["/"] = LOOK.page("首页", "<a href='/xtsrmzf/zwgk/zwgk.html'>政务公开</a>")
    first = f"{FOLDER}/gknb.html"
    site.pages["/xtsrmzf/zfxxgk/zfxxgk.html"] = LOOK.page("政府信息公开", f"<ul>{four_parts(first)}</ul>")
    groups = f"<a href='{FOLDER}/bmnb.html'>部门、镇（街道）年报</a>"
    site.pages[first] = shell("政府信息公开年报", own_id, groups)
    site.pages[f"{FOLDER}/bmnb.html"] = shell("部门年报", bureau_id, "")
    others = of_organs(PLACE, [*BUREAUS[:4], *STREETS], (2023, 2022, 2020))
    lists = {
        own_id: add_articles(site, "政府信息公开年报", own(PLACE)),
        bureau_id: add_articles(site, "部门年报", others),
    }
    site.pages[PROXY] = lambda asked: message(lists, asked)
    return site
