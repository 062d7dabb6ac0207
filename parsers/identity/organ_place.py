"""Find the place that a reporting organ belongs to, from its name and from the text around it."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from parsers import places
from parsers.identity.scope import AREA_SUFFIXES, WORDS, kind_of_organ
from parsers.places import Place

NATIONAL_BODY = re.compile(f"^(?:{'|'.join(WORDS['national_bodies'])})")
# 洪泽区 in 淮安市洪泽区 may be a place under a name of other years.
POSSIBLE_PLACE = re.compile("^(?!城市)[\u4e00-\u9fff]{1,9}?[市县区旗]")
LONGEST_PATH = 24


class OrganPlace(NamedTuple):
    """The kind of an organ (see scope.kind_of_organ), its place, and any doubt about the place."""

    kind: str | None
    place: Place | None
    doubt: str = ""


Guess = tuple[Place | None, str]


def place_of_organ(
    organ: str, year: int | None, names: Iterable[str], text: str, home: Place | None = None
) -> OrganPlace:
    """Find the place of an organ as of 31 December of a year (None: today).

    The organ's own name counts first. If it leaves the place open, ``names`` (other names at the head of
    the document) and ``text`` (that head without white space) are used, and then ``home``, the place whose
    site published the document. The place is None if it stays open. ``doubt`` says why, or from what a
    place was inferred.
    """
    if not organ:
        return OrganPlace(None, None)
    local_name = NATIONAL_BODY.sub("", organ).removeprefix("中共")
    end, found = places.match(local_name, year)
    kind = "area" if 0 < end == len(organ) else _kind(organ)
    if kind != "zone" and (not end or POSSIBLE_PLACE.match(local_name[end:])):
        renamed = _from_other_year(local_name, end, year)
        if renamed:
            return OrganPlace(kind, *renamed)
    if len(found) == 1:
        return OrganPlace(kind, found[0])
    names = list(names)
    context = "\n".join((text, *names))
    if found:
        guess = _disambiguate(found, year, context)
    else:
        guess = _from_context(local_name, kind, year, names, context)
    if guess[0] is None and home:
        guess = _from_site(home, found, local_name, kind, year) or guess
    return OrganPlace(kind, *guess)


def _from_site(
    home: Place, found: Sequence[Place], local_name: str, kind: str | None, year: int | None
) -> Guess | None:
    """Return the place whose site published the document, if the organ's name is compatible with it."""
    if home.code in {place.code for place in found} or local_name.startswith(home.name):
        return home, ""
    if found or _names_an_area(local_name, kind) or not _can_contain(home, local_name, kind, year):
        return None
    return home, f"{local_name} is placed by the site it was published on, that of {home.name}"


def _kind(organ: str) -> str | None:
    return "vertical" if NATIONAL_BODY.match(organ) else kind_of_organ(organ)


def _from_other_year(local_name: str, end: int, year: int | None) -> Guess | None:
    """Look a name up in another year; return the place under the name and code that it had in this year.

    Reports are written in the year after their data, and sites rename old reports. Only a place of the
    same level, parent and stem is taken for the same place, or one that kept its code: 洪泽县 for 洪泽区,
    襄阳市 for 襄樊市, but not 莱芜区 for 莱芜市.
    """
    if year is None:
        return None
    for other in (year + 1, max(year - 1, places.FIRST_YEAR), None):
        reach, found = places.match(local_name, other)
        if reach > end and len(found) == 1:
            old, successor = found[0], _successor(found[0], other, year)
            named = f"{old.name} ({old.code}) is no place of {year}"
            return successor, f"{named}; it was {successor.name} ({successor.code})" if successor else named
    return None


def _successor(old: Place, other: int | None, year: int) -> Place | None:
    """Return what a place of another year was in this year: the place with its stem or with its code."""
    # 宣化县 is not 宣化区: both existed at the same time.
    successors = {peer for peer in _peers(old, places.stem(old), year) if not places.get(peer.code, other)}
    renamed = places.get(old.code, year)
    # 綦江区 took over the code of 万盛区, but was 綦江县 before: that is no renaming.
    if renamed and not _peers(old, places.stem(renamed), other):
        successors.add(renamed)
    return successors.pop() if len(successors) == 1 else None


def _peers(place: Place, stem: str, year: int | None) -> list[Place]:
    """Return the places with a stem that have the level and parent of a place."""
    return [
        peer
        for peer in places.find_by_stem(stem, year)
        if (peer.level, peer.parent, places.stem(peer)) == (place.level, place.parent, stem)
    ]


