"""Reports whose figures are not there: published and loaded, without a single stated value."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.compare import Selection, compare
from db.coverage import RegistryPlace, coverage
from db.load import Loader, Source
from db.metrics import metrics, values
from db.schema import new_database
from nianbao.reading import read_document
from parsers import Report, Unreadable, parse
from scraper.archive.document import Document
from scraper.discovery.article import publication_date
from scraper.fetching.page import Link, Page, Request

FIXTURES = Path(__file__).parent / "fixtures"
TABLES = (FIXTURES / "heyuan_2019_lines_with_empty_lines" / "source.txt").read_text("utf-8")
# The same report with nothing behind its labels, as blank cells look once a page is text.
LABELS = re.sub(r"(?m)^\s*-?\d[\d.,]*(?:\s*元)?\s*$\n?", "", TABLES)
TITLE = "河源市人民政府办公室2019年政府信息公开工作年度报告"
PROSE = (
    f"{TITLE}\n一、总体情况\n本年照常开展。\n二、主动公开政府信息情况\n主动公开政府信息30条。"
    "\n三、申请办理\n没有收到申请。"
)
CELLS = "".join(
    f"<tr><td>{label}</td><td></td><td></td><td></td></tr>" for label in ("规章", "行政规范性文件")
)
BLANK = (
    f"<h1>{TITLE}</h1><p>一、总体情况</p><p>二、主动公开政府信息情况</p><table>"
    "<tr><td>第二十条第（一）项</td></tr><tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td>"
    f"<td>现行有效件数</td></tr>{CELLS}<tr><td>第二十条第（五）项</td></tr><tr><td>信息内容</td>"
    "<td>本年处理决定数量</td></tr><tr><td>行政许可</td><td></td></tr></table>"
)
PAGE = f"<title>{TITLE}</title><h1>{TITLE}</h1>"

LOADED = [
    (PROSE, "F-NOTABLE"),
    (
        PAGE + "<p>一、总体情况</p><p>照常开展。</p><p>二、主动公开</p><img src='2.jpg'><p>三、申请</p>",
        "F-NOTABLE",
    ),
    (
        "根据条例规定，编制2021年度我乡信息公开工作年度报告。\n一、总体情况\n照常。\n二、主动公开\n公开3条。",
        "F-NOTABLE",
    ),
    (BLANK, "F-EMPTY"),
    (LABELS, "F-EMPTY"),
]

REFUSED = [
    (PAGE + "<p>详见附件。</p>", "no table"),
    (PAGE + f"<div>{'政务公开 新闻中心 通知公告 ' * 100}</div><p>详见附件。</p>", "no table"),
    (PROSE.replace("2019年", ""), "no table"),
    (PROSE.replace("2019年政府信息公开工作年度报告", "2019年法治政府建设年度报告"), "法治政府"),
    (BLANK.replace("年度报告", "年度报告模板"), "模板"),
    (LABELS.replace(TITLE, f"关于做好{TITLE}编制工作的通知"), "编制通知"),
    # Some figures are printed, but hardly one can be read.
    ((FIXTURES / "xiongxian_2019_lost_figures" / "source.txt").read_text("utf-8"), "hardly a figure"),
]

TITLELESS = [
    "本报告依据《中华人民共和国政府信息公开条例》编制。统计期限为2016年1月1日至2016年12月31日。\n一、概述\n公开9条。",
    "根据《政府信息公开条例》规定，现公布2016年度报告。\n一、概述\n统计期限为2016年1月1日至12月31日。",
    "根據《中華人民共和國政府信息公開條例》規定編制本報告。統計期限為2016年1月1日至12月31日。\n一、概述\n公開9條。",
]
RULES = [
    "河源市政府信息公开规定\n第一条 为了公开信息，制定本规定。\n一、总则",
    "河源市政府信息公开指南\n一、主动公开\n公民可以申请。2016年1月1日至12月31日",
]


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


@pytest.fixture
def db() -> Iterator[Database]:
    database = new_database(Path(":memory:"))
    yield database
    database.close()


@pytest.mark.parametrize(("text", "rule"), LOADED)
def test_a_report_without_figures_is_read_and_says_so(text: str, rule: str) -> None:
    report = parse(text.encode())
    assert rule in rules(report) and report.year in (2019, 2021)
    assert all(fact.value is None for fact in report.facts)
    assert [name for name, value in values(report.facts) if value.value is not None] == []


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_is_no_report_is_still_refused(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(text.encode())


def test_an_empty_form_says_whether_its_cells_are_blank() -> None:
    told = [
        next(f.message for f in parse(t.encode()).findings if f.rule == "F-EMPTY") for t in (BLANK, LABELS)
    ]
    assert "nothing is filled in" in told[0] and "no figure was found" in told[1]


@pytest.mark.parametrize("text", TITLELESS)
def test_a_report_that_lost_its_title_is_known_by_its_own_words(text: str) -> None:
    report = parse(text.encode())
    assert (report.year, rules(report) & {"F-NOTABLE"}) == (2016, set())


@pytest.mark.parametrize("text", RULES)
def test_a_rule_or_a_guide_is_no_report(text: str) -> None:
    with pytest.raises(Unreadable, match="信息公开指南"):
        parse(text.encode())


def test_it_counts_as_published_and_has_no_value(db: Database) -> None:
    loader = Loader(db)
    loader.save(Source("a", "1", "text/plain", 1), parse(PROSE.encode()))
    place = RegistryPlace("441600", "河源市", "done", {})
    assert [cell.state for cell in coverage(db, [place], [2019])] == ["published"]
    assert [row for row in compare(db, list(metrics()), Selection()) if row["value"] is not None] == []


@pytest.mark.parametrize("days", [("2020-01-20", "2020-03-20"), ("2020-03-20", "2020-01-20")])
def test_it_never_takes_the_place_of_a_version_with_figures(db: Database, days: tuple[str, str]) -> None:
    loader = Loader(db)
    loader.save(Source("prose", "1", "text/plain", 1, "", days[0]), parse(PROSE.encode()))
    loader.save(Source("tables", "2", "text/plain", 1, "", days[1]), parse(TABLES.encode()))
    assert db.execute("SELECT document FROM report_list WHERE current").fetchall() == [("tables",)]


@pytest.mark.parametrize(
    ("own", "attached", "read"),
    [(PROSE, TABLES, 1), (BLANK, TABLES, 1), (TABLES, LABELS, 0), (PROSE, LABELS, 0), (PROSE, "图片", 0)],
)
def test_an_attachment_with_figures_is_read_first(tmp_path: Path, own: str, attached: str, read: int) -> None:
    paths = [tmp_path / "own.html", tmp_path / "attached.txt"]
    for path, text in zip(paths, (own, attached), strict=True):
        path.write_text(text, "utf-8")
    result = read_document(Document(paths[0], "own", attachments=(Document(paths[1], "attached"),)))
    assert result.path == str(paths[read]) and result.report


# Meta tag, date in the list, text, address; the day that is believed when it was fetched on 2024-01-31 (UTC).
DATES = [
    ("2024-01-20", "", "", "", "2024-01-20"),
    ("2099-03-01", "", "", "", ""),
    ("2099-03-01", "2024-01-20", "", "", "2024-01-20"),
    ("", "2099-03-01", "发布日期：2099-03-01", "/209903/t20990301_1.html", ""),
    ("", "2099-03-01", "", "/202401/t20240120_1.html", "2024-01-20"),
    ("", "", "统计时间：2023-01-01 发布日期：2024-01-20", "", "2024-01-20"),
    # It is the next day already where the page was published.
    ("2024-02-01", "", "", "", "2024-02-01"),
    ("2024-02-02", "", "", "", ""),
]


@pytest.mark.parametrize(("meta", "listed", "text", "path", "day"), DATES)
def test_a_day_after_the_fetch_is_not_believed(
    meta: str, listed: str, text: str, path: str, day: str
) -> None:
    url = f"http://a.gov.cn{path or '/1.html'}"
    body = f"<meta charset=utf-8><meta name=PubDate content='{meta}'><p>{text}</p>".encode()
    page = Page(Request(url), url, 200, {"content-type": "text/html"}, body, "2024-01-31T20:00:00Z")
    assert publication_date(page, Link(url, "", listed)) == day
