"""A document as lines of text in reading order, with cell boundaries where its format has them."""

from typing import NamedTuple


class Line(NamedTuple):
    """One line: its cells as printed, and its position (``t2r5`` table and row, ``l17`` line).

    ``ruled`` means that the format itself marks the cell boundaries, so an empty cell is a blank one.
    """

    cells: tuple[str, ...]
    at: str
    ruled: bool


class Text(NamedTuple):
    """A document in reading order, with the best title that the format reader found (or "")."""

    title: str
    lines: list[Line]
