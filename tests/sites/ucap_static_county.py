"""青榆县: UCAP with static lists whose pager is a script; the titles of one list are cut short for good."""

from tests.sites import Site
from tests.sites.entries import Entry, chunks
from tests.sites.shells import (
    BUREAUS,
    Look,
    add_article,
    content,
    four_parts,
    key,
    meta,
    of_organs,
    own,
    rows,
    shortened,
)

PLACE, CODE = "青榆县", "990301"
LOOK = Look(PLACE, CODE, (("/", "首页"), ("/qyx/c100001/zwgk.shtml", "政务公开")))
TOWNS = ("柳溪镇人民政府", "白塔镇人民政府", "城关街道办事处")
COLUMN = "/qyx/c100010/zfxxgklby_nb.shtml"
GROUPS = "<a href='/qyx/c100011/list.shtml'>县政府部门</a><a href='/qyx/c100012/list.shtml'>乡镇街道</a>"


def article(entry: Entry, column: str) -> str:
    info = (
        f"<div class='info'>发布时间：{entry.date} 10:12 来源：{entry.organ or PLACE} 浏览次数：<b></b></div>"
    )
    text = f"<h1>{entry.name}</h1>{info}<div id='UCAP-CONTENT'>{content(entry)}</div>"
    return LOOK.page(entry.name, text, meta(entry, column))


def add_list(site: Site, first: str, name: str, entries: list[Entry], size: int, cut: int = 0) -> None:
    """Add a list: page n is {stem}_{n}, and nothing but a script tells of it."""
    folder, stem = first.rsplit("/", 1)[0], first.rsplit("/", 1)[1].removesuffix(".shtml")
    pages = list(chunks(entries, size))
    for number, chunk in enumerate(pages, 1):
        listed = []
        for entry in chunk:
            month = entry.date[:7].replace("-", "")
            target = f"{folder}/{month}/{key(first, entry.name)}.shtml"
            add_article(site, target, entry, article(entry, name))
            listed.append((target, entry))
        pager = (
            f"<div id='page_div'></div><script type='text/javascript'>"
            f"createPageHTML('page_div',{len(pages)}, {number},'{stem}','shtml',{len(entries)});</script>"
        )
        html = LOOK.column(name, f"{GROUPS}<ul class='list'>{rows(listed, cut)}</ul>{pager}")
        site.pages[first if number == 1 else f"{folder}/{stem}_{number}.shtml"] = html


def make() -> Site:
    site = Site(PLACE, CODE, "ucap", {})
    news = shortened("青榆县召开全县政务公开工作推进会", 12)
    site.pages["/"] = LOOK.page("首页", f"<a href='/qyx/c100003/202401/{key('news')}.shtml'>{news}</a>")
    site.pages["/qyx/c100001/zwgk.shtml"] = LOOK.page(
        "政务公开",
        "<a href='/qyx/c100002/zfxxgk.shtml'>政府信息公开</a><a href='/qyx/c100004/ldzc.shtml'>领导</a>",
    )
    site.pages["/qyx/c100002/zfxxgk.shtml"] = LOOK.page("政府信息公开", f"<ul>{four_parts(COLUMN)}</ul>")
    add_list(site, COLUMN, "政府信息公开年报", own(PLACE), 8)
    bureaus = of_organs(PLACE, BUREAUS[:4], (2023, 2022))
    add_list(site, "/qyx/c100011/list.shtml", "县政府部门年报", bureaus, 5, cut=14)
    towns = of_organs(PLACE, TOWNS, (2023, 2021))
    add_list(site, "/qyx/c100012/list.shtml", "乡镇街道年报", towns, 20)
    return site
