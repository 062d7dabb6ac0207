"""Entries of emulated lists: reports, and what only looks like one and stands beside them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tests.sites.reports import title

# Title and day of what stands in the same lists, seen on real sites.
LOOK_ALIKES = (
    ("{place}人民政府网站{year}年度工作报表", "{after}-01-20"),
    ("{place}{year}年法治政府建设年度报告", "{after}-03-25"),
    ("一图读懂：{place}人民政府{year}年政府信息公开工作年度报告", "{after}-03-21"),
    ("文字解读：{place}{year}年政府信息公开工作年度报告", "{after}-03-22"),
    ("关于做好{year}年政府信息公开工作年度报告编制和发布工作的通知", "{year}-12-20"),
    ("{place}政府信息公开指南（{year}年版）", "{year}-06-30"),
)


class Entry(NamedTuple):
    """A line of a list. What only looks like a report has no organ."""

    name: str
    date: str
    organ: str = ""
    year: int = 0


def annual(organs: Sequence[str], years: Iterable[int]) -> list[Entry]:
    """Give reports, newest year first; a government's own appears in March, the others in January."""
    return [
        Entry(title(organ, year), f"{year + 1}-{_day(organ, number)}", organ, year)
        for year in years
        for number, organ in enumerate(organs)
    ]


def look_alikes(place: str, year: int, *kinds: int) -> list[Entry]:
    """Give what is no report, by its place in the table of look-alikes."""
    chosen = [LOOK_ALIKES[kind] for kind in kinds]
    words = {"place": place, "year": year, "after": year + 1}
    return [Entry(name.format(**words), date.format(**words)) for name, date in chosen]


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.date, reverse=True)


def chunks(entries: Sequence[Entry], size: int) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), size):
        yield entries[start : start + size]


def _day(organ: str, number: int) -> str:
    whole = organ.endswith(("市人民政府", "县人民政府", "区人民政府"))
    return f"03-{10 + number:02}" if whole else f"01-{15 + number:02}"
