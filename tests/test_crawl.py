"""Whole crawls over real HTTP, of all the sites that a server on loopback emulates."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.crawler import EVENING, NIGHT, Crawler, Night
from tests.sites import make_all
from tests.sites.server import serving


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawler, Night]]:
    """All the sites, after a first night."""
    with serving(make_all()) as town:
        crawler = Crawler(tmp_path_factory.mktemp("crawled"), town)
        yield crawler, crawler.night(EVENING)


def test_every_report_is_found_and_no_look_alike_taken(crawled: tuple[Crawler, Night]) -> None:
    crawler, _ = crawled
    wanted = {name: site.reports for name, site in crawler.town.sites.items()}
    assert crawler.taken() == wanted
    assert sum(map(len, wanted.values())) > 300


def test_every_report_is_in_the_database(crawled: tuple[Crawler, Night]) -> None:
    crawler, night = crawled
    reports = sum(len(site.reports) for site in crawler.town.sites.values())
    assert sum(row.unread for row in night.summary.rows) == 0
    assert crawler.rows("SELECT count(*) FROM documents") == [(reports,)]
    assert crawler.rows("SELECT count(*) FROM documents WHERE published IS NULL") == [(0,)]
    assert crawler.rows("SELECT * FROM published_errors") == []


def test_blocked_sites_are_told_of_as_blocked(crawled: tuple[Crawler, Night]) -> None:
    crawler, night = crawled
    blocked = {crawler.town.address(name) for name, site in crawler.town.sites.items() if site.blocked}
    assert {row.host for row in night.summary.rows if row.outcome == "blocked"} == blocked
    assert {row.outcome for row in night.summary.rows if row.host not in blocked} == {"done"}
    assert not night.summary.silent and night.summary.exit_code(0.2) == 0


def test_robots_are_obeyed(crawled: tuple[Crawler, Night]) -> None:
    crawler, _ = crawled
    asked = [seen.asked.path for seen in crawler.town.seen if seen.site == "robots_county"]
    assert asked[0] == "/robots.txt"
    assert not [path for path in asked if path.startswith("/private/")]


def test_a_second_night_asks_for_lists_alone_and_changes_nothing(crawled: tuple[Crawler, Night]) -> None:
    crawler, _ = crawled
    database = (crawler.folder / "reports.db").read_bytes()
    lists = Counter(
        str(site).partition(" ")[2] for (site,) in crawler.index("SELECT site FROM pages WHERE role = 'list'")
    )
    night = crawler.night(EVENING + NIGHT)
    for name in crawler.town.sites:
        assert night.asked[name] <= lists[crawler.town.address(name)] + 1, name
    assert crawler.index("SELECT count(*) FROM captures WHERE run = 2 AND change = 'new'") == [(0,)]
    assert crawler.index("SELECT count(*) FROM versions WHERE run = 2") == [(0,)]
    assert (crawler.folder / "reports.db").read_bytes() == database
