"""Find the place that a reporting organ belongs to, from its name and from the text around it.

The order of trust: the organ's own name, what is printed right before it, other names at the head of the
document, the site that published it, and last a short name without its suffix, which no other may contradict.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from parsers import places
from parsers.identity.former import from_other_year
from parsers.identity.organs import (
    AREA,
    AREA_SUFFIXES,
    COMMITTEE,
    FUNCTIONAL,
    GOVERNMENTS,
    GOVERNS,
    PART_OF_CITY,
    REGIONS,
    kind_of_organ,
    leads_system,
    split_central,
)
from parsers.identity.stems import (
    BY_COUNTY,
    OF_SEA_TOWNS,
    ZONE_WORDS,
    called,
    district_in,
    part_of_zone,
    sharing_stem,
)
from parsers.places import Place

GOVERNMENT = re.compile(f"(?:{'|'.join(GOVERNMENTS)}|机关|本级)+$")
WITHOUT_COMMITTEE = re.compile(f"{COMMITTEE.pattern}$")
LONGEST_PATH = 24


class OrganPlace(NamedTuple):
    """The kind of an organ (see organs.kind_of_organ), its place, and any doubt about the place.

    Without a place the doubt is why there is none; ``is_national`` says that there can be none.
    """

    kind: str | None
    place: Place | None
    doubt: str = ""
    is_national: bool = False


class Surroundings(NamedTuple):
    """What helps to place an organ: other names, the head of the text, without spaces, the site's place."""

    names: tuple[str, ...]
    text: str
    home: Place | None

    @property
    def context(self) -> str:
        return "\n".join((self.text, *self.names))


Guess = tuple[Place | None, str]


class OwnName(NamedTuple):
    """What an organ's own name says: the places it starts with, if any, and the rest of the name.

    ``area`` is that part of the rest which must be another place: 萝岗区 in 广州市萝岗区财政局.
    """

    name: str
    found: tuple[Place, ...]
    rest: str
    area: str

    @property
    def is_of_other_years(self) -> bool:
        """Return whether the area is known, but not in this year, or is not known in its city."""
        return self.area != "" and (self.found != () or places.ever_named(self.area) != "")

    @property
    def is_bare(self) -> bool:
        """Return whether only the name of a county stands there, without that of its city."""
        place = self.found[0]
        return place.level == "county" and len(self.name) - len(self.rest) == len(place.name)


def place_of_organ(organ: str, year: int | None, around: Surroundings) -> OrganPlace:
    """Find the place of an organ as of 31 December of a year (None: today).

    The place is None if it stays open. ``doubt`` says why, or from what a place was inferred.
    """
    if not organ:
        return OrganPlace(None, None)
    central, name = split_central(organ)
    if central and not name:
        kind = "vertical" if leads_system(central) else kind_of_organ(organ)
        return OrganPlace(kind, None, f"{organ} is a body of the whole nation, which has no place", True)
    named, own = _named(name, year), "vertical" if central else kind_of_organ(organ)
    kind = _kind(own, named)
    former = None
    if kind != "zone" and (named.area or not named.found):
        former = from_other_year(name, len(name) - len(named.rest), year)
    place, doubt = former or _of_this_year(named, kind, central, year, around)
    if not place and kind in GOVERNS and named.is_of_other_years:
        kind = None
    return OrganPlace(kind, place, doubt)


def _named(name: str, year: int | None) -> OwnName:
    end, found = places.match(name, year)
    rest = name[end:]
    return OwnName(name, found, rest, _area_in(name, rest, bool(found) and _is_county(found[0], year)))


def _is_county(place: Place, year: int | None) -> bool:
    return not places.has_counties(place, year)


def _area_in(name: str, rest: str, in_county: bool) -> str:
    """Return the area at the start of the rest of a name, or "".

    No county contains another, so what looks like one there is a word, unless a place ever had that name.
    """
    if kind_of_organ(name) in GOVERNS:
        return _without_government(rest)
    known = places.ever_named(rest)
    if in_county:
        return "" if PART_OF_CITY.fullmatch(known) else known
    area = AREA.match(rest)
    return known or (area[0] if area and not _is_part_of_city(area[0]) else "")


def _is_part_of_city(area: str) -> bool:
    """Return whether an area is a part of a city that has no code: 高新区, 城区."""
    return places.ever_named(area) != area and (
        area.endswith(FUNCTIONAL) or PART_OF_CITY.fullmatch(area) is not None
    )


def _kind(kind: str | None, named: OwnName) -> str | None:
    """Return the kind of an organ; that of an area only if its whole name is that of a place."""
    if named.found and not named.rest:
        return "area"
    if kind == "zone" and named.area and named.area == named.rest:
        return None  # 清新区 and 滨海新区 are districts, but not of that year
    if kind not in GOVERNS or not named.area:
        return kind
    if _is_part_of_city(named.area):
        return "zone"
    return None if named.area.endswith("区") and not places.ever_named(named.area) else kind


