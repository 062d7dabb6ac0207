"""The nightly run: visit the due sites in parallel, host by host, and resume a run that was killed."""

import gc
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Semaphore
from typing import NamedTuple

from scraper.archive.site_index import SiteIndex
from scraper.archive.store import Archive
from scraper.calendar import Calendar
from scraper.discovery.discover import Limits
from scraper.fetching.http import Fetcher, FetchSettings
from scraper.fetching.transport import Interrupted
from scraper.sites import Site
from scraper.visit import Recheck, Visit, VisitResult

# A killed run is resumed within this time; later a new run begins.
RESUME_WITHIN = timedelta(hours=20)
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
# Hosts that fail under load mostly answer a slower retry, so failed sites are retried with few threads.
RETRY_CONCURRENCY = 8
# Threads that may work on pages at once. The GIL lets one run Python; compression and SQLite release it.
WORK_SLOTS = 4
# Allocations between garbage collections; see _infrequent_gc.
GC_THRESHOLD = 50_000
COUNTS = ("fetched", "unchanged", "new", "changed", "withdrawn", "refused", "failed")


RUN_TOTALS = {
    "sites": "count(*)",
    "blocked": "coalesce(sum(outcome = 'blocked'), 0)",
    "failed": "coalesce(sum(outcome IN ('failed', 'refused')), 0)",
    **{name: f"coalesce(sum({name}), 0)" for name in COUNTS if name != "failed"},
}


# Captures without a new body that a later one supersedes; every night adds about ten per site.
PRUNE_CAPTURES = """DELETE FROM captures WHERE change <> 'new'
    AND id < (SELECT max(id) FROM captures AS later WHERE later.key = captures.key)
    AND id NOT IN (SELECT capture FROM versions)
    AND id NOT IN (SELECT value FROM versions, json_each(versions.attachments))"""


class Settings(NamedTuple):
    """How a run behaves; ``concurrency`` is the number of hosts visited in parallel."""

    fetching: FetchSettings
    limits: Limits = Limits()
    recheck: Recheck = Recheck()
    calendar: Calendar = Calendar()
    concurrency: int = 64
    every_site: bool = False


class Run(NamedTuple):
    """A run in the archive; ``is_resumed`` if it continues one that was killed."""

    id: int
    warc: str
    is_resumed: bool


def begin_run(archive: Archive, now: datetime) -> Run:
    """Begin a run, or resume the last one if it was killed recently."""
    archive.truncate_unfinished()
    rows = archive.rows("SELECT id, started, warc FROM runs WHERE finished IS NULL ORDER BY id DESC LIMIT 1")
    for run_id, started, warc in rows:
        if now - datetime.fromisoformat(started) < RESUME_WITHIN:
            return Run(run_id, warc, True)
    with archive.writing() as index:
        index.execute("UPDATE runs SET finished = started, outcome = 'killed' WHERE finished IS NULL")
        (run_id,) = index.execute("SELECT coalesce(max(id), 0) + 1 FROM runs").fetchone()
        warc = f"nianbao-{now:%Y%m%dT%H%M%SZ}-{run_id:05}.warc.gz"
        index.execute(
            "INSERT INTO runs (id, started, warc) VALUES (?, ?, ?)", (run_id, f"{now:{TIME_FORMAT}}", warc)
        )
    return Run(run_id, warc, False)


def end_run(archive: Archive, run: Run, outcome: str, reason: str = "") -> None:
    """Record the outcome of a run (done, stopped or failed) and the totals of its visits."""
    with archive.writing() as index:
        index.execute(
            f"""UPDATE runs SET finished = ?, outcome = ?, reason = ?, ({", ".join(RUN_TOTALS)}) =
                (SELECT {", ".join(RUN_TOTALS.values())} FROM visits WHERE run = runs.id) WHERE id = ?""",
            (f"{datetime.now(UTC):{TIME_FORMAT}}", outcome, reason, run.id),
        )
        index.execute(PRUNE_CAPTURES)


