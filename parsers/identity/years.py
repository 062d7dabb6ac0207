"""The data year of a report: from its title, else from the period of its data, and what speaks against it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from parsers.report import Finding

# The first year that a report may cover. A year after the last is a typing error (2032 for 2023), unless the
# document is known to have been fetched later.
FIRST_YEAR, LAST_YEAR = 2007, 2030
DECEMBER = 12
REVISED = "修订|修改|修正|更正|更新|勘误|补正|补充|重新|再次|发布|公布|印发|上传|制发|版"
# （2022年5月更正） tells of a revision, 〔2021〕30号 is the number of a document, 2021-05-10 a day.
NO_DATA_YEAR = re.compile(
    rf"[（(【\[〔][^（）()【】\[\]〔〕]{{0,12}}(?:{REVISED})[^（）()【】\[\]〔〕]{{0,12}}[）)】\]〕]"
    r"|[〔\[（(【]20[0-9]{2}年?[〕\]）)】]第?[0-9]+号"
    r"|(?<![0-9])20[0-9]{2}(?:年[0-9]{1,2}月|[-/.][0-9]{1,2}(?![0-9]))(?:[-/.]?[0-9]{1,2}日?)?"
    rf"|(?<![0-9])20[0-9]{{2}}年?(?:{REVISED})"
)
DATED = re.compile("(?<![0-9])(20[0-9]{2})(?![0-9])年?(?:年?度)?")
SPAN = re.compile(f"{DATED.pattern}(?:(?:[-—–－~～至到、和与及/／]|以及){DATED.pattern})*")
# 统计期限自2023年1月1日起, or 2023年1月1日至12月31日. Both start with a literal character, to be fast.
PERIODS = (
    re.compile("统计(?:期限?|时限|时间)[^。]{0,15}?(20[0-9]{2})年"),
    re.compile("年(?<=(20[0-9]{2})年)1月1日(?:起|开始)?(?:至|到|[-－—~～])(?:20[0-9]{2}年)?12月31日"),
)
PART_OF_YEAR = re.compile("季度|[上下]半年|半年(?:度|报)|[0-9]月份")
# 发布日期：2024-01-22, but not 统计时间：2023年1月1日至12月31日.
PUBLISHED = re.compile(
    r"(?<!统计)(?:日期|时间)[:：]?(20[0-9]{2})[-年/.]([0-9]{1,2}+)(?:[-月/.][0-9]{0,2}+日?+)?+(?![起至到—~～])"
)
FETCHED = re.compile("(20[0-9]{2})-([0-9]{2})")


class Month(NamedTuple):
    """A month of a year; later ones compare greater."""

    year: int
    month: int


class Bound(NamedTuple):
    """The latest year that a report can cover, and how that is known."""

    year: int
    reason: str


def years_in(text: str) -> list[int]:
    """Return the years that a text names in Arabic digits, without those of days, numbers and revisions.

    >>> years_in("2022年度"), years_in("2006年"), years_in("2021年度（2022年5月更正）")
    ([2022], [], [2021])
    >>> years_in("国办公开办函〔2021〕30号，2023年"), years_in("2021-2022年")
    ([2023], [2021, 2022])
    """
    return [year for found in DATED.findall(NO_DATA_YEAR.sub("", text)) if (year := int(found)) >= FIRST_YEAR]


def month_published(text: str, fetched: str) -> Month | None:
    """Return the month in which a text says that it was published.

    ``text`` is without white space. A month after that of ``fetched`` (ISO 8601, or "") is not believed.
    """
    found, at = PUBLISHED.search(text), FETCHED.match(fetched)
    if not found:
        return None
    month = Month(int(found[1]), int(found[2]))
    return None if at and month > Month(int(at[1]), int(at[2])) else month


def data_year(title: str, named: Sequence[int], text: str, fetched: str) -> tuple[int | None, list[Finding]]:
    """Return the data year, and findings on it.

    ``named`` are the years that the title names, ``text`` is the head of the document without white space,
    ``fetched`` the time when it was fetched, or "". The title counts first, then the period of the data; a
    date of publication does not tell the year, only which years are impossible.
    """
    if part := PART_OF_YEAR.search(title):
        return None, [_finding("reading", f"the title says that it covers part of a year only ({part[0]})")]
    bound = _bound(month_published(text, fetched), fetched)
    stated = [year for pattern in PERIODS for found in pattern.findall(text) for year in years_in(found)]
    possible = [year for year in stated if year <= bound.year]
    titles = sorted(set(named))
    if len(titles) == 1 and titles[0] <= bound.year:
        return titles[0], _another_period(titles[0], stated)
    doubt = _doubt(titles, stated, bound)
    year = possible[0] if possible and (len(titles) < 2 or possible[0] in titles) else None
    if year and titles:
        doubt += f"; the period of the data says {year}"
    return year, [_finding("reading", doubt)] if titles or not year else []


def _bound(published: Month | None, fetched: str) -> Bound:
    """Return the latest year that was over, or nearly so, when the document was published or fetched."""
    at = FETCHED.match(fetched)
    bounds = [Bound(LAST_YEAR, f"no report covers a year after {LAST_YEAR}")] if not at else []
    if at:
        bounds.append(Bound(_last_over(Month(int(at[1]), int(at[2]))), f"it was fetched on {fetched[:10]}"))
    if published:
        said = f"it says that it was published in {published.year}-{published.month:02}"
        bounds.append(Bound(_last_over(published), said))
    return min(bounds)


def _last_over(month: Month) -> int:
    return month.year if month.month == DECEMBER else month.year - 1


def _doubt(titles: list[int], stated: list[int], bound: Bound) -> str:
    if len(titles) > 1:
        return f"the title names the years {' and '.join(map(str, titles))}"
    if titles or stated:
        where = "title" if titles else "period of the data"
        return f"the {where} says {(titles or stated)[0]}, but {bound.reason}"
    return "neither the title nor a period of the data (统计期限) names a year"


def _another_period(year: int, stated: list[int]) -> list[Finding]:
    if not stated or stated[0] == year:
        return []
    message = f"the title says {year}, the period of the data {stated[0]}"
    return [_finding("publisher", message)._replace(expected=stated[0], actual=year)]


def _finding(kind: str, message: str) -> Finding:
    return Finding("I-YEAR", kind, ("year",), message)
