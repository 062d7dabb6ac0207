"""Give every figure of a table to the row whose label it follows, and report those that belong to no row."""

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from parsers.forms import Table
from parsers.tables.locate import LocatedTable
from parsers.tables.stream import Mark, Stream
from parsers.tables.values import read
from parsers.text.chinese import letters, simplified
from parsers.text.lines import Line
from parsers.text.units import COUNTED, MONEY

UNITS = frozenset((*COUNTED, *MONEY, "单位"))
LABEL_DIGIT = re.compile(r"计\d")


class Claim(NamedTuple):
    """The marks that belong to one row of a table, in order.

    ``ruled`` says that the format drew the row's cells. ``between`` are the letters between its label and
    its figures: a unit, or the rest of a remark. ``alternative`` are the marks it has if the last digits
    are not its own but the number of the next label.
    """

    row: int
    marks: tuple[Mark, ...]
    ruled: bool
    between: str
    alternative: tuple[Mark, ...] | None = None


class Unclaimed(NamedTuple):
    """Figures after a ``label`` that the form does not know, or, if it is "", where the form has none."""

    label: str
    marks: tuple[Mark, ...]


class ClaimedTable(NamedTuple):
    """A located table with the claims of its rows. ``header`` holds the letters of its header."""

    located: LocatedTable
    header: str
    claims: tuple[Claim, ...]
    unclaimed: tuple[Unclaimed, ...]

    @property
    def table(self) -> Table:
        return self.located.table


def claim_marks(stream: Stream, located: LocatedTable, end: int | None) -> ClaimedTable:
    """Claim the marks of a table for its rows. It ends before the letter ``end`` (None: prose may follow)."""
    found = [i for i, span in enumerate(located.spans) if span]
    starts = [span[0] for span in located.spans if span]
    limits = [*starts[1:], len(stream.letters) if end is None else end]
    claims, unclaimed = [], _in_header(stream, located)
    for i, limit in zip(found, limits, strict=True):
        claim, rest = _claim(stream, located, i, limit)
        kept, elsewhere = _within_drawn_row(stream, located, claim)
        claims.append(kept)
        unclaimed += elsewhere
        if end is not None or i != found[-1]:
            unclaimed += _after_unknown_labels(stream, located, i, rest)
    header = stream.letters[located.start : starts[0]]
    return ClaimedTable(located, header, tuple(claims), tuple(unclaimed))


def _in_header(stream: Stream, located: LocatedTable) -> list[Unclaimed]:
    last = located.labels_start if located.table.rows else located.labels_end - 1
    marks = tuple(mark for mark in stream.marks_between(located.start - 1, last) if _has_digits(mark))
    return [Unclaimed("", marks)] if marks else []


def _claim(stream: Stream, located: LocatedTable, row: int, limit: int) -> tuple[Claim, list[Mark]]:
    """Take the marks after a label up to the first letters that are neither its own nor a unit.

    Returns them with the marks that are left before ``limit``.
    """
    start, end = located.spans[row] or (0, 0)
    marks = stream.marks_between(start if located.table.rows else end - 1, limit)
    if located.table.rows:
        marks = _without_label_digits(stream, located.table.rows[row].printed, marks, end)
    width = located.table.width
    at, taken = end, 0
    for taken, mark in enumerate(marks):
        if mark.position > at:
            figures = [m for m in marks[:taken] if m.whole or _is_figure(m)]
            passes = _continues_label(stream, located, row, at, mark.position) if not figures else False
            if len(figures) >= width or not (passes or _is_unit(stream.letters[at : mark.position])):
                break
            at = mark.position
    else:
        taken = len(marks)
    between = stream.letters[end : marks[0].position] if marks else ""
    return Claim(row, tuple(marks[:taken]), False, between), marks[taken:]


def _without_label_digits(stream: Stream, label: str, marks: list[Mark], end: int) -> list[Mark]:
    """Leave out the digit of the label itself (计1条), even if a line break separates it from the label."""
    if not LABEL_DIGIT.search(label):
        return marks
    of_label = [mark for mark in marks if _is_digit_of(label, mark)]
    inside = [mark for mark in of_label if mark.position < end]
    after = (mark for mark in of_label if stream.letters.startswith("计", mark.position - 1))
    own = inside or list(after)[:1]
    return [mark for mark in marks if mark not in own]


def _is_digit_of(label: str, mark: Mark) -> bool:
    """Return whether a mark is a digit of the label itself (计1条), whose brackets a line break tore."""
    return any(f"计{mark.text.rstrip(unit)}{unit}" in label for unit in "条次" if mark.text)


