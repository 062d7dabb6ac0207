"""Pages built to take for ever are told from pages that are merely long or bad."""

import pytest

from parsers import Unreadable, parse
from parsers.text.markup import parsing_hazard

ROW = b"<tr><td><p><font size=2><b>&nbsp;12</b></font></p></td><td><img src='data:,%s'></td></tr>"


@pytest.mark.parametrize(
    "trap",
    [
        b"<div>" * 100_000,
        b"<div>" * 100_000 + b"</div>" * 100_000,
        b"<span>" * 40_000 + b"</p>" * 40_000,
        b"".join(b"<font size=%d><p>" % i for i in range(5000)),
        b"<div " + b" ".join(b"a%d=''" % i for i in range(40_000)) + b">",
    ],
    ids=["nested", "nested and closed", "ends without a start", "formatting left open", "attributes"],
)
def test_a_trap_is_named(trap: bytes) -> None:
    assert parsing_hazard(trap)
    with pytest.raises(Unreadable, match="cannot be parsed"):
        parse("<p>政府信息公开年度报告</p>".encode() + trap)


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<div>" * 600 + b"<table>" + ROW * 20_000 + b"</table>",
        b"<p>1" * 100_000,
        b"<li><a href=/x>1" * 50_000,
        b"<img src='" + b"A" * 3_000_000 + b"'>",
    ],
    ids=["empty", "many rows in 600 elements", "paragraphs", "links", "a picture in the page"],
)
def test_long_or_bad_pages_are_no_traps(page: bytes) -> None:
    assert parsing_hazard(page) == ""
