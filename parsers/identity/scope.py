"""Classify the scope of a report: the figures of one body, of a government itself, or of a whole area."""

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from parsers.identity.names import self_reference
from parsers.identity.organs import AREA_SUFFIXES, GOVERNMENTS, SELF_NAMES, SUFFIX_LEVELS
from parsers.identity.years import month_published
from parsers.places import Place
from parsers.report import FIRST_REVISED_YEAR

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
AGGREGATES = {"province": "province_aggregate", "prefecture": "city_aggregate", "county": "county_aggregate"}
# The scopes that a report may have, the widest first.
SCOPES = (
    *AGGREGATES.values(),
    *("government_own_level", "general_office", "department", "township", "subdistrict", "zone", "vertical"),
    "unknown",
)
# Departments publish by 31 January, governments by 31 March (条例 art. 49).
MONTHS_OF_GOVERNMENTS = (2, 3)

Patterns = tuple[re.Pattern[str], ...]


def _patterns(key: str) -> Patterns:
    """Compile the patterns under a key, with MEMBERS and UNIT filled in."""
    members, unit = WORDS["text"]["members"], f"[{AREA_SUFFIXES}]"
    listed = WORDS["text"][key]
    return tuple(re.compile(each.replace("MEMBERS", members).replace("UNIT", unit)) for each in listed)


WHOLE_AREA, ALL_ORGANS = _patterns("whole_area"), _patterns("all_organs")
OUR_AREA, OWN_LEVEL = _patterns("our_area"), _patterns("own_level")


class ScopeVerdict(NamedTuple):
    """A scope; ``doubt`` is the evidence that conflicts or is missing, in English, if it is ``unknown``."""

    scope: str
    doubt: str = ""


class Evidence(NamedTuple):
    """Words at the head of the document that bear on the scope, "" if there are none.

    ``area`` counts for a whole area or mentions all its organs, ``our_area`` only names the area;
    ``own_level`` restricts the figures to the government itself; with ``self_reference`` (局 for 我局) one
    body speaks of itself. ``month`` is that of publication.
    """

    area: str
    our_area: str
    own_level: str
    self_reference: str
    month: int | None


def classify(
    organ: str, kind: str | None, place: Place | None, text: str, year: int | None, fetched: str = ""
) -> ScopeVerdict:
    """Classify the scope from the title, the head of the document and the date of publication.

    ``kind`` comes from place_of_organ; ``text`` is the head of the document without white space,
    ``fetched`` the time it was fetched, or "". Signals that contradict each other give ``unknown``. The
    numbers of section two would be a fourth signal, but are not known here.
    """
    if kind in ("zone", "government_own_level"):
        return ScopeVerdict(kind)
    if kind not in ("area", "government"):
        return _body_scope(organ, kind, _search(WHOLE_AREA, text), self_reference(text))
    evidence = _evidence(text, year, fetched)
    contradiction = _contradiction(organ, kind, evidence)
    if contradiction:
        return ScopeVerdict("unknown", contradiction)
    if kind == "government" and evidence.own_level:
        return ScopeVerdict("government_own_level")
    return _aggregate_scope(organ, place)


def _search(patterns: Patterns, text: str) -> str:
    return next((found[0] for pattern in patterns if (found := pattern.search(text))), "")


def speaks_of_area(text: str) -> bool:
    """Return whether a text counts for a whole area, or at least names its own: 全市, 我县."""
    return any(map(lambda patterns: _search(patterns, text), (WHOLE_AREA, ALL_ORGANS, OUR_AREA)))


def _evidence(text: str, year: int | None, fetched: str) -> Evidence:
    return Evidence(
        area=_search(WHOLE_AREA, text) or _search(ALL_ORGANS, text),
        our_area=_search(OUR_AREA, text),
        own_level=_search(OWN_LEVEL, text),
        self_reference=self_reference(text),
        month=_month_of_next_year(text, year, fetched),
    )


def _body_scope(organ: str, kind: str | None, area: str, self_reference: str) -> ScopeVerdict:
    """Classify a report whose title names one body, unless its text only speaks of an area.

    For example, 宿迁市政府办公室 reported for its city in 2014.
    """
    if not organ:
        kind = SELF_NAMES.get(self_reference, "body")
        return ScopeVerdict("unknown", "no organ is named") if kind == "body" or area else ScopeVerdict(kind)
    if kind is None or kind == "unknown":
        return ScopeVerdict("unknown", f"what kind of body {organ} is, is not known")
    if area and not self_reference:
        return ScopeVerdict(
            "unknown", f"the title names one body ({organ}), the text speaks of an area ({area})"
        )
    return ScopeVerdict(kind)


def _contradiction(organ: str, kind: str, evidence: Evidence) -> str:
    """Return the evidence against a title that names an area or a government, or "".

    A title without an organ very likely stands for the whole area. A government may also report for its
    own level only, so its title alone decides nothing.
    """
    if evidence.area and evidence.own_level:
        return f"the text speaks of an area ({evidence.area}) and of the own level ({evidence.own_level})"
    if evidence.area or (kind == "government" and evidence.own_level):
        return ""
    own = evidence.self_reference and f"我{evidence.self_reference}"
    if one_body := evidence.own_level or own:
        return f"the title names an area ({organ}), the text one body ({one_body})"
    if kind == "area" or evidence.our_area or evidence.month in MONTHS_OF_GOVERNMENTS:
        return ""
    return f"the title names a government ({organ}); nothing says whose figures these are"


def _aggregate_scope(organ: str, place: Place | None) -> ScopeVerdict:
    """Return the aggregate of a place's level, or of the level in the area's name if the place is unknown."""
    if place:
        return ScopeVerdict(AGGREGATES[place.level])
    area = next((organ.removesuffix(ending) for ending in GOVERNMENTS if organ.endswith(ending)), organ)
    level = SUFFIX_LEVELS.get(area[-1:])
    if not level:
        return ScopeVerdict("unknown", f"{organ} names no kind of area")
    return ScopeVerdict(AGGREGATES[level])


def _month_of_next_year(text: str, year: int | None, fetched: str) -> int | None:
    """Return the month of publication if it is in the year after the data year, and that is 2019 or later."""
    published = month_published(text, fetched)
    if year is None or year < FIRST_REVISED_YEAR or not published or published.year != year + 1:
        return None
    return published.month
