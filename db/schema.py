"""The schema of the reports database: tables as schema.toml describes them, indexes and views."""

import os
import sqlite3
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.metrics import metrics
from parsers.forms import forms
from parsers.places import all_places

STATUSES = {
    "stated": ("原文为数字", "a number in a cell of its own"),
    "zero_word": ("原文为“无”“零”等", "printed as a word for zero"),
    "inferred": ("由表内勾稽关系唯一确定", "the only value that satisfies the form's sums"),
    "implied": ("原文空白，由表内勾稽关系推得", "printed blank; what the form's sums leave for it"),
    "blank": ("空白", "blank"),
    "dash": ("斜杠或短横", "a dash or slash"),
    "ambiguous": ("有多种读法", "several values are possible"),
    "unreadable": ("未能读出", "not readable"),
    "suppressed": ("基数过小，比率从略", "a rate withheld: its base is too small"),
}
METRIC_TEXTS = ("name", "zh", "en", "unit", "kind", "definition", "formula", "notes", "standard")
INDEXES = {
    "reports": [["publisher", "year"], ["year"]],
    "findings": [["report"], ["rule"]],
    "publishers": [["place"]],
}
VIEWS = {
    "report_list": """
        SELECT reports.id, publishers.name AS publisher, publishers.place, publishers.scope, reports.year,
               reports.version, reports.current, reports.title, reports.forms, reports.open_cells,
               documents.name AS document, documents.url, documents.sha256
        FROM reports JOIN publishers ON publishers.id = reports.publisher
        JOIN documents ON documents.id = reports.document""",
    "fact_list": """
        SELECT publishers.name AS publisher, publishers.place, reports.year, reports.version, reports.current,
               fields.name AS field, fields.zh, facts.value, fields.unit, statuses.name AS status, facts.text,
               facts.at, facts.candidates, facts.implied, documents.name AS document, documents.sha256
        FROM facts JOIN reports ON reports.id = facts.report JOIN fields ON fields.id = facts.field
        JOIN statuses ON statuses.id = facts.status JOIN publishers ON publishers.id = reports.publisher
        JOIN documents ON documents.id = reports.document""",
    "metric_list": """
        SELECT metrics.name AS metric, metrics.zh, publishers.name AS publisher, publishers.place,
               publishers.scope, reports.year, metric_values.value, metrics.unit, statuses.name AS status
        FROM metric_values JOIN metrics ON metrics.id = metric_values.metric
        JOIN reports ON reports.id = metric_values.report AND reports.current
        JOIN publishers ON publishers.id = reports.publisher
        JOIN statuses ON statuses.id = metric_values.status""",
    "finding_list": """
        SELECT findings.kind, findings.rule, publishers.name AS publisher, publishers.place, reports.year,
               findings.message, findings.expected, findings.actual, findings.hint_field,
               findings.hint_value, findings.fields, documents.name AS document, reports.current
        FROM findings JOIN reports ON reports.id = findings.report
        JOIN publishers ON publishers.id = reports.publisher
        JOIN documents ON documents.id = reports.document""",
    "received": """
        SELECT reports.id AS report, reports.publisher, publishers.place, places.parent, publishers.scope,
               reports.year, facts.value
        FROM reports JOIN publishers ON publishers.id = reports.publisher
        JOIN places ON places.code = publishers.place AND places.first_year <= reports.year
             AND coalesce(places.last_year, reports.year) >= reports.year
        JOIN fields ON fields.name = 'requests.received.total'
        JOIN facts ON facts.report = reports.id AND facts.field = fields.id
        WHERE reports.current AND facts.value IS NOT NULL""",
    "published_errors": """
        SELECT publisher, place, year, rule, message, expected, actual, hint_field, hint_value, document
        FROM finding_list WHERE kind = 'publisher' AND current""",
    "unread_cells": """
        SELECT publisher, place, year, field, text, at, candidates, document
        FROM fact_list WHERE status IN ('ambiguous', 'unreadable') AND current""",
}


TABLES: dict[str, Any] = tomllib.loads((files("db") / "schema.toml").read_text("utf-8"))
VERSION: int = TABLES.pop("version")


class WrongDatabase(ValueError):
    """The file is not a reports database of this version."""


