"""The place that a reporting organ belongs to, told from its name and from what stands around it."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from parsers import places
from parsers.identity.scope import UNITS, WORDS, kind_of_organ
from parsers.places import Place

NATIONAL_BODY = re.compile(f"^(?:{'|'.join(WORDS['national_bodies'])})")
# 洪泽区 in 淮安市洪泽区: perhaps a place, under a name that held in other years only.
PERHAPS_A_PLACE = re.compile("^(?!城市)[\u4e00-\u9fff]{1,9}?[市县区旗]")
LONGEST_PATH = 24


class Whereabouts(NamedTuple):
    """The kind of an organ (see scope.kind_of_organ), its place, and what is doubtful about the place."""

    kind: str | None
    place: Place | None
    doubt: str = ""


Guess = tuple[Place | None, str]


def whereabouts(
    organ: str, year: int | None, names: Iterable[str], text: str, home: Place | None = None
) -> Whereabouts:
    """Find the place of an organ as of 31 December of a year (None: today).

    ``names`` are other names that the title and the opening give and ``text`` is the opening without
    blanks; both help only where the organ's own name leaves the place open, and ``home``, the place whose
    site published the document, where they do too. What stays open is None, and the doubt says why; a
    place that was derived comes with a word on how.
    """
    if not organ:
        return Whereabouts(None, None)
    bare = NATIONAL_BODY.sub("", organ).removeprefix("中共")
    end, found = places.match(bare, year)
    kind = "area" if 0 < end == len(organ) else _kind(organ)
    if kind != "zone" and (not end or PERHAPS_A_PLACE.match(bare[end:])):
        renamed = _of_another_year(bare, end, year)
        if renamed:
            return Whereabouts(kind, *renamed)
    if len(found) == 1:
        return Whereabouts(kind, found[0])
    names = list(names)
    around = "\n".join((text, *names))
    guess = _narrowed(found, year, around) if found else _from_around(bare, kind, year, names, around)
    if guess[0] is None and home:
        guess = _of_home(home, found, bare, kind, year) or guess
    return Whereabouts(kind, *guess)


def _of_home(
    home: Place, found: Sequence[Place], bare: str, kind: str | None, year: int | None
) -> Guess | None:
    """The place whose site published the document, where the organ's name fits it."""
    if home.code in {place.code for place in found} or bare.startswith(home.name):
        return home, ""
    if found or _names_an_area(bare, kind) or not _may_hold(home, bare, kind, year):
        return None
    return home, f"{bare} is placed by the site it was published on, that of {home.name}"


def _kind(organ: str) -> str | None:
    return "vertical" if NATIONAL_BODY.match(organ) else kind_of_organ(organ)


def _of_another_year(bare: str, end: int, year: int | None) -> Guess | None:
    """The place that bore a name in another year, under the name and code it had in this one.

    A report is written the year after its data, and sites re-title old reports. Only a unit of the
    same level, parent and stem is taken for the same, or one that kept its code: 洪泽县 for 洪泽区,
    襄阳市 for 襄樊市, but not 莱芜区 for 莱芜市.
    """
    if year is None:
        return None
    for other in (year + 1, max(year - 1, places.FIRST_YEAR), None):
        reach, found = places.match(bare, other)
        if reach > end and len(found) == 1:
            then, same = found[0], _successor(found[0], other, year)
            named = f"{then.name} ({then.code}) is no place of {year}"
            return same, f"{named}; it was {same.name} ({same.code})" if same else named
    return None


def _successor(then: Place, other: int | None, year: int) -> Place | None:
    """What a unit of another year was in a year: the one of its stem or the one of its code."""
    # 宣化县 is not 宣化区, which stood beside it.
    heirs = {peer for peer in _peers(then, places.stem(then), year) if not places.get(peer.code, other)}
    renamed = places.get(then.code, year)
    # 綦江区 took over the code of 万盛区, but it was 綦江县 before: no renaming.
    if renamed and not _peers(then, places.stem(renamed), other):
        heirs.add(renamed)
    return heirs.pop() if len(heirs) == 1 else None


def _peers(place: Place, stem: str, year: int | None) -> list[Place]:
    """The places of a stem, level and parent."""
    return [
        peer
        for peer in places.sharing_stem(stem, year)
        if (peer.level, peer.parent, places.stem(peer)) == (place.level, place.parent, stem)
    ]


