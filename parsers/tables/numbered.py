"""Tell the number of a label from the last digits of the figure before it, where nothing stands between.

In ``…00000006 属于四类过程性信息`` the 6 may be the label's number, printed without its point, or a digit.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from parsers.tables.claim import Claims
from parsers.tables.stream import Mark, Stream
from parsers.tables.values import read
from parsers.text.chinese import simplified

NUMBER = re.compile(r"(?:^|：)(\d{1,2})[.、．]")
# With so many labels behind figures, all or hardly any of which end in their number, it is no chance.
ENOUGH = 4


def told_apart(stream: Stream, claims: Claims) -> Claims:
    """Take the numbers of labels off the figures before them, where all labels of the table have theirs so.

    Where some have, both readings are kept: ``Claim.parted`` is the one without the number.
    """
    touching = dict(_touching(stream, claims))
    parted = {
        i: marks
        for i, number in touching.items()
        if (marks := _parted(claims.rows[i].marks, number)) is not None
    }
    if not parted or (len(touching) >= ENOUGH and 2 * len(parted) <= len(touching)):
        return claims
    rows = list(claims.rows)
    certain = len(parted) == len(touching) >= ENOUGH
    for i, marks in parted.items():
        rows[i] = rows[i]._replace(marks=marks) if certain else rows[i]._replace(parted=marks)
    return claims._replace(rows=tuple(rows))


def _touching(stream: Stream, claims: Claims) -> Iterator[tuple[int, str]]:
    """Name the claims whose last figure a numbered label follows at once, with that number."""
    for i, (claim, following) in enumerate(pairwise(claims.rows)):
        start, _ = claims.located.rows[following.row] or (0, 0)
        last = claim.marks[-1] if claim.marks else None
        if last is None or last.solid or last.position != start or stream.line_of(start) != last.line:
            continue
        number = NUMBER.search(claims.table.rows[following.row].printed)
        before = stream.lines[last.line].cells[0][: stream.character(start)].rstrip()
        if number and before[-1:].isdecimal():
            yield i, number[1]


def _parted(marks: tuple[Mark, ...], number: str) -> tuple[Mark, ...] | None:
    """Give the marks without a number at their end; None where there is none."""
    *before, last = marks
    if not last.text.endswith(number):
        return None
    text = last.text.removesuffix(number).rstrip()
    rest = [last._replace(text=text, reading=read(simplified(text)))] if text else []
    return (*before, *rest)
