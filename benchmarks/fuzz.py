"""Damage documents at random, and count the figures that come out wrong without a word.

``python -m benchmarks.fuzz DIR [--mutants N] [--seed N] [--jobs N] [--show N]``

The documents are those of DIR with ``expected/NAME.json`` (as for benchmarks.accuracy) and the fixtures of
the tests. Each mutant is one document with one to three random changes: a cell inserted, deleted, doubled or
merged with the next, two lines joined, a line split, doubled or deleted, a tag dropped. A value that differs
from the document's true figure is covered if a finding names its field or another field of its table, or
tells of figures that no row claims. The others are silent. Exits with 1 if there are any.
"""

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.accuracy import expected_facts
from parsers import Fact, Finding, Unreadable, parse
from parsers.forms import variants
from parsers.report import Number
from parsers.text.encoding import decode

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
CELL = re.compile(r"<(t[dh])\b[^>]*>.*?</\1\s*>", re.I | re.S)
TAG = re.compile(r"</?(?:table|tr|td|th|p|div|span|br|tbody)\b[^>]*>", re.I)
PIPE_CELL = re.compile(r"(?<=\|)[^|\n]*(?=\|)")
MOST_CHANGES, TRIES, LONGEST_ROW = 3, 3, 200
CHUNK = 200
# Findings that name no field, because nobody knows which row their figures belong to.
STRAY = ("F-STRAY", "F-UNKNOWN", "F-CUT", "F-EMPTY")
Truth = dict[str, Number | None]


class Document(NamedTuple):
    """A document as text, with the true value of each field that it prints (None: blank)."""

    name: str
    text: str
    truth: Truth


class Silent(NamedTuple):
    """A wrong value that no finding covers."""

    document: str
    mutant: int
    changes: tuple[str, ...]
    field: str
    value: Number
    true: Number | None


def documents(folder: Path) -> list[Document]:
    """Return the checked documents of a folder and of the fixtures, those that can be decoded."""
    found = [(path, truth) for path, _, truth in expected_facts(folder)]
    for case in sorted(FIXTURES.iterdir()):
        rows = json.loads((case / "expected.json").read_text("utf-8")).get("facts", {})
        truth = {f"{row}.{column}": value for row, cells in rows.items() for column, value in cells.items()}
        found += [(path, truth) for path in case.glob("source.*") if truth and path.suffix != ".json"]
    return [Document(_name(path), text, truth) for path, truth in found if (text := _text(path))]


def _name(path: Path) -> str:
    return path.parent.name if path.stem == "source" else path.name


def _text(path: Path) -> str:
    try:
        return decode(path.read_bytes())
    except Unreadable:
        return ""


def _replace(text: str, found: re.Match[str], new: str) -> str:
    return text[: found.start()] + new + text[found.end() :]


def _some_cell(text: str, random: Random) -> re.Match[str] | None:
    cells = list(CELL.finditer(text)) or list(PIPE_CELL.finditer(text))
    return max(random.choices(cells, k=TRIES), key=lambda cell: _has_figure(cell[0])) if cells else None


def _has_figure(text: str) -> bool:
    """Whether a cell or line holds a figure and little else: changes there do most harm."""
    bare = TAG.sub("", text)
    return len(bare) < LONGEST_ROW and any(character.isdigit() for character in bare)


def insert_cell(text: str, random: Random) -> str:
    cell = _some_cell(text, random)
    blank = "<td></td>" if "<" in text else " |"
    return text if cell is None else text[: cell.start()] + blank + text[cell.start() :]


def delete_cell(text: str, random: Random) -> str:
    cell = _some_cell(text, random)
    return text if cell is None else _replace(text, cell, "")


def double_cell(text: str, random: Random) -> str:
    cell = _some_cell(text, random)
    joint = "" if "<" in text else "|"
    return text if cell is None else _replace(text, cell, cell[0] + joint + cell[0])


def merge_cells(text: str, random: Random) -> str:
    """Merge a cell with the next, as a lost border does."""
    borders = list(re.finditer(r"</t[dh]>\s*<t[dh]\b[^>]*>", text, re.I)) or list(re.finditer(r"\|", text))
    return _replace(text, random.choice(borders), random.choice(("", " "))) if borders else text


def drop_tag(text: str, random: Random) -> str:
    tags = list(TAG.finditer(text))
    return _replace(text, random.choice(tags), "") if tags else text


def _on_lines(change: Callable[[list[str], int, Random], None]) -> Callable[[str, Random], str]:
    def changed(text: str, random: Random) -> str:
        lines = text.split("\n")
        at = max(random.choices(range(len(lines)), k=TRIES), key=lambda line: _has_figure(lines[line]))
        change(lines, at, random)
        return "\n".join(lines)

    changed.__name__ = change.__name__.strip("_")
    return changed


