"""What must not slip in silence: figures torn, joined, shifted or lost are right or open."""

from contextlib import suppress

import pytest

from parsers import Unreadable
from parsers.narrative.figures import figures
from parsers.report import Section
from tests.render import LAYOUTS, form, html, squashed
from tests.test_reading import REQUESTS, ZEROS, facts, read, rules, with_row

DOCUMENTS = [field for field in ZEROS["2021"] if "normative" in field]


def documents(*figures: str) -> dict[str, str]:
    """Fill the row of normative documents, which no sum ties to others."""
    row = "disclosure.normative_documents."
    return ZEROS["2021"] | dict(
        zip((row + "issued", row + "repealed", row + "in_force"), figures, strict=True)
    )


def without_blanks(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())


@pytest.mark.parametrize(
    "figures",
    [
        ("45", "", "1"),
        ("7197", "0", ""),
        ("", "53", "34"),
        ("5 1", "9", "22"),
        ("6", "8", "——"),
    ],
)
@pytest.mark.parametrize("layout", ["spaces", "squashed"])
def test_figures_that_no_sum_ties_are_cut_or_joined_in_one_way_or_not_at_all(
    layout: str, figures: tuple[str, ...]
) -> None:
    text = (LAYOUTS | {"squashed": squashed})[layout]("2021", ZEROS["2021"] | documents(*figures))
    text = text.replace("行政强制0", "行政强制").replace("行政强制 0", "行政强制")  # here a zero is blank
    found = facts(read(without_blanks(text)))
    for field, printed in documents(*figures).items():
        if "normative" in field and (value := found[field].value) is not None:
            assert str(value) == printed.replace(" ", "")


@pytest.mark.parametrize("change", ["-17", "-5"])
def test_the_sign_of_a_fall_is_not_cut_off(change: str) -> None:
    """上一年项目数量 is blank, so -17 stands alone for two columns."""
    filled = ZEROS["2019"] | {"disclosure.fees.items_last_year": "", "disclosure.fees.items_change": change}
    fact = facts(read(without_blanks(LAYOUTS["spaces"]("2019", filled))))["disclosure.fees.items_change"]
    assert fact.value in (int(change), None)
    assert not fact.candidates or int(change) in fact.candidates


@pytest.mark.parametrize("stranger", ["5", "12%", "2022"])
@pytest.mark.parametrize("total", ["7", "9"])
def test_a_figure_too_many_is_not_joined_to_another_where_the_sums_fail(stranger: str, total: str) -> None:
    filled = with_row("granted", "5", "0", "0", "0", "0", "2", "7") | {"requests.granted.total": total}
    text = LAYOUTS["spaces"]("2021", filled).replace(
        f"5 0 0 0 0 2 {total}", f"5 0 0 0 0 2 {total} {stranger}"
    )
    found = facts(read(text))
    for field in (field for field in filled if ".granted." in field):
        assert found[field].value in (int(filled[field]), None)
    assert found["requests.granted.total"].value == (7 if total == "7" else None)


@pytest.mark.parametrize("odd", ["1O", "O", "l2", "2%", "13 %"])
@pytest.mark.parametrize("layout", ["one cell a line", "spaces", "squashed"])
def test_what_is_no_figure_is_not_read_in_part(layout: str, odd: str) -> None:
    filled = documents("3", odd, "4")
    found = facts(read((LAYOUTS | {"squashed": squashed})[layout]("2021", filled)))
    assert found["disclosure.normative_documents.repealed"].value is None


def test_a_lost_part_does_not_move_the_others() -> None:
    """With one of 15 figures lost, taking a total for blank would let all before it slip by one."""
    printed = {
        f"disputes.litigation_direct.{column}": figure
        for column, figure in zip(
            ("upheld", "corrected", "other", "pending", "total"),
            ("", "2324", "38", "2888", "7560"),
            strict=True,
        )
    }
    found = facts(read(without_blanks(LAYOUTS["one cell a line"]("2021", ZEROS["2021"] | printed))))
    for field, figure in printed.items():
        assert found[field].value in (None, int(figure or -1))


