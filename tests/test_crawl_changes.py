"""What a crawl makes of sites that change, that are down, and of being killed."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from time import sleep

import pytest

from scraper.fetching.http import FetchSettings
from scraper.visit import Recheck
from tests.crawler import EVENING, NIGHT, QUICK, Crawler
from tests.sites import Reply, Site, make_all
from tests.sites.reports import body, figures, title
from tests.sites.server import serving

EVERYTHING = Recheck(0, 0)
ORGANS = ("云岭市人民政府", "云岭市财政局", "云岭市民政局")
LIST = "/zfxxgk/nb/"
KILLS = 20


def article(organ: str, year: int = 2023, visitors: str = "@@views@@", **changed: int) -> str:
    name = title(organ, year)
    fields = {field.replace("__", "."): value for field, value in changed.items()}
    text = body(organ, year, {**figures(organ, year), **fields})
    told = f"<h1>{name}</h1><p>访问量：{visitors}</p>{text}"
    return f"<html><head><title>{name}</title></head><body>{told}</body></html>"


def listing(organs: tuple[str, ...]) -> str:
    rows = "".join(
        f"<li><a href='{LIST}{number}.html'>{title(organ, 2023)}</a><span>2024-01-2{number}</span></li>"
        for number, organ in enumerate(organs)
    )
    return f"<html><title>政府信息公开年报</title><ul>{rows}</ul>您是第@@views@@位访客</html>"


def small_site() -> Site:
    """Make a site with three reports and counters that move."""
    site = Site("云岭市", "990100", "plain", {"/": f"<a href='{LIST}'>政府信息公开年报</a>"})
    site.pages[LIST] = listing(ORGANS)
    for number, organ in enumerate(ORGANS):
        site.pages[f"{LIST}{number}.html"] = article(organ)
        site.reports.add(f"{LIST}{number}.html")
    return site


@pytest.fixture
def crawler(tmp_path: Path) -> Iterator[Crawler]:
    with serving({"small": small_site()}) as town:
        yield Crawler(tmp_path, town)


def pages(crawler: Crawler) -> dict[str, object]:
    return crawler.town.sites["small"].pages  # type: ignore[return-value]


def test_counters_that_move_are_no_new_version(crawler: Crawler) -> None:
    crawler.night(EVENING)
    night = crawler.night(EVENING + NIGHT, recheck=EVERYTHING)
    assert [row.unchanged for row in night.summary.rows] == [3]
    assert crawler.index("SELECT count(*) FROM versions") == [(3,)]
    assert crawler.index("SELECT change, count(*) FROM captures WHERE run = 2 GROUP BY 1 ORDER BY 1") == [
        ("alike", 4)
    ]


def test_a_replaced_report_is_a_second_version_with_a_finding(crawler: Crawler) -> None:
    crawler.night(EVENING)
    before = figures(ORGANS[1], 2023)["disclosure.licenses.decisions"]
    pages(crawler)[f"{LIST}1.html"] = article(ORGANS[1], disclosure__licenses__decisions=before + 7)
    night = crawler.night(EVENING + NIGHT, recheck=EVERYTHING)
    assert [(row.changed, row.unchanged) for row in night.summary.rows] == [(1, 2)]
    rows = crawler.rows(
        """SELECT version, current, facts.value FROM report_list AS report
           JOIN facts ON facts.report = report.id JOIN fields ON fields.id = facts.field
           WHERE publisher = '云岭市财政局' AND fields.name = 'disclosure.licenses.decisions' ORDER BY 1"""
    )
    assert rows == [(1, 0, before), (2, 1, before + 7)]
    ((message, expected, actual),) = crawler.rows(
        "SELECT message, expected, actual FROM findings WHERE rule = 'V-CHANGED'"
    )
    assert str(message).startswith("replaced at the same address: disclosure.licenses.decisions")
    assert (expected, actual) == (before, before + 7)


def test_a_report_whose_list_tells_of_a_correction_is_looked_at_again(crawler: Crawler) -> None:
    crawler.night(EVENING)
    pages(crawler)[f"{LIST}1.html"] = article(ORGANS[1], disclosure__licenses__decisions=9999)
    pages(crawler)[LIST] = listing(ORGANS).replace("2024-01-21", "2024-03-30")
    night = crawler.night(EVENING + NIGHT)
    assert [row.changed for row in night.summary.rows] == [1]


@pytest.mark.parametrize("gone", [None, "<html><body>页面不存在或已删除</body></html>"])
def test_a_withdrawn_report_is_marked_and_kept(crawler: Crawler, gone: str | None) -> None:
    crawler.night(EVENING)
    pages(crawler)[LIST] = listing(ORGANS[:2])
    if gone is None:
        del pages(crawler)[f"{LIST}2.html"]
    else:
        pages(crawler)[f"{LIST}2.html"] = gone
    night = crawler.night(EVENING + NIGHT)
    assert [(row.withdrawn, row.unchanged) for row in night.summary.rows] == [(1, 0)]
    marked = "SELECT publisher, withdrawn IS NOT NULL FROM report_list JOIN documents USING (url) ORDER BY 1"
    assert crawler.rows(marked) == sorted((organ, int(organ == ORGANS[2])) for organ in ORGANS)
    pages(crawler)[LIST], pages(crawler)[f"{LIST}2.html"] = listing(ORGANS), article(ORGANS[2])
    crawler.night(EVENING + 2 * NIGHT)
    assert {marked for _, marked in crawler.rows(marked)} == {0}
    assert crawler.rows("SELECT count(*) FROM reports") == [(3,)]


def test_a_report_that_leaves_its_list_but_not_the_site_stays(crawler: Crawler) -> None:
    crawler.night(EVENING)
    pages(crawler)[LIST] = listing(ORGANS[:2])
    night = crawler.night(EVENING + NIGHT)
    assert [(row.withdrawn, row.unchanged) for row in night.summary.rows] == [(0, 1)]


def test_a_new_report_is_loaded_in_the_same_run(crawler: Crawler) -> None:
    crawler.night(EVENING)
    pages(crawler)[f"{LIST}3.html"] = article("云岭市水利局")
    pages(crawler)[LIST] = listing((*ORGANS, "云岭市水利局"))
    night = crawler.night(EVENING + NIGHT)
    assert [row.new for row in night.summary.rows] == [1]
    assert crawler.rows("SELECT count(*) FROM reports") == [(4,)]


def test_a_column_that_moved_is_found_again(crawler: Crawler) -> None:
    crawler.night(EVENING)
    site = crawler.town.sites["small"]
    moved = {
        target.replace(LIST, "/new/nb/"): str(page).replace(LIST, "/new/nb/")
        for target, page in site.pages.items()
        if target != "/"
    }
    site.pages = {"/": "<a href='/new/nb/'>政府信息公开年报</a>", **moved}
    night = crawler.night(EVENING + NIGHT)
    assert [(row.new, row.withdrawn) for row in night.summary.rows] == [(3, 3)]
    assert crawler.rows(
        """SELECT current, withdrawn IS NULL, count(*) FROM reports
           JOIN documents ON documents.id = reports.document GROUP BY 1, 2"""
    ) == [(0, 0, 3), (1, 1, 3)]


def test_a_site_that_falls_silent_is_told_of(crawler: Crawler) -> None:
    crawler.night(EVENING)
    pages(crawler)[LIST] = "<html><title>政府信息公开年报</title>正在维护</html>"
    night = crawler.night(EVENING + NIGHT)
    assert night.summary.silent == [crawler.town.address("small")]
    assert night.summary.exit_code(1) == 1


def test_a_site_that_withdraws_all_it_had_is_told_of(crawler: Crawler) -> None:
    crawler.night(EVENING)
    pages(crawler)[LIST] = "<html><title>政府信息公开年报</title></html>"
    for number in range(len(ORGANS)):
        del pages(crawler)[f"{LIST}{number}.html"]
    night = crawler.night(EVENING + NIGHT)
    assert [row.withdrawn for row in night.summary.rows] == [3]
    assert night.summary.silent == [crawler.town.address("small")]
    assert "no list of reports was found" in night.summary.rows[0].reason


def test_a_site_that_is_down_loses_nothing(crawler: Crawler) -> None:
    crawler.night(EVENING)
    site = crawler.town.sites["small"]
    kept, site.pages = site.pages, {}
    site.answer = lambda asked: Reply("", 503)  # type: ignore[method-assign]
    night = crawler.night(EVENING + NIGHT)
    assert [(row.outcome, row.withdrawn) for row in night.summary.rows] == [("failed", 0)]
    assert "503" in night.summary.rows[0].reason
    assert crawler.rows("SELECT count(*) FROM documents WHERE withdrawn IS NULL") == [(3,)]
    assert len(kept) == 5


def test_a_site_that_used_to_give_reports_and_is_blocked_is_told_of_once(crawler: Crawler) -> None:
    crawler.night(EVENING)
    crawler.town.sites["small"].answer = lambda asked: Reply("", 521)  # type: ignore[method-assign]
    for number, silent in ((1, [crawler.town.address("small")]), (2, [])):
        night = crawler.night(EVENING + number * NIGHT)
        assert [row.outcome for row in night.summary.rows] == ["blocked"]
        assert night.summary.silent == silent
        assert night.summary.exit_code(1) == len(silent)


def test_a_host_that_asks_to_be_left_alone_is(crawler: Crawler) -> None:
    busy = Reply("", 429, headers={"Retry-After": "86400"})
    crawler.town.sites["small"].answer = lambda asked: busy  # type: ignore[method-assign]
    night = crawler.night(EVENING, QUICK._replace(retries=1))
    assert night.asked["small"] == 1
    assert "wait of 86400 seconds" in night.summary.rows[0].reason


def test_answers_that_told_nothing_new_do_not_pile_up(crawler: Crawler) -> None:
    held = []
    for number in range(4):
        crawler.night(EVENING + number * NIGHT, recheck=EVERYTHING)
        held += crawler.index("SELECT count(*) FROM captures")
    assert held[1:] == [held[1]] * 3
    assert crawler.index("SELECT count(*) FROM captures WHERE change = 'new'") == [held[0]]
    assert crawler.taken() == {"small": crawler.town.sites["small"].reports}


def test_the_pause_is_kept_at_every_host(tmp_path: Path) -> None:
    chosen = ("slow_county", "hanweb_jpaas_county", "moved_city", "moved_city_new")
    every = make_all()
    with serving({name: every[name] for name in chosen}) as town:
        Crawler(tmp_path, town).night(EVENING, FetchSettings(pause=0.06, jitter=0.2, allow_private=True))
        for name in chosen:
            at = [seen.at for seen in town.seen if seen.site == name]
            assert len(at) > 1
            assert min(later - earlier for earlier, later in zip(at, at[1:], strict=False)) >= 0.06


def crawl_command(crawler: Crawler) -> subprocess.Popen[bytes]:
    command = "from nianbao.cli import main; main()"
    options = ("--sites", "sites.csv", "--no-registry", "--allow-private", "--pause", "0.03", "--all")
    with (crawler.folder / "messages.txt").open("a") as messages:
        return subprocess.Popen(
            [sys.executable, "-c", command, "crawl", *options],
            cwd=crawler.folder,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)},
            stdout=subprocess.DEVNULL,
            stderr=messages,
        )


def outcome(crawler: Crawler) -> dict[str, object]:
    """Say what a crawl came to, without its times and the order of its hosts."""
    responses = crawler.index(
        "SELECT url, status, payload FROM captures WHERE change = 'new' ORDER BY 1, 2, 3"
    )
    names = ("reports", "facts", "findings", "sections", "figures", "metric_values")
    return {
        "responses": responses,
        "doubled": [url for url, number in Counter(responses).items() if number > 1],
        "versions": crawler.index("SELECT site, key, content FROM versions ORDER BY 1, 2, 3"),
        "pages": crawler.index("SELECT site, key, role, year FROM pages ORDER BY 1, 2"),
        "reports": crawler.rows(
            "SELECT publisher, place, year, version, current, sha256 FROM report_list ORDER BY 1, 3, 6"
        ),
        "findings": crawler.rows(
            "SELECT rule, publisher, year, message FROM finding_list ORDER BY 1, 2, 3, 4"
        ),
        "counts": [crawler.rows(f"SELECT count(*) FROM {name}") for name in names],
    }


def test_killed_at_any_moment_a_crawl_comes_to_the_same(tmp_path: Path) -> None:
    chosen = ("ucap_static_county", "nfcms_city", "moved_city_new", "robots_county", "epoint_city")
    every = make_all()
    moments = random.Random(20240402)
    with serving({name: every[name] for name in chosen}) as town:
        undisturbed = Crawler(tmp_path / "undisturbed", town)
        assert crawl_command(undisturbed).wait() == 0
        expected, kills, number = outcome(undisturbed), 0, 0
        assert not expected["doubled"]
        while kills < KILLS:
            number += 1
            crawler = Crawler(tmp_path / f"killed{number}", town)
            for again in count():
                process = crawl_command(crawler)
                sleep(moments.uniform(0.4, 1.4) + again / 10)  # a slow machine gets on too
                if process.poll() is not None:
                    break
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
            assert process.returncode == 0, (crawler.folder / "messages.txt").read_text()
            found = outcome(crawler)
            for part in expected:
                assert found[part] == expected[part], part


def test_an_odd_answer_withdraws_nothing(crawler: Crawler) -> None:
    crawler.night(EVENING)
    pages(crawler)[f"{LIST}2.html"] = Reply("", 418)
    night = crawler.night(EVENING + NIGHT, recheck=EVERYTHING)
    assert [(row.withdrawn, row.failed, row.unchanged) for row in night.summary.rows] == [(0, 1, 2)]
    assert "answers 418" in night.summary.rows[0].reason


MENDING = "<html><title>系统维护</title><body>系统正在升级维护，请稍后访问。</body></html>"


@pytest.mark.parametrize(
    "targets", [("/", LIST, f"{LIST}0.html", f"{LIST}1.html", f"{LIST}2.html"), (f"{LIST}2.html",)]
)
@pytest.mark.parametrize("instead", [MENDING, ""])
def test_a_site_that_is_being_mended_withdraws_nothing(
    crawler: Crawler, targets: tuple[str, ...], instead: str
) -> None:
    crawler.night(EVENING)
    kept = dict(pages(crawler))
    pages(crawler).update(dict.fromkeys(targets, instead))
    night = crawler.night(EVENING + NIGHT, recheck=EVERYTHING)
    assert [row.withdrawn for row in night.summary.rows] == [0]
    assert night.summary.rows[0].reason
    assert crawler.rows("SELECT count(*) FROM documents WHERE withdrawn IS NOT NULL") == [(0,)]
    pages(crawler).update(kept)
    night = crawler.night(EVENING + 2 * NIGHT, recheck=EVERYTHING)
    assert [(row.new, row.changed, row.unchanged) for row in night.summary.rows] == [(0, 0, 3)]


def test_a_report_that_is_empty_at_first_is_asked_for_the_next_night(crawler: Crawler) -> None:
    kept = pages(crawler)[f"{LIST}1.html"]
    pages(crawler)[f"{LIST}1.html"] = " "
    assert "1.html is empty" in crawler.night(EVENING).summary.rows[0].reason
    pages(crawler)[f"{LIST}1.html"] = kept
    assert [row.new for row in crawler.night(EVENING + NIGHT).summary.rows] == [1]


def test_a_changed_report_is_seen_though_its_attachment_may_not_be_fetched(crawler: Crawler) -> None:
    hanging = "<a href='http://www.example.com/1.pdf'>附件.pdf</a>"
    pages(crawler)[f"{LIST}0.html"] = article(ORGANS[0]) + hanging
    crawler.night(EVENING)
    changed = article(ORGANS[0], disclosure__licenses__decisions=4321)
    pages(crawler)[f"{LIST}0.html"] = changed + hanging
    night = crawler.night(EVENING + NIGHT, recheck=EVERYTHING)
    assert [(row.changed, row.unchanged) for row in night.summary.rows] == [(1, 2)]


def test_an_attachment_is_part_of_its_report(crawler: Crawler) -> None:
    with_file = article(ORGANS[0]).replace("</body>", "<a href='/files/a.zip'>附件1.zip</a></body>")
    pages(crawler)[f"{LIST}0.html"] = with_file
    pages(crawler)["/files/a.zip"] = Reply(b"first", media_type="application/zip")
    crawler.night(EVENING)
    pages(crawler)["/files/a.zip"] = Reply("", 503)
    night = crawler.night(EVENING + NIGHT, recheck=EVERYTHING)
    assert [(row.changed, row.unchanged, row.failed) for row in night.summary.rows] == [(0, 2, 1)]
    pages(crawler)["/files/a.zip"] = Reply(b"second", media_type="application/zip")
    night = crawler.night(EVENING + 2 * NIGHT, recheck=EVERYTHING)
    assert [(row.changed, row.unchanged, row.failed) for row in night.summary.rows] == [(1, 2, 0)]


def test_what_was_found_before_troubles_is_kept(crawler: Crawler) -> None:
    folders = "".join(f"<a href='/zfxxgk/{year}/'>{year}年</a>" for year in (2020, 2021, 2022))
    pages(crawler)[LIST] = str(pages(crawler)[LIST]).replace("</ul>", f"</ul>{folders}")
    for year in (2020, 2021, 2022):
        pages(crawler)[f"/zfxxgk/{year}/"] = Reply("", 500)
    night = crawler.night(EVENING)
    assert [(row.outcome, row.new) for row in night.summary.rows] == [("done", 3)]
    assert "stopped after 3 errors in a row" in night.summary.rows[0].reason
