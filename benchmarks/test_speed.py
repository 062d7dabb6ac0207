"""Speed of reading, against lxml's bare parse of the same bytes in the same run: ``make bench``.

Goals: a 100 KB page to a report in at most 1.5 times lxml's parse; 1,000 flattened or squashed
reports a second on one core.
"""

import re
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from parsers import parse

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
WORD = (
    '<p class="MsoNormal" style="line-height:30.0000pt;mso-line-height-rule:exactly;">'
    '<span style="mso-spacerun:'
    "'yes';font-family:仿宋_GB2312;font-size:12.0000pt;\nmso-font-kerning:1.0000pt;\">{}</span>"
    '<span style="font-family:仿宋_GB2312;font-size:12.0000pt;mso-font-kerning:1.0000pt;"></span></p>'
)
TD = ' valign="center" style="padding:0.0000pt 5.4000pt 0.0000pt 5.4000pt ;border-left:none;"'
TEXTS = {
    "one cell a line": "heyuan_2019_lines_with_empty_lines",
    "one cell a line, traditional": "heyuan_2019_lines_traditional",
    "layout": "hongze_2023_layout_wrong_totals",
    "pipes": "pingtan_2023_pipes",
    "squashed": "pingtan_2023_squashed",
    "squashed, wrong sums": "pingtan_2020_squashed",
}


def page_of_100_kb() -> bytes:
    """A published page as Word leaves it: the cells of a fixture, each in the markup such pages have."""
    plain = (FIXTURES / "pingtan_2019_html_page_break" / "source.html").read_text("utf-8")
    page = re.sub(
        r"<td([^>]*)>(.*?)</td>", lambda cell: f"<td{cell[1]}{TD}>{WORD.format(cell[2])}</td>", plain
    )
    return page.encode()


@pytest.mark.benchmark(group="HTML page of 100 KB")
@pytest.mark.parametrize("read", [lxml.html.document_fromstring, parse], ids=["lxml, bare parse", "report"])
def test_page(benchmark: BenchmarkFixture, read: Callable[[bytes], object]) -> None:
    data = page_of_100_kb()
    assert 95_000 < len(data) < 125_000
    benchmark(read, data)


@pytest.mark.benchmark(group="text report")
@pytest.mark.parametrize("layout", TEXTS)
def test_text(benchmark: BenchmarkFixture, layout: str) -> None:
    benchmark(parse, (FIXTURES / TEXTS[layout] / "source.txt").read_bytes())
