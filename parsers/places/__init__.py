"""Chinese administrative divisions by name and year; reports and sites are keyed by their codes."""

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
    """One division under one name, with the years on whose 31 December code, name and parent were valid.

    ``level`` is ``province``, ``prefecture`` or ``county``; a ``last_year`` of None means still valid.
    """

    code: str
    name: str
    parent: str
    level: str
    first_year: int
    last_year: int | None


class _Index(NamedTuple):
    """The places of one year, indexed for lookup at the start of a text.

    ``names`` are complete; ``prefixes`` count only if a place below them follows (广东 in 广东河源市);
    ``commissioner_stems`` count only before the title of a commissioner's office (阿里 in 阿里行署).
    ``lengths`` maps a first character to the lengths of all these, longest first. ``lineages`` maps a code
    to the place and its ancestors, the province last; ``with_counties`` are the codes of parents of counties.
    """

    places: tuple[Place, ...]
    names: dict[str, list[Place]]
    prefixes: dict[str, Place]
    commissioner_stems: dict[str, Place]
    lengths: dict[str, tuple[int, ...]]
    lineages: dict[str, tuple[Place, ...]]
    with_counties: frozenset[str]


def places_in(year: int | None) -> tuple[Place, ...]:
    """Return all places on 31 December of a year (None: today), by code. Raises ValueError before 2007."""
    return _index(year).places


def all_places() -> tuple[Place, ...]:
    """Return every place under every name it has had, by code and first year."""
    return _rows()


def get(code: str, year: int | None) -> Place | None:
    """Return the place that had a code on 31 December of a year (None: today), or None."""
    found = _index(year).lineages.get(code)
    return found[0] if found else None


def path(place: Place, year: int | None) -> str:
    """Return the full name of a place in a year, from the province down. Raises KeyError for an invalid code.

    >>> path(find("洪泽区", 2023)[0], 2023)
    '江苏省淮安市洪泽区'
    """
    return "".join(ancestor.name for ancestor in reversed(_index(year).lineages[place.code]))


def with_ancestors(code: str, year: int | None) -> tuple[Place, ...]:
    """Return a place and its ancestors in a year, the province last; nothing if the code was not valid."""
    return _index(year).lineages.get(code, ())


def has_counties(place: Place, year: int | None) -> bool:
    """Return whether there are places below a place: not for counties, nor for cities like 东莞."""
    return place.level == "province" or place.code in _index(year).with_counties


def find(text: str, year: int | None, within: str | None = None) -> tuple[Place, ...]:
    """Find the places that a text starts with, as of 31 December of a year (None: today).

    The longest path of names wins, so 淮安市洪泽区 is the district. Several places are returned if the
    name is ambiguous in that year; ``within``, the code of an ancestor, narrows the search. Names must
    include their suffix (长沙县 is not 长沙市), except for the usual short forms of provinces and autonomous
    units. The text is in simplified characters without spaces. Raises ValueError before 2007.

    >>> [place.code for place in find("淮安市洪泽区人民政府", 2023)]
    ['320813']
    """
    return match(text, year, within)[1]


def match(text: str, year: int | None, within: str | None = None) -> tuple[int, tuple[Place, ...]]:
    """Find places as ``find`` does; also return how many characters name them."""
    paths = list(_paths(text, 0, within, _index(year)))
    longest = max((end for end, _ in paths), default=0)
    return longest, tuple(dict.fromkeys(place for end, place in paths if end == longest))


def stem(place: Place) -> str:
    """Return a name without its suffix: 平潭 for 平潭县, 延边 for 延边朝鲜族自治州.

    Places of different levels share stems (长沙市, 长沙县), so a stem alone does not identify a place.
    """
    if named := AUTONOMOUS.match(place.name):
        return _ethnic().sub("", named["stem"]) or named["stem"]
    return SUFFIX.sub("", place.name)


def find_by_stem(text: str, year: int | None, within: str | None = None) -> tuple[Place, ...]:
    """Find the places whose stem, of two characters or more, begins a text; the longest stem wins.

    ``within``, the code of an ancestor, narrows the search to the places below it.
    """
    stems, lineages = _stems(_list_year(year)), _index(year).lineages
    for length in range(min(LONGEST_STEM, len(text)), 1, -1):
        found = stems.get(text[:length], ())
        below = [each for each in found if not within or _lies_below(each, within, lineages)]
        if below:
            return tuple(below)
    return ()


def meant_by_stem(name: str, year: int | None) -> Place | None:
    """Return the place that a stem which several share means by custom: 西安 is the city of 610100."""
    code = _short_forms()["stems"].get(name)
    return get(code, year) if code else None


def is_common(name: str) -> bool:
    """Return whether a name is also borne by zones or offices elsewhere: 滨海新区, 矿区."""
    return name in _short_forms()["common"]


def is_distinct(name: str) -> bool:
    """Return whether a county's stem means nothing but this county, also in the name of a zone: 平潭."""
    return name in _short_forms()["distinct"]


def ever_named(text: str) -> str:
    """Return the longest name at the start of a text that any place has ever borne, or "".

    >>> ever_named("萝岗区财政局"), ever_named("财政局")
    ('萝岗区', '')
    """
    lengths = _all_lengths().get(text[:1], ())
    return next((text[:length] for length in lengths if text[:length] in _all_names()), "")


