"""芦泊县: an openness platform with an address for each organ and year, page_{n} lists, lists by POST."""

from collections.abc import Callable
from urllib.parse import parse_qs

from tests.sites import Asked, Reply, Site
from tests.sites.entries import Entry, annual, chunks, look_alikes
from tests.sites.shells import BUREAUS, YEARS, Look, add_article, content, meta, of_organs, rows

PLACE, CODE = "芦泊县", "990304"
LOOK = Look(PLACE, CODE, (("/", "网站首页"), ("/openness/", "政府信息公开")))
PLATFORM = "/openness/OpennessAnnualReport"
ORGANS = {11: f"{PLACE}人民政府", 12: f"{PLACE}人民政府办公室", 27: f"{PLACE}{BUREAUS[0]}"}
TOWNS = ("苇塘镇人民政府", "鹭桥镇人民政府", "新圩街道办事处")
CATEGORY = "/public/column/6615904?type=4&catId=6718758&action=list"
PER_PAGE = 5
CALL = """<div id="xxgklist"></div><script>$(function () {
 Ls.ajax({url: '/site/label/8888?IsAjax=1&dataType=html', data: {
  labelName: 'publicInfoList', siteId: '6786551',
  pageSize: 5, pageIndex: 1, action: 'list', isDate: 'true', dateFormat: 'yyyy-MM-dd', length: '16',
  organId: '6615904', type: 4, catId: '6718758', result: '暂无相关信息',
  file: '/c3/lb/publicInfoList_newest'},
  success: function (html) { $('#xxgklist').html(html); }}); });</script>"""


def article(entry: Entry, column: str) -> str:
    table = f"<table class='xxgk_top'><tr><td>发布日期</td><td>{entry.date}</td></tr></table>"
    text = f"<h1>{entry.name}</h1>{table}<div class='xxgk_content'>{content(entry)}</div>"
    return LOOK.page(entry.name, text, meta(entry, column))


def add_years(site: Site) -> None:
    """Add the platform's page of organs, and a page for each organ and year; some years are empty."""
    organs = "".join(f"<li data-organid='{number}'>{name}</li>" for number, name in ORGANS.items())
    years = "".join(f"<option value='{year}'>{year}年</option>" for year in YEARS)
    choice = f"<ul class='organs'>{organs}</ul><select id='year'>{years}</select>"
    site.pages[f"{PLATFORM}/"] = LOOK.column("政府信息公开年报", choice + groups())
    for number, organ in ORGANS.items():
        for year in YEARS:
            listed = []
            beside = look_alikes(PLACE, year, 0) if number == 12 else []
            for entry in [*annual([organ], [year]), *beside] if number != 27 or year > 2021 else []:
                target = f"{PLATFORM}/show/{4000 + len(site.pages)}.html"
                add_article(site, target, entry, article(entry, "政府信息公开年报"))
                listed.append((target, entry))
            text = f"<ul>{rows(listed)}</ul>" if listed else "<p>暂无相关信息</p>"
            html = LOOK.column("政府信息公开年报", f"<h3>{organ}</h3>{choice}{text}")
            site.pages[f"{PLATFORM}/year/{number}/{year}.html"] = html


def groups() -> str:
    return f"<a href='{CATEGORY}&nav=3'>县政府部门</a><a href='/News/showList/77.html'>乡镇（街道）</a>"


def add_numbered(site: Site, entries: list[Entry]) -> None:
    """Add a list whose pages are page_{n}.html, with no link from one to the next."""
    pages = list(chunks(entries, PER_PAGE))
    for number, chunk in enumerate(pages, 1):
        listed = []
        for entry in chunk:
            target = f"/News/show/{88000 + len(site.pages)}.html"
            add_article(site, target, entry, article(entry, "乡镇年报"))
            listed.append((target, entry))
        foot = f"<div class='page'>共{len(pages)}页 <input id='to'><a href='javascript:go()'>转到</a></div>"
        html = LOOK.column("乡镇街道年报", f"<ul>{rows(listed)}</ul>{foot}")
        site.pages[f"/News/showList/77/page_{number}.html"] = html
    site.pages["/News/showList/77.html"] = site.pages["/News/showList/77/page_1.html"]


def fragment(entries: list[tuple[str, Entry]]) -> Callable[[Asked], Reply]:
    """Answer for a piece of a list: no page around it, its titles cut short, its pager a script."""
    pages = list(chunks([entry for _, entry in entries], PER_PAGE))
    targets = {entry.name: target for target, entry in entries}

    def answer(asked: Asked) -> Reply:
        form = {name: values[-1] for name, values in parse_qs(asked.body.decode()).items()}
        if asked.method != "POST" or form.get("catId") != "6718758" or form.get("organId") != "6615904":
            return Reply("<ul><li>暂无相关信息</li></ul>")
        number = int(form.get("pageIndex", "1"))
        shown = pages[number - 1] if number <= len(pages) else []
        items = rows([(targets[entry.name], entry) for entry in shown], cut=16)
        script = f"Ls.pagination({{pageCount:{len(pages)},pageIndex:{number},total:{len(entries)}}});"
        return Reply(f"<ul class='xxgk_nav_list'>{items}</ul><script>{script}</script>")

    return answer


def make() -> Site:
    site = Site(PLACE, CODE, "anhui", {})
    site.pages["/"] = LOOK.page("首页", "<a href='/News/show/1.html'>芦泊县开展植树活动</a>")
    site.pages["/openness/"] = LOOK.page(
        "政府信息公开",
        f"<a href='/openness/OpennessGuide/'>政府信息公开指南</a><a href='{PLATFORM}/'>政府信息公开年报</a>",
    )
    add_years(site)
    add_numbered(site, of_organs(PLACE, TOWNS, (2023, 2022)))
    site.pages[f"{CATEGORY}&nav=3"] = LOOK.column("部门年报", CALL)
    listed = []
    for entry in of_organs(PLACE, BUREAUS[1:], (2023, 2022)):
        target = f"/public/content/{66000 + len(site.pages)}"
        add_article(site, target, entry, article(entry, "部门年报"))
        listed.append((target, entry))
    site.pages["/site/label/8888"] = fragment(listed)
    return site
