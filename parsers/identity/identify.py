"""Identify a report: its title, publisher, place, scope and year, from the head of the document."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from parsers import places
from parsers.identity.names import (
    CONTACT,
    Named,
    lacks_place,
    organs_named,
    publisher_of,
    self_reference,
    speaks_otherwise,
)
from parsers.identity.organ_place import OrganPlace, Surroundings, place_of_organ
from parsers.identity.organs import is_name, kind_of_organ, split_central
from parsers.identity.printed_titles import REPORT, ReportTitle, best_title, report_titles
from parsers.identity.scope import classify, speaks_of_area
from parsers.identity.titles import HEAD_LINES, PARTS
from parsers.identity.years import data_year
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

    def speaks_otherwise(self, organ: str) -> bool:
        """Return whether the text speaks of the reporting body as another kind than this organ is."""
        return speaks_otherwise(kind_of_organ(organ), self_reference(self.text))


def identify(title: str, lines: Sequence[str], home: Place | None = None, fetched: str = "") -> Identity:
    """Find the title, publisher, place, scope and year of a report.

    ``title`` is the best title that the format reader found: it may be empty or include the site's name.
    ``lines`` are the document's lines as printed; navigation may come first, and all may be one line.
    ``home`` is the place whose site published it, used only if the document itself leaves the place open, and
    ``fetched`` the time it was fetched (ISO 8601, or ""): no report covers a year after that.
    Only the title and the first 60 lines or 3,000 characters count. What cannot be found is None (scope:
    ``unknown``), and a finding says why: ``I-YEAR``, ``I-PUBLISHER``, ``I-PLACE``, ``I-SCOPE``.
    Names are in simplified characters; the place is that of 31 December of the data year.
    """
    head = _document_head(lines)
    report_title, other_parts = _report_title(title, head)
    year, findings = data_year(report_title.title, report_title.years, head.text, fetched)
    named = list(organs_named(head.lines, head.text))
    organ = _organ(report_title.organ, named, head, year)
    if not organ:
        findings.append(_finding("I-PUBLISHER", "publisher.name", "neither title nor opening names an organ"))
    names = (*(each.name for each in named), *CONTACT.findall(head.text), *other_parts)
    location = place_of_organ(organ, year, Surroundings(names, head.text, home))
    if location.doubt:
        findings.append(_about_place(location))
    verdict = classify(organ, location.kind, location.place, head.text, year, fetched)
    if verdict.doubt:
        findings.append(_finding("I-SCOPE", "publisher.scope", verdict.doubt, "info"))
    publisher = Publisher(organ or None, location.place.code if location.place else None, verdict.scope)
    return Identity(report_title.title, publisher, year, tuple(findings))


def _about_place(location: OrganPlace) -> Finding:
    kind = "info" if location.place or location.is_national else "reading"
    return _finding("I-PLACE", "publisher.place", location.doubt, kind)


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
    if best and best.years and best.organ:
        return best, other_parts
    from_lines = _title_in_lines(head)
    if not best or not best.years:
        return from_lines or best or ReportTitle(PARTS.split(printed)[0].strip()), other_parts
    if from_lines and from_lines.years == best.years:
        return from_lines, other_parts
    return best, other_parts


def _title_in_lines(head: DocumentHead) -> ReportTitle | None:
    """Return the first title in the lines that names organ and year, else the first that names a year."""
    lines = [pair for pair in zip(head.printed, head.lines, strict=True) if pair[1].strip()]
    dated = []
    for at, (_, simple) in enumerate(lines):
        if "报告" in simple or "年报" in simple:
            best = best_title([each for each in _titles_ending_at(head, lines, at) if each.years])
            if best and best.organ:
                return best
            dated += [best] if best else []
    return dated[0] if dated else None


def _titles_ending_at(head: DocumentHead, lines: list[tuple[str, str]], at: int) -> Iterator[ReportTitle]:
    """Find the titles in a line, and those that span two or three, the organ often alone on the first.

    A line that names its organ completely is not joined to what stands above it.
    """
    own = list(report_titles(*lines[at]))
    if not any(_is_complete(each.organ) for each in own):
        yield from _joined_titles(head, lines, at, any(each.organ for each in own))
    yield from own


def _joined_titles(
    head: DocumentHead, lines: list[tuple[str, str]], at: int, is_broken_name: bool
) -> Iterator[ReportTitle]:
    for first in range(at - 1, max(at - 3, -1), -1):
        broken = lines[first : at + 1]
        if max(len(simple.strip()) for _, simple in broken) > LONGEST_TITLE_LINE:
            return
        printed, simple = (without_spaces("".join(side)) for side in zip(*broken, strict=True))
        above = without_spaces(broken[0][1])
        if first and is_name(above) and is_name(without_spaces(lines[first - 1][1])):
            return  # a menu of organs
        for title in report_titles(printed, simple):
            if _continues(above, title.organ, is_broken_name) and not head.speaks_otherwise(title.organ):
                yield title


def _is_complete(organ: str) -> bool:
    """Return whether a name begins with its place or is that of a body of the nation."""
    return bool(organ) and (places.match(organ, None)[0] > 0 or split_central(organ)[0] != "")


def _continues(above: str, organ: str, is_broken_name: bool) -> bool:
    """Return whether an organ's name begins with the line above the title, and that is no word of a menu.

    With ``is_broken_name`` the title's own line names an organ too; then the line above is none by itself.
    """
    if not is_name(organ) or not organ.startswith(above[: len(organ)]):
        return False
    if is_broken_name:
        return _is_complete(organ) and kind_of_organ(above) in (None, "area")
    return _is_complete(organ) or (organ == above and kind_of_organ(organ) != "department")


def _organ(organ: str, named: Sequence[Named], head: DocumentHead, year: int | None) -> str:
    """Return the organ that the title names, or a fuller name, or the publisher that the head names."""
    if not organ:
        return publisher_of(named, self_reference(head.text), speaks_of_area(head.text))
    if not lacks_place(organ, year):
        return organ
    return next((each.name for each in named if _short(each.name).endswith(_short(organ))), organ)


def _short(organ: str) -> str:
    return organ.replace("人民政府", "政府")
