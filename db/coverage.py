"""Which places published their government's report for which year, how late, and which did not."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlite_utils import Database

from parsers.report import FIRST_REVISED_YEAR

# Bodies publish by 31 January, governments by 31 March (政府信息公开条例, 国务院令第711号, art. 49); before
# the regulation was revised there was one date for all, 31 March (国务院令第492号, art. 31).
BY_BODIES, BY_GOVERNMENTS = (1, 31), (3, 31)
# Whose report stands for a place, the fullest first.
SCOPES = (
    *("province_aggregate", "city_aggregate", "county_aggregate"),
    *("government_own_level", "general_office", "zone"),
)


class Place(NamedTuple):
    """A place of the registry, and what the last visit of its site came to: done, blocked, failed.

    ``outcome`` is "" for one that was never visited. ``unread`` counts by year the documents that are
    archived but not in the database.
    """

    code: str
    name: str
    outcome: str
    unread: dict[int, int]


class Cell(NamedTuple):
    """A place and year: ``state`` is published, withdrawn, unread, missing, blocked, failed or not visited.

    ``late`` is in days, negative before the deadline, None where the day of publication is not known.
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
    """Give the day by which the report for a data year was due."""
    of_body = scope in ("general_office", "zone") and year >= FIRST_REVISED_YEAR
    return date(year + 1, *(BY_BODIES if of_body else BY_GOVERNMENTS))


def coverage(db: Database, places: Iterable[Place], years: Sequence[int]) -> list[Cell]:
    """Say for every place and year whether its government's report is there."""
    held = _held(db, years)
    return [_cell(place, year, held.get((place.code, year), [])) for place in places for year in years]


def _held(db: Database, years: Sequence[int]) -> dict[tuple[str, int], list[tuple[str, str, str, str]]]:
    rows = db.execute(
        f"""SELECT publishers.place, reports.year, publishers.scope, documents.published, documents.withdrawn,
                   documents.url
            FROM reports JOIN publishers ON publishers.id = reports.publisher
            JOIN documents ON documents.id = reports.document
            WHERE reports.current AND reports.year IN ({", ".join("?" * len(years))})
            ORDER BY publishers.place, reports.year, reports.id""",
        list(years),
    ).fetchall()
    held: dict[tuple[str, int], list[tuple[str, str, str, str]]] = {}
    for place, year, *rest in rows:
        held.setdefault((place, year), []).append(tuple(rest))
    return held


def _cell(place: Place, year: int, held: list[tuple[str, str, str, str]]) -> Cell:
    own = sorted((row for row in held if row[0] in SCOPES), key=lambda row: SCOPES.index(row[0]))
    bodies = len(held) - len(own[:1])
    if not own:
        return Cell(place.code, place.name, year, _state(place, year), bodies=bodies)
    scope, published, withdrawn, url = own[0]
    late = (date.fromisoformat(published) - deadline(year, scope)).days if published else None
    state = "withdrawn" if withdrawn else "published"
    return Cell(place.code, place.name, year, state, published, late, scope, bodies, url)


def _state(place: Place, year: int) -> str:
    if place.unread.get(year):
        return "unread"
    return {"done": "missing", "": "not visited"}.get(place.outcome, place.outcome)
