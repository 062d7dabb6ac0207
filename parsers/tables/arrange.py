"""Set the marks of a row into its columns: at once where they fit, else as chunks still to be cut."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import combinations
from typing import NamedTuple
from unicodedata import normalize

from parsers.forms import Table
from parsers.report import Fact, Number
from parsers.tables.claim import Claim, Claims
from parsers.tables.cut import MOST_STEPS, Block, Chunk, Price, cuts
from parsers.tables.stream import Mark
from parsers.tables.values import in_unit, read
from parsers.text.units import COUNT_UNIT, MONEY_UNIT

Way = tuple[Number | None, ...]
Chunks = tuple[Chunk, ...]
# With more ways than this a row stays open: what the sums say of it would not be worth the time.
MOST_WAYS = 2000
MOST_SURPLUS = 2
PRINTED_UNIT = re.compile(MONEY_UNIT)
GLUED = re.compile(r"0\d")
SIGN, LONG_SIGN = re.compile(r"(?<!\d)-\d"), re.compile(r"[—–―]\d")
COUNTED = re.compile(rf"(?<=\d){COUNT_UNIT}$")


class Setting(NamedTuple):
    """What a row needs to know of its table: field, kind and units of each column, and its sums."""

    fields: tuple[str, ...]
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    printed_units: tuple[str | None, ...]
    blocks: tuple[Block, ...]


class Row(NamedTuple):
    """A row as set: ``facts`` where every cell is known, else ``chunks`` to be cut.

    ``chunks`` holds several readings where there are too many figures. A row with neither is open for
    good.
    """

    claim: Claim
    setting: Setting
    facts: tuple[Fact, ...] = ()
    chunks: tuple[Chunks, ...] = ()

    @property
    def number(self) -> int:
        return self.claim.row

    @property
    def text(self) -> str:
        """What is printed there."""
        return " ".join(mark.text for mark in self.claim.marks if mark.text)

    @property
    def at(self) -> str:
        return self.claim.marks[0].at if self.claim.marks else ""

    @property
    def values(self) -> Way:
        """The values of its cells, where every one is known."""
        return tuple(fact.value for fact in self.facts)

    @property
    def has_surplus(self) -> bool:
        return len(_cells(self.claim)) > len(self.setting.fields)

    @property
    def lacks_figures(self) -> bool:
        """Say whether there are fewer figures than columns, however they are cut."""
        most = (sum(1 if chunk.solid else len(chunk.text) for chunk in chunks) for chunks in self.chunks)
        return not self.facts and max(most, default=0) < len(self.setting.fields)

    @property
    def is_parted(self) -> bool:
        """Say whether there are fewer pieces than columns, if figures stand apart."""
        return any(len(chunks) < len(self.setting.fields) for chunks in self.chunks)

    @property
    def is_glued(self) -> bool:
        """Say whether figures ran together for certain: no figure begins with a zero."""
        return any(GLUED.match(chunk.text) for chunks in self.chunks for chunk in chunks)

    @property
    def has_sign(self) -> bool:
        """Say whether a fall is printed, whose sign may as well be the dash of a blank cell: -17."""
        return "change" in self.setting.kinds and any(SIGN.search(c.text) for cs in self.chunks for c in cs)

    @property
    def is_forced(self) -> bool:
        """Say whether the row can be cut in one way only, whatever the sums."""
        (first, *more) = self.chunks
        return not more and sum(len(chunk.text) for chunk in first) == len(self.setting.fields)

    def ways(self, blanks: bool, by_sums: bool = True) -> tuple[tuple[Way, ...], int]:
        """Give the ways to read the row, () when there are none or too many to say, and the steps it took.

        With ``blanks`` cells may be blank; with ``by_sums`` the sums within the row hold.
        """
        return _ways(self.chunks, *self.setting[1:4], self.setting.blocks if by_sums else (), blanks)

    def broken(self, way: Way) -> int:
        """Count the sums within the row that a way does not keep."""
        sums = (
            (way[block.total], sum(v or 0 for v in way[block.first : block.total]))
            for block in self.setting.blocks
        )
        return sum(total is not None and total != parts for total, parts in sums)

    def hides(self, way: Way) -> bool:
        """Say whether a way leaves a total blank whose parts are not.

        Nobody leaves that out; rather a part was lost, and what stands behind it has slipped.
        """
        return any(way[b.total] is None and any(way[b.first : b.total]) for b in self.setting.blocks)

    def cheapest(self, price: Price, limit: int) -> tuple[list[Way] | None, int]:
        """Give the ways that cost no more than ``limit``, a sum within the row that fails costing one.

        None when they are too many to say; then the steps it took. Without blanks.
        """
        found: dict[Way, None] = {}
        total = 0
        _, kinds, units, printed_units, blocks = self.setting
        for chunks in self.chunks:
            cut, steps = cuts(chunks, kinds, blocks, price=price, limit=limit, most=MOST_WAYS)
            total += steps
            if cut is None or total > MOST_STEPS:
                return None, total
            for pieces in cut:
                found |= dict.fromkeys(_values(pieces, kinds, units, printed_units))
        return list(found), total


def drops_blanks(rows: Sequence[Row]) -> bool:
    """Say whether a document leaves blank cells out, by the rows of all its tables.

    It does where a row has too few figures. Where figures stand apart, fewer than columns, it may be
    that some ran together instead; that counts only if figures elsewhere did for certain.
    """
    return any(row.lacks_figures for row in rows) or (
        any(row.is_parted for row in rows) and not any(row.is_glued for row in rows)
    )


def unsure(row: Row) -> Row:
    """Doubt a loose row whose own sums fail, in a document that leaves blank cells out.

    As many figures as columns prove nothing there: one cell may be missing, and a page number or the
    number of the next label stand for it.
    """
    if row.claim.ruled or not row.facts:
        return row
    return _doubted(row) if row.broken(row.values) else row


def arrange(claims: Claims) -> list[Row]:
    """Set every row of a table.

    Figures that stand where a loose table has none mean that labels and figures have slipped
    against each other; then no row of it is trusted, however well it seems to fit. Where a form has one
    row of figures and the document several, which is the form's is not known.
    """
    width = claims.table.width
    lead = any(_leads(claim, width) for claim in claims.rows)
    header_unit = PRINTED_UNIT.search(claims.header)
    settings = _settings(claims.table)
    rows = [_row(claim, _in_unit_of(claim, settings[claim.row], header_unit), lead) for claim in claims.rows]
    slipped = any(not unclaimed.label for unclaimed in claims.unclaimed) or any(
        not row.facts and not row.chunks and len(_cells(row.claim)) > width for row in rows
    )
    several = not claims.table.rows and any(len(other.marks) >= width for other in claims.unclaimed)
    return [_doubted(row) if several or not row.claim.ruled else row for row in rows] if slipped else rows


@cache
def _settings(table: Table) -> tuple[Setting, ...]:
    starts = range(0, len(table.fields), table.width)
    return tuple(_setting(table, range(start, start + table.width)) for start in starts)


def _setting(table: Table, cells: range) -> Setting:
    along = [s for s in table.sums if s.binding and all(cell in cells for cell in s.cells)]
    runs = [s for s in along if s.right == tuple(range(s.right[0], s.left[0]))]
    return Setting(
        tuple(table.fields[cell] for cell in cells),
        tuple(table.kind(cell) for cell in cells),
        tuple(table.cell_unit(cell) for cell in cells),
        tuple(table.printed_unit(cell) for cell in cells),
        tuple(Block(s.right[0] - cells.start, s.left[0] - cells.start) for s in runs),
    )


def _in_unit_of(claim: Claim, setting: Setting, header: re.Match[str] | None) -> Setting:
    """Let a unit printed before the figures, or in the header, beat the form's own."""
    if "money" not in setting.kinds:
        return setting
    printed = PRINTED_UNIT.fullmatch(claim.between) or header
    if not printed:
        return setting
    return setting._replace(printed_units=(printed[0],) * len(setting.kinds))


