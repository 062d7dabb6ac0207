"""A document as text in reading order, with cell boundaries kept where its format has them."""

from typing import NamedTuple


class Line(NamedTuple):
    """One line: its cells as printed, and where it stands (``t2r5`` or ``l17``).

    ``ruled`` says that the format itself drew the cell boundaries, so an empty cell is a blank one.
    """

    cells: tuple[str, ...]
    at: str
    ruled: bool


class Text(NamedTuple):
    """A document in reading order, with the best title its format could name (or "")."""

    title: str
    lines: list[Line]
