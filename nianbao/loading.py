"""What was read goes into the database, and what could not be is told of."""

from collections.abc import Iterable
from pathlib import Path

from db.load import Loader
from nianbao.progress import say
from nianbao.reading import Result, complains, results


def load(loader: Loader, files: Iterable[Path], jobs: int) -> bool:
    """Save what can be read to its end; say whether anything else was there."""
    return save(loader, results(files, jobs))


def save(loader: Loader, found: Iterable[Result]) -> bool:
    """Save results, tell how many, and say whether any of them holds no whole report."""
    new = known = failed = 0
    for each in found:
        if complains(each) or each.report is None:
            failed += 1
        elif loader.save(each.source, each.report):
            new += 1
        else:
            known += 1
    loader.finish()
    say(f"{new} reports loaded, {known} already there, {failed} not loaded")
    return failed > 0