def begins_with_place(text: str) -> bool:
    """Return whether a text begins with the name of a place, a short form of it, or its stem.

    >>> begins_with_place("广东河源市"), begins_with_place("武汉经开区"), begins_with_place("位于武汉")
    (True, True, False)
    """
    if ever_named(text) or text.startswith(_prefixes()):
        return True
    return match(text, None)[0] > 0 or find_by_stem(text, None) != ()


def is_stem(text: str) -> bool:
    """Return whether a text is the name of a place without its suffix."""
    return text in _stems(_list_year(None))


@cache
def _prefixes() -> tuple[str, ...]:
    return tuple(_index(None).prefixes)


@cache
def _all_names() -> frozenset[str]:
    return frozenset(place.name for place in _rows())


@cache
def _all_lengths() -> dict[str, tuple[int, ...]]:
    return _lengths(sorted(_all_names()))


def provinces(year: int | None) -> dict[str, Place]:
    """Return the provinces of a year by their short names: 广东, 内蒙古."""
    return _provinces(_list_year(year))


@cache
def _provinces(year: int) -> dict[str, Place]:
    return {stem(place): place for place in _index_of(year).places if place.level == "province"}


def _paths(text: str, at: int, within: str | None, index: _Index) -> Iterator[tuple[int, Place]]:
    """Find every path of names that starts at a position: where it ends, and the last place in it."""
    for length in index.lengths.get(text[at : at + 1], ()):
        end = at + length
        if end > len(text):
            continue
        for place, complete in _named(text, at, end, index):
            if within is None or any(ancestor.code == within for ancestor in index.lineages[place.code]):
                yield from _paths(text, end, place.code, index)
                if complete:
                    yield end, place


def _lies_below(place: Place, code: str, lineages: dict[str, tuple[Place, ...]]) -> bool:
    return any(ancestor.code == code for ancestor in lineages[place.code][1:])


def _named(text: str, at: int, end: int, index: _Index) -> Iterator[tuple[Place, bool]]:
    """Find the places of one name, each with whether the name may stand without a place after it."""
    name = text[at:end]
    for place in index.names.get(name, ()):
        yield place, True
    if name in index.prefixes:
        yield index.prefixes[name], False
    if name in index.commissioner_stems and text.startswith(_commissioner_titles(), end):
        yield index.commissioner_stems[name], True


def _index(year: int | None) -> _Index:
    return _index_of(_list_year(year))


def _list_year(year: int | None) -> int:
    """Return the year whose list to use: years after the last change have the same list as today."""
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
    prefixes = {short: by_code[code] for short, code in _short_forms()["between"].items() if code in by_code}
    prefixes |= {PROVINCE_SUFFIX.sub("", place.name): place for place in places if place.level == "province"}
    commissioner_stems = {stem(place): place for place in places if place.name.endswith(("地区", "盟"))}
    lineages = {place.code: tuple(_with_ancestors(place, by_code)) for place in places}
    with_counties = frozenset(place.parent for place in places if place.level == "county")
    return _Index(
        places,
        names,
        prefixes,
        commissioner_stems,
        _lengths([*names, *prefixes, *commissioner_stems]),
        lineages,
        with_counties,
    )


@cache
def _stems(year: int) -> dict[str, list[Place]]:
    stems: dict[str, list[Place]] = {}
    for place in _index_of(year).places:
        stems.setdefault(stem(place), []).append(place)
    return stems


def _add_short_names(names: dict[str, list[Place]], by_code: dict[str, Place]) -> None:
    """Add the short forms of autonomous units that are never the full name of another place.

    东乡县 was a county in Jiangxi until 2016, so it is never short for 东乡族自治县.
    """
    shorts: dict[str, list[Place]] = {}
    for place in by_code.values():
        for short in _shortened(place):
            shorts.setdefault(short, []).append(place)
    for short, code in _short_forms()["short_names"].items():
        if code in by_code:
            shorts.setdefault(short, []).append(by_code[code])
    full = {row.name for row in _rows()}
    names.update((short, found) for short, found in shorts.items() if short not in full and len(found) == 1)


def _shortened(place: Place) -> Iterator[str]:
    """Shorten the name of an autonomous unit: 延边朝鲜族自治州 to 延边州 and 延边自治州."""
    if place.level == "province" and place.name.endswith("族自治区") or "维吾尔" in place.name:
        yield PROVINCE_SUFFIX.sub("自治区", place.name)
    elif named := AUTONOMOUS.match(place.name):
        short = stem(place).removesuffix("族")
        yield from (short + named["suffix"], f"{short}自治{named['suffix']}")


def _with_ancestors(place: Place, by_code: dict[str, Place]) -> Iterator[Place]:
    yield place
    if place.parent:
        yield from _with_ancestors(by_code[place.parent], by_code)


def _lengths(names: list[str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[0], set()).add(len(name))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


@cache
def _last_change() -> int:
    """Return the last year whose list of places differs from that of the year before."""
    return max(max(row.first_year, (row.last_year or 0) + 1) for row in _rows())


@cache
def _ethnic() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(_words('ethnic_groups'))})+$")


@cache
def _commissioner_titles() -> tuple[str, ...]:
    return _words("commissioners")


def _words(key: str) -> tuple[str, ...]:
    return tuple(_short_forms()[key])


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
def _short_forms() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("places.toml").read_text(encoding="utf-8"))
