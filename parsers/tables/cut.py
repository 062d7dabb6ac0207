"""Cut figures that ran together, and place those between dropped blanks, in every way that is possible."""

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
Pieces = tuple[str, ...]
Price = Callable[[int, int], int]


class Chunk(NamedTuple):
    """Figures printed without a break; ``solid`` ones are a single figure for certain."""

    text: str
    solid: bool


class Block(NamedTuple):
    """Columns that the form adds up: ``total`` is the sum of those from ``first`` to before it."""

    first: int
    total: int


def cuts(
    chunks: Sequence[Chunk],
    kinds: Sequence[str],
    blocks: Sequence[Block] = (),
    blanks: bool = False,
    price: Price | None = None,
    limit: int = 0,
    most: int = 2000,
) -> tuple[list[Pieces] | None, int]:
    """Give every way to read the chunks as one piece a column, "" for a blank column.

    ``kinds`` names what a column holds. A way costs one for each of the ``blocks`` whose total is
    another than its parts make (a blank total is none), and ``price(column, value)`` for each figure;
    ways that cost more than ``limit`` are left out. None when there are more than ``most``, or when
    looking for them takes too many steps; with them comes the number of steps taken.

    >>> cuts([Chunk("230", False), Chunk("000023", False)], ["count"] * 7, [Block(0, 6)])[0]
    [('23', '0', '0', '0', '0', '0', '23')]
    """
    search = _Cut(chunks, kinds, blocks, blanks, price, limit)
    found = list(islice(search.ways(), most + 1))
    steps = MOST_STEPS - search.steps
    return (found if len(found) <= most and search.steps else None), steps


