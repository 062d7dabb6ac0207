"""Arrange the marks of a row into its columns if they fit, else into chunks that are still to be cut."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import combinations
from typing import NamedTuple
from unicodedata import normalize

from parsers.forms import Table
from parsers.report import Fact, Number
from parsers.tables.claim import Claim, ClaimedTable
from parsers.tables.cut import MOST_STEPS, Chunk, CostFunction, RowSum, cuts
from parsers.tables.stream import Mark
from parsers.tables.values import in_unit, read
from parsers.text.units import COUNT_UNIT, MONEY_UNIT

# One possible value for each column of a row, None for a blank cell.
Assignment = tuple[Number | None, ...]
Chunks = tuple[Chunk, ...]
# A row with more assignments than this stays open: to solve it would take too long.
MOST_ASSIGNMENTS = 2000
MOST_SURPLUS = 2
PRINTED_UNIT = re.compile(MONEY_UNIT)
MERGED = re.compile(r"0\d")
SIGN, LONG_SIGN = re.compile(r"(?<!\d)-\d"), re.compile(r"[—–―]\d")
COUNTED = re.compile(rf"(?<=\d){COUNT_UNIT}$")


class RowSchema(NamedTuple):
    """The columns of a row: field, kind and units of each, and the sums within the row."""

    fields: tuple[str, ...]
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    printed_units: tuple[str | None, ...]
    row_sums: tuple[RowSum, ...]


class Row(NamedTuple):
    """An arranged row of a table: ``facts`` if its marks fit the columns, else ``chunk_lists``.

    ``chunk_lists`` holds the chunks to be cut, in several versions if there are too many figures. A row
    with neither cannot be solved.
    """

    claim: Claim
    schema: RowSchema
    facts: tuple[Fact, ...] = ()
    chunk_lists: tuple[Chunks, ...] = ()

    @property
    def number(self) -> int:
        return self.claim.row

    @property
    def text(self) -> str:
        """The figures as printed."""
        return " ".join(mark.text for mark in self.claim.marks if mark.text)

    @property
    def at(self) -> str:
        return self.claim.marks[0].at if self.claim.marks else ""

    @property
    def values(self) -> Assignment:
        """The values of ``facts``."""
        return tuple(fact.value for fact in self.facts)

    @property
    def has_surplus(self) -> bool:
        return len(_cells(self.claim)) > len(self.schema.fields)

    @property
    def lacks_figures(self) -> bool:
        """Whether there are fewer figures than columns, however the chunks are cut."""
        most = (sum(1 if c.whole else len(c.text) for c in chunks) for chunks in self.chunk_lists)
        return not self.facts and max(most, default=0) < len(self.schema.fields)

    @property
    def lacks_chunks(self) -> bool:
        """Whether there are fewer chunks than columns, so figures are missing or ran together."""
        return any(len(chunks) < len(self.schema.fields) for chunks in self.chunk_lists)

    @property
    def has_merged_figures(self) -> bool:
        """Whether figures certainly ran together: no figure of several digits begins with a zero."""
        return any(MERGED.match(chunk.text) for chunks in self.chunk_lists for chunk in chunks)

    @property
    def has_sign(self) -> bool:
        """Whether a minus is printed that may be the sign of a decrease or the dash of a cell: -17."""
        return "change" in self.schema.kinds and any(
            SIGN.search(chunk.text) for chunks in self.chunk_lists for chunk in chunks
        )

    @property
    def has_single_cut(self) -> bool:
        """Whether there is only one way to cut the row, whatever the sums."""
        (first, *more) = self.chunk_lists
        return not more and sum(len(chunk.text) for chunk in first) == len(self.schema.fields)

    def assignments(self, allow_blanks: bool, by_sums: bool = True) -> tuple[tuple[Assignment, ...], int]:
        """Return the row's assignments, () if there are none or too many, and the steps the search took.

        With ``allow_blanks`` cells may be blank; with ``by_sums`` the sums within the row must hold.
        """
        row_sums = self.schema.row_sums if by_sums else ()
        return _assignments(self.chunk_lists, *self.schema[1:4], row_sums, allow_blanks)

    def violations(self, assignment: Assignment) -> int:
        """Count the sums within the row that an assignment violates."""
        sums = (
            (assignment[s.total], sum(v or 0 for v in assignment[s.first : s.total]))
            for s in self.schema.row_sums
        )
        return sum(total is not None and total != parts for total, parts in sums)

    def omits_total(self, assignment: Assignment) -> bool:
        """Return whether an assignment leaves a total blank although it has parts above zero.

        Publishers do not omit a total. More likely a part was lost, and the figures after it have shifted.
        """
        return any(
            assignment[s.total] is None and any(assignment[s.first : s.total]) for s in self.schema.row_sums
        )

    def assignments_within(self, cost_of: CostFunction, limit: int) -> tuple[list[Assignment] | None, int]:
        """Return the assignments without blanks whose cost is at most ``limit``, and the steps taken.

        The cost is that of `cuts`. The list is None if there are too many.
        """
        found: dict[Assignment, None] = {}
        total = 0
        _, kinds, units, printed_units, row_sums = self.schema
        for chunks in self.chunk_lists:
            cut, steps = cuts(chunks, kinds, row_sums, cost_of=cost_of, limit=limit, most=MOST_ASSIGNMENTS)
            total += steps
            if cut is None or total > MOST_STEPS:
                return None, total
            for pieces in cut:
                found |= dict.fromkeys(_values(pieces, kinds, units, printed_units))
        return list(found), total


def drops_blanks(rows: Sequence[Row]) -> bool:
    """Return whether a document leaves out blank cells, judged by the rows of all its tables.

    It does if a row has too few figures. If a row has too few chunks, figures may have run together
    instead; so that counts only if no figures in the document certainly did.
    """
    return any(row.lacks_figures for row in rows) or (
        any(row.lacks_chunks for row in rows) and not any(row.has_merged_figures for row in rows)
    )


def doubt_failing(row: Row) -> Row:
    """Doubt a row without drawn cells whose own sums fail, in a document that leaves out blank cells.

    There a row with as many figures as columns may still lack one: a page number or the number of the next
    label may stand in for it.
    """
    if row.claim.ruled or not row.facts:
        return row
    return _doubted(row) if row.violations(row.values) else row


def arrange(claimed: ClaimedTable) -> list[Row]:
    """Arrange every row of a table.

    If the cells are not drawn, figures where the form has none mean that labels and figures have shifted
    against each other: then no row is trusted, even if it seems to fit. If the form has one row of figures
    but the document several, it is not known which is the form's.
    """
    width = claimed.table.width
    filler_first = any(_has_leading_filler(claim, width) for claim in claimed.claims)
    header_unit = PRINTED_UNIT.search(claimed.header)
    schemas = _schemas(claimed.table)
    rows = [
        _row(claim, _with_printed_unit(claim, schemas[claim.row], header_unit), filler_first)
        for claim in claimed.claims
    ]
    shifted = any(not unclaimed.label for unclaimed in claimed.unclaimed) or any(
        not row.facts and not row.chunk_lists and len(_cells(row.claim)) > width for row in rows
    )
    several = not claimed.table.rows and any(len(other.marks) >= width for other in claimed.unclaimed)
    return [_doubted(row) if several or not row.claim.ruled else row for row in rows] if shifted else rows


@cache
def _schemas(table: Table) -> tuple[RowSchema, ...]:
    starts = range(0, len(table.fields), table.width)
    return tuple(_schema(table, range(start, start + table.width)) for start in starts)


def _schema(table: Table, cells: range) -> RowSchema:
    within = [s for s in table.sums if s.binding and all(cell in cells for cell in s.cells)]
    adjacent = [s for s in within if s.right == tuple(range(s.right[0], s.left[0]))]
    return RowSchema(
        tuple(table.fields[cell] for cell in cells),
        tuple(table.kind(cell) for cell in cells),
        tuple(table.cell_unit(cell) for cell in cells),
        tuple(table.printed_unit(cell) for cell in cells),
        tuple(RowSum(s.right[0] - cells.start, s.left[0] - cells.start) for s in adjacent),
    )


def _with_printed_unit(claim: Claim, schema: RowSchema, header: re.Match[str] | None) -> RowSchema:
    """Replace the form's unit by one that is printed before the figures or in the header."""
    if "money" not in schema.kinds:
        return schema
    printed = PRINTED_UNIT.fullmatch(claim.between) or header
    if not printed:
        return schema
    return schema._replace(printed_units=(printed[0],) * len(schema.kinds))


