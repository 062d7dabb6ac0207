"""Find a form's tables in a document: its labels, searched in their order."""

from collections.abc import Iterable
from typing import NamedTuple

from parsers.forms import Label, LongerSpellings, Table, variants
from parsers.tables.stream import Stream

# How many letters may stand between an anchor or a label and the next label; remarks can be long.
REACH = 220
# A label found further on than this is doubted: it may belong to a later row or table.
NEAR = 16
# With fewer rows than this, and less than half of all, the words are a mere coincidence.
FEWEST_ROWS = 3
MOST_ANCHORS = 4
Span = tuple[int, int]


class Located(NamedTuple):
    """A table of a form in a document, as spans of letters.

    ``start`` is the letter behind its anchor; ``rows`` holds each row's label, or the header of a
    table without rows. ``headers`` counts the column labels found. ``score`` counts all labels found,
    less those missing between them; a cut-off end speaks for no form.
    """

    table: Table
    start: int
    rows: tuple[Span | None, ...]
    headers: int
    score: int

    @property
    def first(self) -> int:
        return min(span[0] for span in self.rows if span)

    @property
    def last(self) -> int:
        """The letter behind the last label."""
        return max(span[1] for span in self.rows if span)


def locate(stream: Stream) -> list[Located]:
    """Choose for every kind of table the form that accounts for most of its labels, in reading order.

    Where that leaves several, or no column label is there to decide by, the form of the document's
    other tables is taken.
    """
    found: list[Located] = []
    undecided: list[list[Located]] = []
    for tables in variants().values():
        candidates = list(_candidates(tables, stream.letters, found[-1] if found else None))
        most = max((c.score for c in candidates), default=0)
        best = [c for c in candidates if c.score == most]
        if len(best) == 1 and (best[0].headers or not best[0].table.rows):
            found += best
        elif best:
            undecided.append(best if any(c.headers for c in best) else candidates)
    forms = [form for located in found for form in located.table.forms[:1]]
    for candidates in undecided:
        found.append(max(candidates, key=lambda c: sum(forms.count(form) for form in c.table.forms)))
    return sorted((_as_wide(located, stream) for located in found), key=lambda located: located.start)


def again(located: Located, stream: Stream) -> Located | None:
    """Find a table that the document holds once more: of another body, or of the year before."""
    table, letters = located.table, stream.letters
    for start in _starts(table, letters, None):
        if located.start < start < located.last:
            continue
        other = _as_wide(_from(table, letters, start), stream)
        apart = _enough(other) and (other.first >= located.last or other.last <= located.first)
        if apart and (other.headers or not table.rows):
            return other
    return None


def _as_wide(located: Located, stream: Stream) -> Located:
    """Take the wider table where the header names a subtotal column."""
    table = located.table
    if located.rows.count(None) == len(located.rows):
        return located
    header = stream.letters[located.start : located.first]
    at = header.find(table.subtotal) if table.subtotal else -1
    if at < 0 or not any(name in header for name in table.columns[-1].spellings):
        return located
    behind = at > header.find(table.with_subtotal[0].columns[2].spellings[0])
    return located._replace(table=table.with_subtotal[behind])


def _candidates(tables: tuple[Table, ...], letters: str, before: Located | None) -> Iterable[Located]:
    for table in tables:
        best: Located | None = None
        for start in _starts(table, letters, before):
            located = _from(table, letters, start)
            if _enough(located) and (best is None or located.score > best.score):
                best = located
            if None not in located.rows:
                break
        if best:
            yield best


def _enough(located: Located) -> bool:
    present = len(located.rows) - located.rows.count(None)
    return present >= FEWEST_ROWS or 2 * present >= len(located.rows)


def _starts(table: Table, letters: str, before: Located | None) -> Iterable[int]:
    """Give the places behind the table's anchors; without any, what follows the form's table before it."""
    starts = {
        place + len(anchor): None for anchor in table.anchors for place in _occurrences(letters, anchor)
    }
    if not starts and before and not set(table.forms).isdisjoint(before.table.forms):
        return (before.last,)
    return starts


def _occurrences(letters: str, anchor: str) -> list[int]:
    places: list[int] = []
    at = letters.find(anchor)
    while at >= 0 and len(places) < MOST_ANCHORS:
        places.append(at)
        at = letters.find(anchor, at + 1)
    return places


def _from(table: Table, letters: str, start: int) -> Located:
    if not table.rows:
        header_span = _header(table, letters, start)
        return Located(table, start, (header_span,), 0, int(header_span is not None))
    rows = _rows(table, letters, start)
    present = [number for number, span in enumerate(rows) if span]
    header = letters[start : min((span[0] for span in rows if span), default=start)]
    headers = sum(any(spelling in header for spelling in column.spellings) for column in table.columns)
    score = 2 * len(present) - max(present, default=-1) - 1 + 2 * headers - len(table.columns)
    return Located(table, start, rows, headers, score)


def _header(table: Table, letters: str, start: int) -> Span | None:
    """Pass over a header made of column labels only, in whatever order it was broken up."""
    words = (word for column in table.columns for word in (*column.spellings, column.group))
    allowed = {letter for word in words for letter in word}
    end = start
    while end < len(letters) and letters[end] in allowed:
        end += 1
    return (start, end) if end - start >= len(table.columns) else None


def _rows(table: Table, letters: str, start: int) -> tuple[Span | None, ...]:
    spans: list[Span | None] = []
    at = start
    for number, row in enumerate(table.rows):
        span = _label(letters, row, table.longer_spellings[number], at)
        if (
            span
            and span[0] - at > NEAR
            and _belongs_later(letters, at, span[0], table.rows[number + 1 : number + 4])
        ):
            span = None
        spans.append(span)
        at = span[1] if span else at
    return tuple(spans)


def _label(letters: str, row: Label, longer: LongerSpellings, at: int) -> Span | None:
    """Find where a row's label begins and ends: the first of its spellings, as long as it goes.

    A place inside a longer label of another row is none.
    """
    for spelling in row.spellings:
        place = letters.find(spelling, at, at + NEAR + len(spelling))
        if place >= 0:
            break
    else:
        far = (letters.find(spelling, at, at + REACH) for spelling in row.spellings)
        place = min((place for place in far if place >= 0), default=-1)
        if place < 0:
            return None
        spelling = next(each for each in row.spellings if letters.startswith(each, place))
    if longer and any(letters.startswith(other, place - offset) for other, offset in longer):
        return _label(letters, row, longer, place + 1) if place < at + REACH else None
    return place, place + len(spelling)


def _belongs_later(letters: str, at: int, place: int, following: tuple[Label, ...]) -> bool:
    return any(letters.find(row.letters, at, place) >= 0 for row in following)
