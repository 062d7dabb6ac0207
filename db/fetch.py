"""Read reports back from the database as they were saved."""

import json
from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from db.compare import Selection
from parsers.report import Fact, Figure, Finding, Publisher, Report, Section


def report_ids(db: Database, selection: Selection) -> list[int]:
    """Return the ids of the selected current reports, by place and year."""
    where, parameters = selection.where()
    rows = db.execute(
        f"""SELECT reports.id FROM reports JOIN publishers ON publishers.id = reports.publisher
            WHERE {where} ORDER BY publishers.place, publishers.scope, reports.year, reports.id""",
        parameters,
    )
    return [report_id for (report_id,) in rows.fetchall()]


def fetch_report(db: Database, report_id: int) -> Report:
    """Read one report. Raises KeyError if there is none with that id."""
    sql = """SELECT reports.title, reports.year, reports.forms,
                    publishers.name, publishers.place, publishers.scope
             FROM reports JOIN publishers ON publishers.id = reports.publisher WHERE reports.id = ?"""
    row = db.execute(sql, [report_id]).fetchone()
    if row is None:
        raise KeyError(report_id)
    title, year, forms, *publisher = row
    return Report(
        title=title,
        publisher=Publisher(*publisher),
        year=year,
        forms=tuple(filter(None, forms.split(","))),
        facts=tuple(_facts(db, report_id)),
        findings=tuple(_findings(db, report_id)),
        sections=tuple(Section(*row) for row in _rows(db, "number, heading, text FROM sections", report_id)),
        figures=tuple(_figures(db, report_id)),
    )


def _rows(db: Database, columns_from: str, report_id: int) -> Iterator[tuple[Any, ...]]:
    yield from db.execute(f"SELECT {columns_from} WHERE report = ?", [report_id])


def _facts(db: Database, report_id: int) -> Iterator[Fact]:
    source = """fields.name, value, text, statuses.name, at, candidates, implied FROM facts
                JOIN fields ON fields.id = field JOIN statuses ON statuses.id = status"""
    for field, value, text, status, at, candidates, implied in _rows(db, source, report_id):
        yield Fact(field, value, text, status, at, tuple(json.loads(candidates or "[]")), implied)


def _findings(db: Database, report_id: int) -> Iterator[Finding]:
    source = "rule, kind, fields, message, expected, actual, hint_field, hint_value FROM findings"
    for rule, kind, fields, message, expected, actual, field, value in _rows(db, source, report_id):
        hint = (field, value) if field else None
        yield Finding(rule, kind, tuple(json.loads(fields)), message, expected, actual, hint)


def _figures(db: Database, report_id: int) -> Iterator[Figure]:
    source = "metric, value, unit, approximate, sentence, scope FROM figures"
    for metric, value, unit, approximate, sentence, scope in _rows(db, source, report_id):
        yield Figure(metric, value, unit, bool(approximate), sentence, scope)
