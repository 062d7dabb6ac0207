"""Every spelling of a row's label that has been seen, in every layout: ``spellings.csv``."""

import csv
from itertools import groupby
from pathlib import Path

import pytest

from parsers import parse
from parsers.forms import Table
from tests.render import LAYOUTS, form, squashed

with Path(__file__).with_name("spellings.csv").open(encoding="utf-8") as file:
    SPELLINGS = [(row["form"], row["row"], row["spelling"]) for row in csv.DictReader(file)]
ROWS = {key: [spelling for *_, spelling in group] for key, group in groupby(SPELLINGS, lambda row: row[:2])}
CHOSEN = {name: LAYOUTS[name] for name in ("html", "pipes", "one cell a line")} | {"squashed": squashed}


def table_of(form_id: str, row: str) -> Table:
    return next(table for table in form(form_id).tables if any(label.key == row for label in table.rows))


def respelled(text: str, table: Table, number: int, spelling: str) -> str:
    """Put a spelling in the place of a row's label, which earlier rows may share."""
    label = table.rows[number].printed
    at = -1
    for _ in range(1 + sum(row.printed == label for row in table.rows[:number])):
        at = text.index(label, at + 1)
    return text[:at] + spelling + text[at + len(label) :]


@pytest.mark.parametrize("layout", CHOSEN)
@pytest.mark.parametrize(("form_id", "row"), ROWS, ids=lambda part: str(part))
def test_every_spelling_leads_to_its_row(layout: str, form_id: str, row: str) -> None:
    table = table_of(form_id, row)
    number = [label.key for label in table.rows].index(row)
    values = dict.fromkeys((field for table in form(form_id).tables for field in table.fields), "0")
    first, last = number * table.width, (number + 1) * table.width - 1
    values |= {table.fields[first]: "7", table.fields[last]: "7"}
    text = CHOSEN[layout](form_id, values)
    for spelling in ROWS[form_id, row]:
        report = parse(respelled(text, table, number, spelling).encode())
        assert {fact.field: str(fact.value) for fact in report.facts} == values, spelling
