"""Chinese administrative divisions by name and year, on which every report and site is keyed."""

import csv
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FIRST_YEAR = 2007
LONGEST_STEM = 8
PROVINCE_SUFFIX = re.compile("(?:省|市|(?:壮族|回族|维吾尔)?自治区)$")
SUFFIX = re.compile("(?:省|(?:壮族|回族|维吾尔)?自治区|市|地区|林区|特区|新区|矿区|区|县|旗|盟|州)$")
AUTONOMOUS = re.compile("^(?P<stem>.+?)自治(?P<suffix>[州县旗])$")


class Place(NamedTuple):
    """One division under one name: the first and the last 31 December on which code, name and parent held.

    ``level`` is ``province``, ``prefecture`` or ``county``; ``last_year`` None means still valid.
    """

    code: str
    name: str
    parent: str
    level: str
    first_year: int
    last_year: int | None


class _Index(NamedTuple):
    """The places of one year, ready for lookup at the start of a text.

    ``names`` are complete; ``before`` count only where a place below them follows (广东 in 广东河源市);
    ``titled`` count only before the title of a commissioner's office (阿里 in 阿里行署). ``lengths``
    holds, for a first character, the lengths of all these, longest first. ``above`` gives for a code
    the place itself and all over it, outermost last; ``with_counties`` holds the codes right above counties.
    """

    places: tuple[Place, ...]
    names: dict[str, list[Place]]
    before: dict[str, Place]
    titled: dict[str, Place]
    lengths: dict[str, tuple[int, ...]]
    above: dict[str, tuple[Place, ...]]
    with_counties: frozenset[str]


def places_in(year: int | None) -> tuple[Place, ...]:
    """All places on 31 December of a year (None: today), by code. Raises ValueError before 2007."""
    return _index(year).places


def all_places() -> tuple[Place, ...]:
    """Every place under every name it has had, by code and first year."""
    return _rows()


def get(code: str, year: int | None) -> Place | None:
    """The place that held a code on 31 December of a year (None: today), or None."""
    found = _index(year).above.get(code)
    return found[0] if found else None


def path(place: Place, year: int | None) -> str:
    """The full name of a place in a year, from the province down. Raises KeyError if its code did not hold.

    >>> path(find("洪泽区", 2023)[0], 2023)
    '江苏省淮安市洪泽区'
    """
    return "".join(over.name for over in reversed(_index(year).above[place.code]))


def above(code: str, year: int | None) -> tuple[Place, ...]:
    """A place and all places over it in a year, outermost last; empty when the code did not hold."""
    return _index(year).above.get(code, ())


def has_counties(place: Place, year: int | None) -> bool:
    """Whether anything lies below a place: not so for counties, nor for cities like 东莞."""
    return place.level == "province" or place.code in _index(year).with_counties


def find(text: str, year: int | None, within: str | None = None) -> tuple[Place, ...]:
    """The places that a text starts with, as of 31 December of a year (None: today).

    The longest path of names wins, so 淮安市洪泽区 is the district. Several places come back when the
    name is ambiguous in that year; ``within``, the code of a place over them, narrows. Names must be
    complete with their suffix (长沙县 is not 长沙市), but for the usual short forms of provinces and
    autonomous units. The text is simplified and holds no spaces. Raises ValueError before 2007.

    >>> [place.code for place in find("淮安市洪泽区人民政府", 2023)]
    ['320813']
    """
    return match(text, year, within)[1]


def match(text: str, year: int | None, within: str | None = None) -> tuple[int, tuple[Place, ...]]:
    """Like find, with the number of characters that name the places."""
    readings = list(_readings(text, 0, within, _index(year)))
    longest = max((end for end, _ in readings), default=0)
    return longest, tuple(dict.fromkeys(place for end, place in readings if end == longest))


def stem(place: Place) -> str:
    """A name without its suffix: 平潭 for 平潭县, 延边 for 延边朝鲜族自治州.

    Units of different level share stems (长沙市, 长沙县), so a stem alone names no place.
    """
    if named := AUTONOMOUS.match(place.name):
        return _ethnic().sub("", named["stem"]) or named["stem"]
    return SUFFIX.sub("", place.name)


def sharing_stem(text: str, year: int | None) -> tuple[Place, ...]:
    """All places whose stem, of two characters or more, begins a text; the longest such stem counts."""
    stems = _stems(_year_of_list(year))
    for length in range(LONGEST_STEM, 1, -1):
        if found := stems.get(text[:length]):
            return tuple(found)
    return ()


def provinces(year: int | None) -> dict[str, Place]:
    """The provinces of a year by their short names: 广东, 内蒙古."""
    return _provinces(_year_of_list(year))


