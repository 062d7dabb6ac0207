"""云坞县: Hanweb jpage, whose proxy gives the records asked for; one list names its next group in cipher."""

from functools import partial
from hashlib import sha256
from typing import NamedTuple

from tests.sites import Asked, Reply, Site
from tests.sites.entries import Entry, annual, look_alikes, newest_first
from tests.sites.hanweb import PROXY, Row, article, datastore, dated, jpage, meta, note, parameters
from tests.sites.hanweb import shell as dressed

COUNTY, PLACE = "云坞县", "990203"
YEARS = (2023, 2022, 2021, 2020, 2019)
SIZE = 2
GROUP = SIZE * 3

shell = partial(dressed, COUNTY, PLACE, public="/col/col200/index.html")


class Column(NamedTuple):
    """A column: how its first page is filled ("plain", "cipher" or "empty"), and what stands in it."""

    number: int
    name: str
    kind: str
    entries: list[Entry]


def columns() -> list[Column]:
    own = annual((f"{COUNTY}人民政府", f"{COUNTY}人民政府办公室"), YEARS)
    own += [entry for year in YEARS for entry in look_alikes(COUNTY, year, 0, 2)]
    departments = annual([COUNTY + name for name in ("财政局", "交通运输局", "农业农村局")], YEARS[:3])
    departments += look_alikes(COUNTY, 2023, 1, 4) + look_alikes(COUNTY, 2022, 1, 4)
    towns = annual(
        [f"{COUNTY}{name}" for name in ("上坪镇人民政府", "竹源镇人民政府", "新丰街道办事处")], YEARS[:3]
    )
    return [
        Column(211, "县政府", "plain", own),
        Column(212, "县级部门", "cipher", departments),
        Column(213, "乡镇街道", "empty", towns),
    ]


def cipher(column: int, group: int) -> str:
    """Give the address of a group as a site writes it that wants to be followed and not understood."""
    return f"{PROXY}?page={group}&token={sha256(f'{column} {group}'.encode()).hexdigest()}"


def first_page(column: Column, rows: list[Row]) -> str:
    """Write a column's page; where it comes empty, its script alone says what list it shows."""
    unit = column.number * 10
    given = parameters(column.number, unit)
    if column.kind == "empty":
        data = ", ".join(f"{name}:'{value}'" for name, value in given.items())
        return jpage(unit, "", len(rows), SIZE, f", ajaxParam:{{{data}}}")
    query = "&".join(f"{name}={value}" for name, value in given.items())
    onward = cipher(column.number, 1) if column.kind == "cipher" else f"{PROXY}?page=1&{query}"
    return jpage(unit, datastore(rows[:GROUP], onward), len(rows), SIZE)


def proxy(lists: dict[str, list[Row]], asked: Asked) -> Reply:
    """Answer with the records asked for; without a first one, with the first group."""
    rows = lists.get(asked.query.get("columnid", ""), [])
    start = int(asked.query.get("startrecord") or 1)
    end = int(asked.query.get("endrecord") or GROUP)
    store = datastore(rows[start - 1 : end], total=len(rows))
    return Reply(store, media_type="text/xml; charset=utf-8")


def add_groups(site: Site, column: Column, rows: list[Row]) -> None:
    """Add the groups of a list in cipher; they say nothing of how many there are."""
    for start in range(GROUP, len(rows), GROUP):
        group = start // GROUP
        onward = cipher(column.number, group + 1) if start + GROUP < len(rows) else ""
        store = datastore(rows[start : start + GROUP], onward)
        site.pages[cipher(column.number, group)] = Reply(store, media_type="text/xml")


def make() -> Site:
    site = Site(
        COUNTY, PLACE, "hanweb_jpage", {}, start="http://@@hanweb_jpage_county@@/col/col210/index.html"
    )
    lists: dict[str, list[Row]] = {}
    groups = ""
    for column in columns():
        rows = lists[str(column.number)] = []
        for entry in newest_first(column.entries):
            html = shell(entry.name, article(entry, 'id="ivs_content"'), meta(entry, column.name))
            rows.append(note(site, dated(entry, column.number, 70_000 + len(site.pages)), entry, html))
        site.pages[f"/col/col{column.number}/index.html"] = shell(column.name, first_page(column, rows))
        groups += f"<li><a href='../col{column.number}/index.html'>{column.name}</a></li>"
        if column.kind == "cipher":
            add_groups(site, column, rows)
    site.pages[PROXY] = partial(proxy, lists)
    site.pages["/"] = shell("首页", "<a href='/col/col201/index.html'>政府信息公开</a>")
    links = "<a href='/col/col201/index.html'>政府信息公开</a><a href='/col/col209/index.html'>人事信息</a>"
    site.pages["/col/col200/index.html"] = shell("政务公开", links)
    links = "<a href='/col/col208/'>政府信息公开制度</a><a href='/col/col210/index.html'>政府信息公开年报</a>"
    site.pages["/col/col201/index.html"] = shell("政府信息公开", links)
    site.pages["/col/col210/index.html"] = shell("政府信息公开年报", f"<ul>{groups}</ul>")
    return site
