"""The nightly run: due sites side by side, one request at a time per host, resumed where it stopped."""

import gc
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Semaphore
from typing import NamedTuple

from scraper.archive.catalogue import SiteIndex
from scraper.archive.store import Archive
from scraper.calendar import Calendar
from scraper.discovery.discover import Limits
from scraper.fetching.http import Fetcher, FetchSettings
from scraper.fetching.transport import Interrupted
from scraper.sites import Site
from scraper.visit import Recheck, Visit, Visited

# A run that was killed is taken up again within this time; later a new one begins.
RESUMED = timedelta(hours=20)
TIME = "%Y-%m-%dT%H:%M:%SZ"
# Most hosts that fail under load answer when they are asked again slowly.
SLOW_AT_ONCE = 8
# Python works on one page at a time; packing and the index go on beside it.
DESKS = 4
LINKS_BETWEEN = 50_000
COUNTS = ("fetched", "unchanged", "new", "changed", "withdrawn", "refused", "failed")


SUMS = {
    "sites": "count(*)",
    "blocked": "coalesce(sum(outcome = 'blocked'), 0)",
    "failed": "coalesce(sum(outcome IN ('failed', 'refused')), 0)",
    **{name: f"coalesce(sum({name}), 0)" for name in COUNTS if name != "failed"},
}


# Answers that told nothing new and were answered again since: a night has ten for every site.
FORGET = """DELETE FROM captures WHERE change <> 'new'
    AND id < (SELECT max(id) FROM captures AS later WHERE later.key = captures.key)
    AND id NOT IN (SELECT capture FROM versions)
    AND id NOT IN (SELECT value FROM versions, json_each(versions.attachments))"""


class Settings(NamedTuple):
    """How a run behaves; ``at_once`` is the number of hosts visited side by side."""

    fetching: FetchSettings
    limits: Limits = Limits()
    recheck: Recheck = Recheck()
    calendar: Calendar = Calendar()
    at_once: int = 64
    every_site: bool = False


class Run(NamedTuple):
    """A run as the archive has it; ``is_resumed`` when it goes on with one that was killed."""

    id: int
    warc: str
    is_resumed: bool


def begin(archive: Archive, now: datetime) -> Run:
    """Begin a run, or take up the last one if it was killed a short while ago."""
    archive.truncate_unfinished()
    rows = archive.rows("SELECT id, started, warc FROM runs WHERE finished IS NULL ORDER BY id DESC LIMIT 1")
    for number, started, warc in rows:
        if now - datetime.fromisoformat(started) < RESUMED:
            return Run(number, warc, True)
    with archive.writing() as index:
        index.execute("UPDATE runs SET finished = started, outcome = 'killed' WHERE finished IS NULL")
        (number,) = index.execute("SELECT coalesce(max(id), 0) + 1 FROM runs").fetchone()
        warc = f"nianbao-{now:%Y%m%dT%H%M%SZ}-{number:05}.warc.gz"
        index.execute(
            "INSERT INTO runs (id, started, warc) VALUES (?, ?, ?)", (number, f"{now:{TIME}}", warc)
        )
    return Run(number, warc, False)


def end(archive: Archive, run: Run, outcome: str, reason: str = "") -> None:
    """Write down how a run ended: done, stopped or failed, and what its visits add up to."""
    with archive.writing() as index:
        index.execute(
            f"""UPDATE runs SET finished = ?, outcome = ?, reason = ?, ({", ".join(SUMS)}) =
                (SELECT {", ".join(SUMS.values())} FROM visits WHERE run = runs.id) WHERE id = ?""",
            (f"{datetime.now(UTC):{TIME}}", outcome, reason, run.id),
        )
        index.execute(FORGET)


def giving(archive: Archive) -> frozenset[str]:
    """Name the sites (place and host) whose last visit went well and found reports."""
    visits = archive.rows("SELECT site, outcome, reports, max(run) FROM visits GROUP BY site")
    return frozenset(site for site, outcome, reports, _ in visits if outcome == "done" and reports)