def test_two_figures_in_a_line_are_not_one_with_a_space_for_thousands() -> None:
    text = LAYOUTS["spaces"]("2021", ZEROS["2021"] | documents("8", "52", "169"))
    found = facts(read(text.replace("8 52 169", "8\n52 169")))
    assert [found[f].value for f in documents("8", "52", "169") if "normative" in f] == [8, 52, 169]


@pytest.mark.parametrize("width", range(30, 60))
def test_a_figure_torn_by_a_hard_line_break_is_no_two(width: int) -> None:
    filled = {field: str(1000 + i) for i, field in enumerate(ZEROS["2021"])}
    lines = " ".join(LAYOUTS["spaces"]("2021", filled).split("\n"))
    text = "\n".join(lines[at : at + width] for at in range(0, len(lines), width))
    with suppress(Unreadable):  # where too many are torn
        for field, fact in facts(read(text)).items():
            assert fact.value in (None, int(filled[field]))


def test_the_serial_number_of_the_next_row_is_no_figure_of_this_one() -> None:
    row = "<tr><td>{}</td><td>{}</td>" + "<td>0</td>" * 6
    page = html("2021", ZEROS["2021"])
    cells = "</td>" + "<td rowspan='1' colspan='1'>0</td>" * 7
    for number, label in ((7, "2.重复申请"), (8, "3.要求提供公开出版物")):
        assert f"{label}{cells}" in page
        page = page.replace(f"<td rowspan='1' colspan='1'>{label}{cells}", row.format(number, label)[4:])
    assert facts(read(page))["requests.declined_duplicate.total"].value is None


@pytest.mark.parametrize("label", ["", "总计\t", "合计\t", "本级\t"])
@pytest.mark.parametrize("before", [True, False])
def test_of_two_rows_for_the_one_of_the_form_none_is_taken(before: bool, label: str) -> None:
    """A city may print its own row and that of all its bodies; a label 总计 looks like more of the header."""
    row, other = "\t".join("4" * 15) + "\n", label + "\t".join("3" * 15) + "\n"
    printed = LAYOUTS["tabs"]("2021", ZEROS["2021"] | {f: "4" for f in ZEROS["2021"] if "disputes." in f})
    found = facts(read(printed.replace(row, other + row if before else row + other)))
    values = {fact.value for field, fact in found.items() if field.startswith("disputes.")}
    assert values == {None} if before or label != "本级\t" else {4}


def without_totals(texts: dict[str, str]) -> dict[str, str]:
    return texts | {field: "" for field in texts if field.endswith("total")}


def test_a_blank_total_and_a_blank_filler_before_the_figures_are_not_mixed_up() -> None:
    """Where every total is blank, nothing tells on which side the empty cell of a merged label stands."""
    page = html("2021", without_totals(with_row("granted", "5", "1", "2", "0", "0", "2", "10")))
    for label in ("（一）予以公开</td>", "一、本年新收政府信息公开申请数量</td>"):
        page = page.replace(label, f"{label}<td></td>")
    found = facts(read(page))
    for column, value in zip(("natural_person", "enterprise", "research"), (5, 1, 2), strict=True):
        assert found[REQUESTS.format("granted", column)].value in (None, value)
        assert found[REQUESTS.format("handled", column)].value == value


def test_the_frame_of_a_markdown_table_is_no_blank_cell() -> None:
    texts = without_totals({field: "3" for field in ZEROS["2021"]})
    lines = LAYOUTS["pipes"]("2021", texts).split("\n")
    found = facts(read("\n".join(f"| {line}" if "|" in line else line for line in lines)))
    assert {field: fact.value for field, fact in found.items()} == {
        f: int(t) if t else None for f, t in texts.items()
    }


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("↓22", -22),
        ("22↓", -22),
        ("↑22", 22),
        ("—22", None),
        ("–22", None),
        ("（22）", None),
        ("下降22", -22),
    ],
)
@pytest.mark.parametrize("layout", ["spaces", "one cell a line", "html", "pipes"])
def test_the_sign_of_a_change_is_not_lost(layout: str, printed: str, value: int | None) -> None:
    filled = ZEROS["2019"] | {"disclosure.coercions.items_change": printed}
    fact = facts(read(LAYOUTS[layout]("2019", filled)))["disclosure.coercions.items_change"]
    assert fact.value == value


