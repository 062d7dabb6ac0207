"""What the commands share: options, years, and errors that say what to do."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import DatabaseError, OperationalError

import click

from db.compare import UnknownPlace
from db.schema import WrongDatabase
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
    help="The SQLite file.",
)
archive_option = click.option(
    "-a",
    "--archive",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("archive"),
    envvar="NIANBAO_ARCHIVE",
    show_default=True,
    help="Folder of the WARC files and their index.",
)


def form_options(command: Command) -> Command:
    """Add the options that print for a program rather than a person."""
    command = click.option("--json", "form", flag_value="json", help="Print JSON.")(command)
    return click.option("--csv", "form", flag_value="csv", help="Print CSV.")(command)


def years(texts: Iterable[str]) -> tuple[int, ...]:
    """Read years and spans of years, such as 2021 and 2019-2023. Raises BadParameter."""
    return tuple(year for text in texts for year in _span(text))


def _span(text: str) -> Iterable[int]:
    first, _, last = text.partition("-")
    last = last or first
    if not (YEAR.fullmatch(first) and YEAR.fullmatch(last) and first <= last):
        raise click.BadParameter(f"{text} is no year; write 2021 or 2019-2023")
    return range(int(first), int(last) + 1)


@contextmanager
def clear_errors(*more: type[Exception]) -> Iterator[None]:
    """Tell of what a person can mend in one line."""
    kinds: tuple[type[Exception], ...] = (WrongDatabase, WrongArchive, UnknownPlace, *more)
    try:
        yield
    except kinds as error:
        raise click.ClickException(str(error)) from error
    except BrokenPipeError:
        raise  # who read our output has had enough: nobody is left to tell
    except OSError as error:
        told = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise click.ClickException(told) from error
    except DatabaseError as error:
        if type(error) not in (DatabaseError, OperationalError):
            raise  # the others are about what we ask for, and ours to mend
        raise click.ClickException(f"a database cannot be written or read: {error}") from error
