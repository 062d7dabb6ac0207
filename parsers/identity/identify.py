"""Who reports, for which place and year: told from a document's title and opening."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from parsers import places
from parsers.identity.scope import classify, kind_of_organ
from parsers.identity.titles import LONGEST, NO_ORGAN, PARTS, REPORT, Heading, best_of, headings, years_in
from parsers.identity.whereabouts import whereabouts
from parsers.places import Place
from parsers.report import Finding, Publisher
from parsers.text.chinese import (
    half_width_digits,
    is_traditional,
    plain_years,
    simplified,
    without_blanks,
    without_pinyin,
)

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
HEAD_LINES, HEAD_CHARACTERS = 60, 3000
LONGEST_TITLE_LINE = 40

# 统计期限自2023年1月1日起, or 2023年1月1日至12月31日: each pattern starts on a plain character, to be fast.
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
# The office to ask is not always the publisher, but it is in the same place.
CONTACT = re.compile("请(?:与|联系)([\u4e00-\u9fff]{4,30}?)(?:联系|[（(，,])")
LEADING = re.compile(
    "20[0-9]{2}年度?[,，]([\u4e00-\u9fff]{4,25}?)(?:[，,\\[（]|认真|坚持|严格|按照|深入|以|在|共)"
)
CRUMBS = re.compile(r"[>›»\s]+")
# 市政府办公室, 区财政局: the place is left out.
PLACELESS = re.compile("^[省市县区州盟旗镇乡].")


class Identity(NamedTuple):
    """What a report says it is: its own title as printed, its publisher and the year of its data."""

    title: str
    publisher: Publisher
    year: int | None
    findings: tuple[Finding, ...]


class Opening(NamedTuple):
    """The first lines as printed, the same simplified, and all of them as one text without blanks."""

    printed: list[str]
    lines: list[str]
    text: str


def identify(title: str, lines: Sequence[str], home: Place | None = None) -> Identity:
    """Tell title, publisher, place, scope and year of a report.

    ``title`` is the best title the format reader found: it may be empty or carry the site's name.
    ``lines`` are the document's lines as printed; navigation may come first and all may be one line.
    ``home`` is the place whose site published it, for what the document itself leaves open.
    Only the title and the first 60 lines or 3,000 characters count. What cannot be told stays None
    (scope: ``unknown``) and a finding says why: ``I-YEAR``, ``I-PUBLISHER``, ``I-PLACE``, ``I-SCOPE``.
    Names are simplified; the place is that of 31 December of the report's year.
    """
    opening = _opening(lines)
    heading, tails = _heading(title, opening)
    year, findings = _year(heading, opening)
    organ = _organ(heading, opening, year)
    if not organ:
        findings.append(_finding("I-PUBLISHER", "publisher.name", "neither title nor opening names an organ"))
    names = chain(_named_in(opening), CONTACT.findall(opening.text), tails)
    where = whereabouts(organ, year, names, opening.text, home)
    if where.doubt:
        kind = "info" if where.place else "reading"
        findings.append(_finding("I-PLACE", "publisher.place", where.doubt, kind))
    verdict = classify(organ, where.kind, where.place, opening.text, year)
    if verdict.doubt:
        findings.append(_finding("I-SCOPE", "publisher.scope", verdict.doubt, "info"))
    publisher = Publisher(organ or None, where.place.code if where.place else None, verdict.scope)
    return Identity(heading.title, publisher, year, tuple(findings))


def _opening(lines: Sequence[str]) -> Opening:
    joined = half_width_digits("\n".join(lines[:HEAD_LINES])[:HEAD_CHARACTERS])
    simple = _simple(joined)
    return Opening(joined.split("\n"), simple.split("\n"), without_blanks(simple))


def _simple(text: str) -> str:
    """Simplify traditional text, mend what that does to names of places, and write years in digits."""
    if is_traditional(text):
        text = simplified(text)
        for wrong, right in WORDS["converted_names"].items():
            text = text.replace(wrong, right)
    return plain_years(text)


def _finding(rule: str, field: str, message: str, kind: str = "reading") -> Finding:
    return Finding(rule, kind, (field,), message)


def _heading(title: str, opening: Opening) -> tuple[Heading, list[str]]:
    """The report's title, from the reader's title or else the lines, and the reader's title's other parts."""
    printed = without_pinyin(half_width_digits(title)).strip()
    simple = _simple(printed)
    best = best_of([*headings(printed, simple), *headings(without_blanks(printed), without_blanks(simple))])
    tails = [part for part in PARTS.split(without_blanks(simple)) if not REPORT.search(part)]
    if best and best.year and best.organ:
        return best, tails
    listed = _heading_of_lines(opening)
    if not best or not best.year:
        return listed or best or Heading(PARTS.split(printed)[0].strip()), tails
    if listed and listed.year == best.year:
        return listed, tails
    return best, tails


def _heading_of_lines(opening: Opening) -> Heading | None:
    """The first title in the lines that names organ and year, else the first that names a year."""
    lines = [pair for pair in zip(opening.printed, opening.lines, strict=True) if pair[1].strip()]
    dated = []
    for at, (_, simple) in enumerate(lines):
        if "报告" in simple or "年报" in simple:
            best = best_of([each for each in _headings_ending_in(lines, at) if each.year])
            if best and best.organ:
                return best
            dated += [best] if best else []
    return dated[0] if dated else None


def _headings_ending_in(lines: list[tuple[str, str]], at: int) -> Iterator[Heading]:
    """The titles in one line, and those broken over two or three, the organ often alone on the first."""
    yield from headings(*lines[at])
    for first in range(at - 1, max(at - 3, -1), -1):
        broken = lines[first : at + 1]
        if max(len(simple.strip()) for _, simple in broken) > LONGEST_TITLE_LINE:
            return
        printed, simple = (without_blanks("".join(side)) for side in zip(*broken, strict=True))
        yield from (each for each in headings(printed, simple) if kind_of_organ(each.organ))


def _year(heading: Heading, opening: Opening) -> tuple[int | None, list[Finding]]:
    """The title's year, else that of the period of the data; a date of publication is not asked."""
    stated = [
        year for period in PERIODS for found in period.findall(opening.text) for year in years_in(found)
    ]
    if heading.year is None and not stated:
        message = "neither the title nor a period of the data (统计期限) names a year"
        return None, [_finding("I-YEAR", "year", message)]
    if heading.year is None or not stated or heading.year == stated[0]:
        return heading.year or stated[0], []
    message = f"the title says {heading.year}, the period of the data {stated[0]}"
    return heading.year, [Finding("I-YEAR", "publisher", ("year",), message, stated[0], heading.year)]


def _organ(heading: Heading, opening: Opening, year: int | None) -> str:
    """The organ that the title names, or the fuller or only name that the opening gives."""
    organ = heading.organ
    if organ and (not PLACELESS.match(organ) or places.find(organ, year)):
        return organ
    fuller = (name for name in _named_in(opening) if _short(name).endswith(_short(organ)))
    return next(fuller, organ)


def _short(organ: str) -> str:
    return organ.replace("人民政府", "政府")


def _named_in(opening: Opening) -> Iterator[str]:
    """Names of organs in the opening: publisher lines, breadcrumbs, then the first sentences."""
    for line in opening.lines:
        yield from filter(_is_organ, LABELLED.findall(line))
    for line in opening.lines:
        if (at := line.find("首页")) >= 0:
            yield from filter(_is_organ, reversed(CRUMBS.split(line[at : at + LONGEST])))
    for pattern in (COMPILED_BY, LEADING):
        yield from filter(_is_organ, pattern.findall(opening.text))


def _is_organ(name: str) -> bool:
    return len(name) > 2 and not NO_ORGAN.search(name) and kind_of_organ(name) not in (None, "area")