def test_units_in_the_cells_do_not_make_labels_of_them() -> None:
    page = html("2021", ZEROS["2021"]).replace(">0<", ">3件<")
    assert {fact.value for field, fact in facts(read(page)).items() if "amount" not in field} == {3}


@pytest.mark.parametrize(
    "printed",
    [
        "<del>7</del>12",
        "12<s>7</s>",
        "<span style='display:none'>1</span>12",
        "12<span style='color: red; display: none'>5</span>",
        "\u200b12\ufeff",
        "12<a href='#n'>[注]</a>",
    ],
)
def test_what_no_reader_sees_is_no_part_of_a_figure(printed: str) -> None:
    page = html("2021", with_row("granted", "12", "0", "0", "0", "0", "0", "12"))
    found = facts(read(page.replace(">12<", f">{printed}<")))
    assert found["requests.granted.total"][1:4:2] == (12, "stated")


def test_text_between_cells_is_claimed_by_no_row() -> None:
    """A browser, and so the reader, moves text that stands in a row but in no cell before the table."""
    page = html("2019", ZEROS["2019"])
    cells = "</td>" + "<td rowspan='1' colspan='1'>0</td>" * 3
    for label, figure in (("行政许可", 4), ("行政处罚", 5)):
        assert label + cells in page
        page = page.replace(
            label + cells, label + cells.replace("<td rowspan='1' colspan='1'>0</td>", f"{figure}", 1)
        )
    found = facts(read(page))
    assert {found[f"disclosure.licenses.{column}"].value for column in ("items_change", "decisions")} <= {
        0,
        None,
    }


@pytest.mark.parametrize("at", range(4, 30))
def test_a_digit_of_a_label_torn_by_a_line_is_no_figure(at: int) -> None:
    label = "（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）"
    texts = {field: "34" for table in form("2014").tables for field in table.fields}
    text = LAYOUTS["spaces"]("2014", texts)
    assert label in text
    found = facts(read(text.replace(label, f"{label[:at]}\n{label[at:]}")))
    assert found["annex.disclosed_items"].value in (34, None)


def test_a_number_behind_a_row_does_not_stand_for_a_blank_that_was_left_out() -> None:
    filled = with_row("granted", "", "2", "0", "5", "0", "1", "8") | dict.fromkeys(DOCUMENTS, "")
    text = without_blanks(LAYOUTS["spaces"]("2021", filled)).replace("（二）部分公开", "8 部分公开")
    found = facts(read(text.replace("2 0 5 0 1 8\n8 ", "2 0 5 0 1 8 8 ")))
    for field in (field for field in filled if ".granted." in field):
        assert found[field].value is None or str(found[field].value) == filled[field]


@pytest.mark.parametrize("figures", [("--", "54", "--"), ("——", "3", "——"), ("—", "12", "5")])
def test_dashes_that_ran_into_a_figure_do_not_cut_it(figures: tuple[str, ...]) -> None:
    found = facts(read(squashed("2021", documents(*figures))))
    for field, printed in documents(*figures).items():
        if "normative" in field and (value := found[field].value) is not None:
            assert str(value) == printed


def test_a_dash_before_a_fall_does_not_take_its_sign() -> None:
    filled = ZEROS["2019"] | {"disclosure.fees.items_last_year": "-", "disclosure.fees.items_change": "-17"}
    assert facts(read(squashed("2019", filled)))["disclosure.fees.items_change"].value in (-17, None)


def body(page: str) -> str:
    return page[page.index("<body>") : page.index("</body>")]


@pytest.mark.parametrize("torn", ["", "予以公开", "属于国家秘密"])
@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_where_a_table_stands_twice_only_what_both_say_is_read(form_id: str, torn: str) -> None:
    """A city's figures and its office's, or this year's and last year's; one with a label misprinted."""
    first, second = ({field: str(n) for field in ZEROS[form_id]} for n in (3, 4))
    second |= {field: "3" for field in second if "penalties" in field}
    pages = [body(html(form_id, texts)) for texts in (first, second)]
    report = read(f"<html>{pages[0].replace(torn, '') if torn else pages[0]}{pages[1]}</html>")
    found = facts(report)
    assert {fact.value for field, fact in found.items() if "penalties" in field} == {3}
    assert {fact.value for field, fact in found.items() if "penalties" not in field} == {None}
    assert "F-TWICE" in rules(report, "reading")


