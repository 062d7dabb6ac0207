"""Checks across reports: a publisher's years against each other, an aggregate against its members."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from sqlite_utils import Database

from parsers.report import Finding, Number

# 元 written in a cell that asks for 万元 shows as a factor of about ten thousand between years.
UNIT_ERROR_RATIOS = (3000, 30_000)
AGGREGATE, VERSIONS = "G-AGG", "V-CHANGED"
Term = tuple[int, str]


class Constraint(NamedTuple):
    """A relation between two consecutive years: sums of fields, each with its sign.

    ``relation`` is ``=``, ``<=``, or ``unit`` (not apart by a factor of about ten thousand). A constraint is
    only checked if no finding names the field ``unless_failed``.
    """

    rule: str
    kind: str
    earlier: tuple[Term, ...]
    relation: str
    later: tuple[Term, ...]
    unless_failed: str

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(field for _, field in (*self.later, *self.earlier)))


class YearFigures(NamedTuple):
    """A report of a series, with the figures that the constraints need."""

    report: int
    year: int
    figures: dict[str, Number]


class CrossFinding(NamedTuple):
    """A finding about ``report`` from the comparison with the report ``other``."""

    finding: Finding
    report: int
    other: int


@cache
def constraints() -> tuple[Constraint, ...]:
    data = tomllib.loads((files("db") / "across.toml").read_text("utf-8"))
    return tuple(constraint for entry in data["constraint"] for constraint in _expanded(entry))


def _expanded(entry: dict[str, Any]) -> Iterator[Constraint]:
    for name in entry.get("each", [""]):
        earlier, later = (tuple(_term(f.format(name)) for f in entry[side]) for side in ("earlier", "later"))
        relation, unless_failed = entry.get("relation", "="), entry.get("unless_failed", "")
        yield Constraint(entry["rule"], entry["kind"], earlier, relation, later, unless_failed)


def _term(field: str) -> Term:
    return (-1, field[1:]) if field.startswith("-") else (1, field)


def rules() -> tuple[str, ...]:
    """Return the rules checked here; their findings are replaced when a report of the series is loaded."""
    return (*dict.fromkeys(constraint.rule for constraint in constraints()), VERSIONS, AGGREGATE)


def check_series(db: Database, publisher: int) -> Iterator[CrossFinding]:
    """Check a publisher's current reports, year against year. Findings are about the later report."""
    for earlier, later in pairwise(_years(db, publisher)):
        if later.year == earlier.year + 1:
            for finding in _check(earlier, later):
                yield CrossFinding(finding, later.report, earlier.report)


def _years(db: Database, publisher: int) -> list[YearFigures]:
    fields = sorted({field for constraint in constraints() for field in constraint.fields})
    rows = db.execute(
        f"""SELECT reports.id, reports.year, fields.name, facts.value
            FROM reports JOIN facts ON facts.report = reports.id JOIN fields ON fields.id = facts.field
            WHERE reports.publisher = ? AND reports.current AND facts.value IS NOT NULL
              AND fields.name IN ({", ".join("?" * len(fields))})
            ORDER BY reports.year, reports.id""",
        [publisher, *fields],
    ).fetchall()
    series = groupby(rows, key=lambda row: row[:2])
    return [
        YearFigures(report, year, {name: value for *_, name, value in group})
        for (report, year), group in series
    ]


def _check(earlier: YearFigures, later: YearFigures) -> list[Finding]:
    found: list[Finding] = []
    for constraint in constraints():
        if any(constraint.unless_failed in finding.fields for finding in found):
            continue
        expected, actual = _total(constraint.earlier, earlier), _total(constraint.later, later)
        if expected is not None and actual is not None and _fails(constraint.relation, expected, actual):
            found.append(_finding(constraint, earlier.year, expected, actual))
    return found


def _total(terms: tuple[Term, ...], year: YearFigures) -> Number | None:
    values = [sign * year.figures[field] for sign, field in terms if field in year.figures]
    return round(sum(values), 6) if len(values) == len(terms) else None


def _fails(relation: str, expected: Number, actual: Number) -> bool:
    if relation == "unit":
        low, high = UNIT_ERROR_RATIOS
        ratio = max(expected, actual) / min(expected, actual) if expected > 0 and actual > 0 else 1
        return low <= ratio <= high
    return expected > actual if relation == "<=" else expected != actual


def _finding(constraint: Constraint, year: int, expected: Number, actual: Number) -> Finding:
    names = " + ".join(field for _, field in constraint.later)
    message = f"{names} = {actual:g}, but the report for {year} leads to {expected:g}"
    if constraint.relation == "unit":
        message = f"{names} = {actual:g}, {year}: {expected:g}; 元 written for 万元 in one of them?"
    return Finding(
        constraint.rule, constraint.kind, constraint.fields, message, expected=expected, actual=actual
    )


def check_aggregates(db: Database) -> Iterator[CrossFinding]:
    """Find places whose bodies together report more requests than their government reports for all of them.

    Reports of members are seldom complete, so only an excess means anything. ``other`` is the body that
    reports most.
    """
    # The cross join, and a type for the place, make SQLite look up members instead of scanning them.
    rows = db.execute(
        """WITH members AS MATERIALIZED (
             SELECT CAST(CASE scope WHEN 'county_aggregate' THEN parent ELSE place END AS TEXT) AS place,
                    year, sum(value) AS value, max(value), report AS biggest
             FROM received WHERE scope IN ('general_office', 'department', 'township', 'subdistrict', 'zone',
                                           'county_aggregate')
             GROUP BY 1, 2)
           SELECT whole.report, whole.value, members.value, members.biggest
           FROM received AS whole CROSS JOIN members USING (place, year)
           WHERE whole.scope IN ('city_aggregate', 'county_aggregate', 'province_aggregate')
             AND members.value > whole.value ORDER BY whole.report"""
    )
    for report, value, members, biggest in rows.fetchall():
        message = (
            f"the bodies of this place report {members:g} requests received, its government {value:g} for all"
        )
        finding = Finding(AGGREGATE, "info", ("requests.received.total",), message, members, value)
        yield CrossFinding(finding, report, biggest)
