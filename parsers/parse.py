"""From the bytes of a document to a report: the one way in."""

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
from parsers.report import FIRST_REVISED_YEAR, OPEN, Fact, Finding, Report, Unreadable
from parsers.tables.fill import Filled, fill
from parsers.tables.stream import stream
from parsers.text.lines import Line, Text

# With less than this share of its cells told, a form has lost its figures on the way.
LEAST_SHARE = 0.05


def parse(data: bytes, home: Place | None = None) -> Report:
    """Read a document. Raises Unreadable, with the reason, where it holds no report.

    ``home`` is the place whose site published it; it counts only where the document leaves its place open.
    """
    return read(recognise(data), data, home)


def read(known: Format, data: bytes, home: Place | None = None) -> Report:
    """Read a document whose format is known already. Raises Unreadable."""
    text = known.read(data)
    laid = stream(text.lines)
    tables = fill(laid)
    identity = identify(text.title, _loose(text.lines), home)
    facts = tuple(fact for filled in tables for fact in filled.facts())
    _must_be_report(known, data, text, tables, facts, identity.year)
    prose = sections(prose_of(laid, tables))
    stated = figures(prose, identity.year)
    findings = (
        *identity.findings,
        *doubts(laid, tables, identity.year, prose),
        *(finding for filled in tables for finding in _checked(filled, known, data)),
        *check_rules(facts, identity.publisher, identity.year),
        *check_narrative(facts, stated),
    )
    forms = _forms(tables)
    return Report(identity.title, identity.publisher, identity.year, forms, facts, findings, prose, stated)


def _checked(filled: Filled, known: Format, data: bytes) -> Iterator[Finding]:
    return check(
        filled.table,
        filled.cells,
        second_reading=lambda: filled.second_reading(known.rows(data) if known.rows else ()),
    )


def _forms(tables: Sequence[Filled]) -> tuple[str, ...]:
    """Name the forms that the tables come from; one that several forms share goes with the others."""
    own = {filled.table.forms[0] for filled in tables if len(filled.table.forms) == 1}
    shared = {filled.table.forms[0] for filled in tables if own.isdisjoint(filled.table.forms)}
    return tuple(sorted(own | shared, reverse=True))


def _loose(lines: Sequence[Line]) -> list[str]:
    return [line.cells[0] for line in lines if len(line.cells) == 1 and line.cells[0]]


def _must_be_report(
    known: Format, data: bytes, text: Text, tables: Sequence[Filled], facts: Sequence[Fact], year: int | None
) -> None:
    """Refuse what holds no report. A page that should hold one and gives nothing is no success."""
    told = sum(bool(fact.candidates) or fact.status not in OPEN for fact in facts)
    if tables and told < LEAST_SHARE * len(facts):
        names = ", ".join(_forms(tables))
        raise Unreadable(
            f"the labels of form {names} are there, but hardly a figure could be read behind them"
        )
    if tables:
        return
    verdict = judge_prose(text.title, _loose(text.lines))
    if verdict.kind == "refused" and verdict.reason != NO_REPORT:
        raise Unreadable(verdict.reason)
    if verdict.kind == "refused" or year is None or year >= FIRST_REVISED_YEAR:
        raise Unreadable(f"no table of a known form was found{known.explain(data) if known.explain else ''}")