def test_a_report_printed_twice_is_read() -> None:
    page = body(html("2021", ZEROS["2021"]))
    report = read(f"<html>{page}{page}</html>")
    assert {fact.value for fact in report.facts} == {0}
    assert "F-TWICE" not in rules(report, "reading")


@pytest.mark.parametrize(
    "sentence",
    [
        "上年收到政府信息公开申请45件。",
        "去年，全市共收到政府信息公开申请45件。",
        "第四季度收到政府信息公开申请45件。",
        "11月收到政府信息公开申请45件。",
        "平均每月收到政府信息公开申请45件。",
        "预计2023年将收到政府信息公开申请45件。",
        "收到政府信息公开申请数十件。",
        "2020、2021、2022年分别收到政府信息公开申请10件、20件、45件。",
    ],
)
def test_a_number_of_another_time_or_of_several_is_not_the_years(sentence: str) -> None:
    assert not figures([Section(1, "", sentence)])


@pytest.mark.parametrize(
    ("sentence", "metric", "values"),
    [
        ("2022年收到政府信息公开申请5件，2023年收到政府信息公开申请8件。", "requests_received", [8]),
        ("2022年收到政府信息公开申请5件。", "requests_received", []),
        ("与2022年的12件相比，收到政府信息公开申请20件。", "requests_received", [20]),
        ("2022年度结转3件，2023年新收申请25件。", "requests_carried_in", [3]),
        ("2022年度结转3件，2023年新收申请25件。", "requests_received", [25]),
    ],
)
def test_what_is_said_of_another_year_is_not_the_reports(
    sentence: str, metric: str, values: list[int]
) -> None:
    found = figures([Section(1, "", sentence)], 2023)
    assert [figure.value for figure in found if figure.metric == metric] == values


@pytest.mark.parametrize(
    "sentence", ["2022年1至12月，收到政府信息公开申请45件。", "截至12月，收到政府信息公开申请45件。"]
)
def test_a_whole_year_told_by_its_months_is_a_year(sentence: str) -> None:
    assert [figure.value for figure in figures([Section(1, "", sentence)])] == [45]


@pytest.mark.parametrize("layout", ["html", "spaces", "one cell a line", "pipes"])
@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("45.6", 45.6),
        ("45.6万", 45.6),
        ("45.6万余元", 45.6),
        ("45.6（万元）", 45.6),
        ("456000（元）", 45.6),
        ("1.2亿", 12000),
        ("￥456,000.00", None),
        ("(45.6)", None),
    ],
)
def test_money_is_in_the_unit_that_is_printed_with_it(layout: str, printed: str, value: float | None) -> None:
    """The column is in 万元; 45.6万 there is 45.6, not 456,000."""
    filled = ZEROS["2021"] | {"disclosure.fees.amount": printed}
    assert facts(read(LAYOUTS[layout]("2021", filled)))["disclosure.fees.amount"].value == value


def test_a_figure_within_a_label_broken_around_it_is_the_rows() -> None:
    """2.没有现成信息 … holds a 2 as well; only the 1 of 计1条 is a label's own."""
    filled = with_row("unavailable_needs_creation", "20", "2", "0", "8", "0", "1", "31")
    found = facts(read(LAYOUTS["columns of spaces"]("2021", filled)))
    assert {found[field].value for field in filled if "needs_creation" in field} == {20, 2, 0, 8, 1, 31}


@pytest.mark.parametrize("figures", [("0", "–7", "0"), ("/", "-18", "1254"), ("32", "—21", "0")])
@pytest.mark.parametrize("layout", ["spaces", "squashed"])
def test_no_dash_is_cut_off_a_fall(layout: str, figures: tuple[str, ...]) -> None:
    fields = [field for field in ZEROS["2019"] if "penalties" in field]
    filled = ZEROS["2019"] | dict(zip(fields, figures, strict=True))
    found = facts(read((LAYOUTS | {"squashed": squashed})[layout]("2019", filled)))
    for field, printed in zip(fields, figures, strict=True):
        assert found[field].value is None or str(found[field].value) == printed.replace("–", "-")
