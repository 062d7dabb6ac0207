"""Tell reports from look-alikes by their titles: accepted, refused with the reason, or nothing to us."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from scraper.fetching.page import plain

Kind = Literal["report", "perhaps", "refused", "other"]

RULES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
REPORT, SHORT, CUT, UNDATED, RELATED = (
    re.compile(RULES[name]) for name in ("report", "short_report", "cut_report", "undated_report", "related")
)
LOOK_ALIKES = [(re.compile(each["pattern"]), each["reason"]) for each in RULES["look_alike"]]
HINT = frozenset(RULES["related_characters"])
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
CHINESE_YEAR = re.compile("(?:二|2)[〇○零0Oo][〇○零0一二三四五六七八九]{2}(?=年)")
DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
LEAD = re.compile("^[(（【\\[](?:文字|图片|超链|PDF|pdf|HTML|全文|下载|置顶|终稿)[^)）】\\]]{0,6}[)）】\\]]")
SITE_TAIL = re.compile(r"(?<=报告|年报)[-_|—–].*$")
ATTACHMENT = re.compile(r"^附件\d*[:：.、]?|\.(?:pdf|docx?|wps|ofd|xlsx?|zip|rar|txt|html?)$", re.I)
LONGEST = 120


class Verdict(NamedTuple):
    """What a title is: ``report``, ``perhaps`` (the page must tell), ``refused`` with a reason, ``other``."""

    kind: Kind
    reason: str = ""
    year: int | None = None


@lru_cache(maxsize=4096)
def verdict(title: str, in_column: bool) -> Verdict:
    """Judge a title, inside a report column or anywhere else.

    >>> verdict("甲县2023年政府信息公开工作年度报告", False)
    Verdict(kind='report', reason='', year=2023)
    >>> verdict("图解：甲县2023年政府信息公开工作年度报告", True).reason
    'an explanation of a report, not the report'
    >>> verdict("机构职能", True).kind
    'other'
    """
    if not in_column and HINT.isdisjoint(title):
        return Verdict("other")
    line = normalised(title)
    years = [int(year) for year in YEAR.findall(line)]
    year = _year_of_report(line, years)
    if not RELATED.search(line) and not (in_column and years):
        return Verdict("other")
    for pattern, reason in LOOK_ALIKES:
        if pattern.search(line):
            return Verdict("refused", reason, year)
    return Verdict(_kind(line, years, in_column), "", year)


def _kind(line: str, years: list[int], in_column: bool) -> Kind:
    if years and REPORT.search(line):
        return "report"
    if in_column and SHORT.search(line):
        return "report"
    if CUT.search(line) or (in_column and UNDATED.search(line)):
        return "perhaps"
    return "other"


def normalised(title: str) -> str:
    """Give a title without blanks, marks like (文字版), the site's name, with years in plain digits."""
    line = plain(title[: 4 * LONGEST])[:LONGEST]
    line = CHINESE_YEAR.sub(lambda year: year[0].replace("二", "2").translate(DIGITS), line)
    line = ATTACHMENT.sub("", ATTACHMENT.sub("", line))
    return SITE_TAIL.sub("", LEAD.sub("", line))


def _year_of_report(line: str, years: list[int]) -> int | None:
    """Choose the year that stands nearest to 信息公开."""
    at = line.find("信息公开")
    if not years or at < 0:
        return years[-1] if years else None
    return int(min(YEAR.finditer(line), key=lambda year: abs(year.start() - at))[0])
