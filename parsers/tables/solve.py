"""Settle the rows that are still open by the form's sums; what holds in every solution is inferred."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod

from parsers.forms import Table
from parsers.report import Fact, Number
from parsers.tables.arrange import Row, Way
from parsers.tables.cut import Price
from parsers.tables.relation import Relation, feasible, price, relations
from parsers.tables.sums import Figures

# How much work one table may take; beyond that its open cells stay ambiguous. Steps, not seconds:
# the same input must give the same output on every machine.
MOST_STEPS = 250_000
MOST_COMBINATIONS, FEW_COMBINATIONS, MOST_BASES = 4000, 16, 64
MOST_CANDIDATES = 400
# Where the sums do not close, a reading must break this many sums more before it is ruled out.
MARGIN = 1
MOST_BROKEN = 6
Domain = list[Way]


def solve(table: Table, rows: Sequence[Row], blanks: bool) -> dict[int, Fact]:
    """Give one fact for each cell of the rows found, by the number of the cell in the form.

    ``blanks`` says that the document leaves blank cells out.
    """
    solver = _Solver(table, rows, blanks)
    settled = solver.settled() if solver.open else {}
    cells: dict[int, Fact] = {}
    for row in rows:
        facts = row.facts or solver.facts(row, settled.get(row.number))
        cells |= enumerate(facts, row.number * table.width)
    return cells


class _Solver:
    """One table with rows still open, and the steps that may be spent on it."""

    def __init__(self, table: Table, rows: Sequence[Row], blanks: bool) -> None:
        self.table = table
        self.rows = rows
        self.blanks = blanks or any(row.has_sign for row in rows)
        self.steps = MOST_STEPS
        # A row with a figure too many is read by its own sums or not at all: that they fail is no
        # publisher's error, as long as it is not known which figure is one too many.
        self.open = [
            row for row in rows if row.chunks and not (row.has_surplus and not self.ways(row, False))
        ]
        self.told: dict[int, Number | None] = {
            row.number * table.width + i: fact.value
            for row in (rows if self.open else ())
            for i, fact in enumerate(row.facts)
            if fact.status not in ("ambiguous", "unreadable")
        }

    def settled(self) -> dict[int, Domain]:
        """Find for each open row the ways left; a row that is missing here cannot be told at all.

        Where cells may be blank, only solutions that keep every sum count. Otherwise, where the sums do
        not close, the ways are taken that break the fewest.
        """
        blanks = self.blanks
        domains = {row.number: ways for row in self.open if (ways := self.ways(row, blanks))}
        if len(domains) == len(self.open) and self.is_plain(domains):
            return domains
        if blanks or len(domains) == len(self.open):
            solved = self.solutions(domains)
            if solved or blanks:
                return solved
        return self.least_broken(domains)

    def ways(self, row: Row, blanks: bool, by_sums: bool = True) -> Domain:
        """Give the ways to read a row, [] where there are none or too many to say."""
        found, steps = row.ways(blanks, by_sums)
        self.steps -= steps
        return list(found) if self.steps > 0 else []

    def cheapest(self, row: Row, price: Price, limit: int) -> Domain | None:
        found, steps = row.cheapest(price, limit)
        self.steps -= steps
        return found if self.steps > 0 else None

    def is_plain(self, domains: dict[int, Domain]) -> bool:
        """Say whether every row has one way, and all sums hold: as a rule that is all there is to solve."""
        if any(len(ways) > 1 for ways in domains.values()):
            return False
        told = self.told.copy()
        for number, (way,) in domains.items():
            told |= enumerate(way, number * self.table.width)
        blank = frozenset(cell for cell, value in told.items() if value is None)
        figures = Figures({cell: value or 0 for cell, value in told.items()}, blank)
        return all(map(figures.holds, self.table.cross_row_sums))

    def solutions(self, domains: dict[int, Domain]) -> dict[int, Domain]:
        """Give for each row the ways that stand in some solution of all sums.

        Empty when there is no solution, or none can be shown with the steps allowed: a way that keeps
        the sum of its own row proves nothing while it is open whether the others can be kept beside it.
        """
        tied = relations(self.table, domains, self.told)
        ways = list(domains.values())
        if prod(map(len, ways)) > FEW_COMBINATIONS:
            ways = _narrowed(ways, tied)
        if prod(map(len, ways)) > MOST_COMBINATIONS:
            return {}
        solutions = [way for way in product(*ways) if not any(r.residual(way) for r in tied)]
        found = [list(dict.fromkeys(column)) for column in zip(*solutions, strict=True)]
        return dict(zip(domains, found, strict=True)) if found else {}

    def least_broken(self, domains: dict[int, Domain]) -> dict[int, Domain]:
        """Take the readings that break the fewest sums, and all that break hardly more.

        A publisher's own error breaks a few sums whatever the reading. A false reading moves digits
        between columns, and so breaks sums in at least two of them. A row that no way lets keep its
        own sum is read by what the columns leave for it; with two such rows nothing can be told.
        """
        order = [row.number for row in self.open]
        lost = [i for i, number in enumerate(order) if number not in domains]
        base = [domains.get(number) or [()] for number in order]
        if len(lost) > 1 or prod(map(len, base)) > MOST_BASES:
            return {}
        tied = relations(self.table, order, self.told)
        readings = [full for ways in product(*base) for full in self.completed(ways, tied, lost)]
        costs = {ways: self.cost(ways, tied) for ways in readings}
        limit = min(costs.values(), default=0) + MARGIN
        found: list[dict[Way, None]] = [{} for _ in order]
        for ways, cost in costs.items():
            for i, others in enumerate(self.instead(ways, tied, limit - cost) if cost <= limit else ()):
                if others is None:
                    return {}
                found[i] |= dict.fromkeys(others)
        return {number: list(ways) for number, ways in zip(order, found, strict=True) if ways}

    def completed(
        self, ways: tuple[Way, ...], tied: list[Relation], lost: list[int]
    ) -> Iterable[tuple[Way, ...]]:
        """Fill a lost row in with the ways that break the fewest sums, if there is one."""
        if not lost:
            return [ways]
        (i,) = lost
        for limit in range(1, MOST_BROKEN):
            if found := self.cheapest(self.open[i], price(i, ways, tied), limit):
                return [(*ways[:i], way, *ways[i + 1 :]) for way in found]
        return []

    def instead(self, ways: tuple[Way, ...], tied: list[Relation], slack: int) -> Iterator[Domain | None]:
        """Give for each row the ways, its own among them, that break at most ``slack`` sums more."""
        for i, row in enumerate(self.open):
            if row.is_forced:
                yield [ways[i]]
            else:
                own = price(i, ways, tied)
                present = sum(own(column, int(value or 0)) for column, value in enumerate(ways[i]))
                yield self.cheapest(row, own, row.broken(ways[i]) + present + slack)

    def cost(self, ways: Sequence[Way], tied: list[Relation]) -> int:
        within = sum(row.broken(way) for row, way in zip(self.open, ways, strict=True))
        return within + sum(relation.residual(ways) != 0 for relation in tied)

    def facts(self, row: Row, ways: Domain | None) -> list[Fact]:
        """Give a row's cells: certain where all ways left agree, else with every value that is possible."""
        text, at, fields = row.text, row.at, row.setting.fields
        if ways and all(map(row.hides, ways)):
            ways = None
        if ways and len(ways) == 1:
            return [_certain(field, value, text, at) for field, value in zip(fields, ways[0], strict=True)]
        possible = ways or self.ways(row, self.blanks, by_sums=False)
        columns = [set(column) for column in zip(*possible, strict=True)] or [set()] * len(fields)
        return [
            _certain(field, next(iter(values)), text, at)
            if ways and len(values) == 1
            else Fact(field, None, text, "ambiguous" if row.chunks else "unreadable", at, _candidates(values))
            for field, values in zip(fields, columns, strict=True)
        ]


def _narrowed(domains: list[Domain], tied: list[Relation]) -> list[Domain]:
    """Drop the ways that no choice of the other rows can balance."""
    left = list(domains)
    changed = True
    while changed and all(left):
        changed = False
        for relation in tied:
            for row, kept in feasible(left, relation):
                changed = changed or len(kept) < len(left[row])
                left[row] = kept
            if not all(left):
                break
    return left


def _certain(field: str, value: Number | None, text: str, at: str) -> Fact:
    return Fact(field, value, text, "blank" if value is None else "inferred", at)


def _candidates(values: set[Number | None]) -> tuple[Number | None, ...]:
    if len(values) > MOST_CANDIDATES:
        return ()
    return tuple(sorted(values, key=lambda value: (value is None, value or 0)))
