"""Evaluate the sums of a form over a table's values: whether they hold, and what they imply."""

from typing import NamedTuple

from parsers.forms import Sum, Table
from parsers.report import Fact, Number


class TableValues(NamedTuple):
    """The values of the cells that were read, zero for a blank one, and which of them are ``blank``."""

    values: dict[int, Number]
    blank: frozenset[int]

    def sides(self, s: Sum) -> tuple[Number, Number] | None:
        """Add up both sides of a sum; None if one of its cells was not read.

        Returns 0, 0 if the sum holds or does not apply, and if a blank cell may explain the difference: a
        blank total, or a blank part that may hold what is missing.
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
        """Return whether a sum holds; one that cannot be checked does."""
        sides = self.sides(s)
        return sides is None or sides[0] == sides[1] or (s.relation == "<=" and sides[0] < sides[1])

    def with_value(self, cell: int, value: Number) -> "TableValues":
        return TableValues(self.values | {cell: value}, self.blank)


def implied(table: Table, cells: dict[int, Fact]) -> dict[int, Number]:
    """Return the values that the form's sums leave for blank cells.

    Counts are never negative. So if the parts printed already make up their total, the blank parts are
    zero; a single blank cell is the difference. Sums that cannot hold imply nothing.
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
            for c, v in _implied_by(s, known | found).items()
            if c in blank and c not in found
        }
        changed = bool(new)
        found |= new
    return found


def _implied_by(s: Sum, known: dict[int, Number]) -> dict[int, Number]:
    unknown = [cell for cell in s.cells if cell not in known]
    missing = sum(known.get(c, 0) for c in s.left) - sum(known.get(c, 0) for c in s.right)
    if len(unknown) == 1:
        value = missing if unknown[0] in s.right else -missing
        return {unknown[0]: value} if value >= 0 else {}
    one_side = all(cell in s.right for cell in unknown) or all(cell in s.left for cell in unknown)
    return dict.fromkeys(unknown, 0) if missing == 0 and one_side else {}
