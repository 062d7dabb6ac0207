"""Whose figures a report holds: titles and openings with the truth; what is told is right, else it is open.

``titles.csv`` holds a row a document: its title and lines (separated by |), the place of its site, and what
is right. R stands for 政府信息公开工作年度报告. Empty means that the document does not tell, "-" that there
is none: the nation has no place. Run with ``-s`` for the rates.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from parsers import places
from parsers.identity.identify import Identity, identify

TITLES = Path(__file__).with_name("titles.csv")
REPORT = "政府信息公开工作年度报告"
RULES = {
    "name": {"I-PUBLISHER"},
    "place": {"I-PLACE", "I-PUBLISHER"},
    "scope": {"I-SCOPE"},
    "year": {"I-YEAR"},
}
# As many values of the table may be open although the document tells them.
MOST_OPEN = 3


class Told(NamedTuple):
    """One value of one document: what is right, what was told, and the rules of the document's findings."""

    document: str
    field: str
    right: str
    told: str
    rules: frozenset[str]

    @property
    def outcome(self) -> str:
        if self.told == self.right.replace("-", ""):
            return "right"
        return "wrong" if self.told else "open"


def read(row: dict[str, str]) -> Identity:
    lines = row["lines"].replace("R", REPORT).split("|") if row["lines"] else []
    home = places.get(row["home"], None) if row["home"] else None
    return identify(row["title"].replace("R", REPORT), lines, home)


def told() -> Iterator[Told]:
    with TITLES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = read(row)
            name, place, scope = found.publisher
            values = {"name": name, "place": place, "scope": scope.replace("unknown", ""), "year": found.year}
            rules = frozenset(finding.rule for finding in found.findings)
            for field, value in values.items():
                yield Told(f"{row['title']} {row['lines']}", field, row[field], str(value or ""), rules)


@pytest.fixture(scope="module")
def values() -> list[Told]:
    return list(told())


def test_nothing_told_is_wrong(values: list[Told]) -> None:
    assert [each for each in values if each.outcome == "wrong"] == []


def test_hardly_anything_is_left_open(values: list[Told]) -> None:
    counts = Counter((each.field, each.outcome) for each in values)
    for field in RULES:
        print(f"{field}: {counts[field, 'right']} right, {counts[field, 'open']} open", end="; ")
    assert sum(each.outcome == "open" for each in values) <= MOST_OPEN


def test_what_is_not_told_has_a_reason(values: list[Told]) -> None:
    assert [each for each in values if not each.told and not each.rules & RULES[each.field]] == []


def test_the_table_is_large_and_has_no_row_twice(values: list[Told]) -> None:
    rows = TITLES.read_text("utf-8").splitlines()[1:]
    assert len(rows) >= 500 and len(set(rows)) == len(rows)