def _row(claim: Claim, setting: Setting, lead: bool) -> Row:
    if claim.parted is None and (marks := _fitting(claim, setting, lead)):
        row = Row(claim, setting, tuple(map(_fact, marks, *setting[:4])))
        return _doubted(row) if claim.ruled and _may_have_slipped(row, marks) else row
    readings = [claim] if claim.parted is None else [claim, claim._replace(marks=claim.parted)]
    chunks = (chunks for each in readings for chunks in _chunks(each, setting.kinds))
    return Row(claim, setting, (), () if claim.ruled else tuple(chunks))


def _may_have_slipped(row: Row, marks: Sequence[Mark]) -> bool:
    """Doubt a row with blank cells, drawn one a line, that does not add up: one may be left of a header."""
    apart = marks[0].line != marks[-1].line and any(mark.reading.status == "blank" for mark in marks)
    return apart and (row.hides(row.values) or row.broken(row.values) > 0)


def _cells(claim: Claim) -> list[Mark]:
    """Leave out empty lines, which may be blank cells or mere space."""
    return [mark for mark in claim.marks if mark.solid or mark.reading.status != "blank"]


def _leads(claim: Claim, width: int) -> bool:
    """Say whether a row has its filler cells before its figures, not behind them."""
    return claim.ruled and len(claim.marks) > width and _cells(claim)[-1].reading.status != "blank"


def _fitting(claim: Claim, setting: Setting, lead: bool) -> Sequence[Mark]:
    """Give one mark for each column where that can be done in one way, else ()."""
    width = len(setting.fields)
    cells = _cells(claim)
    if claim.ruled:
        return cells if len(cells) == width else _without_filler(cells, width, lead)
    if len(cells) == width and all(mark.solid or mark.reading.status != "unreadable" for mark in cells):
        return cells
    return _with_empty_lines(claim.marks, setting) if len(cells) < width else ()


