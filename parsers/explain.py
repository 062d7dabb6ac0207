"""Explain one cell of one document: where its label stands, which marks it got, which readings were left."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from parsers.checks.check import check, describe_sum
from parsers.formats import recognise
from parsers.forms import variants
from parsers.report import Fact, Finding, Number
from parsers.tables.arrange import Assignment
from parsers.tables.fill import FilledTable, fill
from parsers.tables.stream import Mark, Stream, lay_out

MOST_SHOWN = 5
QUOTED = 60


class UnknownField(LookupError):
    """No form has a field of that name."""


class Explanation(NamedTuple):
    """How one field was read.

    ``labels`` are the printed labels of table, row and column. ``found`` is the line in which the row's label
    stands, "" if it was not found. ``marks`` are what the row claimed. If the row had to be cut,
    ``assignments`` holds its readings that satisfy its own sums; None if its marks fit the columns. ``sums``
    are the form's sums over the cell with the value of both sides, ``findings`` what the checks say of it,
    ``second`` the value of the second reading, "" if it has none.
    """

    field: str
    forms: tuple[str, ...]
    labels: str
    found: str
    marks: tuple[Mark, ...]
    columns: tuple[str, ...]
    assignments: tuple[Assignment, ...] | None
    fact: Fact
    sums: tuple[str, ...]
    findings: tuple[Finding, ...]
    second: Number | None | str


def explain(data: bytes, field: str) -> Explanation:
    """Explain how a field of a document is read.

    Raises UnknownField with the nearest names if no form has it, LookupError if the document holds no table
    with it, and Unreadable if it cannot be read at all.
    """
    _must_be_field(field)
    document_format = recognise(data)
    stream = lay_out(document_format.read(data).lines)
    tables = fill(stream)
    filled = next((each for each in tables if field in each.table.fields), None)
    if filled is None:
        present = ", ".join(f"{'/'.join(each.table.forms)} {each.table.key}" for each in tables) or "none"
        raise LookupError(f"no table with {field} was found in the document; tables found: {present}")
    second = filled.second_reading(document_format.rows(data) if document_format.rows else ())
    return _explain(filled, stream, filled.table.fields.index(field), second)


def _must_be_field(field: str) -> None:
    known = {each for tables in variants().values() for table in tables for each in table.fields if each}
    if field not in known:
        near = get_close_matches(field, known, n=3, cutoff=0.5)
        raise UnknownField(f"no form has a field {field}" + (f"; is it {' or '.join(near)}?" if near else ""))


def _explain(filled: FilledTable, stream: Stream, cell: int, second: dict[int, Number | None]) -> Explanation:
    table, number = filled.table, cell // filled.table.width
    row = next((row for row in filled.rows if row.number == number), None)
    fact = next(fact for fact in filled.facts() if fact.field == table.fields[cell])
    findings = check(table, filled.cells, lambda: second)
    return Explanation(
        field=fact.field,
        forms=table.forms,
        labels=table.describe(cell)[0],
        found=_place(stream, filled.located.spans[number]),
        marks=row.claim.marks if row else (),
        columns=tuple(column.printed for column in table.columns),
        assignments=row.assignments(False)[0] or row.assignments(True)[0] if row and not row.facts else None,
        fact=fact,
        sums=tuple(describe_sum(table, filled.cells, s) for s in table.sums if cell in s.cells),
        findings=tuple(finding for finding in findings if fact.field in finding.fields),
        second=second.get(cell, ""),
    )


def _place(stream: Stream, span: tuple[int, int] | None) -> str:
    if span is None:
        return ""
    line = stream.lines[stream.line_of(span[0])]
    text = " | ".join(filter(None, line.cells))
    start = stream.offset_of(span[0]) if len(line.cells) == 1 and len(text) > QUOTED else 0
    return f"{line.at}: {'…' * bool(start)}{text[start : start + QUOTED]}"


def as_lines(explanation: Explanation) -> Iterator[str]:
    """Write an explanation for a person, one step a line."""
    e, fact = explanation, explanation.fact
    yield f"{e.field}  {e.labels}  (form {', '.join(e.forms)})"
    yield f"label found   {e.found or 'not found'}"
    marks = "   ".join(f"{mark.text or '·'} ({mark.reading.status}, {mark.at})" for mark in e.marks)
    yield f"marks claimed {marks or 'none'}"
    yield from _readings(e)
    value = "null" if fact.value is None else str(fact.value)
    more = f", candidates {', '.join(map(str, fact.candidates[:MOST_SHOWN]))}" if fact.candidates else ""
    yield f"value         {value}, {fact.status}{more}" + (
        "" if fact.implied is None else f", implied {fact.implied}"
    )
    yield f"second        {'nothing' if e.second == '' else e.second}"
    for text in e.sums or ("none of the form's sums holds this cell",):
        yield f"sum           {text}"
    for finding in e.findings:
        yield f"finding       {finding.kind} {finding.rule}: {finding.message}"


def _readings(e: Explanation) -> Iterator[str]:
    if e.assignments is None:
        yield f"readings      the marks fit the {len(e.columns)} columns" if e.marks else "readings      none"
        return
    yield f"readings      {len(e.assignments)} left by the row's own sums"
    for assignment in e.assignments[:MOST_SHOWN]:
        yield f"              {' | '.join('·' if value is None else str(value) for value in assignment)}"
    if len(e.assignments) > MOST_SHOWN:
        yield f"              and {len(e.assignments) - MOST_SHOWN} more"
