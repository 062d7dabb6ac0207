"""The command line: annual reports on government information disclosure, read, stored and compared."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from db.compare import DEFAULT_METRICS, Wanted, below, breaks, compare, findings, place_code
from db.fetch import fetch_report, report_numbers
from db.load import Loader, rebuilding
from db.metrics import metrics
from db.schema import open_database
from nianbao import cli_crawl, loading, reading, screen
from nianbao.options import Command, clear_errors, database_option, form_options
from nianbao.options import years as years_of
from nianbao.progress import say
from parsers.identity.scope import SCOPES
from parsers.report import FINDING_KINDS


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="nianbao")
def main() -> None:
    """Annual reports on government information disclosure (政府信息公开年度报告).

    Reads the published reports whatever their layout, keeps them in one SQLite file, and compares
    places and years. A figure is what was printed, or follows uniquely from the form's own sums, or
    is left open with the reason.
    """


jobs_option = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    help="Processes to read with.  [default: all cores]",
)
files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))


def wanted_options(command: Command) -> Command:
    """Add the options that choose reports by place, year and scope."""
    for option in (
        click.option(
            "-s", "--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="Scope of the report."
        ),
        click.option("-y", "--year", "years", multiple=True, help="Data year or years: 2021, 2019-2023."),
        click.option("-w", "--within", multiple=True, help="A place and all below it, by code or name."),
        click.option("-p", "--place", "places", multiple=True, help="A place, by code or full name."),
    ):
        command = option(command)
    return command


@main.command("parse")
@files_argument
@jobs_option
def parse_command(files: Sequence[Path], jobs: int) -> None:
    """Print each report as one JSON object a line, without a database.

    A file that cannot be read gives {"path": …, "error": …}; the others still come, and the exit
    code is 1.
    """
    failed = False
    for result in reading.results(files, jobs):
        print(json.dumps(reading.as_json(result), ensure_ascii=False), flush=True)
        failed |= reading.complains(result)
    sys.exit(failed)


@main.command()
@files_argument
@database_option
@jobs_option
def load(files: Sequence[Path], database: Path, jobs: int) -> None:
    """Load files or folders into the database. What is there already is left as it is."""
    with clear_errors():
        loader = Loader(open_database(database, create=True))
    sys.exit(loading.load(loader, files, jobs))


@main.command()
@files_argument
@database_option
@jobs_option
def rebuild(files: Sequence[Path], database: Path, jobs: int) -> None:
    """Make the database anew from files or folders, and put it in place when it is whole.

    The same input gives the same file, byte for byte.
    """
    with rebuilding(database) as loader:
        failed = loading.load(loader, files, jobs)
    sys.exit(failed)


@main.command("show")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@database_option
@wanted_options
def show_command(files: Sequence[Path], database: Path, **chosen: Sequence[str]) -> None:
    """Show reports as the form: FILES as they are read now, else those of the database."""
    failed = False
    if files:
        for result in reading.results(files, 1):
            failed |= reading.complains(result)
            if result.report:
                screen.show(result.report)
        sys.exit(failed)
    with clear_errors():
        db, wanted = open_database(database), _wanted(**chosen)
        numbers = report_numbers(db, wanted)
        for number in numbers:
            screen.show(fetch_report(db, number))
    _nothing_found(numbers)


@main.command("compare")
@click.argument("names", metavar="[METRIC]...", nargs=-1)
@database_option
@wanted_options
@click.option("--list", "listing", is_flag=True, help="List the metrics with their definitions.")
@form_options
def compare_command(
    names: Sequence[str], database: Path, listing: bool, form: str | None, **chosen: Sequence[str]
) -> None:
    """Compare metrics across places and years.

    One METRIC gives a column for each year, several a column each; none gives the usual ones.
    """
    if listing:
        screen.rows([_described(name) for name in metrics()], form)
        return
    if unknown := [name for name in names if name not in metrics()]:
        raise click.BadParameter(f"no metric is named {', '.join(unknown)}; see `nianbao compare --list`")
    names = names or DEFAULT_METRICS
    with clear_errors():
        rows = compare(open_database(database), names, _wanted(**chosen))
    _nothing_found(rows)
    if form:
        screen.rows(rows, form)
    else:
        screen.comparison(rows, names)
        for note in breaks(names, {row["year"] for row in rows if row["year"]}):
            say(note)


@main.command("findings")
@database_option
@wanted_options
@click.option(
    "-k", "--kind", "kinds", multiple=True, type=click.Choice(FINDING_KINDS), help="Kind of finding."
)
@click.option("-r", "--rule", "rules", multiple=True, help="Rule, such as S3-BAL.")
@form_options
def findings_command(
    database: Path, kinds: Sequence[str], rules: Sequence[str], form: str | None, **chosen: Sequence[str]
) -> None:
    """List what is in doubt: the publishers' own wrong sums, and what could not be read for certain."""
    with clear_errors():
        rows = findings(open_database(database), _wanted(**chosen), kinds, rules)
    screen.rows(rows, form, ("kind", "rule", "publisher", "year", "message"))


def _wanted(
    places: Sequence[str], within: Sequence[str], years: Sequence[str], scopes: Sequence[str]
) -> Wanted:
    codes = [place_code(place) for place in places]
    codes += [code for place in within for code in below(place_code(place))]
    return Wanted(tuple(codes), years_of(years), tuple(scopes))


def _described(name: str) -> dict[str, str]:
    metric = metrics()[name]
    return {
        "metric": name,
        "unit": metric.unit,
        "zh": metric.zh,
        "definition": metric.definition,
        "formula": metric.formula,
    }


def _nothing_found(found: Sequence[object]) -> None:
    if not found:
        raise click.ClickException(
            "no report fits; `nianbao findings` and `nianbao compare --list` tell what there is"
        )


for command in cli_crawl.COMMANDS:
    main.add_command(command)
