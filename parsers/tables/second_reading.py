"""Read a table a second time, by the position of its cells instead of its row labels.

The two readings are independent: another library reads the markup, and cells are found by counting. If both
give the same figures and these do not add up, the error is the publisher's and not ours.
"""

from collections.abc import Sequence

from parsers.forms import Table
from parsers.report import Fact, Number
from parsers.tables.values import Reading, read
from parsers.text.chinese import letters, simplified

TextRows = Sequence[Sequence[str]]
CellValues = dict[int, Number | None]


def by_position(table: Table, first: dict[int, Fact], tables: Sequence[TextRows]) -> CellValues:
    """Read a table from the document's ``tables`` as the other library sees them.

    Cells are counted from the right, rows among those that end in figures. Returns {} if no table has as
    many rows with figures as the ``first`` reading.
    """
    numbers = [n for n in range(len(table.fields) // table.width) if _has_figures(first, n, table.width)]
    for candidate in tables:
        if any(anchor in _letters(candidate) for anchor in table.anchors):
            rows = [figures for row in candidate if (figures := _figures(row, table.width))]
            if len(rows) == len(numbers):
                return {
                    number * table.width + column: reading.value
                    for number, row in zip(numbers, rows, strict=True)
                    for column, reading in enumerate(row)
                }
    return {}


def _has_figures(first: dict[int, Fact], row: int, width: int) -> bool:
    cells = range(row * width, (row + 1) * width)
    return any(cell in first and first[cell].value is not None for cell in cells)


def _letters(rows: TextRows) -> str:
    return letters(simplified("".join(cell for row in rows for cell in row)))


def _figures(row: Sequence[str], width: int) -> list[Reading]:
    readings = [read(cell) for cell in row[-width:]]
    fits = len(readings) == width and all(reading.status != "unreadable" for reading in readings)
    return readings if fits and any(reading.value is not None for reading in readings) else []
