"""The command line, as a person or a script uses it."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from nianbao.cli import main
from tests.render import form, html

FIXTURES = Path(__file__).parent / "fixtures"
HEYUAN = FIXTURES / "heyuan_2019_lines_traditional" / "source.txt"
HONGZE = FIXTURES / "hongze_2023_layout_wrong_totals" / "source.txt"
CUT_OFF = FIXTURES / "hengdong_2023_pipes_2019_form_cut_off" / "source.txt"
KEYS = [
    "path",
    "sha256",
    "media_type",
    "title",
    "publisher",
    "year",
    "forms",
    "facts",
    "findings",
    "sections",
    "figures",
]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "reports.db"
    run("rebuild", "-d", path, HEYUAN.parent, HONGZE.parent, FIXTURES / "pingtan_2021_html_navigation")
    return path


def test_parse_prints_one_object_a_line() -> None:
    result = run("parse", HEYUAN, HONGZE)
    heyuan, hongze = lines(result)
    assert result.exit_code == 0
    assert list(heyuan) == list(hongze) == KEYS
    assert heyuan["path"] == str(HEYUAN)
    assert heyuan["publisher"] == {
        "name": "河源市人民政府办公室",
        "place": "441600",
        "scope": "general_office",
    }
    fact = next(fact for fact in heyuan["facts"] if fact["field"] == "requests.received.total")
    assert fact == {
        "field": "requests.received.total",
        "value": 26,
        "text": "26",
        "status": "stated",
        "at": fact["at"],
    }
    (finding, _) = hongze["findings"]
    assert (finding["rule"], finding["kind"], finding["expected"], finding["actual"]) == (
        "S4-REVIEW",
        "publisher",
        11,
        0,
    )
    assert finding["hint"] == ["disputes.review.total", 11]


def test_the_html_place_is_table_row_and_cell(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        html("2021", dict.fromkeys((f for t in form("2021").tables for f in t.fields), "0")), "utf-8"
    )
    (report,) = lines(run("parse", page))
    places = {fact["field"]: fact["at"] for fact in report["facts"]}
    assert places["requests.received.total"] == "t5r4c8"


BAD: dict[str, bytes] = {
    "empty.txt": b"",
    "rubbish.bin": bytes(range(256)) * 40,
    "list.html": (FIXTURES / "not_a_report_list_page" / "source.html").read_bytes(),
    "website.html": (FIXTURES / "not_a_report_website_statement" / "source.html").read_bytes(),
    "law.html": (FIXTURES / "not_a_report_rule_of_law" / "source.html").read_bytes(),
    "image.html": (FIXTURES / "not_a_report_image_only" / "source.html").read_bytes(),
    "huge.html": b"<html>" + b"<p>x</p>" * 6_600_000,
    "wrong.pdf": b"%PDF-1.4 and so on",
    "cut.txt": CUT_OFF.read_bytes(),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_with_its_reason_and_the_rest_goes_on(name: str, tmp_path: Path) -> None:
    bad, database = tmp_path / name, tmp_path / "reports.db"
    bad.write_bytes(BAD[name])
    result = run("load", "-d", database, bad, HEYUAN)
    assert result.exit_code == 1
    assert name in result.stderr
    assert "1 reports loaded, 0 already there, 1 not loaded" in result.stderr
    parsed = run("parse", bad, HEYUAN)
    first, second = lines(parsed)
    assert parsed.exit_code == 1
    assert second["year"] == 2019
    assert "error" in first or name == "cut.txt"
    again = run("load", "-d", database, HEYUAN)
    assert (again.exit_code, "0 reports loaded, 1 already there" in again.stderr) == (0, True)


def test_a_file_that_is_not_there_is_an_error_of_its_own(tmp_path: Path) -> None:
    result = run("parse", tmp_path / "none.html", HEYUAN)
    assert result.exit_code == 1
    first, second = lines(result)
    assert first == {
        "path": str(tmp_path / "none.html"),
        "error": f"there is no file or folder {tmp_path / 'none.html'}",
    }
    assert second["year"] == 2019


def test_rebuild_is_whole_or_nothing_and_the_same_each_time(tmp_path: Path) -> None:
    first, second = tmp_path / "a.db", tmp_path / "b.db"
    assert run("rebuild", "-d", first, HEYUAN.parent, "-j", "1").exit_code == 0
    assert run("rebuild", "-d", second, HEYUAN.parent, "-j", "2").exit_code == 0
    assert first.read_bytes() == second.read_bytes()


def test_many_documents_are_read_by_several_processes(tmp_path: Path) -> None:
    for number in range(70):
        (tmp_path / f"{number:03}.txt").write_bytes(HEYUAN.read_bytes() + b"\n" * number)
    result = run("rebuild", "-d", tmp_path / "reports.db", tmp_path, "-j", "2")
    assert (result.exit_code, "70 reports loaded" in result.stderr) == (0, True)


def test_compare_shows_a_column_for_each_year(database: Path) -> None:
    shown = run("compare", "-d", database, "requests_received").stdout
    assert "2019" in shown and "河源市人民政府办公室" in shown and "26" in shown


def test_compare_gives_csv_and_json(database: Path) -> None:
    rows = list(csv.DictReader(StringIO(run("compare", "-d", database, "--csv", "requests_received").stdout)))
    same = json.loads(run("compare", "-d", database, "--json", "requests_received").stdout)
    assert [row["value"] for row in rows] == [str(row["value"]) for row in same]
    assert {(row["place"], row["year"], row["value"]) for row in same} >= {
        ("441600", 2019, 26),
        ("320813", 2023, 21),
    }


@pytest.mark.parametrize(
    ("words", "places"),
    [
        (["-p", "河源市"], {"441600"}),
        (["-p", "441600", "-p", "320813"], {"441600", "320813"}),
        (["-w", "江苏省"], {"320813"}),
        (["-y", "2019-2021"], {"441600", "350128"}),
        (["-y", "2023"], {"320813"}),
        (["-s", "general_office"], {"441600"}),
    ],
)
def test_compare_chooses_reports(database: Path, words: list[str], places: set[str]) -> None:
    rows = json.loads(run("compare", "-d", database, "--json", *words, "requests_received").stdout)
    assert {row["place"] for row in rows} == places


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["no_such_metric"], "nianbao compare --list"),
        (["-p", "鼓楼区"], "give the code"),
        (["-y", "soon"], "write 2021 or 2019-2023"),
        (["-p", "110000"], "no report matches"),
    ],
)
def test_compare_explains_what_is_wrong(database: Path, words: list[str], reason: str) -> None:
    result = run("compare", "-d", database, *words)
    assert result.exit_code != 0
    assert reason in result.stderr


def test_compare_lists_the_metrics(tmp_path: Path) -> None:
    listed = json.loads(run("compare", "--list", "--json", "-d", tmp_path / "none.db").stdout)
    assert {"requests_received", "disclosure_rate"} <= {row["metric"] for row in listed}


@pytest.mark.parametrize("command", ["compare", "findings", "show"])
def test_a_missing_database_is_explained(command: str, tmp_path: Path) -> None:
    result = run(command, "-d", tmp_path / "none.db")
    assert result.exit_code == 1
    assert "nianbao load" in result.stderr


def test_show_prints_the_form(database: Path) -> None:
    direct, stored = run("show", HONGZE), run("show", "-d", database, "-p", "320813")
    assert direct.exit_code == stored.exit_code == 0
    for shown in (direct.stdout, stored.stdout):
        assert "（七）总计" in shown and "复议后起诉" in shown
        assert "review.total = 0" in shown and "disputes.review.total = 11 would fix it" in shown


def test_findings_lists_the_publishers_errors(database: Path) -> None:
    rows = json.loads(run("findings", "-d", database, "-k", "publisher", "--json").stdout)
    assert [(row["rule"], row["expected"], row["actual"]) for row in rows] == [
        ("S4-REVIEW", 11, 0),
        ("S4-AFTER", 5, 0),
    ]
    assert "S4-AFTER" in run("findings", "-d", database, "-r", "S4-AFTER").stdout


def test_every_command_has_help() -> None:
    for name in main.commands:
        assert "Usage" in run(name, "--help").stdout
