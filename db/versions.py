"""Report what changed between the versions of a report, as findings about the newer one."""

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from sqlite_utils import Database

from db.across import VERSIONS, CrossFinding
from parsers.report import Finding, Number

MOST_SHOWN = 3


class _Version(NamedTuple):
    report: int
    url: str | None
    figures: dict[str, Number | None]


def check_versions(db: Database, publisher: int) -> Iterator[CrossFinding]:
    """Compare each version of a publisher's year with the one before it.

    The finding is of kind ``info``: it lists the fields whose figures differ, with the first of them as
    ``expected`` (before) and ``actual`` (now).
    """
    for versions in _years(db, publisher):
        for before, after in pairwise(versions):
            yield CrossFinding(_finding(before, after), after.report, before.report)


def _years(db: Database, publisher: int) -> Iterator[list[_Version]]:
    rows = db.execute(
        """SELECT reports.year, reports.id, documents.url, fields.name, facts.value
           FROM reports JOIN documents ON documents.id = reports.document
           LEFT JOIN facts ON facts.report = reports.id LEFT JOIN fields ON fields.id = facts.field
           WHERE reports.publisher = ? AND reports.year IN (
             SELECT year FROM reports WHERE publisher = ? AND version > 1)
           ORDER BY reports.year, reports.version, facts.field""",
        [publisher, publisher],
    ).fetchall()
    for _, year in groupby(rows, key=lambda row: row[0]):
        yield [_version(list(report)) for _, report in groupby(year, key=lambda row: row[1])]


def _version(rows: list[Any]) -> _Version:
    _, report, url, *_ = rows[0]
    return _Version(report, url, {name: value for *_, name, value in rows if name})


def _finding(before: _Version, after: _Version) -> Finding:
    names = dict.fromkeys([*after.figures, *before.figures])
    changed = tuple(name for name in names if before.figures.get(name) != after.figures.get(name))
    changes = [
        f"{name} {_shown(after, name)}, before {_shown(before, name)}" for name in changed[:MOST_SHOWN]
    ]
    if len(changed) > MOST_SHOWN:
        changes.append(f"{len(changed) - MOST_SHOWN} more")
    action = "replaced at the same address" if before.url == after.url and after.url else "published again"
    message = f"{action}: {'; '.join(changes) if changes else 'no figure changed, the text did'}"
    first = changed[0] if changed else ""
    expected, actual = before.figures.get(first), after.figures.get(first)
    return Finding(VERSIONS, "info", changed, message, expected=expected, actual=actual)


def _shown(version: _Version, name: str) -> str:
    value = version.figures.get(name)
    return "no figure" if value is None else f"{value:g}"
