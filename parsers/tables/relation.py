"""Sums over several rows, of which some may be read in several ways."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from parsers.forms import Sum, Table
from parsers.report import Number
from parsers.tables.arrange import Way
from parsers.tables.cut import Price


class Term(NamedTuple):
    """A cell of an open row in a relation, counted with its sign."""

    row: int
    column: int
    sign: int


class Relation(NamedTuple):
    """A sum over several rows: ``known`` plus its open terms must make zero.

    A relation says nothing where a cell of its left side is blank: a blank total may be any number.
    """

    known: Number
    terms: tuple[Term, ...]
    left: frozenset[tuple[int, int]]

    def residual(self, ways: Sequence[Way], without: int = -1) -> Number:
        """Say what the relation makes; the row ``without`` is left out of it."""
        total = self.known
        for row, column, sign in self.terms:
            if row != without:
                value = ways[row][column]
                if value is None and (row, column) in self.left:
                    return 0
                total += sign * (value or 0)
        return total


def relations(table: Table, open_rows: Iterable[int], told: dict[int, Number | None]) -> list[Relation]:
    """State the sums that tie open rows to others, as far as all their cells are told or open."""
    order = {number: i for i, number in enumerate(open_rows)}
    found = (_relation(s, table.width, order, told) for s in table.cross_row_sums)
    return [relation for relation in found if relation and relation.terms]


def _relation(s: Sum, width: int, order: dict[int, int], told: dict[int, Number | None]) -> Relation | None:
    known: Number = 0
    terms: list[Term] = []
    for cell in s.cells:
        sign = 1 if cell in s.left else -1
        row, column = divmod(cell, width)
        if row in order:
            terms.append(Term(order[row], column, sign))
        elif cell not in told or (told[cell] is None and cell in s.left):
            return None
        else:
            known += sign * (told[cell] or 0)
    left = frozenset((term.row, term.column) for term in terms if term.sign > 0)
    return Relation(known, tuple(terms), left)


def feasible(domains: Sequence[list[Way]], relation: Relation) -> Iterator[tuple[int, list[Way]]]:
    """Keep the ways of each row with which the relation can still come to zero."""
    spans = []
    for row, column, sign in relation.terms:
        values = [way[column] for way in domains[row]]
        if None in values and (row, column) in relation.left:
            return
        signed = [sign * (value or 0) for value in values]
        spans.append((row, column, sign, min(signed), max(signed)))
    if len({span[0] for span in spans}) < len(spans):
        return  # two cells of one row: the limits of one do not bound the other
    low = relation.known + sum(span[3] for span in spans)
    high = relation.known + sum(span[4] for span in spans)
    for row, column, sign, least, most in spans:
        if least < most or not low <= 0 <= high:
            others_low, others_high = low - least, high - most
            yield (
                row,
                [way for way in domains[row] if others_low <= -sign * (way[column] or 0) <= others_high],
            )


def price(i: int, ways: Sequence[Way], tied: Iterable[Relation]) -> Price:
    """Say for each column and value of a row how many sums it breaks while the other rows stay."""
    needed: dict[int, list[Number]] = {}
    for relation in tied:
        own = [term for term in relation.terms if term.row == i]
        if len(own) == 1:
            rest = relation.residual(ways, without=i)
            needed.setdefault(own[0].column, []).append(-own[0].sign * rest)
    return lambda column, value: sum(value != each for each in needed.get(column, ()))
