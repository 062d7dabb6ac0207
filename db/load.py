"""Write reports into the database: one transaction a report, every version kept."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils import Database

from db.across import Across, check_aggregates, check_series, rules
from db.metrics import values
from db.schema import TABLES, new_database
from db.versions import check_versions
from parsers.report import Fact, Figure, Finding, Publisher, Report

UNREAD = ("ambiguous", "unreadable")
ONE_A_PLACE = (
    "province_aggregate",
    "city_aggregate",
    "county_aggregate",
    "government_own_level",
    "general_office",
)
COMMITTEE = re.compile("(?:党工委)?(?:管理委员会|管委会)(?:办公室)?$")


class Source(NamedTuple):
    """Where a report was read from. Addresses and times (ISO 8601) are "" where nobody knows them."""

    name: str
    sha256: str
    media_type: str
    bytes: int
    url: str = ""
    fetched: str = ""
    published: str = ""
    withdrawn: str = ""


class Loader:
    """Writes into one database; knows the numbers of its fields, metrics and statuses."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.fields, self.metrics, self.statuses = map(self._numbers, ("fields", "metrics", "statuses"))
        self.touched: set[int] = set()

    def _numbers(self, table: str) -> dict[str, int]:
        return dict(self.db.execute(f"SELECT name, id FROM {table}").fetchall())

    def knows(self, sha256: str) -> bool:
        return self._number("SELECT id FROM documents WHERE sha256 = ?", sha256) is not None

    def save(self, source: Source, report: Report) -> bool:
        """Write a report with all that belongs to it, or nothing; say whether its document was new.

        What holds it against other reports is due afterwards: see ``finish``.
        """
        if self.knows(source.sha256):
            return False
        with self.db.atomic():
            publisher = self._publisher(source, report)
            number = self._report(source, report, publisher)
            self._write("facts", (self._fact(number, fact) for fact in report.facts))
            self._write("findings", (_finding(number, finding) for finding in report.findings))
            self._write("sections", ((number, i, *section) for i, section in enumerate(report.sections, 1)))
            self._write("figures", (_figure(number, i, figure) for i, figure in enumerate(report.figures, 1)))
            self._write("metric_values", self._metric_values(number, report.facts))
            self._rank(publisher, report.year)
        self.touched.add(publisher)
        return True

    def finish(self) -> None:
        """Hold the reports that came in against those of other years and of other bodies."""
        if not self.touched:
            return
        *series, versions, aggregate = rules()
        with self.db.atomic():
            for publisher in sorted(self.touched):
                self._forget([*series, versions], publisher)
                self._write("findings", map(_across, check_series(self.db, publisher)))
                self._write("findings", map(_across, check_versions(self.db, publisher)))
            self._forget([aggregate], None)
            self._write("findings", map(_across, check_aggregates(self.db)))
        self.touched.clear()

    def touch(self, sha256: str) -> None:
        """Have ``finish`` look at a document's publisher again, which it may have missed when it came in."""
        publisher = self._number(
            """SELECT publisher FROM reports JOIN documents ON documents.id = reports.document
               WHERE sha256 = ?""",
            sha256,
        )
        if publisher is not None:
            self.touched.add(publisher)

    def touch_all(self) -> None:
        """Have ``finish`` look at every publisher again: a load was cut short before it did."""
        self.touched.update(number for (number,) in self.db.execute("SELECT id FROM publishers").fetchall())

    def mark_withdrawn(self, gone: Mapping[str, str]) -> None:
        """Mark what addresses held as withdrawn at a time, "" as there; other addresses stay as they are."""
        rows = self.db.execute(
            """SELECT documents.id, url, coalesce(withdrawn, ''), publisher, year FROM documents
               JOIN reports ON reports.document = documents.id WHERE url IS NOT NULL"""
        ).fetchall()
        changed = [row for row in rows if gone.get(row[1], row[2]) != row[2]]
        with self.db.atomic():
            for document, url, _, publisher, year in changed:
                when = gone[url] or None
                self.db.execute("UPDATE documents SET withdrawn = ? WHERE id = ?", [when, document])
                self._rank(publisher, year)
                self.touched.add(publisher)

    def _number(self, sql: str, *parameters: Any) -> int | None:
        row = self.db.execute(sql, parameters).fetchone()
        return None if row is None else int(row[0])

    def _write(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        marks = ",".join("?" * len(TABLES[table]["columns"]))
        self.db.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def _add(self, table: str, *columns: Any) -> int:
        """Insert one row, without its number; give the number."""
        marks = ",".join("?" * len(columns))
        return int(self.db.execute(f"INSERT INTO {table} VALUES (NULL,{marks})", columns).lastrowid or 0)

    def _publisher(self, source: Source, report: Report) -> int:
        """Find the publisher or add it; it goes by the name of its latest year."""
        name, place, scope = report.publisher
        series = _series(report.publisher, source.sha256)
        number = self._number("SELECT id FROM publishers WHERE series = ?", series)
        if number is None:
            return self._add("publishers", series, name, place, scope)
        latest = self._number("SELECT coalesce(max(year), 0) FROM reports WHERE publisher = ?", number) or 0
        if (report.year or 0) >= latest:
            self.db.execute("UPDATE publishers SET name = ? WHERE id = ?", [name, number])
        return number

    def _report(self, source: Source, report: Report, publisher: int) -> int:
        document = self._add(
            "documents",
            source.sha256,
            source.name,
            source.url or None,
            source.fetched or None,
            source.published or None,
            source.withdrawn or None,
            source.media_type,
            source.bytes,
        )
        open_cells = sum(fact.status in UNREAD for fact in report.facts)
        forms = ",".join(report.forms)
        return self._add("reports", document, publisher, report.year, 1, 1, report.title, forms, open_cells)

    def _fact(self, report: int, fact: Fact) -> tuple[Any, ...]:
        field, value, text, status, at, candidates, implied = fact
        listed = json.dumps(candidates) if candidates else None
        return report, self.fields[field], value, self.statuses[status], text, at, listed, implied

    def _metric_values(self, report: int, facts: Sequence[Fact]) -> Iterator[tuple[Any, ...]]:
        for name, (value, status) in values(facts):
            yield self.metrics[name], report, value, self.statuses[status]

    def _rank(self, publisher: int, year: int | None) -> None:
        """Number the versions of one year: by the time they were fetched, then by how much was read.

        The last one is current; one that was withdrawn only where there is no other.
        """
        rows = self.db.execute(
            """SELECT reports.id FROM reports JOIN documents ON documents.id = reports.document
               WHERE publisher = ? AND year = ?
               ORDER BY withdrawn IS NULL, fetched, open_cells DESC, reports.id""",
            [publisher, year],
        ).fetchall()
        for version, (number,) in enumerate(rows, 1):
            current = int(version == len(rows))
            self.db.execute(
                "UPDATE reports SET version = ?, current = ? WHERE id = ?", [version, current, number]
            )

    def _forget(self, rules: Sequence[str], publisher: int | None) -> None:
        marks = ",".join("?" * len(rules))
        whose = "" if publisher is None else "AND report IN (SELECT id FROM reports WHERE publisher = ?)"
        parameters = [*rules, *([] if publisher is None else [publisher])]
        self.db.execute(f"DELETE FROM findings WHERE rule IN ({marks}) {whose}", parameters)


def _series(publisher: Publisher, document: str) -> str:
    """Say what a publisher's reports of several years have in common.

    A place has one government and one office, however they are named; other bodies go by their name,
    a zone with or without its committee. Without a place or a name nothing ties a report to others.
    """
    name, place, scope = publisher
    if not place or not name:
        return document
    return f"{place}/{scope}" if scope in ONE_A_PLACE else f"{place}/{scope}/{COMMITTEE.sub('', name)}"


def _finding(report: int, finding: Finding, other: int | None = None) -> tuple[Any, ...]:
    rule, kind, fields, message, expected, actual, hint = finding
    return (
        None,
        report,
        rule,
        kind,
        message,
        expected,
        actual,
        json.dumps(fields),
        *(hint or (None, None)),
        other,
    )


def _across(across: Across) -> tuple[Any, ...]:
    return _finding(across.report, across.finding, across.other)


def _figure(report: int, position: int, figure: Figure) -> tuple[Any, ...]:
    metric, value, unit, approximate, sentence, scope = figure
    return report, position, metric, value, unit, int(approximate), scope, sentence


@contextmanager
def rebuilding(path: Path) -> Iterator[Loader]:
    """Write a new database beside ``path`` and put it in its place at the end, whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        db = new_database(new)
        try:
            # A file that is swapped in whole needs no journal on disk.
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA journal_mode = MEMORY")
            loader = Loader(db)
            yield loader
            loader.finish()
        finally:
            db.close()
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
