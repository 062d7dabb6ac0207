"""The nightly job: crawl the sites that are due, load what they returned in the same run, and sum up."""

import os
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from db.load import Loader
from nianbao import progress, reading
from scraper.archive.site_index import has_unloaded, set_loaded, unloaded_documents, withdrawal_times
from scraper.archive.store import INDEX, LOCK, Archive, ArchiveWriteError
from scraper.crawl import COUNTS, Run, Settings, begin_run, crawl, end_run, plan, productive_sites
from scraper.sites import Site
from scraper.visit import VisitResult

INTERRUPTED = 130


class AlreadyRunning(Exception):
    """Another crawl is writing to the same archive."""


class Row(NamedTuple):
    """A line of a run's summary: the counts of ``VisitResult``, and the documents not read."""

    host: str
    place: str
    name: str
    outcome: str
    fetched: int
    new: int
    changed: int
    unchanged: int
    withdrawn: int
    refused: int
    failed: int
    unread: int
    reason: str


class Summary(NamedTuple):
    """The outcome of a run. ``silent`` are hosts that used to have reports and had none."""

    rows: list[Row]
    silent: list[str]
    outcome: str

    def exit_code(self, threshold: float) -> int:
        """Return 1 if a host fell silent, if more than this share of the sites failed, or if the run did."""
        if self.outcome == "stopped":
            return INTERRUPTED
        not_done = sum(row.outcome != "done" for row in self.rows)
        return int(bool(self.silent) or not_done > threshold * len(self.rows) or self.outcome != "done")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock an archive against a second crawl. Raises AlreadyRunning."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise AlreadyRunning(f"another crawl is running in {folder}; wait for it or stop it") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def two_stage_interrupt() -> Iterator[None]:
    """Make the first Ctrl-C stop the run cleanly, with a message, and the second end the process at once.

    The second has the effect of a kill: the next crawl resumes where this one was.
    """

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
        progress.say("stopping once pending responses have arrived; press Ctrl-C again to stop at once")
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def nightly(
    archive: Archive, loader: Loader, sites: Sequence[Site], settings: Settings, now: datetime
) -> Summary:
    """Visit the sites that are due and load their reports. Ctrl-C or a full disk end the run cleanly."""
    run = _begin(archive, loader, now)
    due = plan(archive, sites, run, settings, now)
    used_to_give = productive_sites(archive)
    stop = Event()
    rows: list[Row] = []
    silent: list[str] = []
    outcome, reason = "done", ""
    visits = crawl(archive, due, run, settings, now, stop)
    try:
        for visited in progress.track(visits, len(due), "visiting", least=1):
            rows.append(_row(visited, load(archive, loader, visited.site.id)))
            if _is_silent(visited, visited.site.id in used_to_give):
                silent.append(visited.site.host)
    except KeyboardInterrupt:
        outcome = "stopped"
    except ArchiveWriteError as error:
        outcome, reason = "failed", str(error)
        progress.say(reason)
    finally:
        stop.set()
        visits.close()
    try:
        finish(archive, loader)
        end_run(archive, run, outcome, reason)
    except ArchiveWriteError as error:
        outcome = "failed"
        progress.say(str(error))
    return Summary(rows, silent, outcome)


def _is_silent(visited: VisitResult, used_to_give: bool) -> bool:
    """Return whether a site that used to have reports has none: it lists none, or now refuses the crawler.

    A host that fails may answer tomorrow: failures only count towards the threshold.
    """
    counts = visited.counts
    if visited.outcome == "done":
        return not counts["listed"] and bool(visited.reports or counts["withdrawn"])
    return visited.outcome in ("blocked", "refused") and used_to_give


def _begin(archive: Archive, loader: Loader, now: datetime) -> Run:
    """Begin a run, and finish first what the last one left undone."""
    run = begin_run(archive, now)
    if run.is_resumed:
        progress.say("the last run was interrupted; this one resumes it")
    elif run.id == 1 and (unlisted := list(archive.folder.glob("*.warc*"))):
        progress.say(
            f"{archive.folder / INDEX} is new and does not list the {len(unlisted)} WARC files next to it: "
            "all is fetched again; if the index was lost, restore it from a backup before the next crawl"
        )
    if has_unloaded(archive):
        loader.recheck_all()
        finish(archive, loader)
    return run


def load(archive: Archive, loader: Loader, site: str | None = None) -> int:
    """Load what a site, or all sites, returned; return how many documents could not be read as reports."""
    unread = 0
    for number, document in unloaded_documents(archive, site):
        result = reading.read_document(document)
        if result.report is None:
            unread += 1
            progress.say(f"{result.path}: {result.error}")
        elif not loader.save(result.source, result.report):
            loader.recheck(result.source.sha256)
        set_loaded(archive, 1, number)
    return unread


def finish(archive: Archive, loader: Loader) -> None:
    """Load what is left, mark withdrawn reports, and compare new reports with the others."""
    load(archive, loader)
    loader.mark_withdrawn(withdrawal_times(archive))
    loader.finish()
    set_loaded(archive, 2)


def _row(visited: VisitResult, unread: int) -> Row:
    site, counts = visited.site, visited.counts
    counts_by_name: dict[str, Any] = {count: counts[count] for count in COUNTS}
    return Row(
        host=site.host,
        place=site.place,
        name=site.name,
        outcome=visited.outcome,
        reason=visited.reason,
        unread=unread,
        **counts_by_name,
    )


def summary_line(rows: Sequence[Row], outcome: str = "done") -> str:
    """Sum up a run with this outcome in one line."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update({count: getattr(row, count) for count in (*COUNTS, "unread")})
    outcomes = Counter(row.outcome for row in rows)
    no_sites = "none was due" if outcome == "done" else "none was finished"
    hosts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
    totals = ", ".join(f"{counts[count]} {count}" for count in (*COUNTS, "unread"))
    return f"{len(rows)} sites ({hosts or no_sites}): {totals}"
