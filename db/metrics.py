"""Harmonised metrics: formulas over a report's facts, as ``metrics.toml`` states them."""

import ast
import operator
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from parsers.report import Fact, Number

# From the strongest to the weakest status: a metric has the weakest status among its figures.
STRENGTH = ("stated", "zero_word", "inferred", "implied", "blank", "suppressed", "unreadable")
OPERATORS: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Metric(NamedTuple):
    """A figure that is comparable across forms. ``formulas`` are those of different forms, the newest first.

    A rate is suppressed if its ``base`` is less than ``least``.
    """

    name: str
    core: bool
    zh: str
    en: str
    unit: str
    kind: str
    definition: str
    formulas: tuple[ast.expr, ...]
    base: ast.expr | None
    least: int
    comparable: dict[str, str]
    notes: str
    standard: str

    @property
    def formula(self) -> str:
        return " | ".join(map(ast.unparse, self.formulas))


class Value(NamedTuple):
    """A value, with the weakest status among the figures used; None if one of them is missing."""

    value: Number | None
    status: str


NOT_ASKED, UNREAD = Value(None, "blank"), Value(None, "unreadable")


@cache
def metrics() -> dict[str, Metric]:
    """Load the metrics, in the order of their file. Raises SyntaxError for an invalid formula."""
    data = tomllib.loads((files("db") / "metrics.toml").read_text("utf-8"))
    return {name: _metric(name, entry) for name, entry in data.items()}


def _metric(name: str, entry: dict[str, Any]) -> Metric:
    least = entry.get("least", {})
    return Metric(
        name=name,
        formulas=tuple(map(_parsed, entry["formula"])),
        base=_parsed(least["base"]) if least else None,
        least=least.get("count", 0),
        notes=entry.get("notes", ""),
        standard=entry.get("standard", ""),
        **{key: entry[key] for key in ("core", "zh", "en", "unit", "kind", "definition", "comparable")},
    )


def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body


def values(facts: Sequence[Fact]) -> Iterator[tuple[str, Value]]:
    """Compute every metric that a report's tables ask for; its value is None if a figure is missing.

    A blank counts as the value that the form's sums imply for it.
    """
    report = _Report({fact.field: _value_of(fact) for fact in facts})
    for name in report.formulas:
        value = report.metric(name)
        if value is not NOT_ASKED:
            yield name, value


class _Report:
    """Evaluates formulas over one report, each metric once."""

    def __init__(self, figures: dict[str, Value]) -> None:
        self.figures = figures
        self.formulas = _formulas(frozenset(figures))
        self.computed: dict[str, Value] = {}

    def metric(self, name: str) -> Value:
        if name not in self.computed:
            self.computed[name] = self.formulas[name](self)
        return self.computed[name]


Formula = Callable[[_Report], Value]


@lru_cache(maxsize=256)
def _formulas(fields: frozenset[str]) -> dict[str, Formula]:
    """Compile every metric, in the order of their file, for tables that ask for these fields."""
    compiler = _Compiler(fields)
    return {name: compiler.formula(metric) for name, metric in metrics().items()}


class _Compiler(NamedTuple):
    """The fields that a report's tables ask for; compiles metrics to formulas over these fields only."""

    fields: frozenset[str]

    def formula(self, metric: Metric) -> Formula:
        asked = [formula for formula in metric.formulas if self.is_asked(formula)]
        if not asked:
            return lambda report: NOT_ASKED
        value = self.compile(asked[0])
        if not metric.base:
            return value
        base, least = self.compile(metric.base), metric.least

        def rate(report: _Report) -> Value:
            count = base(report).value
            return value(report) if count is None or count >= least else Value(None, "suppressed")

        return rate

    def is_asked(self, formula: ast.expr) -> bool:
        """Return whether the tables ask for all that a formula needs, with any one formula of its metrics."""
        if isinstance(formula, ast.Name):
            return any(map(self.is_asked, metrics()[formula.id].formulas))
        if isinstance(formula, ast.Attribute):
            return ast.unparse(formula) in self.fields
        if isinstance(formula, ast.BoolOp):
            return any(map(self.is_asked, formula.values))
        return all(
            self.is_asked(part) for part in ast.iter_child_nodes(formula) if isinstance(part, ast.expr)
        )

    def compile(self, node: ast.expr) -> Formula:
        match node:
            case ast.Constant(value=int() | float() as number):
                constant = Value(number, "stated")
                return lambda report: constant
            case ast.Name(id=name):
                return lambda report: report.metric(name)
            case ast.Attribute():
                field = ast.unparse(node)
                return lambda report: report.figures.get(field, UNREAD)
            case ast.BoolOp(op=ast.Or(), values=[*choices]):
                return _first_answered(
                    tuple(self.compile(choice) for choice in choices if self.is_asked(choice))
                )
            case ast.BinOp(left=left, op=op, right=right):
                return _binary(OPERATORS[type(op)], self.compile(left), self.compile(right))
        raise ValueError(f"not a formula: {ast.unparse(node)}")


def _first_answered(choices: tuple[Formula, ...]) -> Formula:
    """Combine formulas: the first value that is not a blank counts."""

    def value(report: _Report) -> Value:
        found = (choice(report) for choice in choices)
        return next((value for value in found if value != NOT_ASKED), NOT_ASKED)

    return value


def _binary(operation: Callable[[Number, Number], Number], left: Formula, right: Formula) -> Formula:
    return lambda report: _combine(operation, left(report), right(report))


def _value_of(fact: Fact) -> Value:
    if fact.value is not None:
        return Value(fact.value, fact.status)
    if fact.implied is not None:
        return Value(fact.implied, "implied")
    return Value(None, "blank" if fact.status in ("blank", "dash") else "unreadable")


def _combine(operation: Callable[[Number, Number], Number], left: Value, right: Value) -> Value:
    status = left.status
    if status != right.status:
        status = max(status, right.status, key=STRENGTH.index)
    if left.value is None or right.value is None:
        return Value(None, status)
    if operation is operator.truediv and right.value == 0:
        return Value(None, "blank")
    return Value(operation(left.value, right.value), status)
