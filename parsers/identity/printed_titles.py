"""Find the titles of reports in a line, and the organ and the years that each names."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from parsers.identity.organs import NOT_OWN, SELF_NAMES, is_name
from parsers.identity.years import NO_DATA_YEAR, SPAN, years_in

RULES = tomllib.loads(Path(__file__).with_name("titles.toml").read_text("utf-8"))
REPORT = re.compile(RULES["report"]["whole"])
LONGEST = 80
# Characters that may precede a report's title but never occur inside it, except in 2021-2022年.
BOUNDARY = re.compile(r"[\s，。,：:；;《》“”\"!！?？>›»|｜_\\]|(?<![0-9])[—–/\-]|[—–/\-](?![0-9])")
# Words before the name of the organ, and brackets and numbers before the title: （文字版）, 一、.
LEAD = re.compile(RULES["report"]["lead"])
LEADING_MARK = re.compile(r"^(?:[（(【\[][^）)】\]]{1,8}[）)】\]]|[0-9一二三四五六七八九十]{1,2}[、.．])")
# 关于做好2023年政府信息公开工作年度报告编制工作的通知 tells bodies to write reports.
INSTRUCTION = re.compile("(?:做好|编制|编报|报送|填报|开展|加强|推进|撰写|规范)")
ABBREVIATED = re.compile("[（(](?:以下)?简称[^）)]*[）)]")
SELF = f"(?:我|{NOT_OWN}本)(?:{'|'.join(SELF_NAMES)}|部门|[省市州县区旗])"
TRAIL = re.compile(f"(?:关于|的|全年|年度|度|{SELF})+$")
BLANK_BY_DIGIT = re.compile(r"\s+(?=[0-9])|(?<=[0-9])\s+")


class ReportTitle(NamedTuple):
    """A report's title as printed, with the organ ("" if none) and the years that it names, often one."""

    title: str
    organ: str = ""
    years: tuple[int, ...] = ()


def best_title(found: Iterable[ReportTitle]) -> ReportTitle | None:
    """Prefer the title that names a year, then the one that names an organ, then the first."""
    return max(found, key=lambda each: (each.years != (), each.organ != ""), default=None)


def report_titles(printed: str, simple: str) -> Iterator[ReportTitle]:
    """Find every title of a report in a line.

    ``simple`` is the line in simplified characters with years in Arabic digits, position for position.
    """
    printed, simple = BLANK_BY_DIGIT.sub("", printed), BLANK_BY_DIGIT.sub("", simple)
    if len(printed) != len(simple):
        printed = simple
    for found in REPORT.finditer(simple):
        organ_end = _end_of_organ(simple, found.start())
        earliest = max(organ_end - LONGEST, 0)
        boundaries = BOUNDARY.finditer(simple, earliest, organ_end)
        start = max((boundary.end() for boundary in boundaries), default=earliest)
        start, organ = _organ_before(simple, start, organ_end)
        if not INSTRUCTION.match(simple[start:organ_end]):
            years = dict.fromkeys(years_in(simple[start : found.end()]))
            yield ReportTitle(printed[start : found.end()], organ, tuple(years))


def _end_of_organ(simple: str, end: int) -> int:
    """Return where the text before 信息公开 ends without 政府 or 政务, unless that belongs to 人民政府."""
    before = simple[max(end - 4, 0) : end]
    return end - 2 * (before.endswith(("政府", "政务")) and before != "人民政府")


def _organ_before(simple: str, start: int, end: int) -> tuple[int, str]:
    """Return where a title starts and the organ it names ("" for none).

    The organ stands behind words like 关于公布, or before them if nothing or only 我局 follows.
    """
    mark = LEADING_MARK.match(simple[start:end])
    start += mark.end() if mark else 0
    leads = [(start, start), *(lead.span() for lead in LEAD.finditer(simple, start, end))]
    until = end
    for lead_start, lead_end in reversed(leads):
        if _named_in(simple[lead_end:until]):
            return lead_end, organ_in(simple[lead_end:until])
        until = lead_start
    return leads[-1][1], ""


def organ_in(text: str) -> str:
    """Return the organ that a piece of a title names, without marks and years, or ""."""
    organ = _named_in(text)
    return organ if is_name(organ) else ""


def _named_in(text: str) -> str:
    """Return what a piece of a title names, be it an organ or not; "" if that is only 我局."""
    named = SPAN.sub("", NO_DATA_YEAR.sub("", ABBREVIATED.sub("", text)))
    return TRAIL.sub("", named)