def _disambiguate(found: Sequence[Place], year: int | None, context: str) -> Guess:
    """Choose among places of one name the one whose parent is printed, ideally right before the name."""
    lineages = {place: places.with_ancestors(place.code, year) for place in found}
    ancestors = {place: [each.name for each in lineage[1:]] for place, lineage in lineages.items()}
    before = [place for place in found if any(name + place.name in context for name in ancestors[place])]
    beside = [place for place in found if ancestors[place][0] in context]
    if len(before) == 1:
        return before[0], ""
    if not before and len(beside) == 1:
        parent = ancestors[beside[0]][0]
        return beside[0], f"{beside[0].name} is taken for that of {parent}, which the text names"
    listed = ", ".join(f"{places.path(place, year)} ({place.code})" for place in found)
    return None, f"{found[0].name} may be {listed}"


def _from_context(
    local_name: str, kind: str | None, year: int | None, names: list[str], context: str
) -> Guess:
    """Find the place of an organ whose own name does not contain it."""
    if written := _from_printed_path(local_name, year, context):
        return written, ""
    guess: Guess = (None, "")
    if kind in ("zone", "vertical"):
        guess = _from_stem(local_name, year, context)
    if not any(guess) and not _names_an_area(local_name, kind):
        guess = _from_names(local_name, kind, year, names)
    return guess if any(guess) else (None, f"neither {local_name} nor what stands around it names its place")


def _names_an_area(local_name: str, kind: str | None) -> bool:
    """Return whether a name starts with that of an unknown area: 测试市财政局, but not 高新区管委会."""
    if kind == "area":
        return True
    area = POSSIBLE_PLACE.match(local_name)
    return area is not None and not (kind == "zone" and area[0].endswith("区"))


def _from_printed_path(local_name: str, year: int | None, context: str) -> Place | None:
    """Return the place whose path is printed somewhere right before the name: 衡东县 before 杨林镇."""
    for found in re.finditer(re.escape(local_name), context) if local_name else ():
        at = found.start()
        if context[at - 1 : at] not in AREA_SUFFIXES:
            continue
        for start in range(max(at - LONGEST_PATH, 0), at - 1):
            end, named = places.match(context[start:at], year)
            if end == at - start and len(named) == 1:
                return named[0]
    return None


def _from_stem(local_name: str, year: int | None, context: str) -> Guess:
    """Find the place from which a zone or a branch office takes its name: 平潭综合实验区 from 平潭县.

    If several places share the stem, it is the only one that the text names, else the one that contains
    the others. If the text names a province, the place must be in it.
    """
    found = places.find_by_stem(local_name, year)
    named = [place for place in found if place.name in context]
    lineages = {place: places.with_ancestors(place.code, year) for place in found}
    widest = [place for place in found if all(place in lineage for lineage in lineages.values())]
    chosen = named if len(named) == 1 else widest
    if not chosen:
        return None, f"{local_name} may belong to {', '.join(place.name for place in found)}" if found else ""
    place = chosen[0]
    provinces = [each for stem, each in places.provinces(year).items() if stem in context]
    if provinces and lineages[place][-1] not in provinces:
        return None, f"{local_name} sounds like {place.name}, but the text names {provinces[0].name}"
    return place, f"{local_name} is placed by its stem in {places.path(place, year)}"


def _from_names(local_name: str, kind: str | None, year: int | None, names: list[str]) -> Guess:
    """Return the place that the other names agree on: 市财政局 on the site of 河源市."""
    named: dict[Place, str] = {}
    for name in names:
        found = places.find(name, year)
        if len(found) == 1 and _can_contain(found[0], local_name, kind, year):
            named.setdefault(found[0], name)
    outer = {ancestor for place in named for ancestor in places.with_ancestors(place.code, year)[1:]}
    deepest = [place for place in named if place not in outer]
    if len(deepest) != 1:
        listed = ", ".join(place.name for place in deepest)
        return None, f"{local_name} may belong to {listed}" if deepest else ""
    return deepest[0], f"{local_name} is placed by the name {named[deepest[0]]}"


def _can_contain(place: Place, local_name: str, kind: str | None, year: int | None) -> bool:
    """Return whether a place has the suffix that the name starts with, and is small enough for a town."""
    if local_name.startswith(tuple(AREA_SUFFIXES)) and not place.name.endswith(local_name[0]):
        return False
    return kind not in ("township", "subdistrict") or not places.has_counties(place, year)