def _continues_label(stream: Stream, located: LocatedTable, row: int, start: int, end: int) -> bool:
    """Return whether the letters between a label and its figures still belong to the label.

    They do if they are the rest of its cell, stand in brackets, or are the next letters of the label.
    """
    start = min(max(start, stream.cell_end(start - 1)), end)
    rest = stream.letters[start:end]
    for remark_start, remark_end in stream.remarks:
        if start <= remark_start and remark_end <= end:
            rest = rest.replace(stream.letters[remark_start:remark_end], "", 1)
    if not located.table.rows or _is_unit(rest):
        return not rest or _is_unit(rest)
    (label_start, _), spelling = located.spans[row] or (0, 0), located.table.rows[row].letters
    _, found, own = spelling.partition(stream.letters[label_start:start])
    unit = next((unit for unit in UNITS if rest.endswith(unit)), "")
    return bool(found) and own.startswith(rest.removesuffix(unit))


def _is_unit(rest: str) -> bool:
    return not rest or rest in UNITS


def _within_drawn_row(stream: Stream, located: LocatedTable, claim: Claim) -> tuple[Claim, list[Unclaimed]]:
    """If the format drew the cells and the figures do not fit, keep to the lines of the label.

    Figures in other lines, which follow no label, belong to no row.
    """
    start, end = located.spans[claim.row] or (0, 0)
    first, last = stream.line_of(start), stream.line_of(end - 1)
    lines = stream.lines[first : last + 1]
    if not any(line.ruled for line in lines):
        return claim, []
    has_figures = any(first <= mark.line <= last and _is_figure(mark) for mark in claim.marks)
    marks = tuple(
        mark
        for mark in claim.marks
        if mark.line <= last
        or not (_precedes_label(stream, mark) or (has_figures and not stream.lines[mark.line].ruled))
    )
    claim = claim._replace(ruled=True, marks=_without_empty_rows(marks))
    width = located.table.width
    if len(claim.marks) == width:
        return claim, []
    if not located.table.rows:
        return _within_one_row(stream, claim, width), []
    spellings = located.table.rows[claim.row].spellings
    own = next((cells for line in lines if len(cells := _cells_after(line, spellings)) >= width), None)
    if own is None:
        return claim, []
    elsewhere = tuple(mark for mark in claim.marks if not first <= mark.line <= last and _has_digits(mark))
    return claim._replace(marks=tuple(own)), [Unclaimed("", elsewhere)] if elsewhere else []


def _without_empty_rows(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """If there is one figure a line, leave out lines of several blank cells: they belong to a header."""
    if not marks or marks[0].line == marks[-1].line:
        return marks
    per_line = Counter(mark.line for mark in marks)
    with_figures = {mark.line for mark in marks if _is_figure(mark)}
    if any(per_line[line] > 1 for line in with_figures):
        return marks
    return tuple(mark for mark in marks if mark.line in with_figures or per_line[mark.line] == 1)


def _within_one_row(stream: Stream, claim: Claim, width: int) -> Claim:
    """Keep to the drawn row with figures if there is only one and it has enough cells."""
    per_line = Counter(mark.line for mark in claim.marks if stream.lines[mark.line].ruled)
    drawn = {mark.line for mark in claim.marks if _is_figure(mark) and per_line[mark.line]}
    if len(drawn) != 1 or any(per_line[line] < width for line in drawn):
        return claim
    return claim._replace(marks=tuple(mark for mark in claim.marks if mark.line in drawn))


def _precedes_label(stream: Stream, mark: Mark) -> bool:
    """Return whether a mark stands before a label in its drawn row, as a serial number does."""
    following = mark.line + 1
    end = stream.line_starts[following] if following < len(stream.lines) else len(stream.letters)
    return stream.lines[mark.line].ruled and mark.position < end


def _cells_after(line: Line, spellings: tuple[str, ...]) -> list[Mark]:
    """Return the cells of a drawn row after the one that holds its label."""
    names = list(map(_letters_of, line.cells))
    labels = [i for i, name in enumerate(names) if name and any(s in name or name in s for s in spellings)]
    first = labels[-1] + 1 if labels else len(line.cells)
    return [
        Mark(0, cell, read(simplified(cell)), f"{line.at}c{i}", True, 0)
        for i, cell in enumerate(line.cells[first:], first + 1)
    ]


@lru_cache(maxsize=1 << 14)
def _letters_of(cell: str) -> str:
    return letters(simplified(cell))


def _after_unknown_labels(
    stream: Stream, located: LocatedTable, row: int, rest: list[Mark]
) -> list[Unclaimed]:
    """Group the marks that a row did not claim by the label before them.

    The subtotals of a known heading are left out, and so are digits of the row's own label (计1条).
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
