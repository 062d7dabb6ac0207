"""Solve the rows that are still open by the form's sums; what holds in every solution is inferred."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod

from parsers.forms import Table
from parsers.report import Fact, Number
from parsers.tables.arrange import Assignment, Row
from parsers.tables.constraint import Constraint, constraints_on, cost_function, prune
from parsers.tables.cut import CostFunction
from parsers.tables.sums import TableValues

# The work that one table may take; beyond that its open cells stay ambiguous. It is counted in steps, not
# in seconds, so that the same input gives the same output on every machine.
MOST_STEPS = 250_000
MOST_COMBINATIONS, FEW_COMBINATIONS, MOST_STARTS = 4000, 16, 64
MOST_CANDIDATES = 400
# If no solution satisfies all sums, those that violate this many more than the best one are kept as well.
MARGIN = 1
MOST_VIOLATIONS = 6
# The assignments that a row may still take.
Domain = list[Assignment]
# One assignment for each open row, in order.
Solution = tuple[Assignment, ...]


def solve(table: Table, rows: Sequence[Row], allow_blanks: bool) -> dict[int, Fact]:
    """Return one fact for each cell of the rows found, by the number of the cell in the form.

    ``allow_blanks`` says that the document leaves blank cells out.
    """
    solver = _Solver(table, rows, allow_blanks)
    domains = solver.final_domains() if solver.open else {}
    cells: dict[int, Fact] = {}
    for row in rows:
        facts = row.facts or solver.facts(row, domains.get(row.number))
        cells |= enumerate(facts, row.number * table.width)
    return cells


class _Solver:
    """One table with its open rows, and the steps that may still be spent on it."""

    def __init__(self, table: Table, rows: Sequence[Row], allow_blanks: bool) -> None:
        self.table = table
        self.rows = rows
        self.allow_blanks = allow_blanks or any(row.has_sign for row in rows)
        self.steps = MOST_STEPS
        # A row with a figure too many must satisfy its own sums: as long as it is not known which figure
        # is the extra one, a sum that fails is no evidence of a publisher's error.
        self.open = [
            row
            for row in rows
            if row.chunk_lists and not (row.has_surplus and not self.assignments(row, False))
        ]
        self.known: dict[int, Number | None] = {
            row.number * table.width + i: fact.value
            for row in (rows if self.open else ())
            for i, fact in enumerate(row.facts)
            if fact.status not in ("ambiguous", "unreadable")
        }

    def final_domains(self) -> dict[int, Domain]:
        """Return the assignments left for each open row; a row that cannot be solved at all is missing.

        If cells may be blank, only solutions that satisfy every sum count. Otherwise, if there is no such
        solution, those that violate the fewest sums do.
        """
        allow_blanks = self.allow_blanks
        domains = {row.number: found for row in self.open if (found := self.assignments(row, allow_blanks))}
        if len(domains) == len(self.open) and self.is_solved(domains):
            return domains
        if allow_blanks or len(domains) == len(self.open):
            exact = self.exact_domains(domains)
            if exact or allow_blanks:
                return exact
        return self.least_cost_domains(domains)

    def assignments(self, row: Row, allow_blanks: bool, by_sums: bool = True) -> Domain:
        """Return the assignments of a row, [] if there are none or too many to list."""
        found, steps = row.assignments(allow_blanks, by_sums)
        self.steps -= steps
        return list(found) if self.steps > 0 else []

    def assignments_within(self, row: Row, cost_of: CostFunction, limit: int) -> Domain | None:
        found, steps = row.assignments_within(cost_of, limit)
        self.steps -= steps
        return found if self.steps > 0 else None

    def is_solved(self, domains: dict[int, Domain]) -> bool:
        """Return whether every row has one assignment and all sums hold, as is usually the case."""
        if any(len(domain) > 1 for domain in domains.values()):
            return False
        known = self.known.copy()
        for number, (assignment,) in domains.items():
            known |= enumerate(assignment, number * self.table.width)
        blank = frozenset(cell for cell, value in known.items() if value is None)
        values = TableValues({cell: value or 0 for cell, value in known.items()}, blank)
        return all(map(values.holds, self.table.cross_row_sums))

    def exact_domains(self, domains: dict[int, Domain]) -> dict[int, Domain]:
        """Return for each row the assignments that are part of some solution of all sums.

        Returns {} if there is no solution, or if there are too many combinations to try: an assignment
        that satisfies the sums of its own row proves nothing unless the other rows have one that fits it.
        """
        constraints = constraints_on(self.table, domains, self.known)
        left = list(domains.values())
        if prod(map(len, left)) > FEW_COMBINATIONS:
            left = _propagate(left, constraints)
        if prod(map(len, left)) > MOST_COMBINATIONS:
            return {}
        solutions = [each for each in product(*left) if not any(c.residual(each) for c in constraints)]
        found = [list(dict.fromkeys(row)) for row in zip(*solutions, strict=True)]
        return dict(zip(domains, found, strict=True)) if found else {}

    def least_cost_domains(self, domains: dict[int, Domain]) -> dict[int, Domain]:
        """Return for each row the assignments of the solutions that violate the fewest sums, within MARGIN.

        A publisher's own error violates a few sums in any solution. A wrong solution moves digits between
        columns, and so violates sums in at least two of them. A row of which no assignment satisfies its
        own sums is solved by what the columns leave for it; with two such rows nothing can be inferred.
        """
        order = [row.number for row in self.open]
        empty = [i for i, number in enumerate(order) if number not in domains]
        starts = [domains.get(number) or [()] for number in order]
        if len(empty) > 1 or prod(map(len, starts)) > MOST_STARTS:
            return {}
        constraints = constraints_on(self.table, order, self.known)
        solutions = [
            solution for start in product(*starts) for solution in self.completed(start, constraints, empty)
        ]
        costs = {solution: self.cost(solution, constraints) for solution in solutions}
        limit = min(costs.values(), default=0) + MARGIN
        found: list[dict[Assignment, None]] = [{} for _ in order]
        for solution, cost in costs.items():
            for i, others in enumerate(
                self.neighbours(solution, constraints, limit - cost) if cost <= limit else ()
            ):
                if others is None:
                    return {}
                found[i] |= dict.fromkeys(others)
        return {number: list(domain) for number, domain in zip(order, found, strict=True) if domain}

    def completed(
        self, start: Solution, constraints: list[Constraint], empty: list[int]
    ) -> Iterable[Solution]:
        """Complete a solution by the least-cost assignments of the row that has none, if there is one."""
        if not empty:
            return [start]
        (i,) = empty
        for limit in range(1, MOST_VIOLATIONS):
            if found := self.assignments_within(self.open[i], cost_function(i, start, constraints), limit):
                return [(*start[:i], assignment, *start[i + 1 :]) for assignment in found]
        return []

    def neighbours(
        self, solution: Solution, constraints: list[Constraint], slack: int
    ) -> Iterator[Domain | None]:
        """Yield for each row the assignments, its own among them, that cost at most ``slack`` more.

        None stands for too many.
        """
        for i, row in enumerate(self.open):
            own = solution[i]
            if row.has_single_cut:
                yield [own]
            else:
                cost_of = cost_function(i, solution, constraints)
                present = sum(cost_of(column, int(value or 0)) for column, value in enumerate(own))
                yield self.assignments_within(row, cost_of, row.violations(own) + present + slack)

    def cost(self, solution: Solution, constraints: list[Constraint]) -> int:
        """Count the sums that a solution violates."""
        within = sum(row.violations(own) for row, own in zip(self.open, solution, strict=True))
        return within + sum(constraint.residual(solution) != 0 for constraint in constraints)

    def facts(self, row: Row, domain: Domain | None) -> list[Fact]:
        """Return the facts of a row: inferred where all assignments left agree, else with all candidates."""
        text, at, fields = row.text, row.at, row.schema.fields
        if domain and all(map(row.omits_total, domain)):
            domain = None
        if domain and len(domain) == 1:
            return [_inferred(field, value, text, at) for field, value in zip(fields, domain[0], strict=True)]
        possible = domain or self.assignments(row, self.allow_blanks, by_sums=False)
        columns = [set(column) for column in zip(*possible, strict=True)] or [set()] * len(fields)
        open_status = "ambiguous" if row.chunk_lists else "unreadable"
        return [
            _inferred(field, next(iter(values)), text, at)
            if domain and len(values) == 1
            else Fact(field, None, text, open_status, at, _candidates(values))
            for field, values in zip(fields, columns, strict=True)
        ]


def _propagate(domains: list[Domain], constraints: list[Constraint]) -> list[Domain]:
    """Prune the domains by every constraint until none shrinks any more, or one is empty."""
    left = list(domains)
    changed = True
    while changed and all(left):
        changed = False
        for constraint in constraints:
            for row, kept in prune(left, constraint):
                changed = changed or len(kept) < len(left[row])
                left[row] = kept
            if not all(left):
                break
    return left


def _inferred(field: str, value: Number | None, text: str, at: str) -> Fact:
    return Fact(field, value, text, "blank" if value is None else "inferred", at)


def _candidates(values: set[Number | None]) -> tuple[Number | None, ...]:
    if len(values) > MOST_CANDIDATES:
        return ()
    return tuple(sorted(values, key=lambda value: (value is None, value or 0)))
