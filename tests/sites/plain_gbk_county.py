"""栎陵县: an old site of no family: GBK with a false header, a home page that refreshes, lists in frames."""

from tests.sites import Reply, Site
from tests.sites.entries import Entry
from tests.sites.shells import BUREAUS, Look, add_article, content, of_organs, own, rows

PLACE, CODE = "栎陵县", "990307"
LOOK = Look(PLACE, CODE, (("index.asp", "首页"), ("zwgk.asp", "政务公开")), charset="gb2312")
# Servers' defaults: no encoding at all, or one that is never true of a Chinese page.
MEDIA = ("text/html", "text/html;charset=iso-8859-1")
FRAME = "<iframe src='{source}' width='700' height='900' scrolling='no' frameborder='0'></iframe>"
OTHER = "<iframe src='http://tianqi.example.com/day.html'></iframe>"
Listed = list[tuple[str, Entry]]


def reply(html: str, number: int = 0) -> Reply:
    return Reply(html.encode("gb18030"), media_type=MEDIA[number % 2])


def article(entry: Entry) -> str:
    head = f"<h2>{entry.name}</h2><p>时间：{entry.date} 点击次数：<script src='hits.asp'></script></p>"
    return LOOK.page(entry.name, f"{head}<div id='Zoom'>{content(entry)}</div>")


def framed(inner: str) -> str:
    """Dress a page that stands in a frame: no navigation, hardly a head."""
    return f"<html><head><meta charset=gb2312></head><body>{inner}</body></html>"


def add_articles(site: Site, first: int, entries: list[Entry]) -> Listed:
    listed = []
    for number, entry in enumerate(entries, first):
        add_article(site, f"/zwgk/show.asp?id={number}", entry, reply(article(entry), number))
        listed.append((f"show.asp?id={number}", entry))
    return listed


def cut(listed: Listed, size: int) -> list[Listed]:
    return [listed[start : start + size] for start in range(0, len(listed), size)]


def make() -> Site:
    site = Site(PLACE, CODE, "plain", {})
    refresh = "<html><head><meta http-equiv='refresh' content='0;url=/zwgk/index.asp'></head></html>"
    site.pages["/"] = Reply(refresh, media_type="text/html")
    site.pages["/zwgk/index.asp"] = reply(LOOK.page("首页", "<a href='/news/1.asp'>栎陵新闻</a>"))
    parts = "<a href='zn.asp'>信息公开指南</a><a href='nb.asp'>信息公开年报</a>"
    site.pages["/zwgk/zwgk.asp"] = reply(LOOK.page("政务公开", parts), 1)
    groups = "<a href='bmnb.asp'>部门年报</a>"
    frame = FRAME.format(source="list.asp?classid=17")
    site.pages["/zwgk/nb.asp"] = reply(LOOK.page("信息公开年报", groups + OTHER + frame))
    add_worded(site, add_articles(site, 500, own(PLACE)))
    frame = FRAME.format(source="/zwgk/bm/index.html")
    site.pages["/zwgk/bmnb.asp"] = reply(LOOK.page("部门年报", frame), 1)
    bureaus = of_organs(PLACE, [*BUREAUS[:3], "石臼乡人民政府"], (2023, 2022))
    add_numbered(site, [(f"../{target}", entry) for target, entry in add_articles(site, 600, bureaus)])
    return site


def add_worded(site: Site, listed: Listed) -> None:
    """Add a list with a query and a pager in words; on the last page they lead to the page itself."""
    pages = list(cut(listed, 8))
    for number, chunk in enumerate(pages, 1):
        target = f"list.asp?classid=17&amp;page={min(number + 1, len(pages))}"
        last = f"list.asp?classid=17&amp;page={len(pages)}"
        words = f"<a href='{target}'>下一页</a> <a href='{last}'>尾页</a>"
        html = framed(f"<ul>{rows(chunk)}</ul>第{number}页 {words}")
        query = "" if number == 1 else f"&page={number}"
        site.pages[f"/zwgk/list.asp?classid=17{query}"] = reply(html, number)


def add_numbered(site: Site, listed: Listed) -> None:
    """Add a list whose pager has nothing but numbers."""
    pages = list(cut(listed, 5))
    for number, chunk in enumerate(pages, 1):
        numbers = " ".join(
            f"<a href='index{f'_{n}' if n > 1 else ''}.html'>{n}</a>" if n != number else f"<b>{n}</b>"
            for n in range(1, len(pages) + 1)
        )
        name = f"index{f'_{number}' if number > 1 else ''}.html"
        site.pages[f"/zwgk/bm/{name}"] = reply(framed(f"<ul>{rows(chunk)}</ul>{numbers}"), number)
