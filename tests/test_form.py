"""The forms as data."""

import pytest

from parsers.forms import Table, forms, variants

FIELDS = {"2014": 58, "2014-fujian": 16, "2019": 198, "2021": 200}


def test_every_form_asks_what_it_asks() -> None:
    asked = {form.id: [field for table in form.tables for field in table.fields if field] for form in forms()}
    assert {form: len(fields) for form, fields in asked.items()} == FIELDS
    assert all(len(set(fields)) == len(fields) for fields in asked.values())


def test_the_newest_form_comes_first() -> None:
    assert [form.id for form in forms()][:2] == ["2021", "2019"]


def test_a_shared_table_is_one_table() -> None:
    (disputes,) = variants()["disputes"]
    assert disputes.forms == ("2021", "2019")


@pytest.mark.parametrize(
    "table", [t for form in forms() for t in form.tables], ids=lambda t: f"{t.forms[0]} {t.key}"
)
def test_every_cell_can_be_described(table: Table) -> None:
    for cell, field in enumerate(table.fields):
        zh, en = table.describe(cell)
        assert table.label in zh
        assert not field or (
            en and table.cell_unit(cell) and table.kind(cell) in ("count", "change", "money")
        )


def test_the_sums_of_the_2019_form_are_those_of_the_identities() -> None:
    (requests,) = (table for table in forms()[1].tables if table.key == "requests")
    rules = [s.rule for s in requests.sums]
    assert {rule: rules.count(rule) for rule in rules} == {"S3-BAL": 7, "S3-ROWSUM": 23, "S3-HANDLED": 7}
    handled = next(s for s in requests.sums if s.rule == "S3-HANDLED")
    assert [requests.fields[cell] for cell in handled.left] == ["requests.handled.natural_person"]
    assert len(handled.right) == 19
