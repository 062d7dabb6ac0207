"""Load documents into the database, and report those that could not be loaded."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from db.load import Loader
from nianbao.reading import Result, problem_of, read_all


class NotLoaded(NamedTuple):
    """A document that was not loaded: its path, or its address in an archive, and the reason."""

    path: str
    reason: str


class Loaded(NamedTuple):
    """The result of a load: numbers of reports that were new and already there, and what was not loaded."""

    new: int
    known: int
    failures: tuple[NotLoaded, ...]

    def __str__(self) -> str:
        return f"{self.new} reports loaded, {self.known} already there, {len(self.failures)} not loaded"


def load(
    loader: Loader, files: Iterable[Path], jobs: int, warn: Callable[[str], None] = lambda _: None
) -> Loaded:
    """Load all complete reports from files and folders, with a warning for each other document."""
    return save(loader, read_all(files, jobs), warn)


def save(loader: Loader, results: Iterable[Result], warn: Callable[[str], None]) -> Loaded:
    """Save the results that are complete reports, and compare the new ones with other years and bodies."""
    new = known = 0
    failures: list[NotLoaded] = []
    for result in results:
        if reason := problem_of(result):
            failures.append(NotLoaded(result.path, reason))
            warn(f"{result.path}: {reason}")
        elif result.report and loader.save(result.source, result.report):
            new += 1
        else:
            known += 1
    loader.finish()
    return Loaded(new, known, tuple(failures))
