"""Shared by the commands: options, years, and error messages that say what to do."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import DatabaseError, OperationalError

import click
from sqlite_utils import Database

from db.compare import UnknownPlace
from db.schema import WrongDatabase, open_database
from scraper.archive.store import WrongArchive

YEAR = re.compile("[12][0-9]{3}")
Command = Callable[..., None]

database_option = click.option(
    "-d",
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("reports.db"),
    envvar="NIANBAO_DATABASE",
    show_default=True,
    help="The SQLite database file.",
)
archive_option = click.option(
    "-a",
    "--archive",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("archive"),
    envvar="NIANBAO_ARCHIVE",
    show_default=True,
    help="Folder with the WARC files and their index.",
)


def output_options(command: Command) -> Command:
    """Add the options that choose a machine-readable output format."""
    command = click.option("--json", "output", flag_value="json", help="Print JSON.")(command)
    return click.option("--csv", "output", flag_value="csv", help="Print CSV.")(command)


def parse_years(texts: Iterable[str]) -> tuple[int, ...]:
    """Parse years and ranges of years, such as 2021 and 2019-2023. Raises BadParameter."""
    return tuple(year for text in texts for year in _year_range(text))


def _year_range(text: str) -> Iterable[int]:
    first, _, last = text.partition("-")
    last = last or first
    if not (YEAR.fullmatch(first) and YEAR.fullmatch(last) and first <= last):
        raise click.BadParameter(f"{text} is not a year; write 2021 or 2019-2023")
    return range(int(first), int(last) + 1)


years_option = click.option(
    "-y",
    "--year",
    "years",
    multiple=True,
    callback=lambda _context, _option, texts: parse_years(texts),
    help="Data year or years: 2021, 2019-2023.",
)


def connect(path: Path, create: bool = False) -> Database:
    """Open the reports database for a command, which closes it when it ends. Raises as open_database does."""
    db = open_database(path, create)
    click.get_current_context().call_on_close(db.close)
    return db


@contextmanager
def friendly_errors(*more: type[Exception]) -> Iterator[None]:
    """Turn errors that the user can fix into a one-line message and exit code 1."""
    kinds: tuple[type[Exception], ...] = (WrongDatabase, WrongArchive, UnknownPlace, *more)
    try:
        yield
    except kinds as error:
        raise click.ClickException(str(error)) from error
    except BrokenPipeError:
        raise  # whoever read the output has closed the pipe: nobody is left to read a message
    except OSError as error:
        message = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise click.ClickException(message) from error
    except DatabaseError as error:
        if type(error) not in (DatabaseError, OperationalError):
            raise  # the subclasses are about our own queries: a bug, which the user cannot fix
        raise click.ClickException(f"a database cannot be written or read: {error}") from error
