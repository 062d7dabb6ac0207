"""Cut figures that ran together, and place those between missing blank cells, in every possible way."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

from parsers.text.units import MONEY_UNIT, SCALE

DASHES = (*"-/\\—–―", "--", "——", "––")
DASH = r"[-/\\—–―]|--|——|––"
COUNT = r"0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+"
PIECES = {
    "count": re.compile(rf"{COUNT}|{DASH}"),
    "change": re.compile(rf"[-+]?(?:{COUNT})|{DASH}"),
    "money": re.compile(rf"(?:{COUNT})(?:\.\d+)?(?:{MONEY_UNIT}|{SCALE})?|{DASH}"),
}
LONGEST_PIECE = 18
MOST_STEPS = 60_000
# A cut of a row's chunks: the text of each column, "" for a blank cell.
Pieces = tuple[str, ...]
# The cost of a value in a column.
CostFunction = Callable[[int, int], int]


class Chunk(NamedTuple):
    """Figures of a row printed without a break; a ``whole`` chunk is a single figure and is not cut."""

    text: str
    whole: bool


class RowSum(NamedTuple):
    """A sum within a row: column ``total`` is the sum of the columns from ``first`` up to it."""

    first: int
    total: int


def cuts(
    chunks: Sequence[Chunk],
    kinds: Sequence[str],
    row_sums: Sequence[RowSum] = (),
    allow_blanks: bool = False,
    cost_of: CostFunction | None = None,
    limit: int = 0,
    most: int = 2000,
) -> tuple[list[Pieces] | None, int]:
    """Return every way to cut the chunks into one piece a column, and the number of search steps taken.

    ``kinds`` names what each column holds (a key of PIECES). A cut costs 1 for each of the ``row_sums`` it
    violates (one with a blank total is not violated) plus ``cost_of(column, value)`` for each figure; cuts
    that cost more than ``limit`` are left out. The list is None if there are more than ``most`` cuts, or
    the search takes more than MOST_STEPS steps.

    >>> cuts([Chunk("230", False), Chunk("000023", False)], ["count"] * 7, [RowSum(0, 6)])[0]
    [('23', '0', '0', '0', '0', '0', '23')]
    """
    search = _Search(chunks, kinds, row_sums, allow_blanks, cost_of, limit)
    found = list(islice(search.cuts(), most + 1))
    steps = MOST_STEPS - search.steps
    return (found if len(found) <= most and search.steps else None), steps


class _Search:
    """A depth-first search over columns, left to right. ``steps`` counts down."""

    def __init__(
        self,
        chunks: Sequence[Chunk],
        kinds: Sequence[str],
        row_sums: Sequence[RowSum],
        allow_blanks: bool,
        cost_of: CostFunction | None,
        limit: int,
    ) -> None:
        self.text = "".join(chunk.text for chunk in chunks)
        self.all_digits = self.text.isdigit()
        self.steps = MOST_STEPS
        self.patterns = [PIECES[kind] for kind in kinds]
        self.allow_blanks, self.cost_of, self.limit = allow_blanks, cost_of, limit
        self.first_of = {s.total: s.first for s in row_sums}
        self.total_of = {part: s.total for s in row_sums for part in range(s.first, s.total)}
        # The column from which all others form one sum. If that sum must hold, there is a faster search.
        final = [s.first for s in row_sums if s.total == len(kinds) - 1]
        self.final_sum = final[0] if final and not (allow_blanks or limit or cost_of) else -1
        # For each character and for the end, the sum of the digits before it.
        self.digits = [0, *accumulate(int(c) if c.isdecimal() else 0 for c in self.text)]
        self.ends: list[int] = []  # for each character, where its chunk ends
        self.whole: list[bool] = []
        for chunk in chunks:
            self.ends += [len(self.ends) + len(chunk.text)] * len(chunk.text)
            self.whole += [chunk.whole] * len(chunk.text)

    def cuts(self) -> Iterator[Pieces]:
        return self._from(0, 0, 0, 0, ())

    def _from(self, at: int, column: int, cost: int, so_far: int, pieces: Pieces) -> Iterator[Pieces]:
        """Continue from a character and a column; ``so_far`` is the sum of the current total's parts."""
        left, columns = len(self.text) - at, len(self.patterns) - column
        if not columns or (left < columns and not self.allow_blanks):
            if left == columns == 0:
                yield pieces
            return
        if column == self.final_sum:
            yield from self._cut_final_sum(at, column, pieces)
            return
        for piece, value, more in self._options(at, column, cost, so_far):
            sum_ = 0 if column in self.first_of else so_far + value
            yield from self._from(at + len(piece), column + 1, cost + more, sum_, (*pieces, piece))
        if self.allow_blanks:
            yield from self._from(
                at, column + 1, cost, 0 if column in self.first_of else so_far, (*pieces, "")
            )

    def _options(self, at: int, column: int, cost: int, so_far: int) -> Iterator[tuple[str, int, int]]:
        """Yield every figure that may stand here, with its value and cost."""
        slack = self.limit - cost
        for piece in (
            self._total(at, so_far) if column in self.first_of and not slack else self._figures(at, column)
        ):
            value = _value(piece)
            more = self.cost_of(column, value) if self.cost_of else 0
            if column in self.first_of:
                more += value != so_far
            if more <= slack and (slack or self._total_fits(at + len(piece), column, so_far + value)):
                yield piece, value, more

    def _figures(self, at: int, column: int) -> Iterator[str]:
        """Yield every figure that may start here, while there are steps left."""
        self.steps -= self.steps > 0
        if at == len(self.text) or not self.steps:
            return
        text, end, pattern = self.text, self.ends[at], self.patterns[column]
        if text[at] == "0" and self.all_digits and not self.whole[at]:
            yield "0"
            return
        for stop in (end,) if self.whole[at] else range(at + 1, min(end, at + LONGEST_PIECE) + 1):
            if (self.all_digits and not self.whole[at]) or pattern.fullmatch(text, at, stop):
                yield text[at:stop]

    def _total(self, at: int, total: int) -> Iterator[str]:
        """Yield the figure that the parts add up to, if it stands here."""
        for piece in dict.fromkeys((str(total), f"{total:,}", *(DASHES if total == 0 else ()))):
            end = at + len(piece)
            if self.text.startswith(piece, at) and (
                end == self.ends[at] if self.whole[at] else end <= self.ends[at]
            ):
                yield piece

    def _total_fits(self, at: int, column: int, so_far: int) -> bool:
        """Return whether the rest has room for the other parts and for a total as long as ``so_far``."""
        total = self.total_of.get(column)
        if total is None or self.allow_blanks:
            return True
        room = len(self.text) - at - (len(self.patterns) - total - 1)
        parts = total - column - 1
        return room >= parts + len(str(so_far))

    def _cut_final_sum(self, at: int, column: int, pieces: Pieces) -> Iterator[Pieces]:
        """Cut the rest into parts and their total. The total comes first, as it bounds every part."""
        parts = len(self.patterns) - column - 1
        for length in range(1, min(len(self.text) - at - parts, LONGEST_PIECE) + 1):
            start = len(self.text) - length
            total = PIECES["count"].fullmatch(self.text, start)
            if total and not self._breaks_chunks(start) and self._agrees_modulo_nine(at, start):
                for found in self._parts_of(at, start, parts, _value(total[0])):
                    yield (*pieces, *found, total[0])

    def _breaks_chunks(self, start: int) -> bool:
        """Return whether a figure from here to the end would join chunks or split a whole one."""
        return self.ends[start] < len(self.text) or (
            self.whole[start] and start > 0 and self.ends[start - 1] > start
        )

    def _agrees_modulo_nine(self, at: int, start: int) -> bool:
        """Return whether parts and total can be equal, by casting out nines.

        Modulo 9 a figure equals the sum of its digits, so it does not matter where the parts are cut.
        """
        return (2 * self.digits[start] - self.digits[at] - self.digits[-1]) % 9 == 0

    def _parts_of(self, at: int, end: int, parts: int, total: int) -> Iterator[Pieces]:
        """Cut the text up to ``end`` into parts that add up to a total."""
        left = end - at
        if parts == 1:
            yield from ((piece,) for piece in self._total(at, total) if len(piece) == left)
            return
        if self.all_digits and not _can_add_up(left, parts, total):
            return
        for piece in self._figures(at, len(self.patterns) - 1 - parts):
            value = _value(piece)
            if value > total or at + len(piece) > end:
                break
            for rest in self._parts_of(at + len(piece), end, parts - 1, total - value):
                yield (piece, *rest)


def _can_add_up(digits: int, parts: int, total: int) -> bool:
    """Return whether so many digits may form parts of a total, judged by the length of the longest part."""
    shortest, longest = -(-digits // parts), digits - parts + 1
    return longest > 0 and 10 ** (shortest - 1) <= max(total, 1) and total < 10**longest + 9 * parts


def _value(piece: str) -> int:
    digits = piece.replace(",", "")
    return int(digits) if digits.isdigit() else 0
