"""Find a place under the name that it has in another year."""

from parsers import places
from parsers.places import Place


def from_other_year(name: str, end: int, year: int | None) -> tuple[Place | None, str] | None:
    """Look a name up in another year; return the place under the name and code that it had in this year.

    ``end`` is how far the name is one of this year; None is returned if no other year knows more of it.
    Reports are written in the year after their data, and sites rename old reports. Only a place of the
    same level, parent and stem is taken for the same place, or one that kept its code: 洪泽县 for 洪泽区,
    襄阳市 for 襄樊市, but not 莱芜区 for 莱芜市. The text says what was found.
    """
    if year is None:
        return None
    for other in (year + 1, max(year - 1, places.FIRST_YEAR), None):
        reach, found = places.match(name, other)
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
