"""A line lost, cut off or strange in a text with a cell a line: the other figures stay where they are."""

from pathlib import Path

import pytest

from parsers import Fact
from tests.test_reading import facts, read

FIXTURES = Path(__file__).parent / "fixtures"
BEHIND, BEFORE = "pingtan_2021_lines_pipe_behind_each_cell", "heyuan_2019_lines_pipe_before_each_row"


def text_of(name: str) -> str:
    return (FIXTURES / name / "source.txt").read_text("utf-8")


def changed(name: str, text: str) -> dict[str, tuple[Fact, Fact]]:
    """Give the figures that another text gives otherwise, as they are and as they come out."""
    true, found = facts(read(text_of(name))), facts(read(text))
    assert text != text_of(name)
    return {
        field: (fact, found[field])
        for field, fact in true.items()
        if field in found and found[field].value not in (fact.value, None)
    }


@pytest.mark.parametrize("kept", range(1, 15))
@pytest.mark.parametrize("name", [BEHIND, BEFORE])
def test_a_report_cut_off_in_its_last_table_gives_no_figure_of_it(name: str, kept: int) -> None:
    """Blank cells left of the header would fill the row up."""
    table, prose = text_of(name).split("五、存在", 1)
    lines = table.rstrip().splitlines()
    assert prose and lines[-15].split()[0].isdigit()
    assert not changed(name, "\n".join(lines[: len(lines) - 15 + kept]))


@pytest.mark.parametrize("place", range(1, 8))
def test_a_figure_lost_from_a_row_moves_no_other(place: int) -> None:
    before, behind = text_of(BEFORE).split("四、结转下年度继续办理 |\n", 1)
    lines = behind.splitlines()
    assert "".join(lines[:7]).replace("|", "").split() == list("3000003")
    del lines[place - 1]
    assert not changed(BEFORE, before + "四、结转下年度继续办理 |\n" + "\n".join(lines))


def test_a_page_number_above_a_drawn_row_is_none_of_its_figures() -> None:
    name = "shanghai_2019_pipes_blank_cells"
    row = next(line for line in text_of(name).splitlines() if line.strip().startswith("5 |  |  | 2 | 7 |"))
    text = text_of(name).replace(row, f"3\n{row}")
    assert not changed(name, text)
    assert facts(read(text))["disputes.review.total"].value == 7


def test_the_digit_of_a_label_is_no_figure_where_the_cell_is_blank() -> None:
    """热点或舆情计1次 stands in the second line of its label, with the cell's figure above it."""
    name = "annex_2016_layout"
    lines = text_of(name).splitlines()
    at = next(i for i, line in enumerate(lines) if line.split() == ["次", "6"])
    lines[at] = lines[at].replace("6", "")
    assert not changed(name, "\n".join(lines))
    assert facts(read("\n".join(lines)))["annex.hot_topic_responses"].value is None


def test_thousands_of_cells_or_lines_of_digits_take_no_time_to_speak_of() -> None:
    """What is looked at again for each of them would take minutes here."""
    text = text_of("pingtan_2023_pipes")
    at = text.index("\n", text.index("行政强制"))
    cells = facts(read(text[:at] + "| 5" * 20_000 + text[at:]))
    lines = facts(read(text + "\n".join("1" * 35 for _ in range(20_000))))
    assert cells["requests.received.total"] == lines["requests.received.total"]
