"""What a title says: whether it is a report's or only looks like one, and the organ and year it names."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from parsers.formats import SUFFIXES
from parsers.identity.scope import kind_of_organ
from parsers.text.chinese import is_traditional, plain, plain_years, simplified_in_place

Kind = Literal["report", "perhaps", "refused", "other"]

RULES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
REPORT, SHORT, CUT, UNDATED, RELATED = (
    re.compile(RULES["report"][name]) for name in ("whole", "short", "cut", "undated", "related")
)
HINT = frozenset(RULES["report"]["related_characters"])
# The first year that a report may be of, and the last that is no slip of the pen.
FIRST_YEAR, LAST_YEAR = 2007, 2100
LONGEST = 80
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
DATED = re.compile("(20[0-9]{2})年?(?:年?度)?")
SITE_TAIL = re.compile(r"(?<=报告|年报)[-_|—–].*$")
MARKED = re.compile(
    "^[(（【\\[](?:文字|图片|超链|PDF|pdf|HTML|全文|下载|置顶|终稿)[^)）】\\]]{0,6}[)）】\\]]"
)
ATTACHMENT = re.compile(rf"^附件\d*[:：.、]?|\.(?:{'|'.join(SUFFIXES)}|html?)$", re.I)
PARTS = re.compile(r"[_|｜>›»—–\-]+")
QUOTED = re.compile("《[^《》]*》")
# What may stand before a report's title but never inside it.
BORDER = re.compile(r"[\s，。,：:；;《》“”\"!！?？>›»|｜_/\\—–\-]")
LEAD = re.compile(r"^(?:[（(【\[][^）)】\]]{1,8}[）)】\]])?(?:.*(?:公布|发布|印发|编制(?!委|办)|关于|现将))?")
# 关于做好2023年政府信息公开工作年度报告编制工作的通知 is an order to write reports.
ORDER = re.compile("^(?:做好|编制|编报|报送|填报|开展|加强|推进|撰写|规范)")
ABBREVIATED = re.compile("[（(](?:以下)?简称[^）)]*[）)]")
TRAIL = re.compile(r"(?:关于(?:公布|发布|报送|印发)?|的|全年|年度|度)+$")
BLANK_BY_DIGIT = re.compile(r"\s+(?=[0-9])|(?<=[0-9])\s+")
# What stands where an organ may stand but is none: columns, sites, 我局, 本机关.
NO_ORGAN = re.compile(
    "首页|(?:信息|政务)公开(?:$|[年目指制平专])|年报|年度报告|网站|官网|政府网|本网|门户|专栏|平台|栏目"
    "|^(?:[我各]|本(?!溪)|全(?![椒州南]))"
)


class LookAlike(NamedTuple):
    """What is no report: words of its title, the reason, and whether they may stand right before an organ."""

    pattern: re.Pattern[str]
    reason: str
    leads: bool


LOOK_ALIKES = tuple(
    LookAlike(re.compile(each["pattern"]), each["reason"], each.get("leads", False))
    for each in RULES["look_alike"]
)


class Verdict(NamedTuple):
    """What a title is: ``report``, ``perhaps`` (the page must tell), ``refused`` with a reason, ``other``."""

    kind: Kind
    reason: str = ""
    year: int | None = None


class Heading(NamedTuple):
    """A report's title taken apart: as printed, and the organ and year that it names ("" and None)."""

    title: str
    organ: str = ""
    year: int | None = None


@lru_cache(maxsize=4096)
def verdict(title: str, in_column: bool) -> Verdict:
    """Judge a title, inside a report column or anywhere else.

    >>> verdict("甲县2023年政府信息公开工作年度报告", False)
    Verdict(kind='report', reason='', year=2023)
    >>> verdict("图解：甲县2023年政府信息公开工作年度报告", True).reason
    'an explanation of a report (解读, 图解), not the report'
    >>> verdict("机构职能", True).kind
    'other'
    """
    if not in_column and HINT.isdisjoint(title):
        return Verdict("other")
    line = normalised(title)
    years = [int(year) for year in YEAR.findall(line)]
    if not RELATED.search(line) and not (in_column and years):
        return Verdict("other")
    year = _year_of_report(line, years)
    if reason := look_alike(line):
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


