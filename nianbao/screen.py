"""What a command prints on stdout: reports laid out as forms; lists as tables, CSV or JSON."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from parsers import Fact, Finding, Report
from parsers.forms import Table, variants
from parsers.report import Number

STDOUT = Console(highlight=False)
if not STDOUT.is_terminal:
    STDOUT.width = 160  # output to a pipe or file is not wrapped to the width of a screen
# What is shown for a cell without a value, and the mark on a value that was not printed in a cell of its own.
MARKS = {
    "inferred": "*",
    "implied": "°",
    "blank": "·",
    "dash": "/",
    "ambiguous": "?",
    "unreadable": "?",
    "suppressed": "<",
}
LEGEND = "* inferred from the form's sums   ° blank, implied by them   · blank   / dash   ? uncertain"
COLOURS = {"publisher": "red", "reading": "yellow", "info": "cyan", "not_checked": "bright_black"}
TEXT_COLUMNS = (
    *("publisher", "scope", "kind", "rule", "message", "metric", "zh", "definition", "formula"),
    *("place", "name", "host", "start", "family", "sisters", "outcome", "reason"),
)


def format_number(value: Number) -> str:
    """Format a number with the digits it has, but at most four decimals.

    >>> format_number(1454464), format_number(0.5587255), format_number(7730.28)
    ('1454464', '0.5587', '7730.28')
    """
    return str(value) if isinstance(value, int) else f"{round(value, 4):.15g}"


def format_figure(value: Number | None, status: str) -> str:
    """Format a value with the mark of its status."""
    mark = MARKS.get(status, "")
    return mark if value is None else format_number(value) + mark


def print_report(report: Report) -> None:
    """Print a report laid out as the forms it follows, then its findings."""
    name, place, scope = report.publisher
    about = (name or "unknown publisher", place or "no place", scope, str(report.year or "no year"))
    STDOUT.print(f"[bold]{escape(report.title or '(no title)')}[/]")
    STDOUT.print(escape(" · ".join((*about, f"form {', '.join(report.forms) or 'none'}"))))
    facts = {fact.field: fact for fact in report.facts}
    for tables in variants().values():
        table = max(tables, key=lambda table: _overlap(table, facts))
        if any(field in facts for field in table.fields):
            STDOUT.print(_form_table(table, facts))
    STDOUT.print(f"[bright_black]{LEGEND}[/]")
    for finding in report.findings:
        STDOUT.print(
            f"[{COLOURS[finding.kind]}]{finding.kind}[/] {finding.rule}: {escape(finding_text(finding))}"
        )


def _overlap(table: Table, facts: Mapping[str, Fact]) -> tuple[float, int]:
    """Return the share of a table's fields that there are facts for, and their number."""
    fields = [field for field in table.fields if field]
    present = sum(field in facts for field in fields)
    return present / len(fields), present


