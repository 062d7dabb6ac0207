"""鹤汀市: Hanweb's disclosure module, an address for each organ and year, empty where there is no report."""

from functools import partial

from tests.sites import Asked, Reply, Site
from tests.sites.entries import Entry, annual, look_alikes
from tests.sites.hanweb import article, dated, meta, note
from tests.sites.hanweb import shell as dressed

CITY, PLACE = "鹤汀市", "990205"
REPORT = "/module/xxgk/xxgkAnnualReport.jsp"
YEARS = (2023, 2022, 2021, 2020, 2019)
# Organs by the code in their addresses: the years they reported on, and whether their pages offer these.
ORGANS = {
    "11990205004360011A": ("人民政府", YEARS, True),
    "11990205004360038B": ("人民政府办公室", YEARS, True),
    "11990205004360054C": ("财政局", YEARS, True),
    "11990205004360070D": ("市场监督管理局", YEARS[:3], True),
    "11990205004360097E": ("海棠镇人民政府", YEARS[:2], False),
    "11990205004360118F": ("南桥街道办事处", YEARS[1:3], False),
}

shell = partial(dressed, CITY, PLACE, public="/col/col300/index.html")


def page_of(area: str, entry: Entry | None) -> str:
    """Write the page of an organ, with the report of a year or with none."""
    organ, years, offered = ORGANS[area]
    options = "".join(f"<option value='{year}'>{year}年</option>" for year in years)
    choice = f"<select name='fbtime' onchange='turn(this)'>{options}</select>" if offered else ""
    name = entry.name if entry else "政府信息公开年报"
    text = article(entry, 'id="zoom"') if entry else f"<p>暂无数据</p><p>更新时间：{max(years) + 1}-02-01</p>"
    inner = f"<p>{CITY}{organ} 政府信息公开年报</p>{choice}{text}"
    return shell(name, inner, meta(entry, "政府信息公开年报") if entry else "")


def answer(pages: dict[tuple[str, str], Entry], asked: Asked) -> Reply:
    """Answer for an organ and a year; what is not there is an empty page, not a 404."""
    area, year = asked.query.get("area", ""), asked.query.get("fbtime", "")
    if area not in ORGANS:
        return Reply(shell("政府信息公开年报", "<p>暂无数据</p>"))
    return Reply(page_of(area, pages.get((area, year))))


def tree() -> str:
    """Write the frame with the organs: some are links, the others to be chosen."""
    items = [(area, CITY + organ) for area, (organ, _, _) in ORGANS.items()]
    links = "".join(
        f"<li><a href='xxgkAnnualReport.jsp?area={a}' target='r'>{n}</a></li>" for a, n in items[:3]
    )
    script = f"<li><span onclick=\"go('xxgkAnnualReport.jsp?area={items[3][0]}')\">{items[3][1]}</span></li>"
    options = "".join(f"<option value='{area}'>{name}</option>" for area, name in items[4:])
    return f"<html><body><ul>{links}{script}</ul><select name='area'>{options}</select></body></html>"


def make() -> Site:
    site = Site(CITY, PLACE, "hanweb_xxgk", {}, start="http://@@hanweb_xxgk_city@@/col/col301/index.html")
    pages: dict[tuple[str, str], Entry] = {}
    for area, (organ, years, _) in ORGANS.items():
        for entry in annual([CITY + organ], years):
            pages[area, str(entry.year)] = entry
            site.reports.add(f"{REPORT}?area={area}&fbtime={entry.year}")
    site.pages[REPORT] = partial(answer, pages)
    site.pages["/module/xxgk/tree.jsp"] = tree()
    rows = ""
    for number, entry in enumerate(look_alikes(CITY, 2023, 0, 1, 2, 4, 5)):
        target = dated(entry, 302, 9000 + number)
        note(site, target, entry, shell(entry.name, article(entry, 'id="zoom"'), meta(entry, "通知公告")))
        rows += f"<li><a href='{target}'>{entry.name}</a><span>{entry.date}</span></li>"
    site.pages["/"] = shell("首页", "<a href='/col/col301/index.html'>政府信息公开</a>")
    links = "<a href='/col/col301/index.html'>政府信息公开</a><a href='/col/col302/index.html'>通知公告</a>"
    site.pages["/col/col300/index.html"] = shell("政务公开", links)
    frame = f"<iframe src='/module/xxgk/tree.jsp?area=11{PLACE}' name='tree'></iframe>"
    site.pages["/col/col301/index.html"] = shell("政府信息公开年报", f"{frame}<ul>{rows}</ul>")
    site.pages["/col/col302/index.html"] = shell("通知公告", f"<ul>{rows}</ul>")
    return site