def _year_of_report(line: str, years: list[int]) -> int | None:
    """Choose the year that stands nearest to 信息公开."""
    at = line.find("信息公开")
    if not years or at < 0:
        return years[-1] if years else None
    return int(min(YEAR.finditer(line), key=lambda year: abs(year.start() - at))[0])


def normalised(title: str) -> str:
    """Give a title without blanks, marks like (文字版), the site's name, with years in plain digits."""
    line = plain(title[: 6 * LONGEST])[: 3 * LONGEST // 2]
    line = plain_years(simplified_in_place(line) if is_traditional(line) else line)
    line = ATTACHMENT.sub("", ATTACHMENT.sub("", line))
    return SITE_TAIL.sub("", MARKED.sub("", line))


def look_alike(line: str) -> str:
    """Say why a title, normalised, is no report's although it may look like one; "" where it is none.

    Where a part of it names a report, the others are the site's or the column's: they count only for what
    they say of the report itself (解读_X局2022年…年度报告). The name of the organ that reports never counts,
    nor does what the title cites.

    >>> look_alike("甲县2023年政府网站工作年度报表")
    'a statement on government websites (政府网站工作年度报表), not a disclosure report'
    >>> look_alike("甲县预算评审中心2023年政府信息公开工作年度报告")
    ''
    """
    parts = PARTS.split(line)
    at = next((number for number, part in enumerate(parts) if REPORT.search(part)), None)
    own = parts if at is None else parts[at : at + 1]
    before = parts[: at or 0]
    for pattern, reason, leads in LOOK_ALIKES:
        found = any(pattern.search(part) and pattern.search(_without_names(part)) for part in own)
        if found or (leads and any(map(pattern.search, before))):
            return reason
    return ""


def _without_names(title: str) -> str:
    """Leave out of a title the organ that it names, and what it cites."""
    title = QUOTED.sub(lambda quoted: quoted[0] if REPORT.search(quoted[0]) else "", title)
    for heading in headings(title, title):
        is_led = any(each.leads and each.pattern.match(heading.organ) for each in LOOK_ALIKES)
        if kind_of_organ(heading.organ) not in (None, "unknown") and not is_led:
            title = title.replace(heading.organ, "", 1)
    return title


def best_of(found: Iterable[Heading]) -> Heading | None:
    """Choose the title that names a year and, among those that do, an organ; the first of equals."""
    return max(found, key=lambda each: (each.year is not None, each.organ != ""), default=None)


def headings(printed: str, simple: str) -> Iterator[Heading]:
    """Take apart every title of a report in a line.

    ``simple`` is the line simplified, its years in plain digits, character for character.
    """
    printed, simple = BLANK_BY_DIGIT.sub("", printed), BLANK_BY_DIGIT.sub("", simple)
    if len(printed) != len(simple):
        printed = simple
    for found in REPORT.finditer(simple):
        kind = found.start() - 2 * (simple[found.start() - 2 : found.start()] in ("政府", "政务"))
        earliest = max(kind - LONGEST, 0)
        start = max((border.end() for border in BORDER.finditer(simple, earliest, kind)), default=earliest)
        start, organ = _organ_before(simple, start, kind)
        if organ.endswith("人民") and kind < found.start():
            organ += "政府"
        years = [*years_in(simple[start:kind])[::-1], *years_in(found[0])]
        if not ORDER.match(simple[start:kind]):
            yield Heading(printed[start : found.end()], organ, years[0] if years else None)


def _organ_before(simple: str, start: int, end: int) -> tuple[int, str]:
    """Where a title starts and the organ it names, without 关于公布 before or behind the organ."""
    lead = LEAD.match(simple[start:end])
    after = start + (lead.end() if lead else 0)
    if organ := _organ_in(simple[after:end]):
        return after, organ
    organ = _organ_in(simple[start:end])
    return (start, organ) if kind_of_organ(organ) else (after, "")


def _organ_in(text: str) -> str:
    organ = TRAIL.sub("", DATED.sub("", ABBREVIATED.sub("", text)))
    return "" if NO_ORGAN.search(organ) else organ


def years_in(text: str) -> list[int]:
    """Give the years from 2007 to 2100 that a text names, in plain digits.

    >>> years_in("2022年度"), years_in("2006年")
    ([2022], [])
    """
    return [year for found in DATED.findall(text) if FIRST_YEAR <= (year := int(found)) <= LAST_YEAR]
