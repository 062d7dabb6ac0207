"""Separate the number of a label from the digits of the figure before it, if nothing stands between them.

In ``…00000006 属于四类过程性信息`` the 6 may be the label's number, printed without its point, or a digit.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from parsers.tables.claim import ClaimedTable
from parsers.tables.stream import Mark, Stream
from parsers.tables.values import read
from parsers.text.chinese import simplified

NUMBER = re.compile(r"(?:^|：)(\d{1,2})[.、．]")
# With at least this many labels next to figures chance is ruled out: if all the figures end in their label's
# number, the numbers are there; if at most half do, these are digits.
ENOUGH = 4


def separate_label_numbers(stream: Stream, claimed: ClaimedTable) -> ClaimedTable:
    """Remove the numbers of labels from the figures before them, if all labels next to figures have one.

    If only some have, both versions are kept: ``Claim.alternative`` is the one without the number.
    """
    adjacent = dict(_adjacent(stream, claimed))
    separated = {
        i: marks
        for i, number in adjacent.items()
        if (marks := _without_number(claimed.claims[i].marks, number)) is not None
    }
    if not separated or (len(adjacent) >= ENOUGH and 2 * len(separated) <= len(adjacent)):
        return claimed
    claims = list(claimed.claims)
    certain = len(separated) == len(adjacent) >= ENOUGH
    for i, marks in separated.items():
        claims[i] = claims[i]._replace(marks=marks) if certain else claims[i]._replace(alternative=marks)
    return claimed._replace(claims=tuple(claims))


def _adjacent(stream: Stream, claimed: ClaimedTable) -> Iterator[tuple[int, str]]:
    """Find the claims whose last figure directly precedes a numbered label; yield index and number."""
    for i, (claim, following) in enumerate(pairwise(claimed.claims)):
        start, _ = claimed.located.spans[following.row] or (0, 0)
        last = claim.marks[-1] if claim.marks else None
        if last is None or last.whole or last.position != start or stream.line_of(start) != last.line:
            continue
        number = NUMBER.search(claimed.table.rows[following.row].printed)
        before = stream.lines[last.line].cells[0][: stream.offset_of(start)].rstrip()
        if number and before[-1:].isdecimal():
            yield i, number[1]


def _without_number(marks: tuple[Mark, ...], number: str) -> tuple[Mark, ...] | None:
    """Return the marks without a number at their end, or None if they do not end in it."""
    *before, last = marks
    if not last.text.endswith(number):
        return None
    text = last.text.removesuffix(number).rstrip()
    rest = [last._replace(text=text, reading=read(simplified(text)))] if text else []
    return (*before, *rest)
