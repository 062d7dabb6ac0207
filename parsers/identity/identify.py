"""Identify a report: its title, publisher, place, scope and year, from the head of the document."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from parsers import places
from parsers.identity.organ_place import place_of_organ
from parsers.identity.scope import classify, kind_of_organ
from parsers.identity.titles import (
    HEAD_LINES,
    LONGEST,
    NO_ORGAN,
    PARTS,
    REPORT,
    ReportTitle,
    best_title,
    report_titles,
    years_in,
)
from parsers.places import Place
from parsers.report import Finding, Publisher
from parsers.text.chinese import (
    arabic_years,
    half_width_digits,
    is_traditional,
    simplified,
    without_pinyin,
    without_spaces,
)

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
HEAD_CHARACTERS = 3000
LONGEST_TITLE_LINE = 40

# 统计期限自2023年1月1日起, or 2023年1月1日至12月31日. Both start with a literal character, to be fast.
PERIODS = (
    re.compile("统计(?:期限?|时限|时间)[^。]{0,15}?(20[0-9]{2})年"),
    re.compile("年(?<=(20[0-9]{2})年)1月1日(?:起|开始)?(?:至|到|[-－—~～])(?:20[0-9]{2}年)?12月31日"),
)

LABELLED = re.compile(
    f"(?:{'|'.join(WORDS['publisher_labels'])})(?:[（(]盖章[）)])?"
    r"[ \t]*[:：][ \t]*([\u4e00-\u9fff（）()]{2,40}+)(?![ \t]*[:：])"
)
COMPILED_BY = re.compile(
    "由([\u4e00-\u9fff]{2,30}?)(?:[（(][^）)]*[）)])?(?:根据|依据|按照|编制|负责|组织|牵头)"
)
# The contact office is not always the publisher, but it is in the same place.
CONTACT = re.compile("请(?:与|联系)([\u4e00-\u9fff]{4,30}?)(?:联系|[（(，,])")
AFTER_THE_YEAR = re.compile(
    "20[0-9]{2}年度?[,，]([\u4e00-\u9fff]{4,25}?)(?:[，,\\[（]|认真|坚持|严格|按照|深入|以|在|共)"
)
BREADCRUMB_SEPARATORS = re.compile(r"[>›»\s]+")
# 市政府办公室, 区财政局: names that leave out the place.
WITHOUT_PLACE = re.compile("^[省市县区州盟旗镇乡].")


class Identity(NamedTuple):
    """What a report says about itself: its title as printed, its publisher and its data year."""

    title: str
    publisher: Publisher
    year: int | None
    findings: tuple[Finding, ...]


class DocumentHead(NamedTuple):
    """The first lines as printed, the same in simplified characters, and these as one text without spaces."""

    printed: list[str]
    lines: list[str]
    text: str


def identify(title: str, lines: Sequence[str], home: Place | None = None) -> Identity:
    """Find the title, publisher, place, scope and year of a report.

    ``title`` is the best title that the format reader found: it may be empty or include the site's name.
    ``lines`` are the document's lines as printed; navigation may come first, and all may be one line.
    ``home`` is the place whose site published it, used only if the document itself leaves the place open.
    Only the title and the first 60 lines or 3,000 characters count. What cannot be found is None (scope:
    ``unknown``), and a finding says why: ``I-YEAR``, ``I-PUBLISHER``, ``I-PLACE``, ``I-SCOPE``.
    Names are in simplified characters; the place is that of 31 December of the data year.
    """
    head = _document_head(lines)
    report_title, other_parts = _report_title(title, head)
    year, findings = _year(report_title, head)
    organ = _organ(report_title, head, year)
    if not organ:
        findings.append(_finding("I-PUBLISHER", "publisher.name", "neither title nor opening names an organ"))
    names = chain(_organs_named_in(head), CONTACT.findall(head.text), other_parts)
    location = place_of_organ(organ, year, names, head.text, home)
    if location.doubt:
        kind = "info" if location.place else "reading"
        findings.append(_finding("I-PLACE", "publisher.place", location.doubt, kind))
    verdict = classify(organ, location.kind, location.place, head.text, year)
    if verdict.doubt:
        findings.append(_finding("I-SCOPE", "publisher.scope", verdict.doubt, "info"))
    publisher = Publisher(organ or None, location.place.code if location.place else None, verdict.scope)
    return Identity(report_title.title, publisher, year, tuple(findings))


def _document_head(lines: Sequence[str]) -> DocumentHead:
    joined = half_width_digits("\n".join(lines[:HEAD_LINES])[:HEAD_CHARACTERS])
    simple = _simple(joined)
    return DocumentHead(joined.split("\n"), simple.split("\n"), without_spaces(simple))


def _simple(text: str) -> str:
    """Simplify traditional text, correct names of places that this gets wrong, and write years in digits."""
    if is_traditional(text):
        text = simplified(text)
        for wrong, right in WORDS["converted_names"].items():
            text = text.replace(wrong, right)
    return arabic_years(text)


def _finding(rule: str, field: str, message: str, kind: str = "reading") -> Finding:
    return Finding(rule, kind, (field,), message)


def _report_title(title: str, head: DocumentHead) -> tuple[ReportTitle, list[str]]:
    """Return the report's title, from ``title`` or else the lines, and the other parts of ``title``."""
    printed = without_pinyin(half_width_digits(title)).strip()
    simple = _simple(printed)
    best = best_title(
        [*report_titles(printed, simple), *report_titles(without_spaces(printed), without_spaces(simple))]
    )
    other_parts = [part for part in PARTS.split(without_spaces(simple)) if not REPORT.search(part)]
    if best and best.year and best.organ:
        return best, other_parts
    from_lines = _title_in_lines(head)
    if not best or not best.year:
        return from_lines or best or ReportTitle(PARTS.split(printed)[0].strip()), other_parts
    if from_lines and from_lines.year == best.year:
        return from_lines, other_parts
    return best, other_parts


