"""Judge titles: is one a report's or only a look-alike, and which organ and year does it name?"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from parsers.formats import SUFFIXES
from parsers.identity.scope import kind_of_organ
from parsers.text.chinese import arabic_years, is_traditional, normalise, simplified_same_length

Kind = Literal["report", "perhaps", "refused", "other"]

RULES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
REPORT, SHORT, TRUNCATED, UNDATED, RELATED = (
    re.compile(RULES["report"][name]) for name in ("whole", "short", "truncated", "undated", "related")
)
RELATED_CHARACTERS = frozenset(RULES["report"]["related_characters"])
# The first year that a report may cover, and the last that is not a typing error.
FIRST_YEAR, LAST_YEAR = 2007, 2100
LONGEST = 80
# A document names itself in its first lines.
HEAD_LINES = 60
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
DATED = re.compile("(20[0-9]{2})年?(?:年?度)?")
SITE_TAIL = re.compile(r"(?<=报告|年报)[-_|—–].*$")
LEADING_MARK = re.compile(
    "^[(（【\\[](?:文字|图片|超链|PDF|pdf|HTML|全文|下载|置顶|终稿)[^)）】\\]]{0,6}[)）】\\]]"
)
ATTACHMENT = re.compile(rf"^附件\d*[:：.、]?|\.(?:{'|'.join(SUFFIXES)}|html?)$", re.I)
PARTS = re.compile(r"[_|｜>›»—–\-]+")
QUOTED = re.compile("《[^《》]*》")
# Characters that may precede a report's title but never occur inside it.
BOUNDARY = re.compile(r"[\s，。,：:；;《》“”\"!！?？>›»|｜_/\\—–\-]")
INTRODUCTION = re.compile(
    r"^(?:[（(【\[][^）)】\]]{1,8}[）)】\]])?(?:.*(?:公布|发布|印发|编制(?!委|办)|关于|现将))?"
)
# 关于做好2023年政府信息公开工作年度报告编制工作的通知 tells bodies to write reports.
INSTRUCTION = re.compile("^(?:做好|编制|编报|报送|填报|开展|加强|推进|撰写|规范)")
ABBREVIATED = re.compile("[（(](?:以下)?简称[^）)]*[）)]")
TRAIL = re.compile(r"(?:关于(?:公布|发布|报送|印发)?|的|全年|年度|度)+$")
BLANK_BY_DIGIT = re.compile(r"\s+(?=[0-9])|(?<=[0-9])\s+")
# Words in the position of an organ's name that do not name one: columns, sites, 我局, 本机关.
NO_ORGAN = re.compile(
    "首页|(?:信息|政务)公开(?:$|[年目指制平专])|年报|年度报告|网站|官网|政府网|本网|门户|专栏|平台|栏目"
    "|^(?:[我各]|本(?!溪)|全(?![椒州南]))"
)


class LookAlike(NamedTuple):
    """A kind of document that is not a report: words of its title, and the reason to refuse it.

    ``may_precede`` says that the words may also stand right before a report's title or its organ.
    """

    pattern: re.Pattern[str]
    reason: str
    may_precede: bool


LOOK_ALIKES = tuple(
    LookAlike(re.compile(each["pattern"]), each["reason"], each.get("may_precede", False))
    for each in RULES["look_alike"]
)


class Verdict(NamedTuple):
    """What a title is: ``report``, ``perhaps`` (see the page), ``refused`` with a reason, or ``other``."""

    kind: Kind
    reason: str = ""
    year: int | None = None


class ReportTitle(NamedTuple):
    """A report's title as printed, with the organ and the year that it names ("" and None if it does not)."""

    title: str
    organ: str = ""
    year: int | None = None


@lru_cache(maxsize=4096)
def judge_title(title: str, in_column: bool) -> Verdict:
    """Judge a title, in a column of reports (``in_column``) or anywhere else.

    >>> judge_title("甲县2023年政府信息公开工作年度报告", False)
    Verdict(kind='report', reason='', year=2023)
    >>> judge_title("图解：甲县2023年政府信息公开工作年度报告", True).reason
    'an explanation of a report (解读, 图解), not the report'
    >>> judge_title("机构职能", True).kind
    'other'
    """
    if not in_column and RELATED_CHARACTERS.isdisjoint(title):
        return Verdict("other")
    line = normalise_title(title)
    years = [int(year) for year in YEAR.findall(line)]
    if not RELATED.search(line) and not (in_column and years):
        return Verdict("other")
    year = _year_of_report(line, years)
    if reason := look_alike_reason(line):
        return Verdict("refused", reason, year)
    return Verdict(_kind(line, years, in_column), "", year)


