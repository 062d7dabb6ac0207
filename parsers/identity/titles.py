"""Judge titles: is one a report's or only a look-alike, and which organ and year does it name?"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from parsers.formats import SUFFIXES
from parsers.identity.organs import kind_of_organ
from parsers.identity.printed_titles import LONGEST, REPORT, RULES, organ_in, report_titles
from parsers.identity.years import NO_DATA_YEAR
from parsers.text.chinese import arabic_years, is_traditional, normalise, simplified_same_length

Kind = Literal["report", "perhaps", "refused", "other"]

SHORT, TRUNCATED, UNDATED, RELATED = (
    re.compile(RULES["report"][name]) for name in ("short", "truncated", "undated", "related")
)
RELATED_CHARACTERS = frozenset(RULES["report"]["related_characters"])
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# A document names itself in its first lines.
HEAD_LINES = 60
SITE_TAIL = re.compile(r"(?<=报告|年报)[-_|—–].*$")
LEADING_MARK = re.compile(
    "^[(（【\\[](?:文字|图片|超链|PDF|pdf|HTML|全文|下载|置顶|终稿)[^)）】\\]]{0,6}[)）】\\]]"
)
ATTACHMENT = re.compile(rf"^附件\d*[:：.、]?|\.(?:{'|'.join(SUFFIXES)}|html?)$", re.I)
PARTS = re.compile(r"[_|｜>›»—–\-]+")
QUOTED = re.compile("《[^《》]*》")


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
    has_year = YEAR.search(line) is not None
    if not RELATED.search(line) and not (in_column and has_year):
        return Verdict("other")
    year = _year_of_report(line)
    if reason := look_alike_reason(line):
        return Verdict("refused", reason, year)
    return Verdict(_kind(line, has_year, in_column), "", year)


def _kind(line: str, has_year: bool, in_column: bool) -> Kind:
    if has_year and REPORT.search(line):
        return "report"
    if in_column and SHORT.search(line):
        return "report"
    if TRUNCATED.search(line) or (in_column and UNDATED.search(line)):
        return "perhaps"
    return "other"


def _year_of_report(line: str) -> int | None:
    """Return the year nearest to 信息公开, not that of a day or a revision."""
    line = NO_DATA_YEAR.sub("", line)
    years, at = list(YEAR.finditer(line)), line.find("信息公开")
    nearest = min(years, key=lambda year: abs(year.start() - at)) if at >= 0 and years else None
    return int((nearest or years[-1])[0]) if years else None


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
    organs = [each.organ for each in report_titles(title, title)]
    if not organs and (short := SHORT.search(title)):
        organs = [organ_in(title[: short.start()])]
    for organ in organs:
        is_prefixed = any(each.may_precede and each.pattern.match(organ) for each in LOOK_ALIKES)
        if kind_of_organ(organ) not in (None, "unknown") and not is_prefixed:
            title = title.replace(organ, "", 1)
    return title
