"""Turn the bytes of a document into a report: the entry point of the parser."""

from collections.abc import Iterator, Sequence

from parsers.checks.check import check, check_narrative, check_rules
from parsers.checks.doubt import doubts
from parsers.formats import Format, recognise
from parsers.identity.contents import NO_REPORT, judge_prose
from parsers.identity.identify import identify
from parsers.narrative.figures import figures
from parsers.narrative.prose import prose_of
from parsers.narrative.sections import sections
from parsers.places import Place
from parsers.report import FIRST_REVISED_YEAR, OPEN, Fact, Finding, Report, Section, Unreadable
from parsers.tables.fill import FilledTable, fill
from parsers.tables.stream import lay_out
from parsers.text.lines import Line

# If a smaller share of the cells can be read, the document has the form's labels but not its figures.
LEAST_SHARE = 0.05


def parse(data: bytes, home: Place | None = None, fetched: str = "") -> Report:
    """Read a document. Raises Unreadable, with the reason, if it holds no report.

    ``home`` is the place whose site published the document. It is used only if the document itself does
    not name its place. ``fetched`` is the time it was fetched (ISO 8601), if known: what a document says of
    later times is not believed.
    """
    return read(recognise(data), data, home, fetched)


def read(document_format: Format, data: bytes, home: Place | None = None, fetched: str = "") -> Report:
    """Read a document whose format is already known. Raises Unreadable."""
    text = document_format.read(data)
    stream = lay_out(text.lines)
    tables = fill(stream)
    loose_lines = _loose_lines(text.lines)
    identity = identify(text.title, loose_lines, home, fetched)
    facts = tuple(fact for filled in tables for fact in filled.facts())
    prose = sections(prose_of(stream, tables))
    if tables:
        _must_have_figures(text.title, loose_lines, tables, facts)
    else:
        _must_be_prose(text.title, loose_lines, identity.year, prose, document_format, data)
    stated = figures(prose, identity.year)
    findings = (
        *identity.findings,
        *doubts(stream, tables, identity.year, prose),
        *(finding for filled in tables for finding in _check_table(filled, document_format, data)),
        *check_rules(facts, identity.publisher, identity.year),
        *check_narrative(facts, stated),
    )
    forms = _forms(tables)
    return Report(identity.title, identity.publisher, identity.year, forms, facts, findings, prose, stated)


def _check_table(filled: FilledTable, document_format: Format, data: bytes) -> Iterator[Finding]:
    return check(
        filled.table,
        filled.cells,
        second_reading=lambda: filled.second_reading(
            document_format.rows(data) if document_format.rows else ()
        ),
    )


def _forms(tables: Sequence[FilledTable]) -> tuple[str, ...]:
    """Name the forms that the tables come from.

    A table that several forms share is attributed to one that another table comes from, if there is one.
    """
    own = {filled.table.forms[0] for filled in tables if len(filled.table.forms) == 1}
    shared = {filled.table.forms[0] for filled in tables if own.isdisjoint(filled.table.forms)}
    return tuple(sorted(own | shared, reverse=True))


def _loose_lines(lines: Sequence[Line]) -> list[str]:
    return [line.cells[0] for line in lines if len(line.cells) == 1 and line.cells[0]]


def _must_have_figures(
    title: str, lines: Sequence[str], tables: Sequence[FilledTable], facts: Sequence[Fact]
) -> None:
    """Raise Unreadable if the figures of a form were lost, or if it is nobody's report but the empty form.

    A report whose cells are all empty was published all the same: it is read, with the finding F-EMPTY.
    """
    read_cells = sum(bool(fact.candidates) or fact.status not in OPEN for fact in facts)
    if read_cells < LEAST_SHARE * len(facts) and any(fact.text for fact in facts):
        names = ", ".join(_forms(tables))
        raise Unreadable(
            f"the labels of form {names} are there, but hardly a figure could be read behind them"
        )
    if all(fact.value is None and not fact.candidates for fact in facts):
        verdict = judge_prose(title, lines)
        if verdict.kind == "refused" and verdict.reason != NO_REPORT:
            raise Unreadable(verdict.reason)


def _must_be_prose(
    title: str,
    lines: Sequence[str],
    year: int | None,
    prose: Sequence[Section],
    document_format: Format,
    data: bytes,
) -> None:
    """Raise Unreadable if a document without tables is no report in prose of a known year.

    From 2019 on every report has tables. One without them, or with pictures of them, was published all the
    same: it is read if it has sections, with the finding F-NOTABLE.
    """
    verdict = judge_prose(title, lines)
    if verdict.kind == "refused" and verdict.reason != NO_REPORT:
        raise Unreadable(verdict.reason)
    if verdict.kind == "refused" or year is None or (year >= FIRST_REVISED_YEAR and not prose):
        explanation = document_format.explain(data) if document_format.explain else ""
        raise Unreadable(f"no table of a known form was found{explanation}")
