"""The text of a document outside its tables."""

from bisect import bisect_left
from collections.abc import Sequence

from parsers.forms import Table
from parsers.tables.fill import FilledTable
from parsers.tables.stream import LONGEST_ROW, Stream


def prose_of(stream: Stream, tables: Sequence[FilledTable]) -> list[str]:
    """Return the lines of prose: no rows with cells, and no text from a table's header to its last figure."""
    table_lines: set[int] = set()
    to_cut: dict[int, list[slice]] = {}
    for filled in tables:
        start = _header(stream, filled.table, filled.located.start)
        end, last = filled.last_figure
        first = stream.line_of(start)
        if first == last and len(stream.lines[first].cells[0]) > LONGEST_ROW:
            to_cut.setdefault(first, []).append(slice(stream.offset_of(start), stream.offset_of(end)))
        table_lines.update(range(first, last + 1))
    return [
        _without(line.cells[0], to_cut.get(number, []))
        for number, line in enumerate(stream.lines)
        if not line.ruled and line.cells[0] and (number not in table_lines or number in to_cut)
    ]


def _header(stream: Stream, table: Table, start: int) -> int:
    """Find where a table's header begins: go back from its start over words of the header only."""
    before = stream.marks[: bisect_left(stream.positions, start)]
    floor = next((mark.position for mark in reversed(before) if mark.reading.status != "blank"), 0)
    while word := next((w for w in table.header_words if stream.letters.endswith(w, floor, start)), ""):
        start -= len(word)
    return start


def _without(text: str, spans: list[slice]) -> str:
    """Cut spans out of a text. They must be in order."""
    for span in reversed(spans):
        text = text[: span.start].rstrip("（(") + "\n" + text[span.stop :]
    return text
