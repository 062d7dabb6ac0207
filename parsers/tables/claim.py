"""Give every figure in a table to the row whose label it follows, and name those that nobody claims."""

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from parsers.forms import Table
from parsers.tables.locate import Located
from parsers.tables.stream import Mark, Stream
from parsers.tables.values import read
from parsers.text.chinese import letters, simplified
from parsers.text.lines import Line
from parsers.text.units import COUNTED, MONEY

UNITS = frozenset((*COUNTED, *MONEY, "单位"))
COUNTED_AS = re.compile(r"计\d")


class Claim(NamedTuple):
    """One row's marks in order; ``ruled`` where the format drew its cells.

    ``between`` are the letters between its label and its figures: a unit, or the rest of a remark.
    ``parted`` are the marks as they are if the last digits are the next label's number.
    """

    row: int
    marks: tuple[Mark, ...]
    ruled: bool
    between: str
    parted: tuple[Mark, ...] | None = None


class Unclaimed(NamedTuple):
    """Figures behind a ``label`` that the form does not know, or with none where it has no place."""

    label: str
    marks: tuple[Mark, ...]


class Claims(NamedTuple):
    """A located table with what its rows claim. ``header`` are the letters of its header."""

    located: Located
    header: str
    rows: tuple[Claim, ...]
    unclaimed: tuple[Unclaimed, ...]

    @property
    def table(self) -> Table:
        return self.located.table


def claims(stream: Stream, located: Located, end: int | None) -> Claims:
    """Read the rows of a table that ends before the letter ``end`` (None: prose may follow)."""
    found = [i for i, span in enumerate(located.rows) if span]
    starts = [span[0] for span in located.rows if span]
    limits = [*starts[1:], len(stream.letters) if end is None else end]
    rows, unclaimed = [], _in_header(stream, located)
    for i, limit in zip(found, limits, strict=True):
        claim, rest = _claim(stream, located, i, limit)
        drawn, elsewhere = _drawn(stream, located, claim)
        rows.append(drawn)
        unclaimed += elsewhere
        if end is not None or i != found[-1]:
            unclaimed += _unknown(stream, located, i, rest)
    header = stream.letters[located.start : starts[0]]
    return Claims(located, header, tuple(rows), tuple(unclaimed))


def _in_header(stream: Stream, located: Located) -> list[Unclaimed]:
    last = located.first if located.table.rows else located.last - 1
    marks = tuple(mark for mark in stream.marks_between(located.start - 1, last) if _has_digits(mark))
    return [Unclaimed("", marks)] if marks else []


def _claim(stream: Stream, located: Located, row: int, limit: int) -> tuple[Claim, list[Mark]]:
    """Take the marks behind a label up to the first foreign letters."""
    start, end = located.rows[row] or (0, 0)
    marks = stream.marks_between(start if located.table.rows else end - 1, limit)
    if located.table.rows:
        marks = _without_own_digit(stream, located.table.rows[row].printed, marks, end)
    width = located.table.width
    at, taken = end, 0
    for taken, mark in enumerate(marks):
        if mark.position > at:
            claimed = [m for m in marks[:taken] if m.solid or _is_figure(m)]
            passes = _goes_on(stream, located, row, at, mark.position) if not claimed else False
            if len(claimed) >= width or not (passes or _is_unit(stream.letters[at : mark.position])):
                break
            at = mark.position
    else:
        taken = len(marks)
    between = stream.letters[end : marks[0].position] if marks else ""
    return Claim(row, tuple(marks[:taken]), False, between), marks[taken:]


def _without_own_digit(stream: Stream, label: str, marks: list[Mark], end: int) -> list[Mark]:
    """Leave out the digit of the label itself (计1条), also where a line tore it off the label's end."""
    if not COUNTED_AS.search(label):
        return marks
    of_label = [mark for mark in marks if _is_digit_of(label, mark)]
    inside = [mark for mark in of_label if mark.position < end]
    behind = (mark for mark in of_label if stream.letters.startswith("计", mark.position - 1))
    own = inside or list(behind)[:1]
    return [mark for mark in marks if mark not in own]


def _is_digit_of(label: str, mark: Mark) -> bool:
    """Say whether a mark is a digit of the label itself (计1条), whose brackets a line tore."""
    return any(f"计{mark.text.rstrip(unit)}{unit}" in label for unit in "条次" if mark.text)


def _goes_on(stream: Stream, located: Located, row: int, start: int, end: int) -> bool:
    """Say whether the letters between a label and its figures still belong to the label.

    They may fill up its cell, stand in brackets, or be the label's own next letters, parted from it.
    """
    start = min(max(start, stream.cell_end(start - 1)), end)
    rest = stream.letters[start:end]
    for remark_start, remark_end in stream.remarks:
        if start <= remark_start and remark_end <= end:
            rest = rest.replace(stream.letters[remark_start:remark_end], "", 1)
    if not located.table.rows or _is_unit(rest):
        return not rest or _is_unit(rest)
    (label_start, _), spelling = located.rows[row] or (0, 0), located.table.rows[row].letters
    _, found, own = spelling.partition(stream.letters[label_start:start])
    unit = next((unit for unit in UNITS if rest.endswith(unit)), "")
    return bool(found) and own.startswith(rest.removesuffix(unit))


