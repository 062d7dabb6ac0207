"""The year that a report is about: spans, revisions, years to come, and dates that are none of the data."""

import pytest

from parsers.identity.identify import identify
from parsers.identity.years import Month, month_published, years_in

REPORT = "政府信息公开工作年度报告"
PERIOD = "统计期限自2022年1月1日起至2022年12月31日止。"

NAMED = [
    ("2022年度", [2022]),
    ("2021年度（2022年5月更正）", [2021]),
    ("2022年（2023年3月修订）", [2022]),
    ("2022年【2023年重新发布】", [2022]),
    ("（国办公开办函〔2021〕30号）2022年", [2022]),
    ("2023-01-15 2022年", [2022]),
    ("2022年（2023版）", [2022]),
    ("2021-2022年", [2021, 2022]),
    ("2006年", []),
    ("20220110", []),
]

# Title, text, time of fetching; the year, and the kind of the finding I-YEAR.
YEARS = [
    (f"洪洞县财政局2021-2022年{REPORT}", "", "", None, "reading"),
    (f"洪洞县财政局2021、2022年度{REPORT}", "", "", None, "reading"),
    (f"洪洞县财政局2021/2022年度{REPORT}", "", "", None, "reading"),
    (f"洪洞县财政局2021年和2022年{REPORT}", "", "", None, "reading"),
    (f"洪洞县财政局2021-2022年{REPORT}", PERIOD, "", 2022, "reading"),
    (f"洪洞县财政局2019-2020年{REPORT}", PERIOD, "", None, "reading"),
    (f"洪洞县财政局2032年{REPORT}", "发布时间：2023-01-22", "", None, "reading"),
    (f"洪洞县财政局2032年{REPORT}", PERIOD, "", 2022, "reading"),
    (f"洪洞县财政局2032年{REPORT}", "", "2033-01-22T00:00:00Z", 2032, None),
    (f"洪洞县财政局2025年{REPORT}", "", "2025-06-30T00:00:00Z", None, "reading"),
    (f"洪洞县财政局2025年{REPORT}", "", "2026-01-03T00:00:00Z", 2025, None),
    (f"洪洞县财政局2022年{REPORT}", "发布时间：2022-03-01", "", None, "reading"),
    (f"洪洞县财政局2022年{REPORT}", "发布时间：2022-12-31", "", 2022, None),
    (f"洪洞县财政局2022年{REPORT}", "统计时间：2022年1月1日至12月31日", "", 2022, None),
    (f"洪洞县财政局2022年{REPORT}", "发布时间：2099-03-01", "2023-02-01T00:00:00Z", 2022, None),
    (f"洪洞县财政局{REPORT}（2023年修订）", "", "", None, "reading"),
    (f"洪洞县财政局{REPORT}（2023年修订）", PERIOD, "", 2022, None),
    (f"洪洞县2022年第一季度{REPORT}", PERIOD, "", None, "reading"),
    (f"洪洞县2022年上半年{REPORT}", "", "", None, "reading"),
    (f"洪洞县财政局2021年{REPORT}", PERIOD, "", 2021, "publisher"),
]

PUBLISHED = [
    ("发布日期：2024-01-22", "", Month(2024, 1)),
    ("时间:2016-03-0500:00", "", Month(2016, 3)),
    ("统计时间：2023年1月1日至12月31日", "", None),
    ("时间：2023年1月1日起", "", None),
    ("发布日期：2099-03-01", "2024-01-05T00:00:00Z", None),
    ("发布日期：2024-01-22", "2024-01-25T00:00:00Z", Month(2024, 1)),
]


@pytest.mark.parametrize(("text", "years"), NAMED)
def test_the_years_that_a_text_names(text: str, years: list[int]) -> None:
    assert years_in(text) == years


@pytest.mark.parametrize(("title", "text", "fetched", "year", "kind"), YEARS)
def test_year(title: str, text: str, fetched: str, year: int | None, kind: str | None) -> None:
    identity = identify(title, [text], fetched=fetched)
    assert identity.year == year
    kinds = [finding.kind for finding in identity.findings if finding.rule == "I-YEAR"]
    assert kinds == ([kind] if kind else [])


@pytest.mark.parametrize(("text", "fetched", "month"), PUBLISHED)
def test_month_of_publication(text: str, fetched: str, month: Month | None) -> None:
    assert month_published(text, fetched) == month


def test_a_month_to_come_is_no_sign_of_a_government() -> None:
    title, lines = f"洪洞县人民政府2022年{REPORT}", ["发布日期：2023-03-20"]
    assert identify(title, lines).publisher.scope == "county_aggregate"
    assert identify(title, lines, fetched="2023-01-15T00:00:00Z").publisher.scope == "unknown"
