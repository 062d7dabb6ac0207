"""Cutting figures that ran together: no way is missed, none is made up, and no text takes for ever."""

from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.tables.cut import PIECES, Block, Chunk
from parsers.tables.cut import cuts as cuts_and_steps

Ways = list[tuple[str, ...]] | None
COUNTS = ["count"] * 7
ROW = [Block(0, 6)]


def cuts(*given: Any, **named: Any) -> Ways:
    return cuts_and_steps(*given, **named)[0]


def every_cut(text: str, columns: int) -> list[tuple[str, ...]]:
    """Cut in every place there is."""
    ends = (tuple(ends) for ends in combinations(range(1, len(text)), columns - 1))
    ways = (tuple(text[i:j] for i, j in zip((0, *e), (*e, len(text)), strict=True)) for e in ends)
    return [way for way in ways if all(piece == "0" or piece[0] != "0" for piece in way)]


@settings(max_examples=150, deadline=None)
@given(st.text("0012345", min_size=7, max_size=12))
def test_cuts_are_those_of_trying_everything(text: str) -> None:
    ways = every_cut(text, 7)
    assert sorted(cuts([Chunk(text, False)], COUNTS) or []) == sorted(ways)
    sums = [way for way in ways if sum(map(int, way[:6])) == int(way[6])]
    assert sorted(cuts([Chunk(text, False)], COUNTS, ROW) or []) == sorted(sums)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 1200), min_size=2, max_size=3), st.booleans(), st.sampled_from(["", "-"]))
def test_sums_with_separators_and_dashes_are_those_of_trying_everything(
    parts: list[int], separated: bool, dash: str
) -> None:
    figures = [f"{v:,}" if separated else str(v) for v in (*parts, sum(parts))]
    text = dash + "".join(figures)
    columns = len(figures) + len(dash)
    ways = [way for way in every_cut(text, columns) if all(map(PIECES["count"].fullmatch, way))]
    values = {way: [int(piece.replace(",", "").replace("-", "0")) for piece in way] for way in ways}
    sums = [way for way in ways if sum(values[way][:-1]) == values[way][-1]]
    block = Block(0, columns - 1)
    assert sorted(cuts([Chunk(text, False)], ["count"] * columns, [block]) or []) == sorted(sums)


def test_a_break_in_print_is_a_break_between_figures() -> None:
    assert cuts([Chunk("12", False), Chunk("3", False)], ["count"] * 3) == [("1", "2", "3")]


def test_a_solid_figure_is_not_cut_and_blanks_are_placed_around_it() -> None:
    ways = cuts([Chunk("24", True), Chunk("24", True)], ["count"] * 3, [Block(0, 2)], blanks=True)
    assert ways is not None
    assert set(ways) == {("24", "", "24"), ("", "24", "24"), ("24", "24", "")}


def test_a_minus_may_be_a_sign_or_a_dash() -> None:
    assert cuts([Chunk("35-15", False)], ["count", "change"]) == [("35", "-15")]
    assert ("5", "-", "3") in (cuts([Chunk("5-3", False)], ["count", "change", "count"]) or [])


def test_a_price_limits_what_may_differ() -> None:
    ways = cuts(
        [Chunk("2300", False)],
        ["count"] * 3,
        price=lambda column, value: value != (23, 0, 0)[column],
        limit=0,
    )
    assert ways == [("23", "0", "0")]


def test_hostile_digits_come_to_an_end() -> None:
    assert cuts([Chunk("1" * 40, False)], ["count"] * 15) is None
    assert cuts([Chunk("12345678" * 5, False)], COUNTS, ROW) in (None, [])
