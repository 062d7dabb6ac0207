"""What must hold for any report: it parses back to itself, an error stays where it is, nothing crashes."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import Fact, Report, Unreadable, parse
from parsers.forms import Table
from parsers.report import Number
from tests.render import LAYOUTS, form, squashed
from tests.sites.reports import Values, printed, with_sums

FIXTURES = Path(__file__).parent / "fixtures"
COUNTS = st.one_of(st.just(0), st.just(0), st.integers(0, 9), st.integers(0, 120), st.integers(0, 30_000))
NATIONAL = ("2019", "2021")


@st.composite
def filled(draw: st.DrawFn, form_id: str) -> Values:
    """A form whose every sum holds."""
    values: Values = {}
    for table in form(form_id).tables:
        counts = draw(st.lists(COUNTS, min_size=len(table.fields), max_size=len(table.fields)))
        if table.key == "requests":
            counts = with_sums(table, counts)
        if table.key == "disputes":
            for start in (0, 5, 10):
                counts[start + 4] = sum(counts[start : start + 4])
        values |= zip(table.fields, counts, strict=True)
    for field in values:
        if field.endswith("items_change"):
            values[field] = draw(st.integers(-30, 30))
    return values


def read(text: str) -> Report:
    return parse(text.encode())


def facts(report: Report) -> dict[str, Fact]:
    return {fact.field: fact for fact in report.facts}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form_id", NATIONAL)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_report_parses_back_to_itself(layout: str, form_id: str, data: st.DataObject) -> None:
    values = data.draw(filled(form_id))
    report = read(LAYOUTS[layout](form_id, printed(values)))
    assert {field: fact.value for field, fact in facts(report).items()} == values
    assert {fact.status for fact in report.facts} == {"stated"}
    assert not [f for f in report.findings if f.kind in ("publisher", "not_checked") and f.rule[0] == "S"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form_id", NATIONAL)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_one_wrong_figure_changes_no_other_and_is_reported(
    layout: str, form_id: str, data: st.DataObject
) -> None:
    values = data.draw(filled(form_id))
    field = data.draw(st.sampled_from(sorted(values)))
    values[field] = data.draw(st.integers(0, 99).filter(lambda new: new != values[field]))
    report = read(LAYOUTS[layout](form_id, printed(values)))
    assert {field: fact.value for field, fact in facts(report).items()} == values
    broken = {
        finding.rule for finding in report.findings if finding.kind == "publisher" and field in finding.fields
    }
    assert broken == expected_rules(form_id, field)


def expected_rules(form_id: str, field: str) -> set[str]:
    """Name the sums that a wrong figure breaks: all that it stands in."""
    tables = [table for table in form(form_id).tables if field in table.fields]
    return {s.rule for t in tables for s in t.sums if s.binding and t.fields.index(field) in s.cells}


@pytest.mark.parametrize("form_id", NATIONAL)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_squashed_figures_are_right_or_open(form_id: str, data: st.DataObject) -> None:
    """A wrong figure may let the row of disputes, which no other sum checks, add up cut elsewhere (0.4 %)."""
    values = data.draw(filled(form_id))
    if data.draw(st.booleans()):
        field = data.draw(st.sampled_from(sorted(values)))
        values[field] = data.draw(st.integers(0, 99))
    found = facts(read(squashed(form_id, printed(values))))
    for field, value in values.items():
        fact = found[field]
        is_open = fact.value is None and (not fact.candidates or value in fact.candidates)
        is_coincidence = field.startswith("disputes.") and adds_up_otherwise(form_id, values, found)
        assert fact.value == value or is_open or is_coincidence


def adds_up_otherwise(form_id: str, values: Values, found: dict[str, Fact]) -> bool:
    """Say whether the disputes add up as they were read, and do not as they were printed."""
    (table,) = (t for t in form(form_id).tables if t.fields[0].startswith("disputes."))
    read_as = [found[field].value for field in table.fields]
    as_printed = [values[field] for field in table.fields]
    return adds_up(table, read_as) and not adds_up(table, as_printed)


def adds_up(table: Table, values: Sequence[Number | None]) -> bool:
    cells = [value or 0 for value in values]
    return all(
        sum(cells[i] for i in s.left) == sum(cells[i] for i in s.right) for s in table.sums if s.binding
    )


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_report_or_a_reason(data: bytes) -> None:
    _read_or_refuse(data)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(FIXTURES.glob("*/source.*"))),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.binary(max_size=6)), max_size=4),
)
def test_a_damaged_document_gives_a_report_or_a_reason(
    path: Path, damages: list[tuple[float, float, bytes]]
) -> None:
    data = path.read_bytes()
    for start, length, new in damages:
        at = int(start * len(data))
        data = data[:at] + new + data[at + int(length * length * (len(data) - at)) :]
    _read_or_refuse(data)


def _read_or_refuse(data: bytes) -> None:
    try:
        report = parse(data)
    except Unreadable as reason:
        assert str(reason)
    else:
        assert all(
            fact.value is None or fact.status not in ("ambiguous", "unreadable") for fact in report.facts
        )
