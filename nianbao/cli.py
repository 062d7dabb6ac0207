"""The command line: read, store and compare annual reports on government information disclosure."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from db.compare import DEFAULT_METRICS, compare, findings, select, series_breaks
from db.fetch import fetch_report, report_ids
from db.load import Loader, rebuilding
from db.metrics import metrics
from nianbao import cli_crawl, loading, reading, screen
from nianbao.options import Command, connect, database_option, friendly_errors, output_options, years_option
from nianbao.progress import say
from parsers.explain import UnknownField, as_lines, explain
from parsers.identity.scope import SCOPES
from parsers.report import FINDING_KINDS, Unreadable


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="nianbao")
def main() -> None:
    """Annual reports on government information disclosure (政府信息公开年度报告).

    Reads published reports whatever their layout, stores them in one SQLite file, and compares places
    and years. A figure is what was printed, or it follows uniquely from the form's own sums, or it is
    left empty with the reason.
    """


jobs_option = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    help="Number of processes that read documents.  [default: all cores]",
)
files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))


def selection_options(command: Command) -> Command:
    """Add the options that select reports by place, year and scope."""
    for option in (
        click.option(
            "-s", "--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="Scope of the report."
        ),
        years_option,
        click.option("-w", "--within", multiple=True, help="A place and all below it, by code or full name."),
        click.option("-p", "--place", "places", multiple=True, help="A place, by code or full name."),
    ):
        command = option(command)
    return command


@main.command("parse")
@files_argument
@click.option("--explain", "field", help="Show instead how one field was read, such as annex.reviews.")
@jobs_option
def parse_command(files: Sequence[Path], field: str | None, jobs: int) -> None:
    """Print each report as one JSON object per line, without a database.

    For a file that cannot be read, {"path": …, "error": …} is printed; the other files are still read,
    and the exit code is 1.

    With --explain, print for one field where its label was found, which figures its row claimed, which
    readings were left, and the sums over it.
    """
    if field:
        sys.exit(any([_explain(file, field) for file in files]))
    failed = False
    for result in reading.read_all(files, jobs):
        print(json.dumps(reading.as_dict(result), ensure_ascii=False), flush=True)
        failed |= _warn(result)
    sys.exit(failed)


def _explain(file: Path, field: str) -> bool:
    """Print how a field of a file was read; return whether that failed."""
    try:
        lines = as_lines(explain(file.read_bytes(), field))
        print("\n".join((str(file), *lines, "")))
    except UnknownField as error:
        raise click.BadParameter(str(error)) from error
    except (LookupError, Unreadable, OSError) as error:
        say(f"{file}: {error}")
        return True
    return False


def _warn(result: reading.Result) -> bool:
    """Print a warning if a document is no complete report; return whether it was printed."""
    if reason := reading.problem_of(result):
        say(f"{result.path}: {reason}")
    return bool(reason)


def _exit(loaded: loading.Loaded) -> NoReturn:
    say(str(loaded))
    sys.exit(bool(loaded.failures))


@main.command()
@files_argument
@database_option
@jobs_option
def load(files: Sequence[Path], database: Path, jobs: int) -> None:
    """Load files or folders into the database. Reports that it already contains are left unchanged."""
    with friendly_errors():
        loader = Loader(connect(database, create=True))
    _exit(loading.load(loader, files, jobs, say))


@main.command()
@files_argument
@database_option
@jobs_option
def rebuild(files: Sequence[Path], database: Path, jobs: int) -> None:
    """Build the database again from files or folders, and replace the old one when it is complete.

    The same input gives the same file, byte for byte.
    """
    with rebuilding(database) as loader:
        loaded = loading.load(loader, files, jobs, say)
    _exit(loaded)


@main.command("show")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@database_option
@selection_options
def show_command(files: Sequence[Path], database: Path, **criteria: Any) -> None:
    """Show reports laid out as their form: FILES as they are read now, or reports from the database."""
    failed = False
    if files:
        for result in reading.read_all(files, 1):
            failed |= _warn(result)
            if result.report:
                screen.print_report(result.report)
        sys.exit(failed)
    with friendly_errors():
        db, selection = connect(database), select(**criteria)
        ids = report_ids(db, selection)
        for report_id in ids:
            screen.print_report(fetch_report(db, report_id))
    _fail_if_empty(ids)


@main.command("compare")
@click.argument("names", metavar="[METRIC]...", nargs=-1)
@database_option
@selection_options
@click.option("--list", "listing", is_flag=True, help="List the metrics with their definitions.")
@output_options
def compare_command(
    names: Sequence[str], database: Path, listing: bool, output: str | None, **criteria: Any
) -> None:
    """Compare metrics across places and years.

    One METRIC is shown with a column for each year, several with a column each. The default is a
    selection of common metrics.
    """
    if listing:
        screen.print_rows([_metric_row(name) for name in metrics()], output)
        return
    if unknown := [name for name in names if name not in metrics()]:
        raise click.BadParameter(f"unknown metric: {', '.join(unknown)}; see `nianbao compare --list`")
    names = names or DEFAULT_METRICS
    with friendly_errors():
        rows = compare(connect(database), names, select(**criteria))
    _fail_if_empty(rows)
    if output:
        screen.print_rows(rows, output)
    else:
        screen.print_comparison(rows, names)
        for note in series_breaks(names, {row["year"] for row in rows if row["year"]}):
            say(note)


@main.command("findings")
@database_option
@selection_options
@click.option(
    "-k", "--kind", "kinds", multiple=True, type=click.Choice(FINDING_KINDS), help="Kind of finding."
)
@click.option("-r", "--rule", "rules", multiple=True, help="Rule, such as S3-BAL.")
@output_options
def findings_command(
    database: Path, kinds: Sequence[str], rules: Sequence[str], output: str | None, **criteria: Any
) -> None:
    """List findings: sums that publishers got wrong, and what could not be read with certainty."""
    with friendly_errors():
        rows = findings(connect(database), select(**criteria), kinds, rules)
    screen.print_rows(rows, output, ("kind", "rule", "publisher", "year", "message"))


def _metric_row(name: str) -> dict[str, str]:
    metric = metrics()[name]
    return {
        "metric": name,
        "unit": metric.unit,
        "zh": metric.zh,
        "definition": metric.definition,
        "formula": metric.formula,
    }


def _fail_if_empty(found: Sequence[object]) -> None:
    if not found:
        raise click.ClickException(
            "no report matches; `nianbao findings` and `nianbao compare --list` show what there is"
        )


for command in cli_crawl.COMMANDS:
    main.add_command(command)