def _title_in_lines(head: DocumentHead) -> ReportTitle | None:
    """Return the first title in the lines that names organ and year, else the first that names a year."""
    lines = [pair for pair in zip(head.printed, head.lines, strict=True) if pair[1].strip()]
    dated = []
    for at, (_, simple) in enumerate(lines):
        if "报告" in simple or "年报" in simple:
            best = best_title([each for each in _titles_ending_at(lines, at) if each.year])
            if best and best.organ:
                return best
            dated += [best] if best else []
    return dated[0] if dated else None


def _titles_ending_at(lines: list[tuple[str, str]], at: int) -> Iterator[ReportTitle]:
    """Find the titles in a line, and those that span two or three, the organ often alone on the first."""
    yield from report_titles(*lines[at])
    for first in range(at - 1, max(at - 3, -1), -1):
        broken = lines[first : at + 1]
        if max(len(simple.strip()) for _, simple in broken) > LONGEST_TITLE_LINE:
            return
        printed, simple = (without_spaces("".join(side)) for side in zip(*broken, strict=True))
        yield from (each for each in report_titles(printed, simple) if kind_of_organ(each.organ))


def _year(title: ReportTitle, head: DocumentHead) -> tuple[int | None, list[Finding]]:
    """Return the year of the title, else of the period of the data; a date of publication does not count."""
    stated = [year for period in PERIODS for found in period.findall(head.text) for year in years_in(found)]
    if title.year is None and not stated:
        message = "neither the title nor a period of the data (统计期限) names a year"
        return None, [_finding("I-YEAR", "year", message)]
    if title.year is None or not stated or title.year == stated[0]:
        return title.year or stated[0], []
    message = f"the title says {title.year}, the period of the data {stated[0]}"
    return title.year, [Finding("I-YEAR", "publisher", ("year",), message, stated[0], title.year)]


def _organ(title: ReportTitle, head: DocumentHead, year: int | None) -> str:
    """Return the organ that the title names, or a fuller name or the only name in the document's head."""
    organ = title.organ
    if organ and (not WITHOUT_PLACE.match(organ) or places.find(organ, year)):
        return organ
    fuller = (name for name in _organs_named_in(head) if _short(name).endswith(_short(organ)))
    return next(fuller, organ)


def _short(organ: str) -> str:
    return organ.replace("人民政府", "政府")


def _organs_named_in(head: DocumentHead) -> Iterator[str]:
    """Find names of organs in the document's head: publisher lines, breadcrumbs, then the first sentences."""
    for line in head.lines:
        yield from filter(_is_organ, LABELLED.findall(line))
    for line in head.lines:
        if (at := line.find("首页")) >= 0:
            yield from filter(_is_organ, reversed(BREADCRUMB_SEPARATORS.split(line[at : at + LONGEST])))
    for pattern in (COMPILED_BY, AFTER_THE_YEAR):
        yield from filter(_is_organ, pattern.findall(head.text))


def _is_organ(name: str) -> bool:
    return len(name) > 2 and not NO_ORGAN.search(name) and kind_of_organ(name) not in (None, "area")