def _row(claim: Claim, schema: RowSchema, filler_first: bool) -> Row:
    if claim.alternative is None and (marks := _one_per_column(claim, schema, filler_first)):
        row = Row(claim, schema, tuple(map(_fact, marks, *schema[:4])))
        return _doubted(row) if claim.ruled and _may_have_shifted(row, marks) else row
    versions = [claim] if claim.alternative is None else [claim, claim._replace(marks=claim.alternative)]
    chunk_lists = (chunks for version in versions for chunks in _chunk_lists(version, schema.kinds))
    return Row(claim, schema, (), () if claim.ruled else tuple(chunk_lists))


def _may_have_shifted(row: Row, marks: Sequence[Mark]) -> bool:
    """Return whether a row of cells drawn one a line has blanks and does not add up.

    Then a blank cell may belong to a header instead.
    """
    apart = marks[0].line != marks[-1].line and any(mark.reading.status == "blank" for mark in marks)
    return apart and (row.omits_total(row.values) or row.violations(row.values) > 0)


def _cells(claim: Claim) -> list[Mark]:
    """Return the marks without empty lines, which may be blank cells or mere space."""
    return [mark for mark in claim.marks if mark.whole or mark.reading.status != "blank"]


def _has_leading_filler(claim: Claim, width: int) -> bool:
    """Return whether a row has its filler cells before its figures, not after them."""
    return claim.ruled and len(claim.marks) > width and _cells(claim)[-1].reading.status != "blank"


