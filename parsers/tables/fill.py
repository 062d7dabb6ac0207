"""Fill a form's tables from a document: find its labels, claim the figures, set and solve the rows."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from parsers.forms import Label, Table
from parsers.report import OPEN, Fact
from parsers.tables.arrange import Row, arrange, drops_blanks, unsure
from parsers.tables.claim import Claims, claims
from parsers.tables.locate import Located, again, locate
from parsers.tables.numbered import told_apart
from parsers.tables.second_reading import CellValues, TextRows, by_position
from parsers.tables.solve import solve
from parsers.tables.stream import Stream
from parsers.tables.sums import implied


class Filled(NamedTuple):
    """A table of a form, filled from a document up to the letter ``end`` (None: prose may follow).

    Cells go by their number in the table; those of rows that were not found are missing. ``differing``
    are those for which the document holds other figures where it prints the table once more.
    """

    located: Located
    end: int | None
    claims: Claims
    rows: Sequence[Row]
    cells: dict[int, Fact]
    differing: tuple[int, ...] = ()

    @property
    def table(self) -> Table:
        return self.located.table

    @property
    def missing_rows(self) -> list[int]:
        return [number for number, span in enumerate(self.located.rows) if span is None]

    @property
    def last(self) -> tuple[int, int]:
        """The last figure of this table: the letters before it, and its line (-1 where there is none)."""
        marks = (mark for row in self.claims.rows for mark in row.marks if mark.reading.status != "blank")
        return max(((mark.position, mark.line) for mark in marks), default=(0, -1))

    def label(self, row: int) -> Label:
        return self.table.labels(row * self.table.width)[0]

    def fields(self, row: int) -> tuple[str, ...]:
        start = row * self.table.width
        return tuple(filter(None, self.table.fields[start : start + self.table.width]))

    def facts(self) -> Iterator[Fact]:
        """Give the cells that the form keeps, with what its sums imply for blank ones.

        Those of rows whose label was not found are unreadable.
        """
        left_over = implied(self.table, self.cells)
        for cell, field in enumerate(self.table.fields):
            if field:
                fact = self.cells.get(cell) or Fact(field, None, "", "unreadable", "")
                yield fact._replace(implied=left_over[cell]) if cell in left_over else fact

    def second_reading(self, tables: Sequence[TextRows]) -> CellValues:
        """Read the table again by the position of its cells alone.

        Flattened text has no drawn rows. There the figures are counted: when there are as many as the form
        has cells, and none before, between or behind, the n-th figure is the n-th cell.
        """
        return by_position(self.table, self.cells, tables) or (self._values() if self._is_counted() else {})

    def _values(self) -> CellValues:
        return {cell: fact.value for cell, fact in self.cells.items()}

    def _is_counted(self) -> bool:
        whole = len(self.cells) == len(self.table.fields) and not self.claims.unclaimed
        return whole and all(fact.status not in ("ambiguous", "unreadable") for fact in self.cells.values())


def fill(laid: Stream) -> list[Filled]:
    """Fill every table that the document holds, each from the form that accounts for most of it."""
    found = locate(laid)
    ends = [located.start for located in found[1:]]
    claimed = [told_apart(laid, claims(laid, located, end)) for located, end in zip_longest(found, ends)]
    tables = [arrange(each) for each in claimed]
    blanks = drops_blanks([row for rows in tables for row in rows])
    if blanks:
        tables = [list(map(unsure, rows)) for rows in tables]
    filled = [
        Filled(each.located, end, each, rows, solve(each.table, rows, blanks))
        for each, end, rows in zip_longest(claimed, ends, tables)
    ]
    return [_compared(each, laid, blanks) for each in filled]


def _compared(filled: Filled, laid: Stream, blanks: bool) -> Filled:
    """Where the table is printed once more, with other figures, doubt the cells that it does not confirm.

    Whose figures are the report's is not known.
    """
    other = again(filled.located, laid)
    if not other or other.table is not filled.table:
        return filled
    twice = solve(filled.table, arrange(told_apart(laid, claims(laid, other, None))), blanks)
    differing = tuple(cell for cell, fact in filled.cells.items() if _differ(fact, twice.get(cell)))
    doubted = {
        cell: fact._replace(value=None, status="ambiguous", candidates=(fact.value,))
        for cell, fact in filled.cells.items()
        if fact.status not in OPEN and (cell not in twice or fact.value != twice[cell].value)
    }
    return filled._replace(cells=filled.cells | doubted, differing=differing) if differing else filled


def _differ(fact: Fact, other: Fact | None) -> bool:
    return other is not None and OPEN.isdisjoint((fact.status, other.status)) and fact.value != other.value
