"""Check the cells read against the form's sums, and decide whose error it is if a sum fails."""

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
from parsers.tables.second_reading import CellValues
from parsers.tables.sums import TableValues

READ = ("stated", "zero_word", "blank", "dash", "inferred")
NONNEGATIVE = "S3-NONNEG"
NO_COUNT = re.compile(r"-\d+|-?\d+\.\d+")
# Government rules (规章) are made by ministries, provinces and cities with districts (立法法 art. 91, 93).
WITHOUT_RULES = ("township", "subdistrict")


class Failure(NamedTuple):
    """A sum whose two sides differ, with the value of each side."""

    sum: Sum
    left: Number
    right: Number


def check(
    table: Table, cells: dict[int, Fact], second_reading: Callable[[], CellValues]
) -> Iterator[Finding]:
    """Check one table. ``second_reading`` is called only if a sum fails."""
    values = _values(cells)
    results = [(s, values.sides(s)) for s in table.sums]
    failures = [Failure(s, *sides) for s, sides in results if sides and not _holds(s, *sides)]
    second = second_reading() if any(failure.sum.required for failure in failures) else {}
    for failure in failures:
        yield _finding(table, cells, values, failure, second)
    yield from _not_checked(table, values, [s for s, sides in results if sides is None])
    yield from _not_counts(table, cells)


def describe_sum(table: Table, cells: dict[int, Fact], s: Sum) -> str:
    """Write a sum with the value of each side and whether it holds."""
    values = _values(cells)
    sides = values.sides(s)
    text = f"{s.rule}: {_names(s.left, table)} {s.relation} {_names(s.right, table)}"
    if sides is None:
        return f"{text}: not checked, cells of it are open"
    left, right = (sum(values.values[cell] for cell in side) for side in (s.left, s.right))
    verdict = "fails" if not _holds(s, *sides) else "holds" if _holds(s, left, right) else "open: blank cells"
    return f"{text}: {left:g} {s.relation} {right:g}, {verdict}"


def _values(cells: dict[int, Fact]) -> TableValues:
    return TableValues(
        {cell: fact.value or 0 for cell, fact in cells.items() if fact.status in READ},
        frozenset(cell for cell, fact in cells.items() if fact.value is None),
    )


def _holds(s: Sum, left: Number, right: Number) -> bool:
    return left <= right if s.relation == "<=" else left == right


def _finding(
    table: Table, cells: dict[int, Fact], values: TableValues, failure: Failure, second: CellValues
) -> Finding:
    s, left, right = failure
    return Finding(
        rule=s.rule,
        kind=_kind(s, cells, second),
        fields=tuple(table.fields[cell] for cell in s.cells if table.fields[cell]),
        message=f"{_names(s.left, table)} = {left:g}, but {_names(s.right, table)} make {right:g}",
        expected=right,
        actual=left,
        hint=_hint(table, values, failure) if s.binding else None,
    )


def _kind(s: Sum, cells: dict[int, Fact], second: CellValues) -> str:
    """Return the kind of finding for a failed sum; one that the form does not demand is nobody's error.

    The publisher is to blame only if both readings agree on every cell. An inferred cell counts as agreed:
    it was cut by the sums of its own row, without the sum that fails.
    """
    if not s.required:
        return "info"
    agree = (cells[c].status == "inferred" or (c in second and second[c] == cells[c].value) for c in s.cells)
    return "publisher" if all(agree) else "reading"


def _names(side: tuple[int, ...], table: Table) -> str:
    names = [".".join(filter(None, (row.key, column.key))) for row, column in map(table.labels, side)]
    return " + ".join(names) if len(names) <= 3 else f"{names[0]} + … + {names[-1]} ({len(names)} cells)"


def _hint(table: Table, values: TableValues, failure: Failure) -> tuple[str, Number] | None:
    """Return the one cell of a failed sum whose change repairs most sums, if there is exactly one."""
    repairs = _repairs(values, failure)
    ranked = sorted(((_net_repaired(table, values, *repair), *repair) for repair in repairs), reverse=True)
    if not ranked or ranked[0][0] <= 0 or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return None
    _, cell, value = ranked[0]
    return (table.fields[cell], value) if table.fields[cell] else None


def _repairs(values: TableValues, failure: Failure) -> Iterator[tuple[int, Number]]:
    """Yield for each cell of a failed sum the value with which it would hold; counts are not negative."""
    s, left, right = failure
    for side, missing in ((s.left, right - left), (s.right, left - right)):
        for cell in side:
            value = values.values[cell] + missing
            if value >= 0:
                yield cell, value


def _net_repaired(table: Table, values: TableValues, cell: int, value: Number) -> int:
    """Count the sums that a change would repair, less those it would break."""
    changed = values.with_value(cell, value)
    affected = [s for s in table.sums if s.binding and cell in s.cells]
    return sum(changed.holds(s) - values.holds(s) for s in affected)


def _not_checked(table: Table, values: TableValues, sums: list[Sum]) -> Iterator[Finding]:
    """Report once for each rule the sums that could not be checked, with the cells that were not read."""
    for rule, group in groupby(sorted(sums, key=lambda s: s.rule), key=lambda s: s.rule):
        unchecked = list(group)
        missing = dict.fromkeys(cell for s in unchecked for cell in s.cells if cell not in values.values)
        fields = tuple(table.fields[cell] for cell in missing if table.fields[cell])
        count = f"{len(unchecked)} sum{'s'[: len(unchecked) > 1]}"
        yield Finding(rule, "not_checked", fields, f"{count} not checked: {len(fields)} cells were not read")


def _not_counts(table: Table, cells: dict[int, Fact]) -> Iterator[Finding]:
    """Report figures that are negative or have a fraction where the form asks for a count."""
    for cell, fact in cells.items():
        if fact.status == "unreadable" and table.kind(cell) == "count" and NO_COUNT.fullmatch(fact.text):
            yield Finding(NONNEGATIVE, "publisher", (fact.field,), f"{fact.text} is no count")


class Sentence(NamedTuple):
    """What a sentence about ``metric`` may refer to: its ``readings``, each a sum of fields."""

    rule: str
    metric: str
    readings: list[list[str]]


@cache
def _sentences() -> dict[str, Sentence]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {entry["metric"]: Sentence(**entry) for entry in data["sentence"]}


def check_narrative(facts: Sequence[Fact], figures: Sequence[Figure]) -> Iterator[Finding]:
    """Report sentences whose figure no table confirms. The tables take precedence, and nobody is blamed."""
    values = {fact.field: fact.implied if fact.value is None else fact.value for fact in facts}
    for figure in figures:
        sentence = _sentences().get(figure.metric)
        if sentence and not figure.approximate:
            yield from _mismatch(sentence, figure, values)


def _mismatch(sentence: Sentence, figure: Figure, values: dict[str, Number | None]) -> Iterator[Finding]:
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
    """Report government rules of a body that has no power to make them (W-RULES)."""
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