def productive_sites(archive: Archive) -> frozenset[str]:
    """Return the ids of the sites whose last visit was done and found reports."""
    visits = archive.rows("SELECT site, outcome, reports, max(run) FROM visits GROUP BY site")
    return frozenset(site for site, outcome, reports, _ in visits if outcome == "done" and reports)


def plan(
    archive: Archive, sites: Iterable[Site], run: Run | None, settings: Settings, now: datetime
) -> list[Site]:
    """Return the sites that are due: first those without the newest year, then by time of last visit."""
    last = {
        site: (datetime.fromisoformat(visited), newest or 0, run_id)
        for site, visited, newest, run_id in archive.rows(
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
) -> Generator[VisitResult, None, None]:
    """Visit sites in parallel, and yield the result of each visit as it ends.

    Failed sites are retried at the end, slowly and with less concurrency, unless a host sent a Retry-After
    that is too long. When ``stop`` is set, the visits in progress end without a result. Raises
    ArchiveWriteError and WrongArchive.
    """
    failed: list[Site] = []
    fast, slow = Fetcher(settings.fetching, stop), Fetcher(_slower(settings.fetching), stop)
    with _infrequent_gc():
        for result in _visit_all(archive, sites, run, settings, now, fast, settings.concurrency):
            if result.outcome == "failed" and all(map(fast.is_available, result.site.hosts)):
                failed.append(result.site)
            else:
                yield _save_result(archive, run, result, now)
        concurrency = min(RETRY_CONCURRENCY, settings.concurrency)
        for result in _visit_all(archive, failed, run, settings, now, slow, concurrency):
            yield _save_result(archive, run, result, now)


@contextmanager
def _infrequent_gc() -> Iterator[None]:
    """Collect garbage less often: links come by the thousand without cycles, and collecting costs a tenth."""
    before = gc.get_threshold()
    gc.set_threshold(GC_THRESHOLD, *before[1:])
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def _visit_all(
    archive: Archive,
    sites: Sequence[Site],
    run: Run,
    settings: Settings,
    now: datetime,
    fetcher: Fetcher,
    concurrency: int,
) -> Generator[VisitResult, None, None]:
    slots = Semaphore(WORK_SLOTS)

    def visit(group: list[Site]) -> list[VisitResult]:
        visits = []
        for site in group:
            site_index = SiteIndex(archive, site, run.id, run.warc, now)
            visits.append(Visit(fetcher, site_index, settings.limits, settings.recheck, slots).run())
        return visits

    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="host")
    try:
        futures = [pool.submit(visit, group) for group in _group_by_host(sites)]
        for future in as_completed(futures):
            yield from _results(future)
    except BaseException:
        fetcher.stop.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _group_by_host(sites: Iterable[Site]) -> list[list[Site]]:
    """Group sites that share a host: they are visited one after another, and share what is fetched."""
    groups: dict[str, list[Site]] = {}
    for site in sites:
        joined = {id(groups[host]): groups[host] for host in site.hosts if host in groups}
        group = [*(each for group in joined.values() for each in group), site]
        groups.update((host, group) for each in group for host in each.hosts)
    return list({id(group): group for group in groups.values()}.values())


def _results(future: Future[list[VisitResult]]) -> list[VisitResult]:
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


def _save_result(archive: Archive, run: Run, result: VisitResult, now: datetime) -> VisitResult:
    """Write a row to table ``visits``."""
    site = result.site
    row = (
        run.id,
        site.id,
        site.place,
        site.name,
        site.host,
        f"{now:{TIME_FORMAT}}",
        result.outcome,
        result.reason,
        result.reports,
        result.newest,
        *(result.counts[count] for count in COUNTS),
    )
    with archive.writing() as index:
        index.execute(f"INSERT OR REPLACE INTO visits VALUES ({', '.join('?' * len(row))})", row)
    return result
