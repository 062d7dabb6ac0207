"""Load documents into the database, and report those that could not be loaded."""

from collections.abc import Iterable
from pathlib import Path

from db.load import Loader
from nianbao.progress import say
from nianbao.reading import Result, read_all, warn_if_incomplete


def load(loader: Loader, files: Iterable[Path], jobs: int) -> bool:
    """Load all complete reports from files and folders; return whether any document was not loaded."""
    return save(loader, read_all(files, jobs))


def save(loader: Loader, results: Iterable[Result]) -> bool:
    """Save results and print how many; return whether any of them was not a complete report."""
    new = known = failed = 0
    for result in results:
        if warn_if_incomplete(result) or result.report is None:
            failed += 1
        elif loader.save(result.source, result.report):
            new += 1
        else:
            known += 1
    loader.finish()
    say(f"{new} reports loaded, {known} already there, {failed} not loaded")
    return failed > 0
