"""Find the place of a zone or a branch by the short name it is called after: 遂宁经开区, 公安局历下分局."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from parsers import places
from parsers.places import Place

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
GOES_ON, CITY_BUREAU, DISTRICT_ZONE = (
    re.compile(WORDS[key].replace(" ", "")) for key in ("goes_on", "city_bureau", "district_zone")
)
PROVINCIAL, ZONE_WORDS = tuple(WORDS["provincial"]), tuple(WORDS["zone_words"])
OF_SEA_TOWNS, BY_COUNTY = tuple(WORDS["of_sea_towns"]), tuple(WORDS["by_county"])
# 公安局历下分局, 自然资源局海珠区分局, 规划局宝安管理局: the branch of a bureau in a district.
BRANCH = re.compile(
    "([区县市旗]?)(?:直属)?(?:分局|分中心|管理局|监管局|监督管理局|[大中支]队|税务所|管理所|派出所|分站|管理处)$"
)
ZONE_PART = re.compile(
    "(?:自由贸易试验区|自贸试验区|自贸区|新区)([\u4e00-\u9fff]{2,9}?)(?:新?片区|管理局|管委会|管理委员会)"
)
BUREAU_ENDS = re.compile("[局会委厅队站]")


def sharing_stem(name: str, year: int | None) -> list[Place]:
    """Return the places that a name without a suffix may be called after, the wider one of a county and city.

    >>> [place.code for place in sharing_stem("长沙经开区", 2020)], sharing_stem("杭州湾新区", 2020)
    (['430100'], [])
    """
    found = places.find_by_stem(name, year)
    if not found or GOES_ON.match(name, len(places.stem(found[0]))):
        return []
    stem = places.stem(found[0])
    if meant := places.meant_by_stem(stem, year):
        return [meant]
    provinces = [place for place in found if place.level == "province"]
    if provinces and name.endswith(PROVINCIAL):
        return provinces
    if provinces and len(found) > 1:
        return list(found)
    return _widest(found, year) or list(found)


def _widest(found: Sequence[Place], year: int | None) -> list[Place]:
    lineages = {place: places.with_ancestors(place.code, year) for place in found}
    return [place for place in found if all(place in lineage for lineage in lineages.values())]


def district_in(rest: str, city: Place, year: int | None) -> Place | None:
    """Return the district of a city that the rest of an organ's name speaks of, or None.

    >>> city = places.find("济南市", 2022)[0]
    >>> branches = (district_in(rest, city, 2022) for rest in ("公安局历下分局", "公安局"))
    >>> [place and place.name for place in branches]
    ['历下区', None]
    """
    found = {*_of_branch(rest, city, year), *_named_first(rest, city, year)}
    return found.pop() if len(found) == 1 else None


def _of_branch(rest: str, city: Place, year: int | None) -> Iterator[Place]:
    if branch := BRANCH.search(rest):
        for bureau in BUREAU_ENDS.finditer(rest, 0, branch.start()):
            yield from called(rest[bureau.end() : branch.end(1)], city, year)


def called(name: str, city: Place, year: int | None) -> tuple[Place, ...]:
    """Return the places in a city of which a text is the whole name, or the whole short name."""
    end, found = places.match(name, year, city.code)
    if found and end == len(name):
        return found
    return tuple(each for each in places.find_by_stem(name, year, city.code) if places.stem(each) == name)


def _named_first(rest: str, city: Place, year: int | None) -> Iterator[Place]:
    for place in places.find_by_stem(rest, year, city.code):
        after = len(places.stem(place))
        if CITY_BUREAU.match(rest, after) or (DISTRICT_ZONE.match(rest, after) and not _is_new_area(place)):
            yield place


def part_of_zone(name: str) -> str:
    """Return the part of a zone that a name means, or "": 厦门 in 福建自由贸易试验区厦门片区."""
    part = ZONE_PART.search(name)
    return part[1] if part else ""


def _is_new_area(place: Place) -> bool:
    """Return whether a county is called a new area; its stem is then a common word, as 滨海 in 滨海新区."""
    return place.name.endswith("新区")
