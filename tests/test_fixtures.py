"""Every folder in fixtures/ holds a document, where it is from, and what must be read from it.

``expected.json`` holds true figures, row by row. Under ``open`` stand those that the document leaves
open: they must come out as null, and where there are candidates the true one must be among them.
"""

import json
from pathlib import Path

import pytest

from tests.fixture import FIXTURES, cases, new, read

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fixture(case: Path) -> None:
    found, expected = read(case), json.loads((case / "expected.json").read_text("utf-8"))
    candidates, left_open = found.pop("candidates", {}), expected.pop("open", {})
    found.pop("open", None)
    for row, columns in left_open.items():
        for column in columns:
            true = expected["facts"][row][column]
            assert found["facts"][row][column] is None
            assert true in candidates.get(f"{row}.{column}", [true])
            expected["facts"][row][column] = None
    assert found == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fixture_says_where_it_is_from_and_was_reviewed(case: Path) -> None:
    assert {path.name for path in case.iterdir()} - {"source.html", "source.txt"} == {
        "source.json",
        "expected.json",
    }
    about = json.loads((case / "source.json").read_text("utf-8"))
    assert about["origin"]
    assert about["reviewed"] is True, "compare every figure with the document, then set reviewed to true"


def test_there_are_enough() -> None:
    assert len(CASES) >= 25


@pytest.mark.parametrize("name", ["pingtan_2020_squashed", "pingtan_2023_html_label_cut_by_page_break"])
def test_a_new_fixture_waits_for_its_review(tmp_path: Path, name: str) -> None:
    case = new("again", _source(name), "http://www.pingtan.gov.cn/", tmp_path)
    with pytest.raises(AssertionError):
        test_a_fixture_says_where_it_is_from_and_was_reviewed(case)
    about = json.loads((case / "source.json").read_text("utf-8")) | {"origin": "a test", "reviewed": True}
    (case / "source.json").write_text(json.dumps(about), "utf-8")
    test_a_fixture_says_where_it_is_from_and_was_reviewed(case)


def test_a_new_fixture_passes_where_nothing_is_open(tmp_path: Path) -> None:
    test_fixture(new("again", _source("pingtan_2023_html_label_cut_by_page_break"), folder=tmp_path))


def test_what_cannot_be_a_fixture_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="empty"):
        new("again", _source("not_a_report_empty"), folder=tmp_path)
    assert not [*tmp_path.iterdir()]


def _source(name: str) -> Path:
    (source,) = (path for path in (FIXTURES / name).glob("source.*") if path.suffix != ".json")
    return source
