"""Queries over the current reports: metrics by place and year, and findings."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlite_utils import Database

from db.metrics import metrics
from parsers import places

DEFAULT_METRICS = (
    "requests_received",
    "requests_handled",
    "disclosure_rate",
    "reviews_total",
    "litigation_total",
)
# For each pair of forms, the first data year of the later one, where a series may break.
FORM_CHANGES = {"2014-2019": 2019, "2019-2021": 2021}
GRADES = {"B": "comparable with a caveat", "C": "not comparable", "none": "not asked in both forms"}


class UnknownPlace(LookupError):
    """No place, or more than one, has the given name."""


class Selection(NamedTuple):
    """Which reports to query; an empty part selects all. ``places`` are codes, ``years`` data years."""

    places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    scopes: tuple[str, ...] = ()

    def where(self) -> tuple[str, list[Any]]:
        """Return an SQL condition on ``reports`` and ``publishers``, and its parameters."""
        parts = {"publishers.place": self.places, "reports.year": self.years, "publishers.scope": self.scopes}
        given = {column: allowed for column, allowed in parts.items() if allowed}
        clauses = [f"{column} IN ({', '.join('?' * len(allowed))})" for column, allowed in given.items()]
        return " AND ".join(["reports.current", *clauses]), [
            each for allowed in given.values() for each in allowed
        ]


def place_code(text: str) -> str:
    """Return the code of a place given by code or full name. Raises UnknownPlace.

    A code need not be in the list of places: a registry of sites may have codes of its own.
    """
    if re.fullmatch("[0-9]{6}", text):
        return text
    found = places.find(text, None)
    if len(found) == 1:
        return found[0].code
    named = ", ".join(f"{places.path(place, None)} {place.code}" for place in found)
    raise UnknownPlace(f"{text} may be {named}; give the code" if found else f"no place is named {text}")


def codes_within(code: str) -> tuple[str, ...]:
    """Return the codes of a place and of all places below it, in any year."""
    found = [code]
    for parent in found:
        found += {
            place.code for place in places.all_places() if place.parent == parent and place.code not in found
        }
    return tuple(found)


def select(
    places: Iterable[str] = (),
    within: Iterable[str] = (),
    years: Iterable[int] = (),
    scopes: Iterable[str] = (),
) -> Selection:
    """Select reports by place (code or full name), by place and all below it, by year and by scope.

    Raises UnknownPlace.
    """
    codes = [place_code(place) for place in places]
    codes += [code for place in within for code in codes_within(place_code(place))]
    return Selection(tuple(codes), tuple(years), tuple(scopes))


def compare(db: Database, names: Sequence[str], selection: Selection) -> list[dict[str, Any]]:
    """Return metrics of the current reports: one row per publisher, year and metric.

    ``value`` is None, with the reason in ``status``, if the form asks for the metric but it has no value.
    """
    # SQLite keeps the order of cross joins: from the few selected publishers to their reports and values.
    where, parameters = selection.where()
    rows = db.query(
        f"""SELECT publishers.name AS publisher, publishers.place, publishers.scope, publishers.series,
                   reports.year, metrics.name AS metric, metric_values.value, metrics.unit,
                   statuses.name AS status, documents.name AS document
            FROM publishers CROSS JOIN reports ON reports.publisher = publishers.id
            CROSS JOIN metrics
            CROSS JOIN metric_values ON metric_values.metric = metrics.id
                                    AND metric_values.report = reports.id
            JOIN documents ON documents.id = reports.document
            JOIN statuses ON statuses.id = metric_values.status
            WHERE metrics.name IN ({", ".join("?" * len(names))}) AND {where}
            ORDER BY publishers.place, publishers.scope, publishers.name, reports.year, reports.id,
                     metrics.id""",
        [*names, *parameters],
    )
    return list(rows)


def series_breaks(names: Iterable[str], years: Iterable[int]) -> Iterator[str]:
    """Yield a note for each change of form within the years that makes a metric less comparable."""
    span = sorted(years)
    for metric in map(metrics().__getitem__, names):
        for pair, grade in metric.comparable.items():
            if span and span[0] < FORM_CHANGES[pair] <= span[-1] and grade in GRADES:
                before = FORM_CHANGES[pair] - 1
                yield f"{metric.name}, {before} to {before + 1}: {GRADES[grade]}. {metric.notes}".strip()


def findings(
    db: Database, selection: Selection, kinds: Sequence[str], rules: Sequence[str]
) -> list[dict[str, Any]]:
    """Return findings about the current reports, the publishers' own errors first."""
    where, parameters = selection.where()
    for column, allowed in (("findings.kind", kinds), ("findings.rule", rules)):
        if allowed:
            where += f" AND {column} IN ({', '.join('?' * len(allowed))})"
            parameters += allowed
    rows = db.query(
        f"""SELECT findings.kind, findings.rule, publishers.name AS publisher, publishers.place, reports.year,
                   findings.message, findings.expected, findings.actual, findings.hint_field,
                   findings.hint_value, findings.fields, documents.name AS document
            FROM findings JOIN reports ON reports.id = findings.report
            JOIN publishers ON publishers.id = reports.publisher
            JOIN documents ON documents.id = reports.document
            WHERE {where}
            ORDER BY CASE findings.kind
                       WHEN 'publisher' THEN 0 WHEN 'reading' THEN 1 WHEN 'info' THEN 2 ELSE 3 END,
                     publishers.place, reports.year, findings.id""",
        parameters,
    )
    return [row | {"fields": json.loads(row["fields"])} for row in rows]
