"""乌槐县: Webber VSB, pages count backwards; a dead link answers 200, a report is all attachment."""

from tests.sites import Site
from tests.sites.entries import Entry, chunks
from tests.sites.reports import body, title
from tests.sites.shells import BUREAUS, Look, add_article, content, four_parts, meta, of_organs, own

PLACE, CODE = "乌槐县", "990303"
LOOK = Look(PLACE, CODE, (("/index.htm", "首页"), ("/zwgk.htm", "政务公开"), ("/zfxxgk.htm", "政府信息公开")))
TOWNS = ("石磨镇人民政府", "双井镇人民政府", "东园街道办事处")
ATTACHED = title(f"{PLACE}交通运输局", 2023)
GOTO = '<script language="javascript" src="/system/resource/js/gotopage.js"></script>'
DOWNLOAD = "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1528&wbfileid=77001"
GROUPS = '<a href="/zfxxgk/bmnb.htm">县直部门</a><a href="/zfxxgk/xznb.htm">乡镇（街道）</a>'


def article(entry: Entry, column: str, text: str) -> str:
    info = f"<p>发布时间：{entry.date} 点击：[<script>_showDynClicks('wbnews', 1528, 7)</script>]</p>"
    inner = f"<div id='vsb_content'><div class='v_news_content'>{text}</div></div>"
    near = "<p>上一条：没有了</p><p>下一条：<a href='/info/1009/2001.htm'>县政府常务会议召开</a></p>"
    return LOOK.page(entry.name, f"<h1>{entry.name}</h1>{info}{inner}{near}", meta(entry, column))


def address(stem: str, number: int, pages: int) -> str:
    return f"{stem}.htm" if number == 1 else f"{stem}/{pages - number + 1}.htm"


def pager(stem: str, number: int, pages: int, linked: bool) -> str:
    """Print the pager: with links, or with nothing but a field for a number."""
    goto = (
        f"<a href='javascript:;' onclick=\"_simple_list_gotopage_fun({pages},'u13_goto',2)\">跳转</a>{GOTO}"
    )
    if not linked or pages == 1:
        return f"<div class='pb_sys_common'><span class='p_t'>共{pages}页</span>{goto}</div>"
    name = "next" if number < pages else "next_d"
    onward = f'<a href="{address(stem, number + 1, pages)}">下页</a>' if number < pages else "下页"
    last = f'<span class="p_last p_fun"><a href="{stem}/1.htm">尾页</a></span>' if number < pages else ""
    return (
        f"<div class='pb_sys_common'><span class='p_no_d'>{number}</span>"
        f"<span class='p_{name} p_fun'>{onward}</span>{last}<span class='p_t'>共{pages}页</span>{goto}</div>"
    )


def add_list(site: Site, stem: str, tree: int, name: str, entries: list[Entry], linked: bool) -> None:
    """Add the pages of a list of which page n of N is {stem}/{N-n+1}.htm."""
    pages = list(chunks(entries, 6))
    for number, chunk in enumerate(pages, 1):
        items = ""
        for line, entry in enumerate(chunk):
            target = f"/info/{tree}/{3000 + tree + len(site.pages)}.htm"
            add_article(site, target, entry, article(entry, name, content(entry)))
            items += (
                f'<li id="line_u8_{line}"><a href="{target}" title="{entry.name}">{entry.name}</a>'
                f"<span>{entry.date}</span></li>"
            )
        if number == 1 and tree == 1036:
            items += special(site)
        html = LOOK.column(name, f"{GROUPS}<ul>{items}</ul>{pager(stem, number, len(pages), linked)}")
        site.pages[address(stem, number, len(pages))] = html


def special(site: Site) -> str:
    """Add a report that is all in its attachment, and one that is gone though its address answers 200."""
    entry = Entry(ATTACHED, "2024-01-29", f"{PLACE}交通运输局", 2023)
    link = f'<p>附件：<a href="{DOWNLOAD.replace("&", "&amp;")}">附件【{ATTACHED}.html】</a></p>'
    add_article(site, "/info/1036/5008.htm", entry, article(entry, "县直部门", link))
    site.pages[DOWNLOAD] = f"<html><body>{body(entry.organ, entry.year)}</body></html>"
    gone = title(f"{PLACE}统计局", 2023)
    site.pages["/info/1036/5009.htm"] = LOOK.page("提示", "<p>您访问的页面不存在或已被删除。</p>")
    site.look_alikes.add("/info/1036/5009.htm")
    return (
        f'<li><a href="/info/1036/5008.htm">{ATTACHED}</a><span>2024-01-29</span></li>'
        f'<li><a href="/info/1036/5009.htm">{gone}</a><span>2024-01-28</span></li>'
    )


def make() -> Site:
    site = Site(PLACE, CODE, "webber", {})
    site.pages["/"] = site.pages["/index.htm"] = LOOK.page(
        "首页", "<a href='/info/1009/2001.htm'>县政府常务会议召开</a>"
    )
    site.pages["/zwgk.htm"] = LOOK.page("政务公开", "<a href='zwgk/rsxx.htm'>人事信息</a>")
    parts = four_parts("zfxxgk/zfxxgknb.htm", "zfxxgk/zn.htm")
    site.pages["/zfxxgk.htm"] = LOOK.page("政府信息公开", f"<ul>{parts}</ul>")
    add_list(site, "/zfxxgk/zfxxgknb", 1035, "政府信息公开年报", own(PLACE), linked=True)
    bureaus = of_organs(PLACE, BUREAUS, (2023, 2022))
    add_list(site, "/zfxxgk/bmnb", 1036, "县直部门年报", bureaus, linked=True)
    towns = of_organs(PLACE, TOWNS, (2023, 2022))
    add_list(site, "/zfxxgk/xznb", 1037, "乡镇街道年报", towns, linked=False)
    return site
