"""Write reports into the database: one transaction per report; every version is kept."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils import Database

from db.across import CrossFinding, check_aggregates, check_series, rules
from db.metrics import values
from db.schema import TABLES, new_database
from db.versions import check_versions
from parsers.report import OPEN, Fact, Figure, Finding, Publisher, Report

ONE_PER_PLACE = (
    "province_aggregate",
    "city_aggregate",
    "county_aggregate",
    "government_own_level",
    "general_office",
)
COMMITTEE = re.compile("(?:党工委)?(?:管理委员会|管委会)(?:办公室)?$")


class Source(NamedTuple):
    """Where a report was read from. Addresses and times (ISO 8601) are "" if unknown."""

    name: str
    sha256: str
    media_type: str
    bytes: int
    url: str = ""
    fetched: str = ""
    published: str = ""
    withdrawn: str = ""


class Loader:
    """Writes into one database; caches the ids of its fields, metrics and statuses.

    ``to_check`` holds the ids of publishers whose reports ``finish`` has yet to compare.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        self.fields, self.metrics, self.statuses = map(self._ids, ("fields", "metrics", "statuses"))
        self.to_check: set[int] = set()

    def _ids(self, table: str) -> dict[str, int]:
        return dict(self.db.execute(f"SELECT name, id FROM {table}").fetchall())

    def has_document(self, sha256: str) -> bool:
        return self._id("SELECT id FROM documents WHERE sha256 = ?", sha256) is not None

    def save(self, source: Source, report: Report) -> bool:
        """Write a report completely or not at all; return whether its document was new.

        Call ``finish`` after the last report: it compares reports with each other.
        """
        if self.has_document(source.sha256):
            return False
        with self.db.atomic():
            publisher = self._publisher_id(source, report)
            report_id = self._insert_report(source, report, publisher)
            self._write("facts", (self._fact_row(report_id, fact) for fact in report.facts))
            self._write("findings", (_finding_row(report_id, finding) for finding in report.findings))
            self._write(
                "sections", ((report_id, i, *section) for i, section in enumerate(report.sections, 1))
            )
            self._write(
                "figures", (_figure_row(report_id, i, figure) for i, figure in enumerate(report.figures, 1))
            )
            self._write("metric_values", self._metric_values(report_id, report.facts))
            self._number_versions(publisher, report.year)
        self.to_check.add(publisher)
        return True

    def finish(self) -> None:
        """Compare new reports with other years, with other versions and with other bodies."""
        if not self.to_check:
            return
        *series, versions, aggregate = rules()
        with self.db.atomic():
            for publisher in sorted(self.to_check):
                self._delete_findings([*series, versions], publisher)
                self._write("findings", map(_cross_finding_row, check_series(self.db, publisher)))
                self._write("findings", map(_cross_finding_row, check_versions(self.db, publisher)))
            self._delete_findings([aggregate], None)
            self._write("findings", map(_cross_finding_row, check_aggregates(self.db)))
        self.to_check.clear()

    def recheck(self, sha256: str) -> None:
        """Make ``finish`` check a document's publisher, in case that did not happen when it was loaded."""
        publisher = self._id(
            """SELECT publisher FROM reports JOIN documents ON documents.id = reports.document
               WHERE sha256 = ?""",
            sha256,
        )
        if publisher is not None:
            self.to_check.add(publisher)

    def recheck_all(self) -> None:
        """Make ``finish`` check every publisher again, after a load that was interrupted before it."""
        self.to_check.update(
            publisher for (publisher,) in self.db.execute("SELECT id FROM publishers").fetchall()
        )

    def mark_withdrawn(self, withdrawn_at: Mapping[str, str]) -> None:
        """Set when the documents of these URLs were withdrawn, "" for not; other documents are unchanged."""
        rows = self.db.execute(
            """SELECT documents.id, url, coalesce(withdrawn, ''), publisher, year FROM documents
               JOIN reports ON reports.document = documents.id WHERE url IS NOT NULL"""
        ).fetchall()
        changed = [row for row in rows if withdrawn_at.get(row[1], row[2]) != row[2]]
        with self.db.atomic():
            for document, url, _, publisher, year in changed:
                when = withdrawn_at[url] or None
                self.db.execute("UPDATE documents SET withdrawn = ? WHERE id = ?", [when, document])
                self._number_versions(publisher, year)
                self.to_check.add(publisher)

    def _id(self, sql: str, *parameters: Any) -> int | None:
        row = self.db.execute(sql, parameters).fetchone()
        return None if row is None else int(row[0])

    def _write(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        marks = ",".join("?" * len(TABLES[table]["columns"]))
        self.db.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def _insert(self, table: str, *columns: Any) -> int:
        """Insert one row, all columns except its id, and return the id."""
        marks = ",".join("?" * len(columns))
        return int(self.db.execute(f"INSERT INTO {table} VALUES (NULL,{marks})", columns).lastrowid or 0)

    def _publisher_id(self, source: Source, report: Report) -> int:
        """Find or add the publisher; its name is that of its latest year."""
        name, place, scope = report.publisher
        series = _series_key(report.publisher, source.sha256)
        publisher = self._id("SELECT id FROM publishers WHERE series = ?", series)
        if publisher is None:
            return self._insert("publishers", series, name, place, scope)
        latest = self._id("SELECT coalesce(max(year), 0) FROM reports WHERE publisher = ?", publisher) or 0
        if (report.year or 0) >= latest:
            self.db.execute("UPDATE publishers SET name = ? WHERE id = ?", [name, publisher])
        return publisher

    def _insert_report(self, source: Source, report: Report, publisher: int) -> int:
        document = self._insert(
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
        open_cells = sum(fact.status in OPEN for fact in report.facts)
        forms = ",".join(report.forms)
        return self._insert(
            "reports", document, publisher, report.year, 1, 1, report.title, forms, open_cells
        )

    def _fact_row(self, report: int, fact: Fact) -> tuple[Any, ...]:
        field, value, text, status, at, candidates, implied = fact
        listed = json.dumps(candidates) if candidates else None
        return report, self.fields[field], value, self.statuses[status], text, at, listed, implied

    def _metric_values(self, report: int, facts: Sequence[Fact]) -> Iterator[tuple[Any, ...]]:
        for name, (value, status) in values(facts):
            yield self.metrics[name], report, value, self.statuses[status]

    def _number_versions(self, publisher: int, year: int | None) -> None:
        """Number the versions of one year by the time they were fetched, then by how much was read.

        The last version is current; withdrawn ones are ordered before all others. One without any table never
        takes the place of one with figures.
        """
        rows = self.db.execute(
            """SELECT reports.id FROM reports JOIN documents ON documents.id = reports.document
               WHERE publisher = ? AND year = ?
               ORDER BY withdrawn IS NULL, forms <> '', fetched, open_cells DESC, reports.id""",
            [publisher, year],
        ).fetchall()
        for version, (report_id,) in enumerate(rows, 1):
            current = int(version == len(rows))
            self.db.execute(
                "UPDATE reports SET version = ?, current = ? WHERE id = ?", [version, current, report_id]
            )

    def _delete_findings(self, rules: Sequence[str], publisher: int | None) -> None:
        marks = ",".join("?" * len(rules))
        condition = "" if publisher is None else "AND report IN (SELECT id FROM reports WHERE publisher = ?)"
        parameters = [*rules, *([] if publisher is None else [publisher])]
        self.db.execute(f"DELETE FROM findings WHERE rule IN ({marks}) {condition}", parameters)


def _series_key(publisher: Publisher, document: str) -> str:
    """Return the key that a publisher's reports of several years share.

    A place has one government and one office, whatever their names; other bodies are identified by name, a
    zone with or without its committee. Without a place or a name, a report is a series of its own.
    """
    name, place, scope = publisher
    if not place or not name:
        return document
    return f"{place}/{scope}" if scope in ONE_PER_PLACE else f"{place}/{scope}/{COMMITTEE.sub('', name)}"


def _finding_row(report: int, finding: Finding, other: int | None = None) -> tuple[Any, ...]:
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


def _cross_finding_row(found: CrossFinding) -> tuple[Any, ...]:
    return _finding_row(found.report, found.finding, found.other)


def _figure_row(report: int, position: int, figure: Figure) -> tuple[Any, ...]:
    metric, value, unit, approximate, sentence, scope = figure
    return report, position, metric, value, unit, int(approximate), scope, sentence


@contextmanager
def rebuilding(path: Path) -> Iterator[Loader]:
    """Write a new database next to ``path``, and replace ``path`` by it only if all went well."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    try:
        db = new_database(temporary)
        try:
            # A file that only replaces the old one when it is complete needs no journal on disk.
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA journal_mode = MEMORY")
            loader = Loader(db)
            yield loader
            loader.finish()
        finally:
            db.close()
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
