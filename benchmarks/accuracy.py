"""Compare what is read from documents with figures checked by hand: ``python -m benchmarks.accuracy DIR``.

DIR holds documents, and in ``expected/NAME.json`` the true facts of ``NAME.*`` and ``NAME_*``. A fact
is right, wrong, open (null where the truth is not) or invented (a number where nothing is printed, or
for a question that the document does not ask).
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from parsers import Fact, Unreadable, parse

OUTCOMES = ("right", "wrong", "open", "invented")
DISCLOSURE = "disclosure."


class Compared(NamedTuple):
    """A document with the outcome of each of its facts, and the error if it was not read.

    ``told`` are the open facts whose true value is among the candidates.
    """

    name: str
    layout: str
    outcomes: dict[str, str]
    told: frozenset[str]
    error: str


def expected_facts(folder: Path) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Yield every document of a folder that has expected facts: its path, their name and the facts."""
    expected = {
        path.stem: json.loads(path.read_text("utf-8"))["facts"] for path in folder.glob("expected/*.json")
    }
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        names = [name for name in expected if path.name.startswith((f"{name}.", f"{name}_"))]
        if names:
            yield path, max(names, key=len), expected[max(names, key=len)]


def compare(folder: Path) -> Iterator[Compared]:
    """Read every document that has expected facts."""
    return (_compared(*each) for each in expected_facts(folder))


def _compared(path: Path, name: str, expected: dict[str, Any]) -> Compared:
    layout = path.name.removeprefix(name).strip("._").removesuffix(".txt") or "txt"
    try:
        facts = {fact.field: fact for fact in parse(path.read_bytes()).facts}
    except Unreadable as error:
        return Compared(path.name, layout, dict.fromkeys(expected, "open"), frozenset(), str(error))
    asked = [*expected, *(f for f, fact in facts.items() if f not in expected and fact.value is not None)]
    outcomes = {field: _outcome(facts.get(field), expected.get(field)) for field in asked}
    left = (field for field, outcome in outcomes.items() if outcome == "open" and field in facts)
    told = frozenset(field for field in left if expected[field] in facts[field].candidates)
    return Compared(path.name, layout, outcomes, told, "")


def _outcome(fact: Fact | None, true: int | float | None) -> str:
    value = fact.value if fact else None
    if value == true:
        return "right"
    if true is None:
        return "invented"
    return "open" if value is None else "wrong"


def _table(title: str, lines: Iterable[tuple[str, Sequence[Compared], Callable[[str], bool]]]) -> Table:
    """Count the outcomes of some documents, of those fields that are wanted."""
    table = Table(title=f"by {title}", title_justify="left")
    for head in (title, *OUTCOMES, "right %", "open, true value among candidates"):
        table.add_column(head, justify="left" if head == title else "right")
    for name, documents, wanted in lines:
        counts = Counter(o for each in documents for field, o in each.outcomes.items() if wanted(field))
        told = sum(wanted(field) for each in documents for field in each.told)
        if counts:
            share = f"{100 * counts['right'] / counts.total():.1f}"
            table.add_row(name, *(str(counts[outcome]) for outcome in OUTCOMES), share, str(told))
    return table


def _layouts(found: list[Compared]) -> Iterator[tuple[str, list[Compared], Callable[[str], bool]]]:
    """Take layout by layout; the disclosure tables apart, for they have no sums to cut figures by."""
    for layout in sorted({each.layout for each in found}):
        documents = [each for each in found if each.layout == layout]
        yield f"{layout}: disclosure", documents, lambda field: field.startswith(DISCLOSURE)
        yield (
            f"{layout}: requests, disputes, annex",
            documents,
            lambda field: not field.startswith(DISCLOSURE),
        )
    yield "all", found, lambda field: True


def main() -> None:
    console = Console(width=150)
    if len(sys.argv) != 2 or not Path(sys.argv[1], "expected").is_dir():
        sys.exit("usage: python -m benchmarks.accuracy DIR, where DIR/expected/*.json hold the true facts")
    found = list(compare(Path(sys.argv[1])))
    console.print(_table("document", ((each.name, [each], lambda field: True) for each in found)))
    console.print(_table("layout", _layouts(found)))
    for each in filter(lambda each: each.error, found):
        console.print(f"{each.name}: {each.error}")
    bad = [
        f"{c.name} {field}: {o}"
        for c in found
        for field, o in c.outcomes.items()
        if o in ("wrong", "invented")
    ]
    sys.exit("\n".join(bad) if bad else 0)


if __name__ == "__main__":
    main()