def open_database(path: Path, create: bool = False) -> Database:
    """Open a reports database; with ``create``, create it if it does not exist.

    Raises WrongDatabase if it is another kind of file, else FileNotFoundError if it does not exist.
    """
    if not path.exists():
        if not create:
            raise FileNotFoundError(
                f"there is no database {path}; create it with `nianbao load` or `nianbao rebuild`"
            )
        _create_file(path)
    db = Database(path)
    try:
        _check_version(db, path)
        db.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        db.close()
        raise
    return db


def _create_file(path: Path) -> None:
    """Create a database under a temporary name and rename it, so that it is never incomplete."""
    temporary = path.with_name(f".{path.name}.new")
    for leftover in (temporary, temporary.with_name(f"{temporary.name}-journal")):
        leftover.unlink(missing_ok=True)
    new_database(temporary).close()
    os.replace(temporary, path)


def _check_version(db: Database, path: Path) -> None:
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise WrongDatabase(f"{path} is not an SQLite database") from error
    if version != VERSION:
        raise WrongDatabase(
            f"{path} was made by another version of nianbao; build it again with `nianbao rebuild`"
        )


def new_database(path: Path) -> Database:
    """Create a database with its tables, views, and the descriptions of all fields and metrics."""
    db = Database(path)
    with db.atomic():
        for name, table in TABLES.items():
            db.execute(_create_table_sql(name, table))
        for name, indexes in INDEXES.items():
            for columns in indexes:
                db.table(name).create_index(columns)
        for name, sql in VIEWS.items():
            db.create_view(name, sql)
        _insert_constants(db)
        db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _create_table_sql(name: str, table: dict[str, Any]) -> str:
    single = len(table["key"]) == 1
    columns = [
        f"{column} {kind}{' PRIMARY KEY' if single and column in table['key'] else ''}"
        for column, (kind, _, _) in table["columns"].items()
    ]
    if not single:
        columns.append(f"PRIMARY KEY ({', '.join(table['key'])})")
    if "unique" in table:
        columns.append(f"UNIQUE ({', '.join(table['unique'])})")
    body = ",\n  ".join(columns)
    return f"CREATE TABLE {name} (\n  {body}\n){'' if single else ' WITHOUT ROWID'}"


def _insert_constants(db: Database) -> None:
    """Insert the rows that never change: places, statuses, fields, metrics and the dictionary."""
    db.table("places").insert_all(place._asdict() for place in all_places())
    db.table("statuses").insert_all(
        {"id": i, "name": name, "zh": zh, "en": en} for i, (name, (zh, en)) in enumerate(STATUSES.items(), 1)
    )
    db.table("fields").insert_all(_fields())
    db.table("metrics").insert_all(_metrics())
    db.table("dictionary").insert_all(_dictionary())


def _fields() -> Iterator[dict[str, Any]]:
    """Describe every field once, as printed in the newest form that asks for it."""
    found: dict[str, dict[str, Any]] = {}
    asked_by: dict[str, list[str]] = {}
    for form in forms():
        for table in form.tables:
            for cell, name in enumerate(table.fields):
                if name:
                    zh, en = table.describe(cell)
                    unit, kind = table.cell_unit(cell), table.kind(cell)
                    found.setdefault(name, {"name": name, "zh": zh, "en": en, "unit": unit, "kind": kind})
                    asked_by.setdefault(name, []).append(form.id)
    for number, (name, entry) in enumerate(found.items(), 1):
        yield {"id": number, **entry, "forms": ",".join(asked_by[name])}


def _metrics() -> Iterator[dict[str, Any]]:
    for number, metric in enumerate(metrics().values(), 1):
        texts = {key: getattr(metric, key) for key in METRIC_TEXTS}
        grades = {f"comparable_{pair.replace('-', '_')}": grade for pair, grade in metric.comparable.items()}
        yield {"id": number, "core": int(metric.core), **texts, **grades}


def _dictionary() -> Iterator[dict[str, str]]:
    for name, table in TABLES.items():
        yield {"name": name, "part": "", "zh": table["zh"], "en": table["en"]}
        for column, (_, zh, en) in table["columns"].items():
            yield {"name": name, "part": column, "zh": zh, "en": en}
