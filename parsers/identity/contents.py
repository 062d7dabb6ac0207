"""Decide whether a document contains a report: the one place for the crawler and the parser."""

import re
from collections.abc import Sequence

from parsers.identity.printed_titles import LONGEST, RULES, report_titles
from parsers.identity.titles import HEAD_LINES, Verdict, judge_title, look_alike_reason, normalise_title
from parsers.text.chinese import arabic_years, simplified, without_spaces

MARKERS, LEAST_MARKERS = tuple(RULES["contents"]["markers"]), int(RULES["contents"]["least_markers"])
# Before 2019 publishers were free to report in prose: this many characters below the title of a report, or a
# first section, are enough.
LEAST_PROSE, FIRST_SECTION = 800, "一、"
# How a document without a title says what it is: 编制本报告, 编制2016年度政府信息公开工作年度报告, 本报告由….
SELF_DESCRIPTION = re.compile(
    r"(?:编制|公布|发布)(?:本|20\d\d年?度?[^。]{0,24})(?:年度)?报告"
    r"|本(?:年度)?(?:报告|年报)(?:中?所列|[根依]据|按照|由|中的?数据|数据|的?统计|包括|全文)"
)
LEAST_LISTED = 3
NO_REPORT = "the page holds no report, only its title"
LIST_OF_REPORTS = "a list of reports (政府信息公开年报), not a report"


def judge_page(title: str, text: str, listed_as: str = "", has_files: bool = False) -> Verdict:
    """Decide whether a page is a report, from its title and then its text.

    ``text`` is the page's text without white space, ``listed_as`` the page's title in the list that links
    to it. With ``has_files``, one of the attached files may be the report. The kind of the verdict is
    ``report``, or ``refused`` with a reason.

    >>> judge_page("甲县2023年政府信息公开工作年度报告", "详见附件", has_files=True).kind
    'report'
    >>> judge_page("甲县2023年政府信息公开工作年度报告", "详见附件").reason
    'the page holds no report, only its title'
    """
    own = judge_title(title, True)
    if own.kind == "refused":
        return own
    best = own if own.kind == "report" else judge_title(listed_as, True)
    if has_report_markers(text) or (has_files and best.kind == "report"):
        return Verdict("report", "", best.year)
    if own.kind == "report" and (len(text) >= LEAST_PROSE or FIRST_SECTION in text):
        return own
    return Verdict("refused", NO_REPORT, best.year)


def judge_prose(title: str, lines: Sequence[str]) -> Verdict:
    """Decide whether a document without any table of a form is a report in prose; see ``judge_page``.

    If ``title`` is empty, the line that names a report counts, else the first. ``lines`` are as printed.

    >>> judge_prose("甲县2023年政府网站工作年度报表", []).reason
    'a statement on government websites (政府网站工作年度报表), not a disclosure report'
    """
    text = arabic_years(simplified("\n".join(lines)))
    title = title or _title_line(text.split("\n"))
    if reason := look_alike_reason(normalise_title(title)):
        return Verdict("refused", reason)
    if is_list_of_reports(text):
        return Verdict("refused", LIST_OF_REPORTS)
    verdict, text = judge_page(title, without_spaces(text)), without_spaces(text)
    describes_itself = (
        verdict.reason == NO_REPORT
        and FIRST_SECTION in text
        and "信息公开" in text
        and SELF_DESCRIPTION.search(text)
    )
    return Verdict("report", "", verdict.year) if describes_itself else verdict


def has_report_markers(text: str) -> bool:
    """Return whether a text covers what reports cover, whatever its title is."""
    return sum(map(text.__contains__, MARKERS)) >= LEAST_MARKERS


def is_list_of_reports(text: str) -> bool:
    """Return whether a text is a list of reports; a report has a section 总体情况 or prose.

    ``text`` is in simplified characters, with line breaks and with years in Arabic digits.
    """
    if "总体情况" in text:
        return False
    titles = (each for line in text.split("\n") for each in report_titles(line, line))
    return len({(each.organ, each.years) for each in titles if each.years}) >= LEAST_LISTED


def _title_line(lines: Sequence[str]) -> str:
    """Return the first line that names a report and its year, else the first that may be a title."""
    short = [line for line in lines[:HEAD_LINES] if 0 < len(line.strip()) <= LONGEST and "。" not in line]
    with_year = (line for line in short if any(each.years for each in report_titles(line, line)))
    return next(with_year, short[0] if short else "")
