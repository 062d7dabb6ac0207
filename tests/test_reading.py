"""What reading a whole document makes of awkward text: solving, second reading, findings."""

from collections.abc import Callable

import pytest

from parsers import Fact, Report, Unreadable, parse
from tests.render import LAYOUTS, form, html, one_cell_a_line, squashed

ZEROS = {
    form_id: dict.fromkeys((f for t in form(form_id).tables for f in t.fields), "0")
    for form_id in ("2019", "2021")
}
REQUESTS = "requests.{}.{}"


def with_row(row: str, *figures: str, form_id: str = "2021") -> dict[str, str]:
    """Fill one row of the requests table, and what must follow from it in the totals."""
    table = next(table for table in form(form_id).tables if table.key == "requests")
    columns = [column.key for column in table.columns]
    filled = {
        REQUESTS.format(each, column): figure
        for each in (row, "handled", "received")
        for column, figure in zip(columns, figures, strict=True)
    }
    return ZEROS[form_id] | filled


def facts(report: Report) -> dict[str, Fact]:
    return {fact.field: fact for fact in report.facts}


def rules(report: Report, kind: str) -> list[str]:
    return [finding.rule for finding in report.findings if finding.kind == kind]


def read(text: str) -> Report:
    return parse(text.encode())


def test_digits_that_ran_together_are_cut_by_the_sums() -> None:
    report = read(squashed("2021", with_row("granted", "217", "1", "0", "0", "0", "0", "218")))
    fact = facts(report)["requests.granted.natural_person"]
    assert (fact.value, fact.status, fact.text) == (217, "inferred", "21710000218")


def test_what_the_sums_leave_open_stays_open_with_candidates() -> None:
    fact = facts(
        read(
            squashed(
                "2021",
                ZEROS["2021"]
                | {
                    "disclosure.normative_documents.issued": "77",
                    "disclosure.normative_documents.repealed": "132",
                    "disclosure.normative_documents.in_force": "470",
                },
            )
        )
    )["disclosure.normative_documents.issued"]
    assert (fact.value, fact.status) == (None, "ambiguous")
    assert 77 in fact.candidates


def test_a_wrong_total_does_not_cut_its_row() -> None:
    """12 0 0 0 0 1 13, its total misprinted 4: 120000 14 would keep a sum of its own, against the columns."""
    filled = with_row("granted", "12", "0", "0", "0", "0", "1", "13")
    filled["requests.granted.total"] = "4"
    granted = [f.value for field, f in facts(read(squashed("2021", filled))).items() if ".granted." in field]
    assert granted in ([12, 0, 0, 0, 0, 1, 4], [None] * 7)


def test_dropped_blanks_are_placed_where_only_one_place_keeps_the_sums() -> None:
    filled = with_row("granted", "5", "0", "0", "0", "0", "0", "5")
    filled |= {
        REQUESTS.format("granted", column): "" for column in ("enterprise", "research", "public_welfare")
    }
    found = facts(read(one_cell_a_line("2021", filled).replace("\n\n", "\n")))
    assert found["requests.granted.natural_person"][1:4:2] == (5, "inferred")
    assert found["requests.granted.total"][1:4:2] == (5, "inferred")
    assert not [f for f in found.values() if f.field.startswith("requests.granted.") and f.status == "stated"]


def test_blank_cells_are_blank_and_what_the_sums_leave_is_only_implied() -> None:
    filled = with_row("granted", "5", "", "", "", "", "", "5")
    fact = facts(read(html("2021", filled)))["requests.granted.enterprise"]
    assert (fact.value, fact.status, fact.implied) == (None, "blank", 0)


@pytest.mark.parametrize(
    ("printed", "read_as"), [("無", (0, "zero_word")), ("12①", (12, "stated")), ("12²", (12, "stated"))]
)
def test_a_cell_is_read_the_same_beside_a_filler_cell(printed: str, read_as: tuple[int, str]) -> None:
    page = html("2021", with_row("granted", printed, "0", "0", "0", "0", "0", "12"))
    cell = f"<td rowspan='1' colspan='1'>{printed}</td>"
    assert cell in page
    found = facts(read(page.replace(cell, f"<td></td>{cell}", 1)))
    assert found["requests.received.natural_person"][1:4:2] == read_as
    assert found["requests.received.total"].value == 12


@pytest.mark.parametrize("note", ["①", "¹", "<sup>1</sup>", "<sup>[1]</sup>", "<a><sup>①</sup></a>"])
def test_the_number_of_a_note_is_no_digit_of_the_figure(note: str) -> None:
    page = html("2021", with_row("granted", "12", "0", "0", "0", "0", "0", "12"))
    found = facts(read(page.replace(">12<", f">12{note}<")))
    assert found["requests.granted.natural_person"][1:4:2] == (12, "stated")


def test_a_figure_that_is_all_raised_is_one() -> None:
    page = html("2021", with_row("granted", "5", "0", "0", "0", "0", "0", "5"))
    found = facts(read(page.replace(">5<", "><p><sup>5</sup></p><")))
    assert found["requests.granted.natural_person"][1:4:2] == (5, "stated")


def test_a_blank_total_is_implied_but_not_stated() -> None:
    filled = with_row("granted", "5", "0", "0", "0", "0", "2", "7") | {"requests.granted.total": ""}
    fact = facts(read(html("2021", filled)))["requests.granted.total"]
    assert (fact.value, fact.status, fact.implied) == (None, "blank", 7)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_wrong_total_is_the_publishers_and_stays_as_printed(layout: str) -> None:
    filled = ZEROS["2021"] | {"disputes.review.upheld": "10", "disputes.review.corrected": "1"}
    report = read(LAYOUTS[layout]("2021", filled))
    (finding,) = (f for f in report.findings if f.kind == "publisher")
    assert (finding.rule, finding.expected, finding.actual) == ("S4-REVIEW", 11, 0)
    assert finding.hint == ("disputes.review.total", 11)
    assert facts(report)["disputes.review.total"].value == 0