def _narrowed(found: Sequence[Place], year: int | None, around: str) -> Guess:
    """One of several places of the same name: the one whose parent is printed, best right before it."""
    over = {place: [each.name for each in places.above(place.code, year)[1:]] for place in found}
    before = [place for place in found if any(name + place.name in around for name in over[place])]
    beside = [place for place in found if over[place][0] in around]
    if len(before) == 1:
        return before[0], ""
    if not before and len(beside) == 1:
        return beside[0], f"{beside[0].name} is taken for that of {over[beside[0]][0]}, which the text names"
    listed = ", ".join(f"{places.path(place, year)} ({place.code})" for place in found)
    return None, f"{found[0].name} may be {listed}"


def _from_around(bare: str, kind: str | None, year: int | None, names: list[str], around: str) -> Guess:
    """The place of an organ whose own name does not say it."""
    if written := _written_before(bare, year, around):
        return written, ""
    guess: Guess = (None, "")
    if kind in ("zone", "vertical"):
        guess = _of_stem(bare, year, around)
    if not any(guess) and not _names_an_area(bare, kind):
        guess = _of_names(bare, kind, year, names)
    return guess if any(guess) else (None, f"neither {bare} nor what stands around it names its place")


def _names_an_area(bare: str, kind: str | None) -> bool:
    """Whether a name starts with that of an area, though no known one: 测试市财政局, not 高新区管委会."""
    if kind == "area":
        return True
    area = PERHAPS_A_PLACE.match(bare)
    return area is not None and not (kind == "zone" and area[0].endswith("区"))


def _written_before(bare: str, year: int | None, around: str) -> Place | None:
    """The place whose path is printed right before the organ's name somewhere: 衡东县 before 杨林镇."""
    for found in re.finditer(re.escape(bare), around) if bare else ():
        at = found.start()
        if around[at - 1 : at] not in UNITS:
            continue
        for start in range(max(at - LONGEST_PATH, 0), at - 1):
            end, named = places.match(around[start:at], year)
            if end == at - start and len(named) == 1:
                return named[0]
    return None


def _of_stem(bare: str, year: int | None, around: str) -> Guess:
    """The place from which a zone or a branch takes its name: 平潭综合实验区 from 平潭县.

    Several places that share the stem count as the one that contains the others, unless the text names
    just one of them. A province named in the text must be the place's own.
    """
    found = places.sharing_stem(bare, year)
    named = [place for place in found if place.name in around]
    lines = {place: places.above(place.code, year) for place in found}
    widest = [place for place in found if all(place in line for line in lines.values())]
    chosen = named if len(named) == 1 else widest
    if not chosen:
        return None, f"{bare} may belong to {', '.join(place.name for place in found)}" if found else ""
    place = chosen[0]
    provinces = [each for stem, each in places.provinces(year).items() if stem in around]
    if provinces and lines[place][-1] not in provinces:
        return None, f"{bare} sounds like {place.name}, but the text names {provinces[0].name}"
    return place, f"{bare} is placed by its stem in {places.path(place, year)}"


def _of_names(bare: str, kind: str | None, year: int | None, names: list[str]) -> Guess:
    """The place that the other names agree on: 市财政局 on the site of 河源市."""
    named: dict[Place, str] = {}
    for name in names:
        found = places.find(name, year)
        if len(found) == 1 and _may_hold(found[0], bare, kind, year):
            named.setdefault(found[0], name)
    outer = {over for place in named for over in places.above(place.code, year)[1:]}
    deepest = [place for place in named if place not in outer]
    if len(deepest) != 1:
        return None, f"{bare} may belong to {', '.join(place.name for place in deepest)}" if deepest else ""
    return deepest[0], f"{bare} is placed by the name {named[deepest[0]]}"


def _may_hold(place: Place, bare: str, kind: str | None, year: int | None) -> bool:
    """Whether a place is of the unit that the organ's name starts with, and small enough for a town."""
    if bare.startswith(tuple(UNITS)) and not place.name.endswith(bare[0]):
        return False
    return kind not in ("township", "subdistrict") or not places.has_counties(place, year)
