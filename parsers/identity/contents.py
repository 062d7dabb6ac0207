"""Does a document hold a report? The one place where the crawl and the reader ask it."""

import re
from collections.abc import Sequence

from parsers.identity.titles import LONGEST, RULES, Verdict, headings, look_alike, normalised, verdict
from parsers.text.chinese import plain_years, simplified, without_blanks

MARKERS, LEAST_MARKERS = tuple(RULES["contents"]["markers"]), int(RULES["contents"]["least_markers"])
# What below a report's title is a report in prose, as all were free to be before 2019: so many characters, or
# a first section.
LEAST_PROSE, FIRST_SECTION = 800, "一、"
# A document without a title may say what it is: 编制本报告, 编制2016年度政府信息公开工作年度报告.
SAYS_SO = re.compile(r"(?:编制|公布|发布)(?:本|20\d\d年?度?[^。]{0,24})(?:年度)?报告")
REPORTS_OF_A_LIST = 3
HEAD_LINES = 60
NO_REPORT = "the page holds no report, only its title"
LIST = "a list of reports (政府信息公开年报), not a report"


def judge(title: str, text: str, listed_as: str = "", has_files: bool = False) -> Verdict:
    """Decide whether a page is a report: by its own title, then by what it tells.

    ``text`` is the page's without blanks, ``listed_as`` its title in the list that links to it; where
    files hang on it, one of them may be the report. Gives ``report`` or ``refused`` with the reason.

    >>> judge("甲县2023年政府信息公开工作年度报告", "详见附件", has_files=True).kind
    'report'
    >>> judge("甲县2023年政府信息公开工作年度报告", "详见附件").reason
    'the page holds no report, only its title'
    """
    own = verdict(title, True)
    if own.kind == "refused":
        return own
    named = own if own.kind == "report" else verdict(listed_as, True)
    if tells_of_disclosure(text) or (has_files and named.kind == "report"):
        return Verdict("report", "", named.year)
    if own.kind == "report" and (len(text) >= LEAST_PROSE or FIRST_SECTION in text):
        return own
    return Verdict("refused", NO_REPORT, named.year)


def judge_prose(title: str, lines: Sequence[str]) -> Verdict:
    """Decide whether a document without any table of a form is a report in prose, as ``judge`` does.

    ``title`` may be empty: then it is the line that names a report, or the first. ``lines`` are as printed.

    >>> judge_prose("甲县2023年政府网站工作年度报表", []).reason
    'a statement on government websites (政府网站工作年度报表), not a disclosure report'
    """
    text = plain_years(simplified("\n".join(lines)))
    title = title or _title_line(text.split("\n"))
    if reason := look_alike(normalised(title)):
        return Verdict("refused", reason)
    if is_list_of_reports(text):
        return Verdict("refused", LIST)
    judged, text = judge(title, without_blanks(text)), without_blanks(text)
    says_so = judged.reason == NO_REPORT and FIRST_SECTION in text and SAYS_SO.search(text)
    return Verdict("report", "", judged.year) if says_so else judged


def tells_of_disclosure(text: str) -> bool:
    """Say whether a text tells what reports tell, whatever it is called."""
    return sum(map(text.__contains__, MARKERS)) >= LEAST_MARKERS


def is_list_of_reports(text: str) -> bool:
    """Tell a column's list of reports from a report, which has a section 总体情况 or prose.

    ``text`` is simplified, its lines kept and its years in plain digits.
    """
    if "总体情况" in text:
        return False
    named = (each for line in text.split("\n") for each in headings(line, line))
    return len({(each.organ, each.year) for each in named if each.year}) >= REPORTS_OF_A_LIST


def _title_line(lines: Sequence[str]) -> str:
    """Take the first line that names a report and its year, else the first that may be a title."""
    short = [line for line in lines[:HEAD_LINES] if 0 < len(line.strip()) <= LONGEST and "。" not in line]
    named = (line for line in short if any(each.year for each in headings(line, line)))
    return next(named, short[0] if short else "")
