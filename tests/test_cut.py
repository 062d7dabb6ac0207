"""Cutting figures that ran together: no cut is missed, none is made up, and no text takes for ever."""

from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.tables.cut import PIECES, Chunk, RowSum
from parsers.tables.cut import cuts as cuts_and_steps

Cuts = list[tuple[str, ...]] | None
COUNTS = ["count"] * 7
ROW = [RowSum(0, 6)]


def cuts(*given: Any, **named: Any) -> Cuts:
    return cuts_and_steps(*given, **named)[0]


def every_cut(text: str, columns: int) -> list[tuple[str, ...]]:
    """Cut in every place there is."""
    ends = (tuple(ends) for ends in combinations(range(1, len(text)), columns - 1))
    found = (tuple(text[i:j] for i, j in zip((0, *e), (*e, len(text)), strict=True)) for e in ends)
    return [cut for cut in found if all(piece == "0" or piece[0] != "0" for piece in cut)]


@settings(max_examples=150, deadline=None)
@given(st.text("0012345", min_size=7, max_size=12))
def test_cuts_are_those_of_trying_everything(text: str) -> None:
    found = every_cut(text, 7)
    assert sorted(cuts([Chunk(text, False)], COUNTS) or []) == sorted(found)
    sums = [cut for cut in found if sum(map(int, cut[:6])) == int(cut[6])]
    assert sorted(cuts([Chunk(text, False)], COUNTS, ROW) or []) == sorted(sums)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 1200), min_size=2, max_size=3), st.booleans(), st.sampled_from(["", "-"]))
def test_sums_with_separators_and_dashes_are_those_of_trying_everything(
    parts: list[int], separated: bool, dash: str
) -> None:
    figures = [f"{v:,}" if separated else str(v) for v in (*parts, sum(parts))]
    text = dash + "".join(figures)
    columns = len(figures) + len(dash)
    found = [cut for cut in every_cut(text, columns) if all(map(PIECES["count"].fullmatch, cut))]
    values = {cut: [int(piece.replace(",", "").replace("-", "0")) for piece in cut] for cut in found}
    sums = [cut for cut in found if sum(values[cut][:-1]) == values[cut][-1]]
    row_sum = RowSum(0, columns - 1)
    assert sorted(cuts([Chunk(text, False)], ["count"] * columns, [row_sum]) or []) == sorted(sums)


def test_a_break_in_print_is_a_break_between_figures() -> None:
    assert cuts([Chunk("12", False), Chunk("3", False)], ["count"] * 3) == [("1", "2", "3")]


def test_a_whole_figure_is_not_cut_and_blanks_are_placed_around_it() -> None:
    found = cuts([Chunk("24", True), Chunk("24", True)], ["count"] * 3, [RowSum(0, 2)], allow_blanks=True)
    assert found is not None
    assert set(found) == {("24", "", "24"), ("", "24", "24"), ("24", "24", "")}


def test_a_minus_may_be_a_sign_or_a_dash() -> None:
    assert cuts([Chunk("35-15", False)], ["count", "change"]) == [("35", "-15")]
    assert ("5", "-", "3") in (cuts([Chunk("5-3", False)], ["count", "change", "count"]) or [])


def test_a_cost_limits_what_may_differ() -> None:
    found = cuts(
        [Chunk("2300", False)],
        ["count"] * 3,
        cost_of=lambda column, value: value != (23, 0, 0)[column],
        limit=0,
    )
    assert found == [("23", "0", "0")]


def test_hostile_digits_come_to_an_end() -> None:
    assert cuts([Chunk("1" * 40, False)], ["count"] * 15) is None
    assert cuts([Chunk("12345678" * 5, False)], COUNTS, ROW) in (None, [])
