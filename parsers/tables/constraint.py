"""The form's sums over several rows, as constraints on the rows that are still open."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from parsers.forms import Sum, Table
from parsers.report import Number
from parsers.tables.arrange import Assignment
from parsers.tables.cut import CostFunction


class Term(NamedTuple):
    """A cell of an open row in a constraint. ``row`` is its index among the open rows, ``sign`` 1 or -1."""

    row: int
    column: int
    sign: int


class Constraint(NamedTuple):
    """A sum over several rows, of which some are open: ``constant`` plus the signed terms must be zero.

    ``constant`` is what the known cells contribute; ``left`` are the open cells (row, column) on the left
    side of the sum. A blank total may stand for any number: the constraint holds if a cell of ``left`` is
    blank.
    """

    constant: Number
    terms: tuple[Term, ...]
    left: frozenset[tuple[int, int]]

    def residual(self, assignments: Sequence[Assignment], without: int = -1) -> Number:
        """Return the value of the constraint, zero if it holds; terms of the row ``without`` are left out."""
        total = self.constant
        for row, column, sign in self.terms:
            if row != without:
                value = assignments[row][column]
                if value is None and (row, column) in self.left:
                    return 0
                total += sign * (value or 0)
        return total


def constraints_on(
    table: Table, open_rows: Iterable[int], known: dict[int, Number | None]
) -> list[Constraint]:
    """Return the sums over several rows that hold open cells, and of which all other cells are known."""
    order = {number: i for i, number in enumerate(open_rows)}
    found = (_constraint(s, table.width, order, known) for s in table.cross_row_sums)
    return [constraint for constraint in found if constraint and constraint.terms]


def _constraint(
    s: Sum, width: int, order: dict[int, int], known: dict[int, Number | None]
) -> Constraint | None:
    constant: Number = 0
    terms: list[Term] = []
    for cell in s.cells:
        sign = 1 if cell in s.left else -1
        row, column = divmod(cell, width)
        if row in order:
            terms.append(Term(order[row], column, sign))
        elif cell not in known or (known[cell] is None and cell in s.left):
            return None
        else:
            constant += sign * (known[cell] or 0)
    left = frozenset((term.row, term.column) for term in terms if term.sign > 0)
    return Constraint(constant, tuple(terms), left)


def prune(
    domains: Sequence[list[Assignment]], constraint: Constraint
) -> Iterator[tuple[int, list[Assignment]]]:
    """Yield each row's index with the assignments for which the constraint can still be satisfied.

    They are judged by the least and greatest value that the other rows can contribute.
    """
    spans = []
    for row, column, sign in constraint.terms:
        values = [assignment[column] for assignment in domains[row]]
        if None in values and (row, column) in constraint.left:
            return
        signed = [sign * (value or 0) for value in values]
        spans.append((row, column, sign, min(signed), max(signed)))
    if len({span[0] for span in spans}) < len(spans):
        return  # two cells of one row depend on each other, so their bounds do not add up
    low = constraint.constant + sum(span[3] for span in spans)
    high = constraint.constant + sum(span[4] for span in spans)
    for row, column, sign, least, most in spans:
        if least < most or not low <= 0 <= high:
            others_low, others_high = low - least, high - most
            yield (
                row,
                [a for a in domains[row] if others_low <= -sign * (a[column] or 0) <= others_high],
            )


def cost_function(
    i: int, assignments: Sequence[Assignment], constraints: Iterable[Constraint]
) -> CostFunction:
    """Return the cost function of row ``i``: how many constraints a value violates if the other rows stay."""
    needed: dict[int, list[Number]] = {}
    for constraint in constraints:
        own = [term for term in constraint.terms if term.row == i]
        if len(own) == 1:
            rest = constraint.residual(assignments, without=i)
            needed.setdefault(own[0].column, []).append(-own[0].sign * rest)
    return lambda column, value: sum(value != each for each in needed.get(column, ()))
