"""The library: what a notebook or another program calls. ``import nianbao`` offers the same names."""

import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db import compare as queries
from db import schema
from db.load import Loader, rebuilding
from db.metrics import metrics
from nianbao import loading
from nianbao.loading import Loaded
from parsers import Report
from parsers import parse as parse_bytes

Paths = str | Path | Iterable[str | Path]


def parse(document: str | Path | bytes) -> Report:
    """Read one document: a path, or the bytes themselves, in any known format.

    Raises Unreadable, with the reason, if it holds no report, and OSError if there is no such file.
    """
    return parse_bytes(document if isinstance(document, bytes) else Path(document).read_bytes())


def open_database(path: str | Path = "reports.db") -> Database:
    """Open a reports database, as a sqlite_utils.Database: tables, views and SQL.

    Raises FileNotFoundError if it does not exist, and db.schema.WrongDatabase if the file is another kind.
    """
    return schema.open_database(Path(path))


def compare(
    database: Database | str | Path,
    metric: str | Sequence[str] = queries.DEFAULT_METRICS,
    *,
    places: Iterable[str] = (),
    within: Iterable[str] = (),
    years: Iterable[int] = (),
    scopes: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """Return metrics as rows: one for each publisher, data year and metric.

    Each row is a dictionary with the keys publisher, place, scope, series, year, metric, value, unit, status
    and document, as ``pandas.DataFrame`` takes it. ``value`` is None, with the reason in ``status``, if the
    report was asked and no value can be given. Places are GB/T 2260 codes or full names; ``within`` includes
    all places below. Raises LookupError for a metric or place that is not known.
    """
    names = [metric] if isinstance(metric, str) else list(metric)
    if unknown := [name for name in names if name not in metrics()]:
        raise LookupError(f"unknown metric: {', '.join(unknown)}; known are {', '.join(metrics())}")
    selection = queries.select(places, within, years, scopes)
    if isinstance(database, Database):
        return queries.compare(database, names, selection)
    with closing(open_database(database)) as db:
        return queries.compare(db, names, selection)


def load(files: Paths, database: str | Path = "reports.db", jobs: int | None = None) -> Loaded:
    """Load files, folders and WARC files into a database; create it if it does not exist.

    ``jobs`` is the number of processes that read, by default one per core. Returns how many reports were new
    and already there, and what was not loaded, with the reason.
    """
    with closing(schema.open_database(Path(database), create=True)) as db:
        return loading.load(Loader(db), _paths(files), jobs or os.cpu_count() or 1)


def rebuild(files: Paths, database: str | Path = "reports.db", jobs: int | None = None) -> Loaded:
    """Build a database again from files, and replace the old one when it is complete.

    The same input gives the same file, byte for byte.
    """
    with rebuilding(Path(database)) as loader:
        return loading.load(loader, _paths(files), jobs or os.cpu_count() or 1)


def _paths(files: Paths) -> list[Path]:
    return [Path(files)] if isinstance(files, str | Path) else list(map(Path, files))
