"""Fill a form's tables from a document: locate the labels, claim the figures, arrange and solve the rows."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from parsers.forms import Label, Table
from parsers.report import OPEN, Fact
from parsers.tables.arrange import Row, arrange, doubt_failing, drops_blanks
from parsers.tables.claim import ClaimedTable, claim_marks
from parsers.tables.label_numbers import separate_label_numbers
from parsers.tables.locate import LocatedTable, locate, locate_repeat
from parsers.tables.second_reading import CellValues, TextRows, by_position
from parsers.tables.solve import solve
from parsers.tables.stream import Stream
from parsers.tables.sums import implied


class FilledTable(NamedTuple):
    """A filled table of a form. It ends before the letter ``end`` of the document (None: prose may follow).

    ``cells`` maps the number of a cell in the table to its fact; those of rows that were not found are
    missing. ``differing`` are the cells for which a second copy of the table has other figures.
    """

    located: LocatedTable
    end: int | None
    claimed: ClaimedTable
    rows: Sequence[Row]
    cells: dict[int, Fact]
    differing: tuple[int, ...] = ()

    @property
    def table(self) -> Table:
        return self.located.table

    @property
    def missing_rows(self) -> list[int]:
        return [number for number, span in enumerate(self.located.spans) if span is None]

    @property
    def last_figure(self) -> tuple[int, int]:
        """Position and line of the table's last figure; (0, -1) if it has none."""
        marks = (
            mark for claim in self.claimed.claims for mark in claim.marks if mark.reading.status != "blank"
        )
        return max(((mark.position, mark.line) for mark in marks), default=(0, -1))

    def label(self, row: int) -> Label:
        return self.table.labels(row * self.table.width)[0]

    def fields(self, row: int) -> tuple[str, ...]:
        start = row * self.table.width
        return tuple(filter(None, self.table.fields[start : start + self.table.width]))

    def facts(self) -> Iterator[Fact]:
        """Yield a fact for each field that the form keeps, with what the sums imply for a blank cell.

        The facts of rows whose label was not found are unreadable.
        """
        implied_values = implied(self.table, self.cells)
        for cell, field in enumerate(self.table.fields):
            if field:
                fact = self.cells.get(cell) or Fact(field, None, "", "unreadable", "")
                yield fact._replace(implied=implied_values[cell]) if cell in implied_values else fact

    def second_reading(self, tables: Sequence[TextRows]) -> CellValues:
        """Read the table again by the position of its cells alone; {} if that is not possible.

        Text has no drawn rows. There the figures are counted: if there are exactly as many as the form has
        cells, and none elsewhere, the n-th figure is the n-th cell.
        """
        return by_position(self.table, self.cells, tables) or (self._values() if self._is_counted() else {})

    def _values(self) -> CellValues:
        return {cell: fact.value for cell, fact in self.cells.items()}

    def _is_counted(self) -> bool:
        complete = len(self.cells) == len(self.table.fields) and not self.claimed.unclaimed
        return complete and all(
            fact.status not in ("ambiguous", "unreadable") for fact in self.cells.values()
        )


def fill(stream: Stream) -> list[FilledTable]:
    """Fill every table that the document holds, each from the form that accounts for most of it."""
    found = locate(stream)
    ends = [located.start for located in found[1:]]
    claimed = [
        separate_label_numbers(stream, claim_marks(stream, located, end))
        for located, end in zip_longest(found, ends)
    ]
    tables = [arrange(each) for each in claimed]
    allow_blanks = drops_blanks([row for rows in tables for row in rows])
    if allow_blanks:
        tables = [list(map(doubt_failing, rows)) for rows in tables]
    filled = [
        FilledTable(each.located, end, each, rows, solve(each.table, rows, allow_blanks))
        for each, end, rows in zip_longest(claimed, ends, tables)
    ]
    return [_compared(each, stream, allow_blanks) for each in filled]


def _compared(filled: FilledTable, stream: Stream, allow_blanks: bool) -> FilledTable:
    """If the document holds a second copy of the table with other figures, doubt what it does not confirm.

    It is not known which of the two is the report's own.
    """
    other = locate_repeat(filled.located, stream)
    if not other or other.table is not filled.table:
        return filled
    claimed = separate_label_numbers(stream, claim_marks(stream, other, None))
    repeat = solve(filled.table, arrange(claimed), allow_blanks)
    differing = tuple(cell for cell, fact in filled.cells.items() if _differ(fact, repeat.get(cell)))
    doubted = {
        cell: fact._replace(value=None, status="ambiguous", candidates=(fact.value,))
        for cell, fact in filled.cells.items()
        if fact.status not in OPEN and (cell not in repeat or fact.value != repeat[cell].value)
    }
    return filled._replace(cells=filled.cells | doubted, differing=differing) if differing else filled


def _differ(fact: Fact, other: Fact | None) -> bool:
    return other is not None and OPEN.isdisjoint((fact.status, other.status)) and fact.value != other.value