def test_where_two_changes_would_mend_as_much_no_hint_is_given() -> None:
    report = read(html("2021", ZEROS["2021"] | {"disputes.review.upheld": "5"}))
    (finding,) = (f for f in report.findings if f.kind == "publisher")
    assert finding.hint is None


def test_readings_that_differ_blame_nobody() -> None:
    """A table whose rows the second reading cannot count is no proof against the publisher."""
    filled = with_row("granted", "5", "0", "0", "0", "0", "0", "6")
    page = html("2021", filled).replace(
        "<tr><td rowspan='1' colspan='1'>2.重复申请",
        "<tr><td>9</td>" + "<td>0</td>" * 7 + "</tr><tr><td rowspan='1' colspan='1'>2.重复申请",
    )
    assert "S3-ROWSUM" in rules(read(page), "reading")


def test_what_was_not_read_is_not_checked() -> None:
    text = squashed("2021", ZEROS["2021"]).replace("（七）总计0000000", "（七）总计")
    assert {"S3-BAL", "S3-HANDLED"} <= set(rules(read(text), "not_checked"))


@pytest.mark.parametrize(("wrong", "right"), [("-5", "1"), ("1.5", "1")])
def test_what_is_no_count_is_null_and_reported(wrong: str, right: str) -> None:
    report = read(
        html(
            "2021",
            with_row("granted", right, "0", "0", "0", "0", "0", right)
            | {"requests.granted.natural_person": wrong},
        )
    )
    fact = facts(report)["requests.granted.natural_person"]
    assert (fact.value, fact.status, fact.text) == (None, "unreadable", wrong)
    assert "S3-NONNEG" in rules(report, "publisher")


def test_a_row_no_form_knows_is_reported_and_takes_nothing() -> None:
    page = html("2021", ZEROS["2021"])
    at = page.index("<tr><td rowspan='1' colspan='1'>行政许可")
    report = read(page[:at] + "<tr><td>行政确认</td><td>44</td></tr>" + page[at:])
    assert [f.message for f in report.findings if f.rule in ("F-UNKNOWN", "F-STRAY")]
    assert facts(report)["disclosure.licenses.decisions"].value == 0


def test_forms_are_chosen_table_by_table() -> None:
    """A 2023 report may keep the one row 其他处理 of 2019 under the table two of 2021."""
    of_2019, of_2021 = (html(form_id, ZEROS[form_id]) for form_id in ("2019", "2021"))
    cut = "<p>三、收到和处理政府信息公开申请情况"
    report = read(of_2021[: of_2021.index(cut)] + of_2019[of_2019.index(cut) :])
    assert report.forms == ("2021", "2019")
    assert "requests.other.total" in facts(report)
    assert "disclosure.regulations.in_force" in facts(report)


def test_the_year_does_not_choose_the_form() -> None:
    report = read(html("2019", ZEROS["2019"]).replace("2020年", "2023年"))
    assert (report.year, report.forms) == (2023, ("2019",))
    assert "F-YEAR" in rules(report, "info")


def test_an_amount_without_a_unit_is_left_open() -> None:
    fact = facts(read(html("2019", ZEROS["2019"] | {"disclosure.procurement.amount": "145.45"})))[
        "disclosure.procurement.amount"
    ]
    assert (fact.value, fact.candidates) == (None, (145.45, 1454500))


@pytest.mark.parametrize(
    ("head", "value"), [("采购总金额（万元）", 1454500), ("采购总金额（单位：元）", 145.45)]
)
def test_the_unit_of_the_heading_counts(head: str, value: float) -> None:
    page = html("2019", ZEROS["2019"] | {"disclosure.procurement.amount": "145.45"}).replace(
        "采购总金额", head
    )
    assert facts(read(page))["disclosure.procurement.amount"].value == value


def cut_in_the_middle(text: str) -> str:
    return text[: text.index("（五）不予处理")]


@pytest.mark.parametrize("layout", ["html", "one cell a line", "pipes"])
def test_a_cut_off_report_says_so(layout: str) -> None:
    report = read(cut_in_the_middle(LAYOUTS[layout]("2021", ZEROS["2021"])))
    assert "F-CUT" in rules(report, "reading")
    assert facts(report)["requests.granted.total"].value == 0


def test_a_report_without_its_last_table_is_not_cut_off() -> None:
    text = LAYOUTS["one cell a line"]("2021", ZEROS["2021"])
    start, end = text.index("四、政府信息公开行政复议"), text.index("五、存在的主要问题")
    found = rules(read(text[:start] + text[end:]), "reading")
    assert "F-TABLE" in found and "F-CUT" not in found


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04...", "Word, Excel and zip"),
        (b"\xd0\xcf\x11\xe0...", "old Word"),
        (b"\x89PNG...", "image"),
        (b"<html><body><p>404 Not Found</p></body></html>", "no table"),
        ("今天天气很好。".encode(), "no table"),
        (b"<p>" + b"x" * 20_000_001, "larger than"),
    ],
)
def test_what_is_no_report_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(data)


@pytest.mark.parametrize("make", [html, squashed, one_cell_a_line])
def test_deep_and_broken_markup_around_a_report_does_no_harm(
    make: Callable[[str, dict[str, str]], str],
) -> None:
    text = "<div>" * 5000 + make("2021", ZEROS["2021"]) + "</table></td></p>" * 50
    assert all(fact.value in (0, None) for fact in read(text).facts)