def _is_unit(rest: str) -> bool:
    return not rest or rest in UNITS


def _drawn(stream: Stream, located: Located, claim: Claim) -> tuple[Claim, list[Unclaimed]]:
    """Where the format drew the cells, keep to the lines of the label if its figures do not fit.

    Figures that stand in other lines, behind no label, are nobody's.
    """
    start, end = located.rows[claim.row] or (0, 0)
    first, last = stream.line_of(start), stream.line_of(end - 1)
    lines = stream.lines[first : last + 1]
    if not any(line.ruled for line in lines):
        return claim, []
    told = any(first <= mark.line <= last and _is_figure(mark) for mark in claim.marks)
    marks = tuple(
        mark
        for mark in claim.marks
        if mark.line <= last
        or not (_leads_a_row(stream, mark) or (told and not stream.lines[mark.line].ruled))
    )
    claim = claim._replace(ruled=True, marks=_without_empty_rows(marks))
    width = located.table.width
    if len(claim.marks) == width:
        return claim, []
    if not located.table.rows:
        return _in_one_row(stream, claim, width), []
    spellings = located.table.rows[claim.row].spellings
    own = next((cells for line in lines if len(cells := _cells_behind(line, spellings)) >= width), None)
    if own is None:
        return claim, []
    elsewhere = tuple(mark for mark in claim.marks if not first <= mark.line <= last and _has_digits(mark))
    return claim._replace(marks=tuple(own)), [Unclaimed("", elsewhere)] if elsewhere else []


def _without_empty_rows(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Where figures stand one a line, leave out lines of several blank cells: they are left of a header."""
    if not marks or marks[0].line == marks[-1].line:
        return marks
    held = Counter(mark.line for mark in marks)
    told = {mark.line for mark in marks if _is_figure(mark)}
    if any(held[line] > 1 for line in told):
        return marks
    return tuple(mark for mark in marks if mark.line in told or held[mark.line] == 1)


def _in_one_row(stream: Stream, claim: Claim, width: int) -> Claim:
    """Keep to the one drawn row that has all cells, where what else there is stands outside the drawing."""
    held = Counter(mark.line for mark in claim.marks if stream.lines[mark.line].ruled)
    drawn = {mark.line for mark in claim.marks if _is_figure(mark) and held[mark.line]}
    if len(drawn) != 1 or any(held[line] < width for line in drawn):
        return claim
    return claim._replace(marks=tuple(mark for mark in claim.marks if mark.line in drawn))


def _leads_a_row(stream: Stream, mark: Mark) -> bool:
    """Say whether a mark stands before a label in its drawn row: a serial number."""
    following = mark.line + 1
    end = stream.line_starts[following] if following < len(stream.lines) else len(stream.letters)
    return stream.lines[mark.line].ruled and mark.position < end


def _cells_behind(line: Line, spellings: tuple[str, ...]) -> list[Mark]:
    """Give the cells of a drawn row behind the one that holds its label."""
    names = list(map(_name, line.cells))
    labels = [i for i, name in enumerate(names) if name and any(s in name or name in s for s in spellings)]
    first = labels[-1] + 1 if labels else len(line.cells)
    return [
        Mark(0, cell, read(simplified(cell)), f"{line.at}c{i}", True, 0)
        for i, cell in enumerate(line.cells[first:], first + 1)
    ]


@lru_cache(maxsize=1 << 14)
def _name(cell: str) -> str:
    return letters(simplified(cell))


def _unknown(stream: Stream, located: Located, row: int, rest: list[Mark]) -> list[Unclaimed]:
    """Group what a row left over by the labels before it.

    A heading's own subtotals are known, and so are digits that stand in the row's label (计1条).
    """
    label = located.table.rows[row].printed if located.table.rows else ""
    groups: dict[int, list[Mark]] = {}
    for mark in rest:
        if _has_digits(mark) and mark.text not in label:
            groups.setdefault(mark.position, []).append(mark)
    named = ((_label_before(stream, position), marks) for position, marks in groups.items())
    return [
        Unclaimed(name, tuple(marks)) for name, marks in named if not name.endswith(located.table.headings)
    ]


def _label_before(stream: Stream, position: int) -> str:
    start = max(
        (m.position for m in stream.marks_between(position - 60, position - 1)), default=position - 20
    )
    return stream.letters[max(start, 0) : position]


def _is_figure(mark: Mark) -> bool:
    return mark.reading.status != "blank"


def _has_digits(mark: Mark) -> bool:
    return any(character.isdigit() for character in mark.text)