class _Cut:
    """A depth-first search over columns, left to right."""

    def __init__(
        self,
        chunks: Sequence[Chunk],
        kinds: Sequence[str],
        blocks: Sequence[Block],
        blanks: bool,
        price: Price | None,
        limit: int,
    ) -> None:
        self.text = "".join(chunk.text for chunk in chunks)
        self.all_digits = self.text.isdigit()
        self.steps = MOST_STEPS
        self.patterns = [PIECES[kind] for kind in kinds]
        self.blanks, self.price, self.limit = blanks, price, limit
        self.first_of = {block.total: block.first for block in blocks}
        self.total_of = {part: block.total for block in blocks for part in range(block.first, block.total)}
        # The column from which all else is one sum: it can be cut faster, if nothing may go amiss.
        whole = [block.first for block in blocks if block.total == len(kinds) - 1]
        self.last_block = whole[0] if whole and not (blanks or limit or price) else -1
        # Before each character and behind the last, the sum of the digits so far.
        self.digits = [0, *accumulate(int(c) if c.isdecimal() else 0 for c in self.text)]
        self.ends: list[int] = []  # for each character, where its chunk ends
        self.solid: list[bool] = []
        for chunk in chunks:
            self.ends += [len(self.ends) + len(chunk.text)] * len(chunk.text)
            self.solid += [chunk.solid] * len(chunk.text)

    def ways(self) -> Iterator[Pieces]:
        return self._from(0, 0, 0, 0, ())

    def _from(self, at: int, column: int, cost: int, so_far: int, taken: Pieces) -> Iterator[Pieces]:
        """Go on from a character and a column; ``so_far`` is the sum of the block's parts."""
        left, columns = len(self.text) - at, len(self.patterns) - column
        if not columns or (left < columns and not self.blanks):
            if left == columns == 0:
                yield taken
            return
        if column == self.last_block:
            yield from self._last_block(at, column, taken)
            return
        for piece, value, more in self._pieces(at, column, cost, so_far):
            sum_ = 0 if column in self.first_of else so_far + value
            yield from self._from(at + len(piece), column + 1, cost + more, sum_, (*taken, piece))
        if self.blanks:
            yield from self._from(
                at, column + 1, cost, 0 if column in self.first_of else so_far, (*taken, "")
            )

    def _pieces(self, at: int, column: int, cost: int, so_far: int) -> Iterator[tuple[str, int, int]]:
        """Give every figure that may stand here, with its value and what it costs."""
        slack = self.limit - cost
        for piece in (
            self._total(at, so_far) if column in self.first_of and not slack else self._any(at, column)
        ):
            value = _value(piece)
            more = self.price(column, value) if self.price else 0
            if column in self.first_of:
                more += value != so_far
            if more <= slack and (slack or self._fits(at + len(piece), column, so_far + value)):
                yield piece, value, more

    def _any(self, at: int, column: int) -> Iterator[str]:
        """Give every figure that may start here, while there are steps left."""
        self.steps -= self.steps > 0
        if at == len(self.text) or not self.steps:
            return
        text, end, pattern = self.text, self.ends[at], self.patterns[column]
        if text[at] == "0" and self.all_digits and not self.solid[at]:
            yield "0"
            return
        for stop in (end,) if self.solid[at] else range(at + 1, min(end, at + LONGEST_PIECE) + 1):
            if (self.all_digits and not self.solid[at]) or pattern.fullmatch(text, at, stop):
                yield text[at:stop]

    def _total(self, at: int, total: int) -> Iterator[str]:
        """Give the figure that the parts add up to, if it stands here."""
        for piece in dict.fromkeys((str(total), f"{total:,}", *(DASHES if total == 0 else ()))):
            end = at + len(piece)
            if self.text.startswith(piece, at) and (
                end == self.ends[at] if self.solid[at] else end <= self.ends[at]
            ):
                yield piece

    def _fits(self, at: int, column: int, so_far: int) -> bool:
        """Say whether the rest has room for the parts to come and a total as long as theirs."""
        total = self.total_of.get(column)
        if total is None or self.blanks:
            return True
        room = len(self.text) - at - (len(self.patterns) - total - 1)
        parts = total - column - 1
        return room >= parts + len(str(so_far))

    def _last_block(self, at: int, column: int, taken: Pieces) -> Iterator[Pieces]:
        """Cut what is left into parts and their total, total first: it bounds every part."""
        parts = len(self.patterns) - column - 1
        for length in range(1, min(len(self.text) - at - parts, LONGEST_PIECE) + 1):
            start = len(self.text) - length
            figure = PIECES["count"].fullmatch(self.text, start)
            if figure and not self._parted(start) and self._balances(at, start):
                for pieces in self._adding_up(at, start, parts, _value(figure[0])):
                    yield (*taken, *pieces, figure[0])

    def _parted(self, start: int) -> bool:
        """Say whether what stands from here to the end is more than one chunk, or a part of one."""
        return self.ends[start] < len(self.text) or (
            self.solid[start] and start > 0 and self.ends[start - 1] > start
        )

    def _balances(self, at: int, start: int) -> bool:
        """Cast out nines: wherever parts are cut, they leave by nine what all their digits leave together."""
        return (2 * self.digits[start] - self.digits[at] - self.digits[-1]) % 9 == 0

    def _adding_up(self, at: int, end: int, parts: int, total: int) -> Iterator[Pieces]:
        """Cut a stretch into parts that add up to a total."""
        left = end - at
        if parts == 1:
            yield from ((piece,) for piece in self._total(at, total) if len(piece) == left)
            return
        if self.all_digits and not _has_room(left, parts, total):
            return
        for piece in self._any(at, len(self.patterns) - 1 - parts):
            value = _value(piece)
            if value > total or at + len(piece) > end:
                break
            for rest in self._adding_up(at + len(piece), end, parts - 1, total - value):
                yield (piece, *rest)


def _has_room(digits: int, parts: int, total: int) -> bool:
    """Say whether digits can make parts of a total, going by the longest part alone."""
    shortest, longest = -(-digits // parts), digits - parts + 1
    return longest > 0 and 10 ** (shortest - 1) <= max(total, 1) and total < 10**longest + 9 * parts


def _value(piece: str) -> int:
    digits = piece.replace(",", "")
    return int(digits) if digits.isdigit() else 0