def _form_table(table: Table, facts: Mapping[str, Fact]) -> RichTable:
    """Lay out a table as the form does; one without rows gets a row for each group of its columns."""
    columns = [column for column in table.columns if column.kept]
    groups = list(dict.fromkeys(column.group for column in columns)) if not table.rows else [""]
    lines: dict[str, list[str]] = {}
    for cell, field in enumerate(table.fields):
        row, column = table.labels(cell)
        if field:
            lines.setdefault(row.printed or column.group, []).append(
                _fact_text(facts[field]) if field in facts else ""
            )
    grid = _new_table(table.label)
    grid.add_column(overflow="fold")
    for column in columns[: len(columns) // len(groups)]:
        grid.add_column(column.printed, justify="right", overflow="fold")
    for label, cells in lines.items():
        grid.add_row(escape(label), *cells)
    return grid


def _new_table(title: str) -> RichTable:
    return RichTable(title=title or None, title_justify="left", header_style="bold", box=SIMPLE_HEAD)


def _fact_text(fact: Fact) -> str:
    if fact.value is None and fact.implied is not None:
        return format_figure(fact.implied, "implied")
    return format_figure(fact.value, fact.status)


def finding_text(finding: Finding) -> str:
    """Return the message of a finding, with the single change that would fix it."""
    if not finding.hint:
        return finding.message
    field, value = finding.hint
    return f"{finding.message}; {field} = {format_number(value)} would fix it"


def print_rows(found: Sequence[Mapping[str, Any]], output: str | None, columns: Sequence[str] = ()) -> None:
    """Print rows with all their columns as ``csv`` or ``json``, or else some columns as a table."""
    if output == "csv":
        writer = csv.DictWriter(sys.stdout, list(found[0]) if found else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    elif output == "json":
        print("[" + ",\n ".join(json.dumps(row, ensure_ascii=False) for row in found) + "]")
    elif found:
        _print_table(
            [[row[column] for column in columns or found[0]] for row in found], columns or list(found[0])
        )


def print_comparison(found: Sequence[Mapping[str, Any]], names: Sequence[str]) -> None:
    """Print one metric with a column for each year, or several metrics with a column each."""
    single = len(names) == 1
    headers = sorted({row["year"] for row in found if row["year"]}) if single else names
    lines: dict[tuple[Any, ...], list[Any]] = {}
    for row in found:
        about = [
            row["publisher"] or row["document"],
            row["place"],
            row["scope"],
            *([] if single else [row["year"]]),
        ]
        line = lines.setdefault(
            (row["series"], None if single else row["year"]), [*about, *([""] * len(headers))]
        )
        header = row["year"] if single else row["metric"]
        if header in headers:
            line[len(about) + headers.index(header)] = format_figure(row["value"], row["status"])
    columns = ["publisher", "place", "scope", *([] if single else ["year"]), *map(str, headers)]
    _print_table(lines.values(), columns, names[0] if single else "")
    STDOUT.print(f"[bright_black]{LEGEND}   < base too small for a rate[/]")


def _print_table(body: Iterable[Sequence[object]], columns: Sequence[str], title: str = "") -> None:
    table = _new_table(title)
    for column in columns:
        table.add_column(column, justify="left" if column in TEXT_COLUMNS else "right", overflow="fold")
    for line in body:
        table.add_row(*map(_cell_text, line))
    STDOUT.print(table)


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    return format_number(value) if isinstance(value, int | float) else escape(str(value))


OUTCOMES = {"done": "green", "blocked": "red", "failed": "red", "refused": "yellow"}
MOST_VISITS = 60
STATES = {
    "published": ("✓", "green"),
    "withdrawn": ("w", "yellow"),
    "unread": ("?", "yellow"),
    "missing": ("·", "red"),
    "blocked": ("x", "red"),
    "failed": ("x", "red"),
    "refused": ("x", "red"),
    "not visited": (" ", "bright_black"),
}
COVERAGE_LEGEND = (
    "✓ published in time   +5 days late   ? archived, not read   w withdrawn   · missing   x site not reached"
    "\nnumber after the mark: other bodies of the place with a report for the year"
)


def print_visits(body: Sequence[Mapping[str, Any]], output: str | None) -> None:
    """Print the outcome for each site; if there are many, only failures and sites with something new."""
    shown = [row for row in body if row["outcome"] != "done" or row["new"] or row["changed"] or row["failed"]]
    if output or len(body) <= MOST_VISITS:
        shown = list(body)
    print_rows(shown, output)


def print_coverage(body: Sequence[Mapping[str, Any]], output: str | None) -> None:
    """Print a table of places and years: published, how late, or why not."""
    if output:
        print_rows(body, output)
        return
    table = RichTable(box=SIMPLE_HEAD)
    table.add_column("place")
    table.add_column("name")
    years = sorted({row["year"] for row in body})
    for year in years:
        table.add_column(str(year), justify="right")
    cells = {(row["place"], row["name"], row["year"]): row for row in body}
    for place, name in dict.fromkeys((row["place"], row["name"]) for row in body):
        table.add_row(place, escape(name), *(_coverage_cell(cells[place, name, year]) for year in years))
    STDOUT.print(table)
    STDOUT.print(f"[bright_black]{COVERAGE_LEGEND}[/]")


def _coverage_cell(row: Mapping[str, Any]) -> str:
    mark, colour = STATES[row["state"]]
    if row["state"] == "published" and row["late"] is not None and row["late"] > 0:
        mark, colour = f"+{row['late']}", "yellow"
    more = f" [bright_black]{row['bodies']}[/]" if row["bodies"] else ""
    return f"[{colour}]{mark}[/]{more}"
