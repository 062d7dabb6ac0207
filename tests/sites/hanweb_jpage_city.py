"""澄湾市: Hanweb jpage in GBK, whose proxy counts by page alone; two lists on one page, titles cut short."""

from functools import partial
from urllib.parse import urlencode

from tests.sites import Asked, Reply, Site
from tests.sites.entries import annual, look_alikes, newest_first
from tests.sites.hanweb import PROXY, Row, article, datastore, dated, jpage, meta, note, parameters
from tests.sites.hanweb import shell as dressed

CITY, PLACE = "澄湾市", "990202"
YEARS = (2023, 2022, 2021, 2020, 2019)
DEPARTMENTS = ("财政局", "民政局", "司法局", "林业局")
TOWNS = ("芦塘镇人民政府", "东渡街道办事处")
SIZE = 3
UNITS = {120: (5501, 5502), 121: (5503,)}

shell = partial(dressed, CITY, PLACE, public="/col/col100/index.html", charset="gb2312")


def encoded(html: str) -> Reply:
    return Reply(html.encode("gb18030"), media_type="text/html")


def unit(column: int, number: int, rows: list[Row]) -> str:
    """Write a list with its first three pages; the group it names as next repeats what is there."""
    given: dict[str, str | int] = {"page": 1, **parameters(column, number), "webname": "%B3%CE%CD%E5"}
    onward = f"{PROXY}?{urlencode(given, safe='/')}"
    return jpage(number, datastore(rows[: SIZE * 3], onward, cut=number == 5502), len(rows), SIZE)


def proxy(lists: dict[str, list[Row]], asked: Asked) -> Reply:
    """Answer by ``page`` alone, whatever record is asked to be the first."""
    rows = lists.get(asked.query.get("unitid", ""), [])
    number = int(asked.query.get("page") or 1)
    chunk = rows[(number - 1) * SIZE : number * SIZE]
    return Reply(datastore(chunk, total=len(rows)), media_type="text/xml; charset=utf-8")


def lists_of(site: Site) -> dict[str, list[Row]]:
    """Add the articles, and give their lists by number of unit."""
    own = annual((f"{CITY}人民政府", f"{CITY}人民政府办公室"), YEARS)
    own += [entry for year in YEARS for entry in look_alikes(CITY, year, 0)]
    departments = annual([CITY + name for name in DEPARTMENTS], YEARS[:3]) + look_alikes(CITY, 2023, 1, 4, 5)
    towns = annual([CITY + name for name in TOWNS], YEARS[:4])
    lists: dict[str, list[Row]] = {}
    for column, number, entries in ((120, 5501, own), (120, 5502, departments), (121, 5503, towns)):
        lists[str(number)] = rows = []
        for entry in newest_first(entries):
            html = shell(entry.name, article(entry, 'id="zoom"'), meta(entry, "政府信息公开年报"))
            target = dated(entry, column, 30_000 + len(site.pages))
            rows.append(note(site, target, entry, b""))
            site.pages[target] = encoded(html)
    return lists


def make() -> Site:
    site = Site(CITY, PLACE, "hanweb_jpage", {})
    lists = lists_of(site)
    site.pages[PROXY] = partial(proxy, lists)
    site.pages["/"] = encoded(shell("首页", "<a href='/art/2024/1/3/art_9_1.html'>市政府召开常务会议</a>"))
    links = "<a href='/col/col101/index.html'>政府信息公开</a><a href='/col/col102/index.html'>重大决策</a>"
    site.pages["/col/col100/index.html"] = encoded(shell("政务公开", links))
    links = "<a href='/col/col118/index.html'>政府信息公开指南</a><a href='/col/col120/'>政府信息公开年报</a>"
    site.pages["/col/col101/index.html"] = encoded(shell("政府信息公开", links))
    for column, numbers in UNITS.items():
        units = "".join(unit(column, number, lists[str(number)]) for number in numbers)
        inner = f"<a href='/col/col121/index.html'>镇街年报</a>{units}"
        site.pages[f"/col/col{column}/index.html"] = encoded(shell("政府信息公开年报", inner))
    site.pages["/col/col120/"] = site.pages["/col/col120/index.html"]
    return site
