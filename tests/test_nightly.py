"""The commands of the crawl, when sites are due, and what coverage says."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import click
import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from db.coverage import RegistryPlace, coverage, deadline
from db.schema import open_database
from nianbao.cli import main
from nianbao.options import parse_years
from scraper.archive.store import Archive
from scraper.calendar import Calendar, parse_season
from scraper.crawl import Settings, begin_run, crawl, end_run, plan
from scraper.sites import Site
from tests.crawler import EVENING, QUICK, Crawler
from tests.sites import Reply, make_all
from tests.sites.server import serving
from tests.test_crawl_changes import LIST, small_site

OPTIONS = (
    "--sites",
    "sites.csv",
    "--no-registry",
    "--allow-private",
    "--pause",
    "0",
    "--contact",
    "me@x.org",
)
JULY, MARCH = datetime(2024, 7, 1, 20, tzinfo=UTC), datetime(2024, 3, 1, 20, tzinfo=UTC)


@pytest.fixture
def crawler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crawler]:
    every = make_all()
    with serving({"small": small_site(), "blocked": every["blocked_city"]}) as town:
        monkeypatch.chdir(tmp_path)
        yield Crawler(tmp_path, town)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_a_crawl_is_summed_up_and_its_exit_code_tells_of_blocked_sites(crawler: Crawler) -> None:
    result = run("crawl", *OPTIONS, "--json")
    assert result.exit_code == 1, "half of the sites are blocked"
    rows = {row["name"]: row for row in json.loads(result.stdout)}
    assert (rows["云岭市"]["outcome"], rows["云岭市"]["new"]) == ("done", 3)
    assert rows["岚阙市"]["outcome"] == "blocked"
    assert "2 sites (1 blocked, 1 done)" in result.stderr
    assert run("crawl", *OPTIONS, "--threshold", "0.5").exit_code == 0
    assert crawler.index("SELECT outcome, sites, blocked, failed, new FROM runs ORDER BY id") == [
        ("done", 2, 1, 0, 3),
        ("done", 0, 0, 0, 0),
    ]


def test_a_site_that_was_visited_is_not_due_again(crawler: Crawler) -> None:
    assert len(run("crawl", *OPTIONS, "--plan", "--csv").stdout.splitlines()) == 3
    run("crawl", *OPTIONS)
    asked = len(crawler.town.seen)
    assert "none was due" in run("crawl", *OPTIONS).stderr
    assert len(crawler.town.seen) == asked
    assert run("crawl", *OPTIONS, "--all", "--host", crawler.town.address("small")).exit_code == 0


def test_any_address_can_be_crawled_without_a_registry(crawler: Crawler) -> None:
    for address in (
        crawler.town.url("small"),
        crawler.town.url("small", LIST),
        crawler.town.url("small", f"{LIST}1.html"),
    ):
        result = run(
            "crawl", address, "--no-registry", "--allow-private", "--pause", "0", "--archive", "other"
        )
        assert result.exit_code == 0, result.output
    assert crawler.rows("SELECT count(*) FROM reports") == [(3,)]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("crawl", "www.x.gov.cn"), "write it in full"),
        (("crawl", "--season", "March"), "is not a season"),
        (("crawl", *OPTIONS, "--pause", "nan"), "'--pause'"),
        (("crawl", *OPTIONS, "--pause", "-1"), "'--pause'"),
        (("crawl", *OPTIONS, "--every", "nan"), "'--every'"),
        (("crawl", *OPTIONS, "--at-once", "0"), "'--at-once'"),
        (("crawl", *OPTIONS, "--pages", "0"), "'--pages'"),
        (("crawl", *OPTIONS, "--threshold", "nan"), "'--threshold'"),
        (("sites", "--sites", "."), "Is a directory"),
        (("crawl", *OPTIONS, "--archive", "sites.csv/x"), "sites.csv/x"),
        (("crawl", "--contact", "我"), "plain ASCII"),
        (("crawl", "--place", "亚特兰蒂斯"), "no place is named"),
        (("crawl", "--no-registry"), "no site matches"),
        (("crawl", "--sites", "nowhere.csv"), "nowhere.csv"),
        (("coverage", "--database", "none.db"), "there is no database"),
        (("schedule", "--at", "25:99"), "25:99 is not a time of day"),
    ],
)
def test_wrong_words_are_explained_in_a_line(
    crawler: Crawler, arguments: tuple[str, ...], reason: str
) -> None:
    # --plan: were a word taken after all, it must not send a test to the hosts of the registry.
    result = run(*arguments, *(["--plan"] if arguments[0] == "crawl" else []))
    assert result.exit_code != 0
    assert reason in result.stderr and "Traceback" not in result.output


@pytest.mark.parametrize("text", ["1-99999999", "2023-2020", "20", "2021-x", "-2021", "二〇二一"])
def test_what_is_no_year_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a year"):
        parse_years([text])


def test_a_wrong_row_is_told_of_and_the_others_are_visited(crawler: Crawler) -> None:
    crawler.table.write_text(crawler.table.read_text("utf-8") + "99,x,www.x.gov.cm,,nofamily,,\n", "utf-8")
    result = run("crawl", *OPTIONS, "--threshold", "1", "--json")
    assert result.exit_code == 1
    assert "sites.csv, row 4: www.x.gov.cm" in result.stderr
    assert {row["outcome"] for row in json.loads(result.stdout)} == {"done", "blocked"}


def test_a_second_crawl_is_kept_out(crawler: Crawler) -> None:
    (crawler.folder / "archive").mkdir()
    with FileLock(crawler.folder / "archive" / "crawl.lock"):
        result = run("crawl", *OPTIONS)
    assert result.exit_code == 1
    assert "another crawl is running in archive" in result.stderr


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_a_crawl_cleanly(crawler: Crawler, times: int) -> None:
    if times == 2:  # a host that lets the first one wait
        home = crawler.town.sites["blocked"]
        home.answer = lambda asked: Reply("", delay=8)  # type: ignore[method-assign]
    slow = ("--pause", "1", "--sites", "sites.csv", "--no-registry", "--allow-private")
    process = subprocess.Popen(
        [sys.executable, "-c", "from nianbao.cli import main; main()", "crawl", *slow],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)},
        cwd=crawler.folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(crawler.town.seen) < 4:
        time.sleep(0.05)
    began = time.monotonic()
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(1)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130, told
    assert "Traceback" not in told and "stopping once pending responses have arrived" in told
    assert times == 1 or time.monotonic() - began < 6
    assert crawler.index("SELECT outcome FROM runs") == [("stopped",) if times == 1 else (None,)]
    if times == 2:
        del home.answer
    assert run("crawl", *OPTIONS, "--threshold", "1").exit_code == 0
    assert crawler.rows("SELECT count(*) FROM reports") == [(3,)]


def test_coverage_tells_who_published_when_and_who_did_not(crawler: Crawler) -> None:
    run("crawl", *OPTIONS)
    result = run("coverage", "--sites", "sites.csv", "--no-registry", "--year", "2022-2023", "--json")
    cells = {(cell["name"], cell["year"]): cell for cell in json.loads(result.stdout)}
    own = cells["云岭市", 2023]
    assert (own["state"], own["published"], own["late"]) == ("published", "2024-01-20", -71)
    assert (own["scope"], own["bodies"]) == ("city_aggregate", 2)
    assert cells["云岭市", 2022]["state"] == "missing"
    assert cells["岚阙市", 2023]["state"] == "blocked"
    shown = run("coverage", "--sites", "sites.csv", "--no-registry", "--year", "2022-2023").stdout
    assert "✓ 2" in shown and "x" in shown


def test_coverage_counts_days_and_what_is_not_read(tmp_path: Path) -> None:
    place = RegistryPlace("441600", "河源市", "done", {2021: 2})
    with closing(open_database(tmp_path / "reports.db", create=True)) as db:
        assert [cell.state for cell in coverage(db, [place], [2020, 2021])] == ["missing", "unread"]
    assert deadline(2023, "city_aggregate") == date(2024, 3, 31)
    assert deadline(2023, "general_office") == date(2024, 1, 31)
    assert deadline(2016, "general_office") == date(2017, 3, 31)


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("01-05..04-10", date(2024, 1, 5), True),
        ("01-05..04-10", date(2024, 1, 4), False),
        ("01-05..04-10", date(2024, 4, 10), True),
        ("12-20..04-10", date(2024, 12, 31), True),
        ("12-20..04-10", date(2024, 6, 1), False),
    ],
)
def test_seasons(text: str, day: date, expected: bool) -> None:
    assert parse_season(text).in_season(day) is expected


def test_sites_are_due_nightly_in_season_and_weekly_otherwise() -> None:
    calendar = Calendar()
    day = timedelta(days=1)
    assert calendar.is_due(None, JULY)
    assert calendar.is_due(MARCH - day + timedelta(hours=2), MARCH)
    assert not calendar.is_due(MARCH - day / 2, MARCH)
    assert calendar.is_due(MARCH + 30 * day, MARCH), "the clock went wrong once"
    assert not calendar.is_due(JULY - 5 * day, JULY)
    assert calendar.is_due(JULY - 7 * day, JULY)
    assert (calendar.newest_year(date(2024, 1, 4)), calendar.newest_year(date(2024, 1, 5))) == (2022, 2023)


def test_sites_that_lack_the_newest_year_come_first(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        run = begin_run(archive, MARCH)
        sites = [Site("1", "", host) for host in ("has.gov.cn", "lacks.gov.cn", "never.gov.cn")]
        with archive.writing() as index:
            for host, newest in (("has.gov.cn", 2023), ("lacks.gov.cn", 2022)):
                visit = (run.id, f"1 {host}", "1", "", host, "2024-02-01T20:00:00Z", "done", "", 1, newest)
                index.execute("INSERT INTO visits VALUES (?,?,?,?,?,?,?,?,?,?,0,0,0,0,0,0,0)", visit)
        end_run(archive, run, "done")
        due = plan(archive, sites, begin_run(archive, MARCH), Settings(QUICK), MARCH)
        assert [site.host for site in due] == ["never.gov.cn", "lacks.gov.cn", "has.gov.cn"]


def test_sites_of_one_host_are_visited_one_after_the_other(tmp_path: Path) -> None:
    with serving({"small": small_site()}) as town:
        host = town.address("small")
        sites = [Site(place, place, host) for place in ("990101", "990102", "990103")]
        with Archive(tmp_path) as archive:
            run = begin_run(archive, EVENING)
            visits = list(crawl(archive, sites, run, Settings(QUICK), EVENING, Event()))
        assert [(each.outcome, each.reports) for each in visits] == [("done", 3)] * 3
        assert len(town.seen) == len({seen.asked.target for seen in town.seen})


def test_the_registry_is_listed_and_filtered() -> None:
    rows = json.loads(run("sites", "--within", "福建省", "--json").stdout)
    assert {row["place"][:2] for row in rows} == {"35"}
    assert any(row["host"] == "www.pingtan.gov.cn" for row in rows)


def test_a_schedule_is_printed_for_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("schedule", "--kind", "cron", "--at", "03:15", "--", "--contact", "me@x.org")
    assert result.exit_code == 0, result.output
    assert f"15 3 * * * cd {tmp_path}" in result.stdout
    assert "crawl --contact me@x.org" in result.stdout
