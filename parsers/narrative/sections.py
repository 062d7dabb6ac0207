"""Split a report's prose into its numbered sections."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from parsers.narrative.wording import DATA, compile_regexes, join_lines
from parsers.report import Section
from parsers.text.chinese import number_of, simplified_same_length, without_spaces

HEADINGS = DATA["headings"]
HEADING = compile_regexes(HEADINGS["regexes"], HEADINGS["words"])
TITLES = {title: number for number, titles in enumerate(HEADINGS["titles"], 1) for title in titles}
NOT_HEADINGS = tuple(HEADINGS["not_headings"])
ENOUGH_SECTIONS = 6  # with as many sections, no headings are searched inside lines
LEAST_PROSE = 12  # characters between two headings that count as text
LONGEST_TITLE = 160  # characters of a line that are searched for a title
LINE_START_WEIGHT, KNOWN_TITLE_WEIGHT = 2, 4  # evidence for a heading


class Heading(NamedTuple):
    """A numbered line or phrase that may open a section: its span, and the weight of the evidence for it."""

    number: int
    start: int
    end: int
    weight: int


def sections(lines: Sequence[str]) -> tuple[Section, ...]:
    """Split prose lines, in reading order and without table lines, into the report's numbered sections.

    A line may be a paragraph, a part of one, or the whole report. The headings are the best rising sequence
    一、二、三、 by number, position and title (section titles of 国办公开办函〔2021〕30号 and of earlier
    reports). Text before the first heading, and page furniture after the last, is left out. ``heading`` and
    ``text`` are as printed. Returns () if there is no heading.
    """
    text = HEADING["page_number"].sub("", "\n" + "\n".join(lines))
    simple = simplified_same_length(text)
    headings = [
        heading for line in HEADING["line_start"].finditer(simple) if (heading := _at_line_start(line))
    ]
    chosen = _best_sequence(headings)
    if len(chosen) < ENOUGH_SECTIONS:
        by_start = {heading.start: heading for heading in [*_inside_lines(simple), *headings]}
        chosen = _best_sequence([*by_start.values()]) or _best_sequence([*_unnumbered(simple)])
    furniture = HEADING["furniture_start"].search(simple, chosen[-1].end) if chosen else None
    ends = [heading.start for heading in chosen[1:]] + [furniture.start() if furniture else len(simple)]
    return tuple(
        Section(number, join_lines(text[start:stop]), text[stop:end].lstrip(" 。：:\t\r\n\u3000").rstrip())
        for (number, start, stop, *_), end in zip(chosen, ends, strict=False)
    )


def _at_line_start(numbered: re.Match[str]) -> Heading | None:
    start = numbered.end()
    line, following, *_ = f"{numbered.string[start : start + LONGEST_TITLE]}\n\n".split("\n")
    length, weight = _measure_title(line, following)
    number = int(number_of(numbered[1]))
    return Heading(number, numbered.start(1), start + length, LINE_START_WEIGHT + weight) if length else None


def _measure_title(line: str, following: str) -> tuple[int, int]:
    """Return how many characters of a line, after its number, are a section's title, and its weight."""
    compact = without_spaces(line)
    if compact in TITLES:
        return len(line), KNOWN_TITLE_WEIGHT
    if not compact or compact.startswith(NOT_HEADINGS):
        return 0, 0
    if title := HEADING["title"].match(line):
        more = HEADING["rest_of_line"].match(line, title.end())
        return (more or title).end(), KNOWN_TITLE_WEIGHT
    if len(following) < LEAST_PROSE and HEADING["title"].fullmatch(compact + without_spaces(following)):
        return len(line) + 1 + len(following), KNOWN_TITLE_WEIGHT
    free = HEADING["free_title"].match(line)
    known = free and HEADING["keyword"].search(without_spaces(free[0]))
    return free.end() if free else 0, KNOWN_TITLE_WEIGHT if known else 0


def _inside_lines(simple: str) -> Iterator[Heading]:
    for numbered in HEADING["inside_line"].finditer(simple):
        title = HEADING["title"].match(simple, numbered.end())
        if title and not title[0].startswith(NOT_HEADINGS):
            yield Heading(int(number_of(numbered[0][0])), numbered.start(), title.end(), KNOWN_TITLE_WEIGHT)


def _unnumbered(simple: str) -> Iterator[Heading]:
    for line in HEADING["unnumbered"].finditer(simple):
        if number := TITLES.get(without_spaces(line[2])):
            yield Heading(int(line[1] or number), line.start(), line.end(2), KNOWN_TITLE_WEIGHT)


def _best_sequence(headings: Sequence[Heading]) -> list[Heading]:
    """Return the rising sequence of headings with the greatest weight; the earliest of equals."""
    if len(headings) >= ENOUGH_SECTIONS and [heading.number for heading in headings] == [
        *range(1, len(headings) + 1)
    ]:
        return list(headings)
    best: dict[int, tuple[int, list[Heading]]] = {}
    ordered = sorted(headings, key=lambda heading: heading.start)
    for place, heading in enumerate(ordered, 1):
        following = ordered[place].start if place < len(ordered) else heading.end + LEAST_PROSE
        weight = heading.weight + (following - heading.end >= LEAST_PROSE)
        for score, before in [(0, []), *best.values()]:
            missing = heading.number - (before[-1].number if before else 0) - 1
            known = all(one.weight >= KNOWN_TITLE_WEIGHT for one in [heading, *before[-1:]])
            if missing and not (missing > 0 and known):
                continue
            if (score := score + weight - 3 * (missing > 0)) > best.get(heading.number, (0, []))[0]:
                best[heading.number] = score, [*before, heading]
    chosen = max(best.values(), key=lambda chain: chain[0])[1] if best else []
    return (
        chosen if len(chosen) > 1 or any(heading.weight >= KNOWN_TITLE_WEIGHT for heading in chosen) else []
    )
