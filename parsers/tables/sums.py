"""The sums of a table over what was read of it: whether they hold, and what they imply."""

from typing import NamedTuple

from parsers.forms import Sum, Table
from parsers.report import Fact, Number


class Figures(NamedTuple):
    """The cells of a table as far as they were read: a blank as zero, and which those are."""

    values: dict[int, Number]
    blank: frozenset[int]

    def sides(self, s: Sum) -> tuple[Number, Number] | None:
        """Add up both sides of a sum; None where a cell was not read.

        Where blanks leave nothing to check, a blank total or parts that may hold what is missing,
        both sides count as equal.
        """
        values = self.values
        try:
            left, right = sum([values[cell] for cell in s.left]), sum([values[cell] for cell in s.right])
        except KeyError:
            return None
        if left == right or (s.unless is not None and values.get(s.unless, 0) > 0):
            return 0, 0
        if not self.blank.isdisjoint(s.left) or (right < left and not self.blank.isdisjoint(s.right)):
            return 0, 0
        return round(left, 6), round(right, 6)

    def holds(self, s: Sum) -> bool:
        """Say whether a sum holds, as far as it can be told."""
        sides = self.sides(s)
        return sides is None or sides[0] == sides[1] or (s.relation == "<=" and sides[0] < sides[1])

    def changed(self, cell: int, value: Number) -> "Figures":
        return Figures(self.values | {cell: value}, self.blank)


def implied(table: Table, cells: dict[int, Fact]) -> dict[int, Number]:
    """Work out what the form's sums leave for cells that were printed blank.

    Counts are never negative, so parts that fill their total leave zero for the blank ones; a single
    blank takes what is missing. Sums that do not close imply nothing.
    """
    known = {cell: fact.value for cell, fact in cells.items() if fact.value is not None}
    blank = {cell for cell, fact in cells.items() if fact.status == "blank"}
    sums = [s for s in table.sums if s.binding and not blank.isdisjoint(s.cells)]
    found: dict[int, Number] = {}
    changed = bool(sums)
    while changed:
        new = {
            c: v
            for s in sums
            for c, v in _left_over(s, known | found).items()
            if c in blank and c not in found
        }
        changed = bool(new)
        found |= new
    return found


def _left_over(s: Sum, known: dict[int, Number]) -> dict[int, Number]:
    unknown = [cell for cell in s.cells if cell not in known]
    lack = sum(known.get(c, 0) for c in s.left) - sum(known.get(c, 0) for c in s.right)
    if len(unknown) == 1:
        value = lack if unknown[0] in s.right else -lack
        return {unknown[0]: value} if value >= 0 else {}
    one_side = all(cell in s.right for cell in unknown) or all(cell in s.left for cell in unknown)
    return dict.fromkeys(unknown, 0) if lack == 0 and one_side else {}
