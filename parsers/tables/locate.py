"""Find the tables of a form in a document by searching their labels in order."""

from collections.abc import Iterable
from typing import NamedTuple

from parsers.forms import Label, LongerSpellings, Table, variants
from parsers.tables.stream import Stream

# How many letters may stand between an anchor or a label and the next label; remarks can be long.
REACH = 220
# A label found more letters away than this may belong to a later row or table, which is then checked.
NEAR = 16
# With fewer rows than this, and fewer than half of all, the labels are a coincidence.
FEWEST_ROWS = 3
MOST_ANCHORS = 4
Span = tuple[int, int]


class LocatedTable(NamedTuple):
    """A table of a form, with where the document prints its labels, as spans of letters.

    ``start`` is where its anchor ends. ``spans`` holds the span of each row's label, None if it was not
    found; for a table without rows, that of its header. ``headers`` counts the column labels found.
    ``score`` counts all labels found, less those missing between them; labels missing at the end do not
    count, as a document that was cut off speaks for no form.
    """

    table: Table
    start: int
    spans: tuple[Span | None, ...]
    headers: int
    score: int

    @property
    def labels_start(self) -> int:
        return min(span[0] for span in self.spans if span)

    @property
    def labels_end(self) -> int:
        return max(span[1] for span in self.spans if span)


def locate(stream: Stream) -> list[LocatedTable]:
    """Choose for every kind of table the form that accounts for most of its labels, in reading order.

    If several forms do so equally, or no column label is there to decide by, the form that most of the
    document's other tables come from is taken.
    """
    found: list[LocatedTable] = []
    undecided: list[list[LocatedTable]] = []
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
    return sorted((_widened(located, stream) for located in found), key=lambda located: located.start)


def locate_repeat(located: LocatedTable, stream: Stream) -> LocatedTable | None:
    """Find a second copy of a table in the document, such as that of another body or of the year before."""
    table, letters = located.table, stream.letters
    for start in _starts(table, letters, None):
        if located.start < start < located.labels_end:
            continue
        other = _widened(_match(table, letters, start), stream)
        apart = _has_enough_rows(other) and (
            other.labels_start >= located.labels_end or other.labels_end <= located.labels_start
        )
        if apart and (other.headers or not table.rows):
            return other
    return None


def _widened(located: LocatedTable, stream: Stream) -> LocatedTable:
    """Replace the table by its variant with a subtotal column if the header names one."""
    table = located.table
    if located.spans.count(None) == len(located.spans):
        return located
    header = stream.letters[located.start : located.labels_start]
    at = header.find(table.subtotal) if table.subtotal else -1
    if at < 0 or not any(name in header for name in table.columns[-1].spellings):
        return located
    after = at > header.find(table.with_subtotal[0].columns[2].spellings[0])
    return located._replace(table=table.with_subtotal[after])


def _candidates(
    tables: tuple[Table, ...], letters: str, before: LocatedTable | None
) -> Iterable[LocatedTable]:
    for table in tables:
        best: LocatedTable | None = None
        for start in _starts(table, letters, before):
            located = _match(table, letters, start)
            if _has_enough_rows(located) and (best is None or located.score > best.score):
                best = located
            if None not in located.spans:
                break
        if best:
            yield best


def _has_enough_rows(located: LocatedTable) -> bool:
    present = len(located.spans) - located.spans.count(None)
    return present >= FEWEST_ROWS or 2 * present >= len(located.spans)


def _starts(table: Table, letters: str, before: LocatedTable | None) -> Iterable[int]:
    """Return where the table's anchors end. If there is none, where the form's table before it ends."""
    starts = {
        place + len(anchor): None for anchor in table.anchors for place in _occurrences(letters, anchor)
    }
    if not starts and before and not set(table.forms).isdisjoint(before.table.forms):
        return (before.labels_end,)
    return starts


def _occurrences(letters: str, anchor: str) -> list[int]:
    places: list[int] = []
    at = letters.find(anchor)
    while at >= 0 and len(places) < MOST_ANCHORS:
        places.append(at)
        at = letters.find(anchor, at + 1)
    return places


def _match(table: Table, letters: str, start: int) -> LocatedTable:
    if not table.rows:
        header_span = _find_header(table, letters, start)
        return LocatedTable(table, start, (header_span,), 0, int(header_span is not None))
    spans = _find_labels(table, letters, start)
    present = [number for number, span in enumerate(spans) if span]
    header = letters[start : min((span[0] for span in spans if span), default=start)]
    headers = sum(any(spelling in header for spelling in column.spellings) for column in table.columns)
    score = 2 * len(present) - max(present, default=-1) - 1 + 2 * headers - len(table.columns)
    return LocatedTable(table, start, spans, headers, score)


def _find_header(table: Table, letters: str, start: int) -> Span | None:
    """Find the span of a header made of column labels only, in whatever order they were broken up."""
    words = (word for column in table.columns for word in (*column.spellings, column.group))
    allowed = {letter for word in words for letter in word}
    end = start
    while end < len(letters) and letters[end] in allowed:
        end += 1
    return (start, end) if end - start >= len(table.columns) else None


def _find_labels(table: Table, letters: str, start: int) -> tuple[Span | None, ...]:
    spans: list[Span | None] = []
    at = start
    for number, row in enumerate(table.rows):
        span = _find_label(letters, row, table.longer_spellings[number], at)
        if (
            span
            and span[0] - at > NEAR
            and _skips_a_row(letters, at, span[0], table.rows[number + 1 : number + 4])
        ):
            span = None
        spans.append(span)
        at = span[1] if span else at
    return tuple(spans)


def _find_label(letters: str, row: Label, longer: LongerSpellings, at: int) -> Span | None:
    """Find the span of a row's label from ``at`` on, by the longest spelling that is there.

    A match inside a longer label of another row does not count.
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
        return _find_label(letters, row, longer, place + 1) if place < at + REACH else None
    return place, place + len(spelling)


def _skips_a_row(letters: str, at: int, place: int, following: tuple[Label, ...]) -> bool:
    """Return whether the label of a following row stands before ``place``."""
    return any(letters.find(row.letters, at, place) >= 0 for row in following)
