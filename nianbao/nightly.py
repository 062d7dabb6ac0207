"""The nightly job: crawl what is due, load what came in the same run, and sum up."""

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
from scraper.archive.catalogue import has_unloaded, set_loaded, unloaded_documents, withdrawal_times
from scraper.archive.store import INDEX, LOCK, Archive, ArchiveWriteError
from scraper.crawl import COUNTS, Run, Settings, begin_run, crawl, end_run, plan, productive_sites
from scraper.sites import Site
from scraper.visit import VisitResult

INTERRUPTED = 130


class AlreadyAtWork(Exception):
    """Another crawl writes to the same archive."""


class Row(NamedTuple):
    """A line of a run's summary; its counts are those of ``VisitResult``, and the documents not read."""

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
    """What a run came to. ``silent`` are hosts that used to give reports and gave none."""

    rows: list[Row]
    silent: list[str]
    outcome: str

    def exit_code(self, threshold: float) -> int:
        """Give 1 where a host fell silent, more than a share of them failed, or the run did."""
        if self.outcome == "stopped":
            return INTERRUPTED
        lost = sum(row.outcome != "done" for row in self.rows)
        return int(bool(self.silent) or lost > threshold * len(self.rows) or self.outcome != "done")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep a second crawl out of an archive. Raises AlreadyAtWork."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise AlreadyAtWork(f"another crawl is at work in {folder}; wait for it or stop it") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def stopping_twice() -> Iterator[None]:
    """Have a first Ctrl-C tell that it was heard, and a second end the process at once.

    The second is as a kill, after which the next crawl goes on where this one was.
    """

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
        progress.say("stopping when the answers under way are in, or at once with another Ctrl-C")
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def nightly(
    archive: Archive, loader: Loader, sites: Sequence[Site], settings: Settings, now: datetime
) -> Summary:
    """Visit the sites that are due and load what they gave. Ctrl-C ends it cleanly, as does a full disk."""
    run = _begin(archive, loader, now)
    due = plan(archive, sites, run, settings, now)
    used_to_give = productive_sites(archive)
    stop = Event()
    rows: list[Row] = []
    silent: list[str] = []
    outcome, reason = "done", ""
    visits = crawl(archive, due, run, settings, now, stop)
    try:
        for visited in progress.following(visits, len(due), "visiting", least=1):
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
    """Say whether a site that used to give reports gives none: it lists none, or now keeps us out.

    A host that fails may answer tomorrow; those are counted, and told of when they are many.
    """
    counts = visited.counts
    if visited.outcome == "done":
        return not counts["listed"] and bool(visited.reports or counts["withdrawn"])
    return visited.outcome in ("blocked", "refused") and used_to_give


def _begin(archive: Archive, loader: Loader, now: datetime) -> Run:
    """Begin a run, with what the last one left undone."""
    run = begin_run(archive, now)
    if run.is_resumed:
        progress.say("the last run did not end; this one goes on where it stopped")
    elif run.id == 1 and (strange := list(archive.folder.glob("*.warc*"))):
        progress.say(
            f"{archive.folder / INDEX} is new and knows nothing of the {len(strange)} WARC files beside it: "
            "all is fetched again; if the index was lost, put it back from a copy before the next crawl"
        )
    if has_unloaded(archive):
        loader.touch_all()
        finish(archive, loader)
    return run


def load(archive: Archive, loader: Loader, site: str | None = None) -> int:
    """Load what a site or all gave; give the number of documents in which no report could be read yet."""
    unread = 0
    for number, document in unloaded_documents(archive, site):
        result = reading.result(document)
        if result.report is None:
            unread += 1
            progress.say(f"{result.path}: {result.error}")
        elif not loader.save(result.source, result.report):
            loader.touch(result.source.sha256)
        set_loaded(archive, 1, number)
    return unread


def finish(archive: Archive, loader: Loader) -> None:
    """Load what is left, mark what was withdrawn, and hold what came in against the other reports."""
    load(archive, loader)
    loader.mark_withdrawn(withdrawal_times(archive))
    loader.finish()
    set_loaded(archive, 2)


def _row(visited: VisitResult, unread: int) -> Row:
    site, counts = visited.site, visited.counts
    told: dict[str, Any] = {count: counts[count] for count in COUNTS}
    return Row(
        host=site.host,
        place=site.place,
        name=site.name,
        outcome=visited.outcome,
        reason=visited.reason,
        unread=unread,
        **told,
    )


def totals(rows: Sequence[Row], outcome: str = "done") -> str:
    """Sum up in a line a run that ended so."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update({count: getattr(row, count) for count in (*COUNTS, "unread")})
    outcomes = Counter(row.outcome for row in rows)
    none = "none was due" if outcome == "done" else "none came to its end"
    hosts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
    told = ", ".join(f"{counts[count]} {count}" for count in (*COUNTS, "unread"))
    return f"{len(rows)} sites ({hosts or none}): {told}"
