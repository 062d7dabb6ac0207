"""Hold what was read against the form's sums, and say whose error it is where they do not close."""

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from parsers.forms import Sum, Table
from parsers.places import get
from parsers.report import Fact, Figure, Finding, Number, Publisher
from parsers.tables.second import Cells
from parsers.tables.sums import Figures

READ = ("stated", "zero_word", "blank", "dash", "inferred")
NONNEGATIVE = "S3-NONNEG"
NO_COUNT = re.compile(r"-\d+|-?\d+\.\d+")
# Government rules (规章) are made by ministries, provinces and cities with districts (立法法 art. 91, 93).
WITHOUT_RULES = ("township", "subdistrict")


class Failure(NamedTuple):
    """A sum whose two sides differ, with what each side makes."""

    sum: Sum
    left: Number
    right: Number


def check(table: Table, cells: dict[int, Fact], second: Callable[[], Cells]) -> Iterator[Finding]:
    """Check one table. ``second`` gives the second reading, and is asked only when a sum fails."""
    figures = Figures(
        {cell: fact.value or 0 for cell, fact in cells.items() if fact.status in READ},
        frozenset(cell for cell, fact in cells.items() if fact.value is None),
    )
    results = [(s, figures.sides(s)) for s in table.sums]
    failures = [Failure(s, *sides) for s, sides in results if sides and not _holds(s, *sides)]
    reading = second() if any(failure.sum.required for failure in failures) else {}
    for failure in failures:
        yield _finding(table, cells, figures, failure, reading)
    yield from _not_checked(table, figures, [s for s, sides in results if sides is None])
    yield from _not_counts(table, cells)


def _holds(s: Sum, left: Number, right: Number) -> bool:
    return left <= right if s.relation == "<=" else left == right


def _finding(
    table: Table, cells: dict[int, Fact], figures: Figures, failure: Failure, second: Cells
) -> Finding:
    s, left, right = failure
    return Finding(
        rule=s.rule,
        kind=_kind(s, cells, second),
        fields=tuple(table.fields[cell] for cell in s.cells if table.fields[cell]),
        message=f"{_names(s.left, table)} = {left:g}, but {_names(s.right, table)} make {right:g}",
        expected=right,
        actual=left,
        hint=_hint(table, figures, failure) if s.binding else None,
    )


def _kind(s: Sum, cells: dict[int, Fact], second: Cells) -> str:
    """Blame the publisher only for figures that two readings share; a usual rule blames nobody.

    A cell that was cut by the sums of its own row has been read without the sum that fails.
    """
    if not s.required:
        return "info"
    agree = (cells[c].status == "inferred" or (c in second and second[c] == cells[c].value) for c in s.cells)
    return "publisher" if all(agree) else "reading"


def _names(side: tuple[int, ...], table: Table) -> str:
    names = [".".join(filter(None, (row.key, column.key))) for row, column in map(table.labels, side)]
    return " + ".join(names) if len(names) <= 3 else f"{names[0]} + … + {names[-1]} ({len(names)} cells)"


def _hint(table: Table, figures: Figures, failure: Failure) -> tuple[str, Number] | None:
    """Name the one figure of a failed sum whose change mends most sums, if there is exactly one."""
    repairs = _repairs(figures, failure)
    ranked = sorted(((_mended(table, figures, *repair), *repair) for repair in repairs), reverse=True)
    if not ranked or ranked[0][0] <= 0 or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return None
    _, cell, value = ranked[0]
    return (table.fields[cell], value) if table.fields[cell] else None


def _repairs(figures: Figures, failure: Failure) -> Iterator[tuple[int, Number]]:
    """Give for each cell of a failed sum the value that would close it; no count is negative."""
    s, left, right = failure
    for side, lack in ((s.left, right - left), (s.right, left - right)):
        for cell in side:
            value = figures.values[cell] + lack
            if value >= 0:
                yield cell, value


def _mended(table: Table, figures: Figures, cell: int, value: Number) -> int:
    """Count the sums that a change would mend, less those it would break."""
    changed = figures.changed(cell, value)
    touched = [s for s in table.sums if s.binding and cell in s.cells]
    return sum(changed.holds(s) - figures.holds(s) for s in touched)


def _not_checked(table: Table, figures: Figures, sums: list[Sum]) -> Iterator[Finding]:
    """Report once for each rule what could not be checked, with the cells that are missing."""
    for rule, group in groupby(sorted(sums, key=lambda s: s.rule), key=lambda s: s.rule):
        unchecked = list(group)
        missing = dict.fromkeys(cell for s in unchecked for cell in s.cells if cell not in figures.values)
        fields = tuple(table.fields[cell] for cell in missing if table.fields[cell])
        count = f"{len(unchecked)} sum{'s'[: len(unchecked) > 1]}"
        yield Finding(rule, "not_checked", fields, f"{count} not checked: {len(fields)} cells were not read")


def _not_counts(table: Table, cells: dict[int, Fact]) -> Iterator[Finding]:
    """Report a figure that is no count, negative or with a fraction, where the form counts."""
    for cell, fact in cells.items():
        if fact.status == "unreadable" and table.kind(cell) == "count" and NO_COUNT.fullmatch(fact.text):
            yield Finding(NONNEGATIVE, "publisher", (fact.field,), f"{fact.text} is no count")


class Sentence(NamedTuple):
    """What a sentence that states ``metric`` may stand for: sums of fields, any of which may fit."""

    rule: str
    metric: str
    readings: list[list[str]]


@cache
def _sentences() -> dict[str, Sentence]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {entry["metric"]: Sentence(**entry) for entry in data["sentence"]}


def check_narrative(facts: Sequence[Fact], figures: Sequence[Figure]) -> Iterator[Finding]:
    """Note the sentences that fit no reading of the tables. The tables win; nobody is to blame."""
    values = {fact.field: fact.implied if fact.value is None else fact.value for fact in facts}
    for figure in figures:
        sentence = _sentences().get(figure.metric)
        if sentence and not figure.approximate:
            yield from _unfit(sentence, figure, values)


def _unfit(sentence: Sentence, figure: Figure, values: dict[str, Number | None]) -> Iterator[Finding]:
    sums = {tuple(fields): _sum([values.get(field) for field in fields]) for fields in sentence.readings}
    known = {fields: total for fields, total in sums.items() if total is not None}
    if known and figure.value not in known.values():
        fields, total = next(iter(known.items()))
        message = f"the text states {figure.value:g} {figure.unit}, the table {total:g}: {figure.sentence}"
        yield Finding(sentence.rule, "info", fields, message, expected=total, actual=figure.value)


def _sum(values: list[Number | None]) -> Number | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def check_rules(facts: Sequence[Fact], publisher: Publisher, year: int | None) -> Iterator[Finding]:
    """Note government rules reported by a body that has no power to make them (identity W-RULES)."""
    place = get(publisher.place, year) if publisher.place else None
    county = place is not None and place.level == "county" and publisher.scope not in ("zone", "unknown")
    if not county and publisher.scope not in WITHOUT_RULES:
        return
    fields = tuple(
        f.field for f in facts if f.field.startswith("disclosure.regulations.") and (f.value or 0) > 0
    )
    if fields:
        message = "government rules (规章) reported by a body that cannot make any: copied from above?"
        yield Finding("W-RULES", "info", fields, message)
