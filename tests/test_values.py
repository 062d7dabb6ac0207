"""Values of single cells, as they are printed and as they mean."""

from typing import Any

import pytest

from parsers.tables.values import in_unit, read

READ: list[tuple[str, Any, str]] = [
    ("", None, "blank"),
    ("　", None, "blank"),
    ("\xa0", None, "blank"),
    *((dash, None, "dash") for dash in ("/", "-", "—", "——", "－", "--", "\\", "不涉及", "N/A")),
    *((word, 0, "zero_word") for word in ("无", "零", "〇", "未发生", "持平", "无变化")),
    ("0", 0, "stated"),
    (" 0", 0, "stated"),
    ("０", 0, "stated"),
    ("0.00", 0, "stated"),
    ("2.0", 2, "stated"),
    ("１２", 12, "stated"),
    ("1,234", 1234, "stated"),
    ("1，234", 1234, "stated"),
    ("12 345", 12345, "stated"),
    ("12件", 12, "stated"),
    ("8 宗", 8, "stated"),
    ("3.2万", 32000, "stated"),
    ("3.2万件", 32000, "stated"),
    ("约1200", 1200, "stated"),
    ("1200余", 1200, "stated"),
    ("十二", 12, "stated"),
    ("二百零五", 205, "stated"),
    ("12(含上年结转1件)", 12, "stated"),
    ("12（含上年结转1件）", 12, "stated"),
    ("12①", 12, "stated"),
    ("12¹", 12, "stated"),
    ("276.21²", 276.21, "stated"),
    ("①", None, "blank"),
    ("12[1]", 12, "stated"),
    ("12 ［1］", 12, "stated"),
    ("[3]", None, "unreadable"),
    ("-8", -8, "stated"),
    ("－8", -8, "stated"),
    ("\u221211", -11, "stated"),
    ("减少8", -8, "stated"),
    ("减8", -8, "stated"),
    ("+3", 3, "stated"),
    ("增加2项", 2, "stated"),
    ("新增5", 5, "stated"),
    ("3↑", 3, "stated"),
    ("3↓", -3, "stated"),
    ("增2/减1", 1, "stated"),
    ("增加2项，减少1项", 1, "stated"),
    ("0/0", 0, "stated"),
    ("1454464元", 1454464, "stated"),
    ("145.45万元", 1454500, "stated"),
    ("1.27亿元", 127000000, "stated"),
    *(
        (odd, None, "unreadable")
        for odd in ("O", "l2", "#REF!", "增", "00", "007", "1 2", "1,23", "9" * 16, "9" * 5000)
    ),
]


@pytest.mark.parametrize(("text", "value", "status"), READ)
def test_a_cell_is_read(text: str, value: Any, status: str) -> None:
    assert read(text)[:2] == (value, status)


@pytest.mark.parametrize("text", ["3.2万", "约1200", "1200余"])
def test_rounded_figures_are_marked(text: str) -> None:
    assert read(text).rounded


@pytest.mark.parametrize(
    ("text", "unit", "printed_unit", "values"),
    [
        ("1454464元", "元", None, (1454464,)),
        ("145.45万元", "元", "元", (1454500,)),
        ("251000元", "万元", "万元", (25.1,)),
        ("7730.28", "万元", "万元", (7730.28,)),
        ("7730.28", "万元", "元", (0.773028,)),
        ("12", "元", None, (12, 120000)),
        ("0", "元", None, (0,)),
        ("/", "元", None, ()),
    ],
)
def test_money_is_in_the_unit_of_its_field(
    text: str, unit: str, printed_unit: str | None, values: Any
) -> None:
    assert in_unit(read(text), unit, printed_unit) == values
