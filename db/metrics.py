"""Harmonised metrics: formulas over a report's facts, as ``metrics.toml`` states them."""

import ast
import operator
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from parsers.report import Fact, Number

# From the strongest to the weakest: a metric is no better than the weakest figure in it.
STRENGTH = ("stated", "zero_word", "inferred", "implied", "blank", "suppressed", "unreadable")
OPERATORS: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Metric(NamedTuple):
    """A figure comparable across forms. ``formulas`` are those of different forms, the newest first.

    A rate is suppressed where ``base`` comes to less than ``least``.
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
    """A figure, with the weakest status among those it was made of; None where one is missing."""

    value: Number | None
    status: str


NOT_ASKED = Value(None, "blank")


@cache
def metrics() -> dict[str, Metric]:
    """Load the metrics, in the order of their file. Raises SyntaxError for a formula that is none."""
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


@cache
def _field(node: ast.Attribute) -> str:
    return ast.unparse(node)


def values(facts: Sequence[Fact]) -> Iterator[tuple[str, Value]]:
    """Give every metric that a report's tables ask for, its value None where a figure is missing.

    A blank counts with what the form's sums imply for it.
    """
    report = _Report(facts)
    for name in metrics():
        value = report.metric(name)
        if value is not NOT_ASKED:
            yield name, value


class _Report:
    """Formulas evaluated over one report, each metric once."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.figures = {fact.field: _figure(fact) for fact in facts}
        self.known: dict[str, Value] = {}

    def metric(self, name: str) -> Value:
        if name not in self.known:
            self.known[name] = self._evaluate(metrics()[name])
        return self.known[name]

    def _evaluate(self, metric: Metric) -> Value:
        asked = [formula for formula in metric.formulas if self._asks(formula)]
        if not asked:
            return NOT_ASKED
        if metric.base and (base := self.of(metric.base).value) is not None and base < metric.least:
            return Value(None, "suppressed")
        return self.of(asked[0])

    def _asks(self, formula: ast.expr) -> bool:
        """Say whether the report's tables ask for what a formula needs, in any form of its metrics."""
        if isinstance(formula, ast.Name):
            return any(map(self._asks, metrics()[formula.id].formulas))
        if isinstance(formula, ast.Attribute):
            return _field(formula) in self.figures
        if isinstance(formula, ast.BoolOp):
            return any(map(self._asks, formula.values))
        return all(self._asks(part) for part in ast.iter_child_nodes(formula) if isinstance(part, ast.expr))

    def of(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=int() | float() as number):
                return Value(number, "stated")
            case ast.Name(id=name):
                return self.metric(name)
            case ast.Attribute():
                return self.figures.get(_field(node), Value(None, "unreadable"))
            case ast.BoolOp(op=ast.Or(), values=[first, second]):
                value = self.of(first) if self._asks(first) else NOT_ASKED
                return self.of(second) if value == NOT_ASKED and self._asks(second) else value
            case ast.BinOp(left=left, op=op, right=right):
                return _combined(OPERATORS[type(op)], self.of(left), self.of(right))
        raise ValueError(f"not a formula: {ast.unparse(node)}")


def _figure(fact: Fact) -> Value:
    if fact.value is not None:
        return Value(fact.value, fact.status)
    if fact.implied is not None:
        return Value(fact.implied, "implied")
    return Value(None, "blank" if fact.status in ("blank", "dash") else "unreadable")


def _combined(operation: Callable[[Number, Number], Number], left: Value, right: Value) -> Value:
    status = max(left.status, right.status, key=STRENGTH.index)
    if left.value is None or right.value is None:
        return Value(None, status)
    if operation is operator.truediv and right.value == 0:
        return Value(None, "blank")
    return Value(operation(left.value, right.value), status)
