"""碧溪市: NFCMS, whose pages count from one; lists with a pager, with an idle one, and with none at all."""

from functools import partial

from tests.sites import Site
from tests.sites.entries import Entry, annual, chunks, look_alikes, newest_first
from tests.sites.guangdong import content, meta
from tests.sites.guangdong import shell as dressed

CITY, PLACE = "碧溪市", "990200"
HOST = "http://@@nfcms_city@@"
COLUMN = "/zwgk/zfxxgk/zfxxgknb"
YEARS = (2023, 2022, 2021, 2020, 2019)
DEPARTMENTS = ("财政局", "教育局", "民政局", "水务局")
DISTRICTS = ("青禾县", "石桥区")
SITE_ID = "<script>var NFCMS_SITE_ID = '990001';</script>"

shell = partial(dressed, CITY, PLACE)


def article(entry: Entry, number: int, column: str) -> str:
    """Dress an entry as an article of NFCMS."""
    ids = f"<script>var NFCMS_SITE_ID = '990001'; var NFCMS_POST_ID = '{number}';</script>"
    info = (
        f"<p class='article-info'>来源：本网 发布时间：{entry.date} 09:30:00 浏览次数：<i id='hits'>-</i></p>"
    )
    text = f"<div class='article-content'>{content(entry)}</div>"
    near = "<p>上一篇：没有了</p>"
    return shell(
        entry.name, f"<h1 class='title'>{entry.name}</h1>{info}{text}{near}{ids}", meta(entry, column)
    )


def pager(folder: str, number: int, pages: int) -> str:
    """Print the pager; on the last page, and on an only one, it leads nowhere."""

    def anchor(text: str, target: int) -> str:
        name = "index.html" if target == 1 else f"index_{target}.html"
        return (
            f'<a href="{HOST}{folder}/{name}">{text}</a>' if 1 <= target <= pages else f"<span>{text}</span>"
        )

    if pages == 1:
        return (
            "<div class='page'><span>首页</span><span>上一页</span><span>下一页</span><span>尾页</span></div>"
        )
    steps = (("首页", 1), ("上一页", number - 1), ("下一页", number + 1), ("尾页", pages))
    return f"<div class='page'>{''.join(anchor(*step) for step in steps)}</div>"


def add_list(site: Site, folder: str, name: str, entries: list[Entry], size: int, paged: bool = True) -> None:
    """Add a list, its pages and articles."""
    pages = list(chunks(entries, size))
    for number, chunk in enumerate(pages, 1):
        rows = ""
        for entry in chunk:
            key = 4_000_000 + len(site.pages)
            target = f"{folder}/content/post_{key}.html"
            site.pages[target] = article(entry, key, name)
            (site.reports if entry.organ else site.look_alikes).add(target)
            rows += (
                f'<li><a href="{HOST}{target}" title="{entry.name}">{entry.name}</a><b>{entry.date}</b></li>'
            )
        foot = pager(folder, number, len(pages)) if paged else ""
        html = shell(
            name, f"<ul class='list'>{rows}</ul>{foot}{SITE_ID}", f'<meta name="ColumnName" content="{name}">'
        )
        site.pages[f"{folder}/{'index' if number == 1 else f'index_{number}'}.html"] = html
        if number == 1:
            site.pages[f"{folder}/"] = html


def make() -> Site:
    site = Site(CITY, PLACE, "nfcms", {})
    site.pages["/"] = shell("首页", f"<a href='/zwgk/zfxxgk/index.html'>政府信息公开</a>{SITE_ID}")
    site.pages["/zwgk/"] = shell(
        "政务公开", "<a href='./zfxxgk/'>政府信息公开</a><a href='./ldzc/'>领导之窗</a>"
    )
    parts = (("zn", "政府信息公开指南"), ("zd", "政府信息公开制度"), ("fdzdgknr", "法定主动公开内容"))
    four = "".join(f"<a href='/zwgk/zfxxgk/{slug}/'>{name}</a>" for slug, name in parts)
    four += f"<a href='{COLUMN}/'>政府信息公开年报</a>"
    site.pages["/zwgk/zfxxgk/"] = site.pages["/zwgk/zfxxgk/index.html"] = shell("政府信息公开", four)
    groups = "<a href='./bj/'>市政府</a><a href='./bm/'>市政府部门</a><a href='./gq/'>各县区</a>"
    site.pages[f"{COLUMN}/"] = shell("政府信息公开年报", four + groups + SITE_ID)
    own = annual((f"{CITY}人民政府", f"{CITY}人民政府办公室"), YEARS)
    own += [entry for year in YEARS for entry in look_alikes(CITY, year, 0, 2)]
    add_list(site, f"{COLUMN}/bj", "市政府年报", newest_first(own), 8)
    years = "".join(f"<a href='./{year}n/'>{year}年</a>" for year in YEARS[:2])
    site.pages[f"{COLUMN}/bm/"] = shell("部门年报", years + SITE_ID)
    for year in YEARS[:2]:
        rows = annual([CITY + name for name in DEPARTMENTS], [year]) + look_alikes(CITY, year, 4)
        add_list(site, f"{COLUMN}/bm/{year}n", f"{year}年", rows, 20)
    districts = annual([f"{name}人民政府" for name in DISTRICTS], YEARS[:3])
    districts += [entry for name in DISTRICTS for entry in look_alikes(name, 2023, 1)]
    add_list(site, f"{COLUMN}/gq", "各县区年报", newest_first(districts), 3, paged=False)
    return site
