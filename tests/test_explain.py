"""One cell explained: every step that made it, or the reason why there is none."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from nianbao.cli import main
from parsers.explain import UnknownField, as_lines, explain

FIXTURES = Path(__file__).parent / "fixtures"
SQUASHED = FIXTURES / "pingtan_2020_squashed" / "source.txt"


def test_a_row_that_was_cut_shows_its_readings_and_the_sums_over_the_cell() -> None:
    explanation = explain(SQUASHED.read_bytes(), "requests.handled.total")
    assert explanation.assignments == ((20, 0, 0, 0, 0, 1, 21),)
    assert (explanation.fact.value, explanation.fact.status, explanation.second) == (21, "inferred", 21)
    holds = [text.rsplit(", ", 1)[1] for text in explanation.sums]
    assert holds == ["holds", "holds", "fails"]
    assert [finding.kind for finding in explanation.findings] == ["publisher"]
    assert any("总计20 00" in line for line in as_lines(explanation))


def test_a_row_whose_marks_fit_says_so() -> None:
    data = (FIXTURES / "shanghai_2019_html_blank_zeros" / "source.html").read_bytes()
    explanation = explain(data, "requests.handled.total")
    assert explanation.assignments is None and explanation.found.startswith("t2r")
    assert [mark.reading.status for mark in explanation.marks].count("blank") == 2
    assert any("open: blank cells" in text for text in explanation.sums)


def test_a_label_that_was_not_found_is_told() -> None:
    data = (FIXTURES / "xiongxian_2019_lost_figures" / "source.txt").read_bytes()
    lines = [*as_lines(explain(data, "requests.received.total"))]
    assert any(line.startswith("value         null, ") for line in lines)


def test_what_cannot_be_explained_is_an_error() -> None:
    with pytest.raises(UnknownField, match=r"is it requests\.handled\.total"):
        explain(SQUASHED.read_bytes(), "requests.handled.totl")
    with pytest.raises(LookupError, match=r"no table with annex\.reviews .* 2019 requests"):
        explain(SQUASHED.read_bytes(), "annex.reviews")


def test_the_command_goes_on_after_a_file_that_cannot_be_explained(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    arguments = ["parse", "--explain", "requests.handled.total", str(tmp_path / "empty.txt"), str(SQUASHED)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "value         21, inferred" in done.stdout and "the file is empty" in done.stderr
    wrong = CliRunner().invoke(main, ["parse", "--explain", "nothing.of.the.kind", str(SQUASHED)])
    assert wrong.exit_code == 2 and "no form has a field" in wrong.output