def _kind(line: str, years: list[int], in_column: bool) -> Kind:
    if years and REPORT.search(line):
        return "report"
    if in_column and SHORT.search(line):
        return "report"
    if TRUNCATED.search(line) or (in_column and UNDATED.search(line)):
        return "perhaps"
    return "other"


def _year_of_report(line: str, years: list[int]) -> int | None:
    """Return the year nearest to 信息公开."""
    at = line.find("信息公开")
    if not years or at < 0:
        return years[-1] if years else None
    return int(min(YEAR.finditer(line), key=lambda year: abs(year.start() - at))[0])


def normalise_title(title: str) -> str:
    """Normalise a title: no white space, no marks like (文字版), no site name, years in Arabic digits."""
    line = normalise(title[: 6 * LONGEST])[: 3 * LONGEST // 2]
    line = arabic_years(simplified_same_length(line) if is_traditional(line) else line)
    line = ATTACHMENT.sub("", ATTACHMENT.sub("", line))
    return SITE_TAIL.sub("", LEADING_MARK.sub("", line))


def look_alike_reason(line: str) -> str:
    """Return why a normalised title is not a report's although it may look like one, or "".

    If one part of the title names a report, the other parts come from the site or the column: they count
    only if they describe the report itself (解读_X局2022年…年度报告). The name of the reporting organ never
    counts, nor does a title that is cited.

    >>> look_alike_reason("甲县2023年政府网站工作年度报表")
    'a statement on government websites (政府网站工作年度报表), not a disclosure report'
    >>> look_alike_reason("甲县预算评审中心2023年政府信息公开工作年度报告")
    ''
    """
    parts = PARTS.split(line)
    at = next((number for number, part in enumerate(parts) if REPORT.search(part)), None)
    own = parts if at is None else parts[at : at + 1]
    before = parts[: at or 0]
    for pattern, reason, may_precede in LOOK_ALIKES:
        found = any(pattern.search(part) and pattern.search(_without_names(part)) for part in own)
        if found or (may_precede and any(map(pattern.search, before))):
            return reason
    return ""


def _without_names(title: str) -> str:
    """Remove from a title the organ that it names, and any other title that it cites."""
    title = QUOTED.sub(lambda quoted: quoted[0] if REPORT.search(quoted[0]) else "", title)
    for found in report_titles(title, title):
        is_prefixed = any(each.may_precede and each.pattern.match(found.organ) for each in LOOK_ALIKES)
        if kind_of_organ(found.organ) not in (None, "unknown") and not is_prefixed:
            title = title.replace(found.organ, "", 1)
    return title


def best_title(found: Iterable[ReportTitle]) -> ReportTitle | None:
    """Prefer the title that names a year, then the one that names an organ, then the first."""
    return max(found, key=lambda each: (each.year is not None, each.organ != ""), default=None)


def report_titles(printed: str, simple: str) -> Iterator[ReportTitle]:
    """Find every title of a report in a line.

    ``simple`` is the line in simplified characters with years in Arabic digits, position for position.
    """
    printed, simple = BLANK_BY_DIGIT.sub("", printed), BLANK_BY_DIGIT.sub("", simple)
    if len(printed) != len(simple):
        printed = simple
    for found in REPORT.finditer(simple):
        organ_end = found.start() - 2 * (simple[found.start() - 2 : found.start()] in ("政府", "政务"))
        earliest = max(organ_end - LONGEST, 0)
        boundaries = BOUNDARY.finditer(simple, earliest, organ_end)
        start = max((boundary.end() for boundary in boundaries), default=earliest)
        start, organ = _organ_before(simple, start, organ_end)
        if organ.endswith("人民") and organ_end < found.start():
            organ += "政府"
        years = [*years_in(simple[start:organ_end])[::-1], *years_in(found[0])]
        if not INSTRUCTION.match(simple[start:organ_end]):
            yield ReportTitle(printed[start : found.end()], organ, years[0] if years else None)


def _organ_before(simple: str, start: int, end: int) -> tuple[int, str]:
    """Return where a title starts and the organ it names, without words like 关于公布 around the organ."""
    introduction = INTRODUCTION.match(simple[start:end])
    after = start + (introduction.end() if introduction else 0)
    if organ := _organ_in(simple[after:end]):
        return after, organ
    organ = _organ_in(simple[start:end])
    return (start, organ) if kind_of_organ(organ) else (after, "")


def _organ_in(text: str) -> str:
    organ = TRAIL.sub("", DATED.sub("", ABBREVIATED.sub("", text)))
    return "" if NO_ORGAN.search(organ) else organ


def years_in(text: str) -> list[int]:
    """Return the years from 2007 to 2100 that a text names in Arabic digits.

    >>> years_in("2022年度"), years_in("2006年")
    ([2022], [])
    """
    return [year for found in DATED.findall(text) if FIRST_YEAR <= (year := int(found)) <= LAST_YEAR]