def _without_filler(cells: list[Mark], width: int, lead: bool) -> Sequence[Mark]:
    """Drop the empty cells that stand for merged ones, on the side where this table has them."""
    surplus = len(cells) - width
    if surplus <= 0:
        return ()
    behind = cells[surplus:], cells[:surplus]
    kept, dropped = behind if lead else (cells[:width], cells[width:])
    if all(mark.reading.status == "blank" for mark in dropped):
        other = behind[0] if all(mark.reading.status == "blank" for mark in behind[1]) else kept
        same = lead or [mark.reading for mark in kept] == [mark.reading for mark in other]
        return kept if same else ()
    figures = [mark for mark in cells if mark.reading.status != "blank"]
    return figures if len(figures) == width else ()


def _with_empty_lines(marks: tuple[Mark, ...], setting: Setting) -> Sequence[Mark]:
    """Take empty lines for blank cells where their number fits and the row's own sums agree.

    In some texts every cell is followed by an empty line; then every second line is a cell.
    """
    if not setting.blocks or not all(mark.solid or mark.reading.status == "blank" for mark in marks):
        return ()
    for cells, between in ((marks, ()), (marks[::2], marks[1::2]), (marks[1::2], marks[::2])):
        fits = len(cells) == len(setting.fields) and not any(mark.solid for mark in between)
        if fits and all(_adds_up(cells, block) for block in setting.blocks):
            return cells
    return ()


def _adds_up(cells: Sequence[Mark], block: Block) -> bool:
    total = cells[block.total].reading.value
    return total is not None and total == sum(m.reading.value or 0 for m in cells[block.first : block.total])


def _fact(mark: Mark, field: str, kind: str, unit: str, printed_unit: str | None) -> Fact:
    value, status, money, *_ = mark.reading
    if kind == "money" and status == "stated":
        meant = in_unit(mark.reading, unit, printed_unit)
        value, status = (meant[0], status) if len(meant) == 1 else (None, "ambiguous")
        return Fact(field, value, mark.text, status, mark.at, meant if len(meant) > 1 else ())
    if value is not None and (money or type(value) is not int or (value < 0 and kind != "change")):
        value, status = None, "unreadable"
    return Fact(field, value, mark.text, status, mark.at)


def _chunks(claim: Claim, kinds: Sequence[str]) -> list[Chunks]:
    """Give the figures still to be cut.

    Too many of them may hold one parted by a stray space, or a stranger: a page number, a rate. Every
    such reading is given, so that none is taken unless the sums rule the others out.
    """
    cells, width = _cells(claim), len(kinds)
    texts = [COUNTED.sub("", normalize("NFKC", mark.text)).replace("\u2212", "-") for mark in cells]
    chunks = [Chunk(text.replace(" ", ""), mark.solid) for text, mark in zip(texts, cells, strict=True)]
    surplus = len(chunks) - width
    if "change" in kinds and any(LONG_SIGN.search(chunk.text) for chunk in chunks):
        return []  # a blank and a rise, or a fall
    if surplus <= 0:
        return [tuple(chunks)] if chunks else []
    if surplus > MOST_SURPLUS:
        return []
    gaps = [i for i in range(1, len(cells)) if cells[i - 1].line == cells[i].line and not cells[i].solid]
    found = (
        _without_surplus(chunks, joints, strangers)
        for parted in range(surplus + 1)
        for joints in combinations(gaps, parted)
        for strangers in combinations(range(len(chunks)), surplus - parted)
    )
    return [*dict.fromkeys(chunks for chunks in found if len(chunks) == width)]


def _without_surplus(chunks: list[Chunk], joints: tuple[int, ...], strangers: tuple[int, ...]) -> Chunks:
    """Join chunks to those before them, and leave strangers out; a stranger is never part of a figure."""
    texts: list[str] = []
    for i, chunk in enumerate(chunks):
        if i in joints and i not in strangers and i - 1 not in strangers:
            texts[-1] += chunk.text
        elif i not in strangers:
            texts.append(chunk.text)
    return tuple(Chunk(text, True) for text in texts)


@lru_cache(maxsize=1 << 14)
def _ways(
    readings: tuple[Chunks, ...],
    kinds: tuple[str, ...],
    units: tuple[str, ...],
    printed_units: tuple[str | None, ...],
    blocks: tuple[Block, ...],
    blanks: bool,
) -> tuple[tuple[Way, ...], int]:
    found: dict[Way, None] = {}
    total = 0
    for chunks in readings:
        cut, steps = cuts(chunks, kinds, blocks, blanks, most=MOST_WAYS)
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
) -> list[Way]:
    """Turn the pieces of one cut into values; money of an unknown unit gives a way for each unit."""
    ways: list[Way] = [()]
    for piece, kind, unit, printed_unit in zip(pieces, kinds, units, printed_units, strict=True):
        reading = read(piece)
        values = in_unit(reading, unit, printed_unit) if kind == "money" else (reading.value,)
        ways = [(*way, value) for way in ways for value in values or (None,)]
    return ways


def _doubted(row: Row) -> Row:
    """Turn a row's values into mere candidates."""
    facts = (
        fact._replace(value=None, status="ambiguous", candidates=(fact.value,))
        if fact.value is not None
        else fact
        for fact in row.facts
    )
    return row._replace(facts=tuple(facts), chunks=())