@cache
def _provinces(year: int) -> dict[str, Place]:
    return {stem(place): place for place in _index_of(year).places if place.level == "province"}


def _readings(text: str, at: int, within: str | None, index: _Index) -> Iterator[tuple[int, Place]]:
    """Every path of names that stands at a position: where it ends and the last place it names."""
    for length in index.lengths.get(text[at : at + 1], ()):
        end = at + length
        for place, complete in _named(text, at, end, index):
            if within is None or any(over.code == within for over in index.above[place.code]):
                yield from _readings(text, end, place.code, index)
                if complete:
                    yield end, place


def _named(text: str, at: int, end: int, index: _Index) -> Iterator[tuple[Place, bool]]:
    """The places that one name stands for, and whether it does so without a place after it."""
    name = text[at:end]
    for place in index.names.get(name, ()):
        yield place, True
    if name in index.before:
        yield index.before[name], False
    if name in index.titled and text.startswith(_titles(), end):
        yield index.titled[name], True


def _index(year: int | None) -> _Index:
    return _index_of(_year_of_list(year))


def _year_of_list(year: int | None) -> int:
    """The year whose list answers: after the last change all years answer as today."""
    if year is not None and year < FIRST_YEAR:
        raise ValueError(f"places are known from {FIRST_YEAR} on, not for {year}")
    return _last_change() if year is None else min(year, _last_change())


@cache
def _index_of(year: int) -> _Index:
    places = tuple(row for row in _rows() if row.first_year <= year <= (row.last_year or year))
    by_code = {place.code: place for place in places}
    names: dict[str, list[Place]] = {}
    for place in places:
        names.setdefault(place.name, []).append(place)
    _add_short_names(names, by_code)
    before = {short: by_code[code] for short, code in _forms()["between"].items() if code in by_code}
    before |= {PROVINCE_SUFFIX.sub("", place.name): place for place in places if place.level == "province"}
    titled = {stem(place): place for place in places if place.name.endswith(("地区", "盟"))}
    above = {place.code: tuple(_upward(place, by_code)) for place in places}
    with_counties = frozenset(place.parent for place in places if place.level == "county")
    return _Index(places, names, before, titled, _lengths([*names, *before, *titled]), above, with_counties)


@cache
def _stems(year: int) -> dict[str, list[Place]]:
    stems: dict[str, list[Place]] = {}
    for place in _index_of(year).places:
        stems.setdefault(stem(place), []).append(place)
    return stems


def _add_short_names(names: dict[str, list[Place]], by_code: dict[str, Place]) -> None:
    """Add the short forms of autonomous units that no place bears in full in any year.

    东乡县 was in Jiangxi until 2016, so it is never short for 东乡族自治县.
    """
    shorts: dict[str, list[Place]] = {}
    for place in by_code.values():
        for short in _shortened(place):
            shorts.setdefault(short, []).append(place)
    for short, code in _forms()["short_names"].items():
        if code in by_code:
            shorts.setdefault(short, []).append(by_code[code])
    full = {row.name for row in _rows()}
    names.update((short, found) for short, found in shorts.items() if short not in full and len(found) == 1)


def _shortened(place: Place) -> Iterator[str]:
    """延边州 for 延边朝鲜族自治州, 新疆自治区 for 新疆维吾尔自治区."""
    if place.level == "province" and place.name.endswith("族自治区") or "维吾尔" in place.name:
        yield PROVINCE_SUFFIX.sub("自治区", place.name)
    elif named := AUTONOMOUS.match(place.name):
        yield stem(place).removesuffix("族") + named["suffix"]


def _upward(place: Place, by_code: dict[str, Place]) -> Iterator[Place]:
    yield place
    if place.parent:
        yield from _upward(by_code[place.parent], by_code)


def _lengths(names: list[str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[0], set()).add(len(name))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


@cache
def _last_change() -> int:
    """The last year in which a place began or was the first without one that ended."""
    return max(max(row.first_year, (row.last_year or 0) + 1) for row in _rows())


@cache
def _ethnic() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(_words('ethnic_groups'))})+$")


@cache
def _titles() -> tuple[str, ...]:
    return _words("commissioners")


def _words(key: str) -> tuple[str, ...]:
    return tuple(_forms()[key])


@cache
def _rows() -> tuple[Place, ...]:
    with Path(__file__).with_name("places.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return tuple(
            Place(code, name, parent, level, int(first), int(last) if last else None)
            for code, name, parent, level, first, last in reader
        )


@cache
def _forms() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("places.toml").read_text(encoding="utf-8"))
