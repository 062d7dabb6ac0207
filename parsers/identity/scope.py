"""Whose figures a report's tables hold: one body's, a government's own, or all bodies' of an area."""

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from parsers.places import Place
from parsers.report import FIRST_REVISED_YEAR

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ENDINGS: dict[str, str] = {ending: kind for kind, endings in WORDS["endings"].items() for ending in endings}
LONGEST_ENDING = max(map(len, ENDINGS))
GOVERNMENTS = sorted(WORDS["endings"]["government"], key=len, reverse=True)
AGGREGATES = {"province": "province_aggregate", "prefecture": "city_aggregate", "county": "county_aggregate"}
# Whose figures a report may hold, the widest first.
SCOPES = (
    *AGGREGATES.values(),
    *("government_own_level", "general_office", "department", "township", "subdistrict", "zone", "vertical"),
    "unknown",
)
UNITS = "市县区省州盟旗"
UNIT_LEVELS = {"省": "province"} | dict.fromkeys("市州盟", "prefecture") | dict.fromkeys("县区旗", "county")
# Departments publish by 31 January, governments by 31 March (条例 art. 49).
MONTHS_OF_GOVERNMENTS = (2, 3)
PUBLISHED = re.compile(r"(?:日期|时间)[:：]?(20[0-9]{2})[-年/.]([0-9]{1,2})")

Patterns = tuple[re.Pattern[str], ...]


def _patterns(key: str) -> Patterns:
    """The patterns under a key, with what they share filled in."""
    members, unit = WORDS["text"]["members"], f"[{UNITS}]"
    listed = WORDS["text"][key]
    return tuple(re.compile(each.replace("MEMBERS", members).replace("UNIT", unit)) for each in listed)


WHOLE_AREA, ALL_ORGANS = _patterns("whole_area"), _patterns("all_organs")
OUR_AREA, OWN_LEVEL = _patterns("our_area"), _patterns("own_level")
SELF_NAMES: dict[str, str] = {name: kind for kind, names in WORDS["text"]["itself"].items() for name in names}
SELF_NAME = f"(?:{'|'.join(sorted(SELF_NAMES, key=len, reverse=True))})"
# 本机关不掌握相关政府信息 is a label of the form, and 基本单位 no word about the organ.
ITSELF: Patterns = (re.compile(f"我{SELF_NAME}"), re.compile(f"本(?<![基成版]本){SELF_NAME}(?!不掌握|法)"))


class Verdict(NamedTuple):
    """A scope; for ``unknown`` the evidence that conflicts or is missing, in English."""

    scope: str
    doubt: str = ""


class Evidence(NamedTuple):
    """Words of the opening, each "" if there are none.

    ``area`` counts for a whole area or speaks of all its organs, ``our_area`` only names it; ``own_level``
    restricts the figures to the government itself, ``itself`` speaks of one body.
    """

    area: str
    our_area: str
    own_level: str
    itself: str
    month: int | None


def kind_of_organ(organ: str) -> str | None:
    """What an organ's name says: a scope, ``government``, ``area`` (no organ, only a place) or None.

    >>> kind_of_organ("杨林镇"), kind_of_organ("国有资产监督管理委员会"), kind_of_organ("河源市")
    ('township', 'department', 'area')
    """
    organ = organ.rstrip("）)")
    for length in range(min(len(organ), LONGEST_ENDING), 0, -1):
        if kind := ENDINGS.get(organ[-length:]):
            return kind
    return "area" if organ[-1:] in UNIT_LEVELS else None


def classify(organ: str, kind: str | None, place: Place | None, text: str, year: int | None) -> Verdict:
    """Weigh what the title, the opening and the date of publication say about the scope.

    ``kind`` is that of kind_of_organ; ``text`` is the opening without blanks. Signals that contradict
    each other give ``unknown``. The section-two numbers, the fourth signal, are not known here.
    """
    if kind in ("zone", "government_own_level"):
        return Verdict(kind)
    if kind not in ("area", "government"):
        return _of_body(organ, kind, _search(WHOLE_AREA, text), _search(ITSELF, text))
    evidence = _evidence(text, year)
    contrary = _contrary(organ, kind, evidence)
    if contrary:
        return Verdict("unknown", contrary)
    if kind == "government" and evidence.own_level:
        return Verdict("government_own_level")
    return _aggregate(organ, place)


def _search(patterns: Patterns, text: str) -> str:
    return next((found[0] for pattern in patterns if (found := pattern.search(text))), "")


def _evidence(text: str, year: int | None) -> Evidence:
    return Evidence(
        area=_search(WHOLE_AREA, text) or _search(ALL_ORGANS, text),
        our_area=_search(OUR_AREA, text),
        own_level=_search(OWN_LEVEL, text),
        itself=_search(ITSELF, text),
        month=_month_published(text, year),
    )


def _of_body(organ: str, kind: str | None, area: str, itself: str) -> Verdict:
    """One body by its title, unless only an area's figures are spoken of, as by 宿迁市政府办公室 in 2014."""
    if not organ:
        kind = SELF_NAMES[itself[1:]] if itself else "body"
        return Verdict("unknown", "no organ is named") if kind == "body" or area else Verdict(kind)
    if kind is None or kind == "unknown":
        return Verdict("unknown", f"{organ} is not known as an administrative organ")
    if area and not itself:
        return Verdict("unknown", f"the title names one body ({organ}), the text speaks of an area ({area})")
    return Verdict(kind)


def _contrary(organ: str, kind: str, words: Evidence) -> str:
    """What speaks against an area's or a government's title; "" when nothing does.

    A title without an organ speaks for the whole area, very likely; a government may also report for
    its own level, so that its title alone decides nothing.
    """
    if words.area and words.own_level:
        return f"the text speaks of an area ({words.area}) and of the own level ({words.own_level})"
    if words.area or (kind == "government" and words.own_level):
        return ""
    if words.own_level or words.itself:
        return f"the title names an area ({organ}), the text one body ({words.own_level or words.itself})"
    if kind == "area" or words.our_area or words.month in MONTHS_OF_GOVERNMENTS:
        return ""
    return f"the title names a government ({organ}); nothing says whose figures these are"


def _aggregate(organ: str, place: Place | None) -> Verdict:
    """The aggregate of a place's level, or of what the area's name says when the place is not known."""
    if place:
        return Verdict(AGGREGATES[place.level])
    area = next((organ.removesuffix(ending) for ending in GOVERNMENTS if organ.endswith(ending)), organ)
    level = UNIT_LEVELS.get(area[-1:])
    return Verdict(AGGREGATES[level]) if level else Verdict("unknown", f"{organ} names no kind of area")


def _month_published(text: str, year: int | None) -> int | None:
    """The month of publication, if that is in the year after the data and the data are of 2019 or later."""
    found = PUBLISHED.search(text)
    if year is None or year < FIRST_REVISED_YEAR or not found or int(found[1]) != year + 1:
        return None
    return int(found[2])