def _one_per_column(claim: Claim, schema: RowSchema, filler_first: bool) -> Sequence[Mark]:
    """Return one mark for each column if there is only one way to choose them, else ()."""
    width = len(schema.fields)
    cells = _cells(claim)
    if claim.ruled:
        return cells if len(cells) == width else _without_filler(cells, width, filler_first)
    if len(cells) == width and all(mark.whole or mark.reading.status != "unreadable" for mark in cells):
        return cells
    return _with_empty_lines(claim.marks, schema) if len(cells) < width else ()


def _without_filler(cells: list[Mark], width: int, filler_first: bool) -> Sequence[Mark]:
    """Drop the empty cells left by merged ones, on the side on which this table has them."""
    surplus = len(cells) - width
    if surplus <= 0:
        return ()
    if_first = cells[surplus:], cells[:surplus]
    kept, dropped = if_first if filler_first else (cells[:width], cells[width:])
    if all(mark.reading.status == "blank" for mark in dropped):
        other = if_first[0] if all(mark.reading.status == "blank" for mark in if_first[1]) else kept
        same = filler_first or [mark.reading for mark in kept] == [mark.reading for mark in other]
        return kept if same else ()
    figures = [mark for mark in cells if mark.reading.status != "blank"]
    return figures if len(figures) == width else ()


def _with_empty_lines(marks: tuple[Mark, ...], schema: RowSchema) -> Sequence[Mark]:
    """Take empty lines for blank cells if their number fits and the sums within the row hold.

    In some texts an empty line follows every cell; then every second line is a cell.
    """
    if not schema.row_sums or not all(mark.whole or mark.reading.status == "blank" for mark in marks):
        return ()
    for cells, between in ((marks, ()), (marks[::2], marks[1::2]), (marks[1::2], marks[::2])):
        fits = len(cells) == len(schema.fields) and not any(mark.whole for mark in between)
        if fits and all(_adds_up(cells, row_sum) for row_sum in schema.row_sums):
            return cells
    return ()


def _adds_up(cells: Sequence[Mark], row_sum: RowSum) -> bool:
    total = cells[row_sum.total].reading.value
    parts = cells[row_sum.first : row_sum.total]
    return total is not None and total == sum(mark.reading.value or 0 for mark in parts)


