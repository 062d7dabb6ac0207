"""Cut a report's prose into its numbered sections."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from parsers.narrative.wording import DATA, compiled, joined
from parsers.report import Section
from parsers.text.chinese import number_of, simplified_in_place, without_blanks

HEADINGS = DATA["headings"]
HEADING = compiled(HEADINGS["regexes"], HEADINGS["words"])
TITLES = {title: number for number, titles in enumerate(HEADINGS["titles"], 1) for title in titles}
NOT_HEADINGS = tuple(HEADINGS["not_headings"])
ENOUGH = 6  # sections, after which no headings are looked for inside lines
PROSE = 12  # characters between two headings that make a text
LINE = 160  # characters of a line that are looked at for a title
LINE_START, KNOWN = 2, 4  # what speaks for a heading


class Heading(NamedTuple):
    """A numbered line or phrase that may open a section: its place, and how much speaks for it."""

    number: int
    start: int
    end: int
    weight: int


def sections(lines: Sequence[str]) -> tuple[Section, ...]:
    """Cut prose lines, in reading order and without table lines, into the report's numbered sections.

    A line may be a paragraph, a part of one, or the whole report. Headings are the sequence 一、二、三、
    that rises best, by number, place and title (section titles of 国办公开办函〔2021〕30号 and of earlier
    reports); what stands before the first, and page furniture after the last, is left out. ``heading``
    and ``text`` are as printed. Without a heading the answer is ().
    """
    text = HEADING["page_number"].sub("", "\n" + "\n".join(lines))
    read = simplified_in_place(text)
    headings = [heading for line in HEADING["line_start"].finditer(read) if (heading := _at_line_start(line))]
    found = _best(headings)
    if len(found) < ENOUGH:
        places = {heading.start: heading for heading in [*_inside_lines(read), *headings]}
        found = _best([*places.values()]) or _best([*_unnumbered(read)])
    furniture = HEADING["furniture_start"].search(read, found[-1].end) if found else None
    ends = [heading.start for heading in found[1:]] + [furniture.start() if furniture else len(read)]
    return tuple(
        Section(number, joined(text[start:stop]), text[stop:end].lstrip(" 。：:\t\r\n\u3000").rstrip())
        for (number, start, stop, *_), end in zip(found, ends, strict=False)
    )


def _at_line_start(numbered: re.Match[str]) -> Heading | None:
    start = numbered.end()
    line, following, *_ = f"{numbered.string[start : start + LINE]}\n\n".split("\n")
    length, weight = _title(line, following)
    number = int(number_of(numbered[1]))
    return Heading(number, numbered.start(1), start + length, LINE_START + weight) if length else None


def _title(line: str, following: str) -> tuple[int, int]:
    """How many characters of a line, after its number, are the section's title, and what it weighs."""
    squeezed = without_blanks(line)
    if squeezed in TITLES:
        return len(line), KNOWN
    if not squeezed or squeezed.startswith(NOT_HEADINGS):
        return 0, 0
    if title := HEADING["title"].match(line):
        more = HEADING["rest_of_line"].match(line, title.end())
        return (more or title).end(), KNOWN
    if len(following) < PROSE and HEADING["title"].fullmatch(squeezed + without_blanks(following)):
        return len(line) + 1 + len(following), KNOWN
    free = HEADING["free_title"].match(line)
    known = free and HEADING["keyword"].search(without_blanks(free[0]))
    return free.end() if free else 0, KNOWN if known else 0


def _inside_lines(read: str) -> Iterator[Heading]:
    for numbered in HEADING["inside_line"].finditer(read):
        title = HEADING["title"].match(read, numbered.end())
        if title and not title[0].startswith(NOT_HEADINGS):
            yield Heading(int(number_of(numbered[0][0])), numbered.start(), title.end(), KNOWN)


def _unnumbered(read: str) -> Iterator[Heading]:
    for line in HEADING["unnumbered"].finditer(read):
        if number := TITLES.get(without_blanks(line[2])):
            yield Heading(int(line[1] or number), line.start(), line.end(2), KNOWN)


def _best(headings: Sequence[Heading]) -> list[Heading]:
    """The rising sequence of headings that weighs most; the earliest of equals."""
    if len(headings) >= ENOUGH and [heading.number for heading in headings] == [*range(1, len(headings) + 1)]:
        return list(headings)
    best: dict[int, tuple[int, list[Heading]]] = {}
    ordered = sorted(headings, key=lambda heading: heading.start)
    for place, heading in enumerate(ordered, 1):
        following = ordered[place].start if place < len(ordered) else heading.end + PROSE
        weight = heading.weight + (following - heading.end >= PROSE)
        for score, before in [(0, []), *best.values()]:
            missing = heading.number - (before[-1].number if before else 0) - 1
            known = all(one.weight >= KNOWN for one in [heading, *before[-1:]])
            if missing and not (missing > 0 and known):
                continue
            if (score := score + weight - 3 * (missing > 0)) > best.get(heading.number, (0, []))[0]:
                best[heading.number] = score, [*before, heading]
    found = max(best.values(), key=lambda chain: chain[0])[1] if best else []
    return found if len(found) > 1 or any(heading.weight >= KNOWN for heading in found) else []
