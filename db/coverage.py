"""Coverage: which places published their government's report for which year, and how late."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlite_utils import Database

from parsers.report import FIRST_REVISED_YEAR

# Bodies publish by 31 January, governments by 31 March (政府信息公开条例, 国务院令第711号, art. 49). Before
# the regulation was revised, the deadline for all was 31 March (国务院令第492号, art. 31).
BODIES_DUE, GOVERNMENTS_DUE = (1, 31), (3, 31)
# The scopes whose report represents a place, the most complete first.
SCOPES = (
    *("province_aggregate", "city_aggregate", "county_aggregate"),
    *("government_own_level", "general_office", "zone"),
)


class RegistryPlace(NamedTuple):
    """A place of the registry, and the outcome of the last visit to its site (done, blocked, failed).

    ``outcome`` is "" if the site was never visited. ``unread`` counts, by year, the documents that are in
    the archive but not in the database.
    """

    code: str
    name: str
    outcome: str
    unread: dict[int, int]


class CoverageCell(NamedTuple):
    """A place and year: ``state`` is published, withdrawn, unread, missing, blocked, failed or not visited.

    ``late`` is in days, negative before the deadline, None if the day of publication is unknown.
    ``bodies`` counts the other bodies of the place with a report for the year.
    """

    place: str
    name: str
    year: int
    state: str
    published: str | None = None
    late: int | None = None
    scope: str | None = None
    bodies: int = 0
    url: str | None = None


def deadline(year: int, scope: str) -> date:
    """Return the day by which the report for a data year was due."""
    is_body = scope in ("general_office", "zone") and year >= FIRST_REVISED_YEAR
    return date(year + 1, *(BODIES_DUE if is_body else GOVERNMENTS_DUE))


def coverage(db: Database, places: Iterable[RegistryPlace], years: Sequence[int]) -> list[CoverageCell]:
    """Return a cell for every place and year."""
    reports = _current_reports(db, years)
    return [_cell(place, year, reports.get((place.code, year), [])) for place in places for year in years]


def _current_reports(
    db: Database, years: Sequence[int]
) -> dict[tuple[str, int], list[tuple[str, str, str, str]]]:
    rows = db.execute(
        f"""SELECT publishers.place, reports.year, publishers.scope, documents.published, documents.withdrawn,
                   documents.url
            FROM reports JOIN publishers ON publishers.id = reports.publisher
            JOIN documents ON documents.id = reports.document
            WHERE reports.current AND reports.year IN ({", ".join("?" * len(years))})
            ORDER BY publishers.place, reports.year, reports.id""",
        list(years),
    ).fetchall()
    reports: dict[tuple[str, int], list[tuple[str, str, str, str]]] = {}
    for place, year, *rest in rows:
        reports.setdefault((place, year), []).append(tuple(rest))
    return reports


def _cell(place: RegistryPlace, year: int, reports: list[tuple[str, str, str, str]]) -> CoverageCell:
    own = sorted((row for row in reports if row[0] in SCOPES), key=lambda row: SCOPES.index(row[0]))
    bodies = len(reports) - len(own[:1])
    if not own:
        return CoverageCell(place.code, place.name, year, _state(place, year), bodies=bodies)
    scope, published, withdrawn, url = own[0]
    late = (date.fromisoformat(published) - deadline(year, scope)).days if published else None
    state = "withdrawn" if withdrawn else "published"
    return CoverageCell(place.code, place.name, year, state, published, late, scope, bodies, url)


def _state(place: RegistryPlace, year: int) -> str:
    if place.unread.get(year):
        return "unread"
    return {"done": "missing", "": "not visited"}.get(place.outcome, place.outcome)
