"""Report what a document leaves open: missing labels and tables, unclaimed figures, a missing end."""

from collections.abc import Iterator, Sequence

from parsers.forms import Form, forms
from parsers.report import FIRST_REVISED_YEAR, OPEN, Fact, Finding, Section
from parsers.tables.arrange import Row
from parsers.tables.claim import Unclaimed
from parsers.tables.fill import FilledTable
from parsers.tables.stream import Stream

CUT_OFF, EMPTY, NO_TABLE = "F-CUT", "F-EMPTY", "F-NOTABLE"
# A report with one of these was published, but nothing is known of its figures.
WITHOUT_FIGURES = (EMPTY, NO_TABLE)
# In a complete report two sections of prose follow the last label; in one that was cut off, hardly a heading.
LAST_SECTIONS = 5
FEW_LETTERS = 120
LONGEST_QUOTE, MOST_LABELS = 60, 3


def doubts(
    stream: Stream, tables: Sequence[FilledTable], year: int | None, prose: Sequence[Section]
) -> Iterator[Finding]:
    """Yield the findings about the document itself; they are of kind ``reading``.

    F-ROW label not found; F-UNKNOWN figures after an unknown label; F-STRAY figures where the form has
    none; F-OPEN a row with open cells; F-TABLE table not found; F-TWICE a table printed twice with
    different figures; F-CUT the document ends in the middle; F-EMPTY no figure in any table; F-NOTABLE no
    table at all, although the year's form has some; F-YEAR (kind ``info``) another form than the one in force
    for the year.
    """
    if not tables and year and year >= FIRST_REVISED_YEAR:
        yield Finding(
            "F-NOTABLE", "reading", (), "no table of a known form was found; only the prose was read"
        )
    for filled in tables:
        if filled.missing_rows:
            yield _missing_rows(filled)
        yield from map(_unclaimed, filled.claimed.unclaimed)
        if filled.differing:
            yield _twice(filled)
        if any(fact.status in OPEN for fact in filled.cells.values()):
            yield from (_open_row(filled, row) for row in filled.rows if _open_cells(filled, row))
    missing = list(_missing_tables(tables))
    yield from missing
    if tables and _ends_early(stream, tables, prose, bool(missing)):
        yield Finding(CUT_OFF, "reading", (), "the document ends before the form does: it was cut off")
    yield from _empty(tables)
    yield from _other_year(tables, year)


def _empty(tables: Sequence[FilledTable]) -> Iterator[Finding]:
    facts = [fact for filled in tables for fact in filled.cells.values()]
    if facts and all(fact.value is None and not fact.candidates for fact in facts):
        is_open = any(fact.status in OPEN for fact in facts)
        found = "no figure was found behind its labels" if is_open else "nothing is filled in"
        yield Finding(EMPTY, "reading", (), f"the form is there, but {found}")


def _missing_rows(filled: FilledTable) -> Finding:
    fields = tuple(field for row in filled.missing_rows for field in filled.fields(row))
    labels = [filled.label(row).printed or filled.table.label for row in filled.missing_rows]
    rest = f" and {len(labels) - MOST_LABELS} more" if len(labels) > MOST_LABELS else ""
    message = f"label not found: {', '.join(labels[:MOST_LABELS])}{rest}"
    return Finding("F-ROW", "reading", fields, message)


def _twice(filled: FilledTable) -> Finding:
    fields = tuple(filter(None, (filled.table.fields[cell] for cell in filled.differing)))
    message = f"the table stands here twice, with other figures in {len(filled.differing)} cells"
    return Finding("F-TWICE", "reading", fields, message)


def _unclaimed(unclaimed: Unclaimed) -> Finding:
    figures = _quote(" ".join(mark.text for mark in unclaimed.marks))
    if unclaimed.label:
        message = f"the form knows no row for …{unclaimed.label[-20:]}: {figures}"
        return Finding("F-UNKNOWN", "reading", (), message)
    return Finding("F-STRAY", "reading", (), f"figures where the form has none: {figures}")


def _open_cells(filled: FilledTable, row: Row) -> list[Fact]:
    start = row.number * filled.table.width
    return [
        fact
        for cell in range(start, start + filled.table.width)
        if (fact := filled.cells[cell]).status in OPEN
    ]


def _open_row(filled: FilledTable, row: Row) -> Finding:
    cells = _open_cells(filled, row)
    label = filled.label(row.number).printed or filled.table.label
    several = any(fact.status == "ambiguous" for fact in cells)
    reason = (
        "can be read in more than one way" if several else "fits no column" if row.text else "has no figure"
    )
    fields = tuple(fact.field for fact in cells if fact.field)
    return Finding("F-OPEN", "reading", fields, " ".join(filter(None, (label, _quote(row.text), reason))))


def _quote(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def _main_form(tables: Sequence[FilledTable]) -> Form | None:
    """Return the form that most tables come from, not counting those that several forms share."""
    ids = [filled.table.forms[0] for filled in tables if len(filled.table.forms) == 1]
    return max(forms(), key=lambda form: ids.count(form.id)) if ids else None


def _missing_tables(tables: Sequence[FilledTable]) -> Iterator[Finding]:
    form = _main_form(tables)
    present = {filled.table.key for filled in tables}
    for table in form.tables if form else ():
        if table.key not in present:
            fields = tuple(filter(None, table.fields))
            yield Finding("F-TABLE", "reading", fields, f"table not found: {table.label}")


def _ends_early(
    stream: Stream, tables: Sequence[FilledTable], prose: Sequence[Section], tables_missing: bool
) -> bool:
    last = tables[-1]
    unfinished = tables_missing or len(last.located.spans) - 1 in last.missing_rows
    followed = any(section.number >= LAST_SECTIONS for section in prose)
    return unfinished and not followed and len(stream.letters) - last.located.labels_end < FEW_LETTERS


def _other_year(tables: Sequence[FilledTable], year: int | None) -> Iterator[Finding]:
    form = _main_form(tables)
    if form and year and form.years != _years_of(year) and year not in form.years:
        message = f"the tables are those of form {form.id}, which was not in force for {year}"
        yield Finding("F-YEAR", "info", (), message)


def _years_of(year: int) -> tuple[int, ...]:
    """Return the years of the national form in force for a data year; the newest one stays in force."""
    return next((form.years for form in forms() if form.years[0] <= year), ())
