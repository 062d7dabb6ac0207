"""A label's number that lost its point and ran into the figure before it is not read as its last digit."""

import re

import pytest

from parsers import parse
from tests.render import form, squashed
from tests.sites.reports import figures, printed


@pytest.mark.parametrize("form_id", ["2019", "2021"])
@pytest.mark.parametrize("number", [r"\1 ", r"\1", ""], ids=["bare and a space", "bare", "left out"])
def test_the_number_of_a_label_is_no_digit_of_the_figure_it_ran_into(form_id: str, number: str) -> None:
    for body in ("甲市财政局", "乙市教育局", "丙县民政局"):
        values = figures(body, 2020 if form_id == "2019" else 2022)
        text = re.sub(r"(?<=\d)([1-8])\.(?=[一-鿿])", number, squashed(form_id, printed(values)))
        facts = parse(text.encode()).facts
        assert not {fact.field: fact.value for fact in facts if fact.value not in (None, values[fact.field])}
        assert sum(fact.value is not None for fact in facts) > 180


def test_one_number_without_its_point_leaves_only_what_both_readings_share() -> None:
    values = {field: 12 for field in form("2014").tables[0].fields}
    text = squashed("2014", {field: str(value) for field, value in values.items()})
    facts = {fact.field: fact for fact in parse(text.replace("3.网络", "3 网络").encode()).facts}
    assert facts["annex.requests_by_fax"].candidates == (12, 123)
    assert sum(fact.value == 12 for fact in facts.values()) == len(values) - 1
