"""What a document says outside its tables."""

from bisect import bisect_left
from collections.abc import Sequence

from parsers.forms import Table
from parsers.tables.fill import FilledTable
from parsers.tables.stream import LONGEST_ROW, Stream


def prose_of(laid: Stream, tables: Sequence[FilledTable]) -> list[str]:
    """Leave the prose: no drawn rows, and of loose text nothing from a table's header to its last figure."""
    dropped: set[int] = set()
    within: dict[int, list[slice]] = {}
    for filled in tables:
        start = _header(laid, filled.table, filled.located.start)
        end, last = filled.last_figure
        first = laid.line_of(start)
        if first == last and len(laid.lines[first].cells[0]) > LONGEST_ROW:
            within.setdefault(first, []).append(slice(laid.offset_of(start), laid.offset_of(end)))
        dropped.update(range(first, last + 1))
    return [
        _without(line.cells[0], within.get(number, []))
        for number, line in enumerate(laid.lines)
        if not line.ruled and line.cells[0] and (number not in dropped or number in within)
    ]


def _header(laid: Stream, table: Table, start: int) -> int:
    """Go back from behind a table's anchor to where its header begins, over words of the header alone."""
    before = laid.marks[: bisect_left(laid.positions, start)]
    floor = next((mark.position for mark in reversed(before) if mark.reading.status != "blank"), 0)
    while word := next((w for w in table.header_words if laid.letters.endswith(w, floor, start)), ""):
        start -= len(word)
    return start


def _without(text: str, spans: list[slice]) -> str:
    """Cut spans, which are in order, out of a text."""
    for span in reversed(spans):
        text = text[: span.start].rstrip("（(") + "\n" + text[span.stop :]
    return text
