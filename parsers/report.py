"""The result of reading a document: facts, findings, sections and figures."""

from typing import NamedTuple

Number = int | float
# Statuses of a fact whose value is not known.
OPEN = frozenset(("ambiguous", "unreadable"))
FINDING_KINDS = ("publisher", "reading", "not_checked", "info")
# The first data year under the revised regulation (国务院令第711号): reports follow a form with tables
# (art. 50), and governments publish later than other bodies (art. 49).
FIRST_REVISED_YEAR = 2019


class Unreadable(ValueError):
    """The document holds no report that can be read; the message gives the reason."""


class Fact(NamedTuple):
    """The answer to one field of a form, as it was printed.

    ``status`` is one of ``stated`` (a number in a cell of its own), ``zero_word`` (无), ``blank``,
    ``dash`` (/ or -), ``inferred`` (exactly one value satisfies the form's sums), ``ambiguous``
    (several do: ``value`` is None and ``candidates`` holds them) and ``unreadable`` (``text`` is kept).
    ``implied`` is the value that the form's sums leave for a blank cell; it was not printed, and
    ``value`` stays None.
    """

    field: str
    value: Number | None
    text: str
    status: str
    at: str
    candidates: tuple[Number | None, ...] = ()
    implied: Number | None = None


class Finding(NamedTuple):
    """One reason to doubt.

    ``kind`` is ``publisher`` (two independent readings agree on figures that do not add up),
    ``reading`` (we may have misread), ``not_checked`` (cells that the check needs were not read) or
    ``info`` (unusual, but possibly correct). ``hint`` names the one figure whose change would repair
    most of the failed sums, and the value it would need.
    """

    rule: str
    kind: str
    fields: tuple[str, ...]
    message: str
    expected: Number | None = None
    actual: Number | None = None
    hint: tuple[str, Number] | None = None


class Section(NamedTuple):
    """A numbered section of the report's prose, without its tables."""

    number: int
    heading: str
    text: str


class Figure(NamedTuple):
    """A number stated in a sentence, together with the sentence.

    ``scope`` is the word by which the sentence limits its scope (全市, 本级, 本机关, 累计 ...), or "".
    """

    metric: str
    value: Number
    unit: str
    approximate: bool
    sentence: str
    scope: str = ""


class Publisher(NamedTuple):
    """Who reports: name as printed, GB/T 2260 code of the place, and class of scope."""

    name: str | None
    place: str | None
    scope: str


class Report(NamedTuple):
    """The contents of one document: one publisher, one year."""

    title: str
    publisher: Publisher
    year: int | None
    forms: tuple[str, ...]
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...]
