"""云岭市: TRS WCM with a pager that is only a script, a folder for each year and a list of departments.

The website's own statement and the picture explaining a report stand in the same lists.
"""

from tests.sites import Site
from tests.sites.reports import body, title

CITY = "云岭市"
DEPARTMENTS = ("财政局", "教育局", "民政局", "司法局", "水利局", "审计局", "统计局", "商务局")
COLUMN = "/zwgk/zfxxgk/zfxxgknb"
YEARS = (2023, 2022, 2021, 2020, 2019)
PER_PAGE = 3


def shell(name: str, inner: str, column: str = "") -> str:
    """Dress a page as the site does: meta tags, navigation, a counter that moves, footer."""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{name}_{CITY}人民政府</title>
<meta name="SiteName" content="{CITY}人民政府"><meta name="SiteIDCode" content="9901000001">
<meta name="ColumnName" content="{column}"></head><body>
<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a><a href="/xwzx/">新闻中心</a>
<a href="/ywgk/">要闻</a><a href="http://www.gov.cn/">中国政府网</a></div>
{inner}
<div class="foot">网站标识码：9901000001 您是第@@views@@位访客</div></body></html>"""


def article(organ: str, year: int, published: str) -> str:
    """Dress a report as an article of TRS WCM."""
    name = title(organ, year)
    head = f"<h1>{name}</h1><div class='info'>发布时间：{published} 09:20 来源：{organ}</div>"
    inner = f"{head}<div class='TRS_Editor'>{body(organ, year)}</div>"
    meta = f'<meta name="ArticleTitle" content="{name}"><meta name="PubDate" content="{published} 09:20">'
    return shell(name, inner, "政府信息公开年报").replace("</head>", f"{meta}</head>")


def listing(name: str, rows: list[tuple[str, str, str]], page: int, pages: int) -> str:
    items = "".join(
        f'<li><a href="{href}" title="{text}">{text[:18]}{"…" if len(text) > 18 else ""}</a>'
        f"<span>{date}</span></li>"
        for href, text, date in rows
    )
    pager = f'<script>var countPage={pages};createPageHTML({pages}, {page}, "index", "html");</script>'
    return shell(name, f'<ul class="list">{items}</ul><div class="page">{pager}</div>', name)


def paged(folder: str, name: str, rows: list[tuple[str, str, str]]) -> dict[str, str]:
    """Give the pages of a list: index.html, index_1.html, …"""
    chunks = [rows[at : at + PER_PAGE] for at in range(0, len(rows), PER_PAGE)]
    pages = {
        f"{folder}/index{f'_{n}' if n else ''}.html": listing(name, chunk, n, len(chunks))
        for n, chunk in enumerate(chunks)
    }
    return pages | {f"{folder}/": pages[f"{folder}/index.html"]}


def make() -> Site:
    site = Site(CITY, "990100", "trs", {})
    add = site.pages
    add["/"] = shell("首页", "<a href='/xwzx/t1.html'>云岭市召开会议</a>")
    add["/zwgk/"] = shell("政务公开", "<a href='./zfxxgk/'>政府信息公开</a><a href='/jgzn/'>机构职能</a>")
    add["/zwgk/zfxxgk/"] = shell(
        "政府信息公开",
        "<a href='./zn/'>政府信息公开指南</a><a href='./zd/'>政府信息公开制度</a>"
        "<a href='./fdzdgknr/'>法定主动公开内容</a><a href='./zfxxgknb/'>政府信息公开年报</a>",
    )
    years = "".join(f"<a href='./{year}n/'>{year}年</a>" for year in YEARS)
    groups = "<a href='./bm/'>市政府部门</a>"
    add[f"{COLUMN}/"] = shell("政府信息公开年报", years + groups, "政府信息公开年报")
    for year in YEARS:
        rows = []
        for number, organ in enumerate((f"{CITY}人民政府", f"{CITY}人民政府办公室")):
            published = f"{year + 1}-{('04-12' if year == 2020 else '03-20') if number == 0 else '01-25'}"
            name = f"{published.replace('-', '')[:6]}/t{published.replace('-', '')}_{year}{number}.html"
            add[f"{COLUMN}/{year}n/{name}"] = article(organ, year, published)
            site.reports.add(f"{COLUMN}/{year}n/{name}")
            rows.append((f"./{name}", title(organ, year), published))
        statement = f"{year + 1}01/t{year + 1}0120_9{year}.html"
        add[f"{COLUMN}/{year}n/{statement}"] = shell("政府网站工作年度报表", "<p>网站名称</p>")
        site.look_alikes.add(f"{COLUMN}/{year}n/{statement}")
        rows.append((f"./{statement}", f"{CITY}人民政府网站{year}年度工作报表", f"{year + 1}-01-20"))
        picture = f"{year + 1}03/t{year + 1}0321_8{year}.html"
        add[f"{COLUMN}/{year}n/{picture}"] = shell("一图读懂", "<img src='x.png'>")
        site.look_alikes.add(f"{COLUMN}/{year}n/{picture}")
        rows.append((f"./{picture}", f"一图读懂：{title(CITY, year)}", f"{year + 1}-03-21"))
        add |= paged(f"{COLUMN}/{year}n", f"{year}年", rows)
    rows = []
    for number, department in enumerate(DEPARTMENTS):
        organ = f"{CITY}{department}"
        name = f"202401/t20240126_77{number}.html"
        add[f"{COLUMN}/bm/{name}"] = article(organ, 2023, "2024-01-26")
        site.reports.add(f"{COLUMN}/bm/{name}")
        rows.append((f"./{name}", title(organ, 2023), "2024-01-26"))
    add |= paged(f"{COLUMN}/bm", "市政府部门", rows)
    return site
