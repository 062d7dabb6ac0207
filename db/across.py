"""Checks between reports: a publisher's years against each other, an aggregate against its members."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from sqlite_utils import Database

from parsers.report import Finding, Number

# 元 written in a cell that asks for 万元 shows as a factor of ten thousand between years.
UNIT_SLIP = (3000, 30_000)
AGGREGATE, VERSIONS = "G-AGG", "V-CHANGED"
Term = tuple[int, str]


class Identity(NamedTuple):
    """A relation between two years running: sums of fields, each with its sign.

    It is looked at only where nothing was found about the field ``after``.
    """

    rule: str
    kind: str
    earlier: tuple[Term, ...]
    relation: str
    later: tuple[Term, ...]
    after: str

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(field for _, field in (*self.later, *self.earlier)))


class Year(NamedTuple):
    """A report of a series, with the figures that the identities name."""

    report: int
    year: int
    figures: dict[str, Number]


class Across(NamedTuple):
    """A finding about ``report`` that comes from holding it against ``other``."""

    finding: Finding
    report: int
    other: int


@cache
def identities() -> tuple[Identity, ...]:
    data = tomllib.loads((files("db") / "across.toml").read_text("utf-8"))
    return tuple(identity for entry in data["identity"] for identity in _expanded(entry))


def _expanded(entry: dict[str, Any]) -> Iterator[Identity]:
    for name in entry.get("each", [""]):
        earlier, later = (tuple(_term(f.format(name)) for f in entry[side]) for side in ("earlier", "later"))
        relation, after = entry.get("relation", "="), entry.get("after", "")
        yield Identity(entry["rule"], entry["kind"], earlier, relation, later, after)


def _term(field: str) -> Term:
    return (-1, field[1:]) if field.startswith("-") else (1, field)


def rules() -> tuple[str, ...]:
    """Name the rules checked here, whose findings are made anew when a report of the series comes in."""
    return (*dict.fromkeys(identity.rule for identity in identities()), VERSIONS, AGGREGATE)


def check_series(db: Database, publisher: int) -> Iterator[Across]:
    """Check a publisher's current reports, year against year. A finding belongs to the later report."""
    for earlier, later in pairwise(_years(db, publisher)):
        if later.year == earlier.year + 1:
            for finding in _check(earlier, later):
                yield Across(finding, later.report, earlier.report)


def _years(db: Database, publisher: int) -> list[Year]:
    fields = sorted({field for identity in identities() for field in identity.fields})
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
        Year(report, year, {name: value for *_, name, value in group}) for (report, year), group in series
    ]


def _check(earlier: Year, later: Year) -> list[Finding]:
    found: list[Finding] = []
    for identity in identities():
        told = any(identity.after in finding.fields for finding in found)
        before, after = _total(identity.earlier, earlier), _total(identity.later, later)
        if not told and before is not None and after is not None and _fails(identity.relation, before, after):
            found.append(_finding(identity, earlier.year, before, after))
    return found


def _total(terms: tuple[Term, ...], year: Year) -> Number | None:
    values = [sign * year.figures[field] for sign, field in terms if field in year.figures]
    return round(sum(values), 6) if len(values) == len(terms) else None


def _fails(relation: str, before: Number, after: Number) -> bool:
    if relation == "unit":
        low, high = UNIT_SLIP
        ratio = max(before, after) / min(before, after) if before > 0 and after > 0 else 1
        return low <= ratio <= high
    return before > after if relation == "<=" else before != after


def _finding(identity: Identity, year: int, before: Number, after: Number) -> Finding:
    names = " + ".join(field for _, field in identity.later)
    message = f"{names} = {after:g}, but the report for {year} leads to {before:g}"
    if identity.relation == "unit":
        message = f"{names} = {after:g}, {year}: {before:g}; 元 written for 万元 in one of them?"
    return Finding(identity.rule, identity.kind, identity.fields, message, expected=before, actual=after)


def check_aggregates(db: Database) -> Iterator[Across]:
    """Note where the bodies of a place report more requests together than its government for all of them.

    Members are seldom complete, so only an excess tells anything; the body that reports most is named.
    """
    # A cross join, and a type for the place, so that SQLite looks members up instead of trying all.
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
        yield Across(finding, report, biggest)