def _without_government(name: str) -> str:
    """Return the area that a government or an area governs: 河源市 for 河源市人民政府."""
    return GOVERNMENT.sub("", name)


def _of_this_year(
    named: OwnName, kind: str | None, central: str, year: int | None, around: Surroundings
) -> Guess:
    if named.area and kind != "zone":
        return _unknown_area(named, year, around.home)
    if len(named.found) == 1:
        return _certain(named, kind, year, around)
    if named.found:
        return _disambiguate(named.found, year, around)
    return _from_surroundings(named.name, kind, central, year, around)


def _unknown_area(named: OwnName, year: int | None, home: Place | None) -> Guess:
    """Refuse to place a former or unknown area in what is around it; its site may be that of such an area."""
    known = len(named.name) - len(named.rest)
    if home and named.name.startswith(home.name) and len(home.name) > known:
        return home, ""
    return None, f"{named.area} is no place known in {year or 'our time'}"


def _certain(named: OwnName, kind: str | None, year: int | None, around: Surroundings) -> Guess:
    """Return the place that a name starts with, or one in it that the rest names, if it is certain."""
    place = named.found[0]
    if places.has_counties(place, year):
        if district := district_in(named.rest, place, year):
            return district, ""
        return _with_county(named, kind, year, around.context)
    if not named.is_bare:
        return place, ""
    if around.home and around.home.code[:2] != place.code[:2]:
        return _elsewhere(named, kind, year, around.home)
    is_common = places.is_common(place.name) or (COMMITTEE.match(named.rest) and place.name.endswith("区"))
    if not is_common or (around.home and _are_related(around.home, place)):
        return place, ""
    if _is_named_with(place, year, around.context):
        return place, _by_text(place, year)
    return None, f"{place.name} may be that of {_parent(place, year).name}, or a zone or an office elsewhere"


def _elsewhere(named: OwnName, kind: str | None, year: int | None, home: Place) -> Guess:
    """Judge a name that is a county's in another province than that of the site: 城北区管委会."""
    if kind == "zone" and _can_contain(home, named.name, kind, year):
        return home, _by_site(named.name, home)
    path = places.path(named.found[0], year)
    return None, f"{named.found[0].name} is {path}, but the site is that of {home.name}"


def _by_text(place: Place, year: int | None) -> str:
    return f"{place.name} is taken for that of {_parent(place, year).name}, which the text names"


def _by_site(name: str, home: Place) -> str:
    return f"{name} is placed by the site it was published on, that of {home.name}"


def _with_county(named: OwnName, kind: str | None, year: int | None, context: str) -> Guess:
    """Return a city, or for a town the one county in it that the text names."""
    city = named.found[0]
    if kind not in ("township", "subdistrict"):
        return city, ""
    counties = [each for each in places.places_in(year) if each.parent == city.code and each.name in context]
    if len(counties) == 1:
        return counties[0], f"{named.rest} is placed in {counties[0].name}, which the text names"
    return city, f"{named.name} does not say in which county of {city.name} it is"


def _prefix(place: Place) -> str:
    return place.code[: {"province": 2, "prefecture": 4}.get(place.level, 6)]


def _are_related(one: Place, other: Place) -> bool:
    """Return whether one of two places contains the other."""
    return one.code.startswith(_prefix(other)) or other.code.startswith(_prefix(one))


def _parent(place: Place, year: int | None) -> Place:
    return places.with_ancestors(place.code, year)[1]


def _is_named_with(place: Place, year: int | None, context: str) -> bool:
    """Return whether a text names the city or the province that a place is in."""
    outer = places.with_ancestors(place.code, year)[1:]
    return any(each.name in context for each in outer) or places.stem(outer[-1]) in context


def _disambiguate(found: Sequence[Place], year: int | None, around: Surroundings) -> Guess:
    """Choose among places of one name the one whose parent is printed, ideally right before it."""
    context, lineages = around.context, {p: places.with_ancestors(p.code, year) for p in found}
    before = [p for p in found if any(each.name + p.name in context for each in lineages[p][1:])]
    beside = [p for p in found if lineages[p][1].name in context]
    near = [place for place in found if around.home and _are_related(place, around.home)]
    listed = ", ".join(f"{places.path(place, year)} ({place.code})" for place in found)
    if len(before) == 1:
        return before[0], ""
    if not before and len(beside) == 1:
        return beside[0], _by_text(beside[0], year)
    if len(near) == 1 and around.home:
        return near[0], "" if near[0].code == around.home.code else _by_site(near[0].name, around.home)
    return None, f"{found[0].name} may be {listed}"