def _fact(mark: Mark, field: str, kind: str, unit: str, printed_unit: str | None) -> Fact:
    value, status, money, *_ = mark.reading
    if kind == "money" and status == "stated":
        amounts = in_unit(mark.reading, unit, printed_unit)
        value, status = (amounts[0], status) if len(amounts) == 1 else (None, "ambiguous")
        return Fact(field, value, mark.text, status, mark.at, amounts if len(amounts) > 1 else ())
    if value is not None and (money or type(value) is not int or (value < 0 and kind != "change")):
        value, status = None, "unreadable"
    return Fact(field, value, mark.text, status, mark.at)


def _chunk_lists(claim: Claim, kinds: Sequence[str]) -> list[Chunks]:
    """Return the chunks of a row, in several versions if there are more than columns.

    Then a stray space may have split a figure, or one may be foreign to the row: a page number, a rate.
    Every such version is returned, so that only the sums can decide between them.
    """
    cells, width = _cells(claim), len(kinds)
    texts = [COUNTED.sub("", normalize("NFKC", mark.text)).replace("\u2212", "-") for mark in cells]
    chunks = [Chunk(text.replace(" ", ""), mark.whole) for text, mark in zip(texts, cells, strict=True)]
    surplus = len(chunks) - width
    if "change" in kinds and any(LONG_SIGN.search(chunk.text) for chunk in chunks):
        return []  # a dash and an increase, or a decrease
    if surplus <= 0:
        return [tuple(chunks)] if chunks else []
    if surplus > MOST_SURPLUS:
        return []
    gaps = [i for i in range(1, len(cells)) if cells[i - 1].line == cells[i].line and not cells[i].whole]
    found = (
        _without_surplus(chunks, joined, foreign)
        for splits in range(surplus + 1)
        for joined in combinations(gaps, splits)
        for foreign in combinations(range(len(chunks)), surplus - splits)
    )
    return [*dict.fromkeys(chunks for chunks in found if len(chunks) == width)]


def _without_surplus(chunks: list[Chunk], joined: tuple[int, ...], foreign: tuple[int, ...]) -> Chunks:
    """Join the chunks ``joined`` to those before them, and leave out the ``foreign`` ones, by index.

    A foreign chunk is never joined to another.
    """
    texts: list[str] = []
    for i, chunk in enumerate(chunks):
        if i in joined and i not in foreign and i - 1 not in foreign:
            texts[-1] += chunk.text
        elif i not in foreign:
            texts.append(chunk.text)
    return tuple(Chunk(text, True) for text in texts)


@lru_cache(maxsize=1 << 14)
def _assignments(
    chunk_lists: tuple[Chunks, ...],
    kinds: tuple[str, ...],
    units: tuple[str, ...],
    printed_units: tuple[str | None, ...],
    row_sums: tuple[RowSum, ...],
    allow_blanks: bool,
) -> tuple[tuple[Assignment, ...], int]:
    found: dict[Assignment, None] = {}
    total = 0
    for chunks in chunk_lists:
        cut, steps = cuts(chunks, kinds, row_sums, allow_blanks, most=MOST_ASSIGNMENTS)
        total += steps
        if cut is None or total > MOST_STEPS:
            return (), total
        for pieces in cut:
            found |= dict.fromkeys(_values(pieces, kinds, units, printed_units))
    return tuple(found), total


def _values(
    pieces: tuple[str, ...],
    kinds: tuple[str, ...],
    units: tuple[str, ...],
    printed_units: tuple[str | None, ...],
) -> list[Assignment]:
    """Turn the pieces of one cut into values: one assignment for each unit that money may be in."""
    assignments: list[Assignment] = [()]
    for piece, kind, unit, printed_unit in zip(pieces, kinds, units, printed_units, strict=True):
        reading = read(piece)
        values = in_unit(reading, unit, printed_unit) if kind == "money" else (reading.value,)
        assignments = [(*taken, value) for taken in assignments for value in values or (None,)]
    return assignments


def _doubted(row: Row) -> Row:
    """Turn a row's values into candidates."""
    facts = (
        fact._replace(value=None, status="ambiguous", candidates=(fact.value,))
        if fact.value is not None
        else fact
        for fact in row.facts
    )
    return row._replace(facts=tuple(facts), chunk_lists=())