def plan(
    archive: Archive, sites: Iterable[Site], run: Run | None, settings: Settings, now: datetime
) -> list[Site]:
    """Choose the sites that are due, those first that lack the newest year, then those not seen longest."""
    last = {
        site: (datetime.fromisoformat(visited), newest or 0, number)
        for site, visited, newest, number in archive.rows(
            "SELECT site, max(visited), newest, run FROM visits GROUP BY site"
        )
    }
    never = (datetime.min.replace(tzinfo=UTC), 0, 0)

    def state(site: Site) -> tuple[datetime, int, int]:
        return last.get(site.id, never)

    due = [
        site
        for site in sites
        if (run is None or state(site)[2] != run.id)
        and (settings.every_site or state(site) is never or settings.calendar.is_due(state(site)[0], now))
    ]
    year = settings.calendar.newest_year(now.date())
    return sorted(due, key=lambda site: (state(site)[1] >= year, state(site)[0]))


def crawl(
    archive: Archive, sites: Sequence[Site], run: Run, settings: Settings, now: datetime, stop: Event
) -> Generator[Visited, None, None]:
    """Visit sites, hosts side by side, and give each visit as it ends.

    Sites whose hosts failed are visited again at the end, few at once and slowly, but for those whose hosts
    asked to be left alone. When ``stop`` is set the visits under way end without a result. Raises
    ArchiveFull.
    """
    failed: list[Site] = []
    fast, slow = Fetcher(settings.fetching, stop), Fetcher(_slower(settings.fetching), stop)
    with _collecting_seldom():
        for visited in _pass(archive, sites, run, settings, now, fast, settings.at_once):
            if visited.outcome == "failed" and all(map(fast.is_available, visited.site.hosts)):
                failed.append(visited.site)
            else:
                yield _finish(archive, run, visited, now)
        for visited in _pass(archive, failed, run, settings, now, slow, min(SLOW_AT_ONCE, settings.at_once)):
            yield _finish(archive, run, visited, now)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Look for cycles seldom: links come by the thousand and make none, and looking takes a tenth."""
    before = gc.get_threshold()
    gc.set_threshold(LINKS_BETWEEN, *before[1:])
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def _pass(
    archive: Archive,
    sites: Sequence[Site],
    run: Run,
    settings: Settings,
    now: datetime,
    fetcher: Fetcher,
    at_once: int,
) -> Generator[Visited, None, None]:
    desk = Semaphore(DESKS)

    def visit(group: list[Site]) -> list[Visited]:
        visits = []
        for site in group:
            catalogue = SiteIndex(archive, site, run.id, run.warc, now)
            visits.append(Visit(fetcher, catalogue, settings.limits, settings.recheck, desk).make())
        return visits

    pool = ThreadPoolExecutor(at_once, thread_name_prefix="host")
    try:
        futures = [pool.submit(visit, group) for group in _sharing_hosts(sites)]
        for future in as_completed(futures):
            yield from _result(future)
    except BaseException:
        fetcher.stop.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _sharing_hosts(sites: Iterable[Site]) -> list[list[Site]]:
    """Put sites together that share a host: they are visited in turn, and share what is fetched."""
    groups: dict[str, list[Site]] = {}
    for site in sites:
        joined = {id(groups[host]): groups[host] for host in site.hosts if host in groups}
        group = [*(each for group in joined.values() for each in group), site]
        groups.update((host, group) for each in group for host in each.hosts)
    return list({id(group): group for group in groups.values()}.values())


def _result(future: Future[list[Visited]]) -> list[Visited]:
    try:
        return future.result()
    except Interrupted:
        return []


def _slower(fetching: FetchSettings) -> FetchSettings:
    return fetching._replace(
        pause=2 * fetching.pause,
        connect_timeout=2 * fetching.connect_timeout,
        read_timeout=2 * fetching.read_timeout,
    )


def _finish(archive: Archive, run: Run, visited: Visited, now: datetime) -> Visited:
    """Write down how a visit ended."""
    site = visited.site
    row = (
        run.id,
        site.id,
        site.place,
        site.name,
        site.host,
        f"{now:{TIME}}",
        visited.outcome,
        visited.reason,
        visited.reports,
        visited.newest,
        *(visited.counts[count] for count in COUNTS),
    )
    with archive.writing() as index:
        index.execute(f"INSERT OR REPLACE INTO visits VALUES ({', '.join('?' * len(row))})", row)
    return visited