def _from_surroundings(
    name: str, kind: str | None, central: str, year: int | None, around: Surroundings
) -> Guess:
    """Find the place of an organ whose own name does not contain a complete one."""
    if printed := _from_printed_path(name, year, around.context):
        return printed, ""
    near, why = _from_names(name, kind, year, around.names)
    if not near and around.home and _can_contain(around.home, name, kind, year):
        near, why = around.home, _by_site(name, around.home)
    called_after = [] if _is_regional(name) or not _takes_short_name(name, kind) else sharing_stem(name, year)
    if near:
        related = [place for place in called_after if _are_related(place, near)]
        return _called_after(name, related[0], year) if len(related) == 1 else (near, why)
    if not called_after:
        return None, why or f"neither {name} nor what stands around it names its place"
    return _from_short_name(name, called_after, central in BY_COUNTY, year, around.context)


def _is_regional(name: str) -> bool:
    """Return whether a body is named after a basin or a sea; 北海海关 is that of the city."""
    return name.startswith(REGIONS) and not name.endswith(OF_SEA_TOWNS)


def _takes_short_name(name: str, kind: str | None) -> bool:
    """Return whether an organ of this kind may be called after a place by its short name: 遂宁经开区."""
    return kind in ("zone", "vertical") or name.endswith("厅") or any(zone in name for zone in ZONE_WORDS)


def _from_short_name(
    name: str, called_after: Sequence[Place], by_county: bool, year: int | None, context: str
) -> Guess:
    """Return the one place that a name is called after, if nothing in the text speaks against it.

    A county's short name may be that of a zone, a hill or a lake elsewhere: the text must bear it out.
    """
    listed = ", ".join(places.path(place, year) for place in called_after)
    if len(called_after) > 1:
        named = [place for place in called_after if place.name in context]
        return _called_after(name, named[0], year) if len(named) == 1 else (None, f"{name}: {listed}?")
    place = called_after[0]
    provinces = [each for stem, each in places.provinces(year).items() if stem in context]
    if provinces and not any(_are_related(place, each) for each in provinces):
        return None, f"{name} sounds like {place.name}, but the text names {provinces[0].name}"
    sure = place.level != "county" or by_county or places.is_distinct(places.stem(place))
    if sure or place.name in context or _is_named_with(place, year, context):
        return _called_after(name, place, year)
    return None, f"{name} may be called after {listed}, or after something else of that name"


def _called_after(name: str, place: Place, year: int | None) -> Guess:
    rest = name.removeprefix(places.stem(place))
    if part := part_of_zone(rest):
        parts = called(part, place, year)
        if len(parts) != 1:
            return None, f"{part} is no place in {place.name}"
        return parts[0], f"{name} is placed in {places.path(parts[0], year)}"
    place = district_in(rest, place, year) or place
    return place, f"{name} is placed by its short name in {places.path(place, year)}"


def _from_printed_path(name: str, year: int | None, context: str) -> Place | None:
    """Return the place whose path is printed somewhere right before the name: 衡东县 before 杨林镇."""
    name = WITHOUT_COMMITTEE.sub("", name)
    for found in re.finditer(re.escape(name), context) if name else ():
        at = found.start()
        if context[at - 1 : at] not in AREA_SUFFIXES:
            continue
        for start in range(max(at - LONGEST_PATH, 0), at - 1):
            end, named = places.match(context[start:at], year)
            if end == at - start and len(named) == 1:
                return named[0]
    return None


def _from_names(name: str, kind: str | None, year: int | None, names: Iterable[str]) -> Guess:
    """Return the place that the other names agree on: 市财政局 on the site of 河源市."""
    said: dict[Place, str] = {}
    for other in names:
        found = places.find(other, year)
        if len(found) == 1 and _can_contain(found[0], name, kind, year):
            said.setdefault(found[0], other)
    outer = {ancestor for place in said for ancestor in places.with_ancestors(place.code, year)[1:]}
    deepest = [place for place in said if place not in outer]
    if len(deepest) != 1:
        listed = ", ".join(place.name for place in deepest)
        return None, f"{name} may belong to {listed}" if deepest else ""
    return deepest[0], f"{name} is placed by the name {said[deepest[0]]}"


def _can_contain(place: Place, name: str, kind: str | None, year: int | None) -> bool:
    """Return whether a place has the suffix that the name starts with, and is small enough for a town."""
    if name.startswith(tuple(AREA_SUFFIXES)) and not place.name.endswith(name[0]):
        return False
    if kind == "zone" and place.level == "province":
        return place.name.endswith("市")
    return kind not in ("township", "subdistrict") or not places.has_counties(place, year)
