"""What a command prints on stdout: reports as forms, comparisons and lists as tables, CSV or JSON."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Screen

from parsers import Fact, Finding, Report
from parsers.forms import Table, variants
from parsers.report import Number

OUT = Console(highlight=False)
if not OUT.is_terminal:
    OUT.width = 160  # what is piped on is not cut to the width of a screen
# What stands for a cell without a value, and the mark on a value that was not printed in a cell of its own.
SIGNS = {
    "inferred": "*",
    "implied": "°",
    "blank": "·",
    "dash": "/",
    "ambiguous": "?",
    "unreadable": "?",
    "suppressed": "<",
}
LEGEND = "* cut by the form's sums   ° blank, implied by them   · blank   / dash   ? not read for certain"
COLOURS = {"publisher": "red", "reading": "yellow", "info": "cyan", "not_checked": "bright_black"}
TEXTS = (
    *("publisher", "scope", "kind", "rule", "message", "metric", "zh", "definition", "formula"),
    *("place", "name", "host", "start", "family", "sisters", "outcome", "reason"),
)


def number(value: Number) -> str:
    """Print a figure with the digits it has, a long fraction cut to four.

    >>> number(1454464), number(0.5587255), number(7730.28)
    ('1454464', '0.5587', '7730.28')
    """
    return str(value) if isinstance(value, int) else f"{round(value, 4):.15g}"


def figure(value: Number | None, status: str) -> str:
    sign = SIGNS.get(status, "")
    return sign if value is None else number(value) + sign


def show(report: Report) -> None:
    """Print a report as the forms it follows, then what is in doubt."""
    name, place, scope = report.publisher
    about = (name or "unknown publisher", place or "no place", scope, str(report.year or "no year"))
    OUT.print(f"[bold]{escape(report.title or '(no title)')}[/]")
    OUT.print(escape(" · ".join((*about, f"form {', '.join(report.forms) or 'none'}"))))
    facts = {fact.field: fact for fact in report.facts}
    for tables in variants().values():
        table = max(tables, key=lambda table: _share(table, facts))
        if any(field in facts for field in table.fields):
            OUT.print(_form(table, facts))
    OUT.print(f"[bright_black]{LEGEND}[/]")
    for finding in report.findings:
        OUT.print(f"[{COLOURS[finding.kind]}]{finding.kind}[/] {finding.rule}: {escape(message(finding))}")


def _share(table: Table, facts: Mapping[str, Fact]) -> tuple[float, int]:
    """Say how much of a table the facts are, and how much of the facts the table."""
    fields = [field for field in table.fields if field]
    present = sum(field in facts for field in fields)
    return present / len(fields), present


def _form(table: Table, facts: Mapping[str, Fact]) -> Screen:
    """Lay a table out as it is printed; one without rows gets a row for each group of its columns."""
    columns = [column for column in table.columns if column.kept]
    groups = list(dict.fromkeys(column.group for column in columns)) if not table.rows else [""]
    lines: dict[str, list[str]] = {}
    for cell, field in enumerate(table.fields):
        row, column = table.labels(cell)
        if field:
            lines.setdefault(row.printed or column.group, []).append(
                _cell(facts[field]) if field in facts else ""
            )
    screen = _screen(table.label)
    screen.add_column(overflow="fold")
    for column in columns[: len(columns) // len(groups)]:
        screen.add_column(column.printed, justify="right", overflow="fold")
    for label, cells in lines.items():
        screen.add_row(escape(label), *cells)
    return screen


def _screen(title: str) -> Screen:
    return Screen(title=title or None, title_justify="left", header_style="bold", box=SIMPLE_HEAD)


def _cell(fact: Fact) -> str:
    if fact.value is None and fact.implied is not None:
        return figure(fact.implied, "implied")
    return figure(fact.value, fact.status)


def message(finding: Finding) -> str:
    """Say what is wrong, and which single figure would mend it."""
    if not finding.hint:
        return finding.message
    field, value = finding.hint
    return f"{finding.message}; {field} = {number(value)} would mend it"


def rows(found: Sequence[Mapping[str, Any]], form: str | None, columns: Sequence[str] = ()) -> None:
    """Print rows as a table of some columns, or whole as ``csv`` or ``json``."""
    if form == "csv":
        writer = csv.DictWriter(sys.stdout, list(found[0]) if found else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    elif form == "json":
        print("[" + ",\n ".join(json.dumps(row, ensure_ascii=False) for row in found) + "]")
    elif found:
        _table([[row[column] for column in columns or found[0]] for row in found], columns or list(found[0]))


def comparison(found: Sequence[Mapping[str, Any]], names: Sequence[str]) -> None:
    """Print one metric with a column for each year, or several with a column each."""
    one = len(names) == 1
    heads = sorted({row["year"] for row in found if row["year"]}) if one else names
    lines: dict[tuple[Any, ...], list[Any]] = {}
    for row in found:
        about = [
            row["publisher"] or row["document"],
            row["place"],
            row["scope"],
            *([] if one else [row["year"]]),
        ]
        line = lines.setdefault((row["series"], None if one else row["year"]), [*about, *([""] * len(heads))])
        head = row["year"] if one else row["metric"]
        if head in heads:
            line[len(about) + heads.index(head)] = figure(row["value"], row["status"])
    columns = ["publisher", "place", "scope", *([] if one else ["year"]), *map(str, heads)]
    _table(lines.values(), columns, names[0] if one else "")
    OUT.print(f"[bright_black]{LEGEND}   < base too small for a rate[/]")


def _table(body: Iterable[Sequence[object]], columns: Sequence[str], title: str = "") -> None:
    screen = _screen(title)
    for column in columns:
        screen.add_column(column, justify="left" if column in TEXTS else "right", overflow="fold")
    for line in body:
        screen.add_row(*map(_text, line))
    OUT.print(screen)


def _text(value: object) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, int | float) else escape(str(value))


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
COVERED = (
    "✓ published in time   +5 days late   ? archived, not read   w withdrawn   · missing   x site not reached"
    "\nthe number behind: other bodies of the place with a report for the year"
)


def visits(body: Sequence[Mapping[str, Any]], form: str | None) -> None:
    """Print what became of each site; of very many, those in trouble and those with something new."""
    told = [row for row in body if row["outcome"] != "done" or row["new"] or row["changed"] or row["failed"]]
    if form or len(body) <= MOST_VISITS:
        told = list(body)
    rows(told, form)


def coverage(body: Sequence[Mapping[str, Any]], form: str | None) -> None:
    """Print places against years: published, how late, or why not."""
    if form:
        rows(body, form)
        return
    screen = Screen(box=SIMPLE_HEAD)
    screen.add_column("place")
    screen.add_column("name")
    years = sorted({row["year"] for row in body})
    for year in years:
        screen.add_column(str(year), justify="right")
    cells = {(row["place"], row["name"], row["year"]): row for row in body}
    for place, name in dict.fromkeys((row["place"], row["name"]) for row in body):
        screen.add_row(place, escape(name), *(_covered(cells[place, name, year]) for year in years))
    OUT.print(screen)
    OUT.print(f"[bright_black]{COVERED}[/]")


def _covered(row: Mapping[str, Any]) -> str:
    sign, colour = STATES[row["state"]]
    if row["state"] == "published" and row["late"] is not None and row["late"] > 0:
        sign, colour = f"+{row['late']}", "yellow"
    more = f" [bright_black]{row['bodies']}[/]" if row["bodies"] else ""
    return f"[{colour}]{sign}[/]{more}"