def _join_lines(lines: list[str], at: int, random: Random) -> None:
    if at + 1 < len(lines):
        lines[at : at + 2] = [random.choice(("", " ")).join(lines[at : at + 2])]


def _split_line(lines: list[str], at: int, random: Random) -> None:
    cut = random.randrange(len(lines[at]) + 1)
    lines[at : at + 1] = [lines[at][:cut], lines[at][cut:]]


def _double_line(lines: list[str], at: int, random: Random) -> None:
    lines.insert(at, lines[at])


def _delete_line(lines: list[str], at: int, random: Random) -> None:
    del lines[at]


CELL_CHANGES = (insert_cell, delete_cell, double_cell, merge_cells, drop_tag)
LINE_CHANGES = tuple(map(_on_lines, (_join_lines, _split_line, _double_line, _delete_line)))


def mutate(text: str, random: Random) -> tuple[str, tuple[str, ...]]:
    """Change a text in one to three places; return it with the names of the changes."""
    possible = LINE_CHANGES + (CELL_CHANGES if "<" in text or "|" in text else ())
    changes = random.choices(possible, k=random.randint(1, MOST_CHANGES))
    for change in changes:
        text = change(text, random)
    return text, tuple(change.__name__ for change in changes)


@cache
def _tables() -> dict[str, frozenset[str]]:
    """Map each field to the fields of its table, in any form that has it."""
    found: dict[str, set[str]] = {}
    for tables in variants().values():
        for table in tables:
            for field in table.fields:
                found.setdefault(field, set()).update(table.fields)
    return {field: frozenset(fields) for field, fields in found.items()}


def silent_values(facts: Sequence[Fact], findings: Sequence[Finding], truth: Truth) -> Iterator[Fact]:
    """Yield the facts whose value is not the true one although no finding covers them."""
    named = {field for finding in findings if finding.kind != "info" for field in finding.fields}
    if any(finding.rule in STRAY for finding in findings):
        return
    for fact in facts:
        wrong = fact.value is not None and fact.value != truth.get(fact.field)
        if wrong and named.isdisjoint(_tables()[fact.field]):
            yield fact


def _try(document: Document, number: int, seed: int) -> tuple[Counter[str], list[Silent]]:
    text, changes = mutate(document.text, Random(f"{seed} {number}"))
    try:
        report = parse(text.encode("utf-8", "replace"))
    except Unreadable:
        return Counter(mutants=1, refused=1), []
    wrong = sum(f.value is not None and f.value != document.truth.get(f.field) for f in report.facts)
    silent = [
        Silent(document.name, number, changes, fact.field, fact.value or 0, document.truth.get(fact.field))
        for fact in silent_values(report.facts, report.findings, document.truth)
    ]
    counts = Counter(mutants=1, wrong=wrong, silent=len(silent), mutants_with_silent=bool(silent))
    counts.update(Counter({f"silent after {' + '.join(sorted(set(changes)))}": 1}) if silent else {})
    return counts, silent


def _run(task: tuple[Path, range, int]) -> tuple[Counter[str], list[Silent]]:
    folder, numbers, seed = task
    counts: Counter[str] = Counter()
    silent: list[Silent] = []
    pool = _documents(folder)
    for number in numbers:
        more, found = _try(pool[number % len(pool)], number, seed)
        counts += more
        silent += found
    return counts, silent


@cache
def _documents(folder: Path) -> list[Document]:
    return documents(folder)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--mutants", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--show", type=int, default=20, help="silent values to print")
    chosen = parser.parse_args()
    starts = range(0, chosen.mutants, CHUNK)
    tasks = [
        (chosen.folder, range(start, min(start + CHUNK, chosen.mutants)), chosen.seed) for start in starts
    ]
    counts: Counter[str] = Counter()
    silent: list[Silent] = []
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for more, found in pool.map(_run, tasks):
            counts += more
            silent += found
    for name, number in sorted(counts.items(), key=lambda item: (item[0].startswith("silent a"), -item[1])):
        print(f"{number:9,} {name}")
    for each in silent[: chosen.show]:
        changes = " + ".join(each.changes)
        print(f"{each.document} #{each.mutant} {changes}: {each.field} is {each.value}, not {each.true}")
    share = counts["mutants_with_silent"] / max(counts["mutants"], 1)
    print(f"{share:.5%} of the mutants have a wrong value without a finding")
    sys.exit(bool(silent))


if __name__ == "__main__":
    main()
