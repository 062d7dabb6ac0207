"""Every folder in fixtures/ holds a document, where it is from, and what must be read from it.

``expected.json`` holds true figures, row by row. Under ``open`` stand those that the document leaves
open: they must come out as null, and where there are candidates the true one must be among them.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from parsers import Report, Unreadable, parse

FIXTURES = Path(__file__).parent / "fixtures"
CASES = sorted(path for path in FIXTURES.iterdir() if path.is_dir())


def read(case: Path) -> dict[str, Any]:
    """Read a case's document, and sum up what came of it."""
    (source,) = (path for path in case.glob("source.*") if path.suffix != ".json")
    try:
        return summary(parse(source.read_bytes()))
    except Unreadable as error:
        return {"error": str(error)}


def summary(report: Report) -> dict[str, Any]:
    rows: dict[str, dict[str, Any]] = {}
    for fact in report.facts:
        row, _, column = fact.field.rpartition(".")
        rows.setdefault(row, {})[column] = fact
    return {
        "title": report.title,
        "publisher": report.publisher._asdict(),
        "year": report.year,
        "forms": list(report.forms),
        "facts": {row: {column: fact.value for column, fact in facts.items()} for row, facts in rows.items()},
        "statuses": dict(sorted(Counter(fact.status for fact in report.facts).items())),
        "findings": [" ".join((f.rule, f.kind, *f.fields[:1])) for f in report.findings],
        "sections": [section.heading for section in report.sections],
        "figures": [f"{figure.metric} = {figure.value:g} {figure.unit}" for figure in report.figures],
        "candidates": {fact.field: fact.candidates for fact in report.facts if fact.candidates},
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fixture(case: Path) -> None:
    found, expected = read(case), json.loads((case / "expected.json").read_text("utf-8"))
    candidates, left_open = found.pop("candidates", {}), expected.pop("open", {})
    for row, columns in left_open.items():
        for column in columns:
            true = expected["facts"][row][column]
            assert found["facts"][row][column] is None
            assert true in candidates.get(f"{row}.{column}", [true])
            expected["facts"][row][column] = None
    assert found == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fixture_says_where_it_is_from(case: Path) -> None:
    assert {path.name for path in case.iterdir()} - {"source.html", "source.txt"} == {
        "source.json",
        "expected.json",
    }
    assert json.loads((case / "source.json").read_text("utf-8"))["origin"]


def test_there_are_enough() -> None:
    assert len(CASES) >= 25
