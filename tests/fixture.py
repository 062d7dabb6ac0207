"""Fixtures: a folder a case, with the document, where it is from, and what must be read from it.

``python -m tests.fixture new NAME FILE`` writes the folder of a new case with what is read today;
``python -m tests.fixture show NAME`` prints that for a case that is there. A new case fails the tests until
somebody has compared every figure with the document and set ``reviewed`` to true in ``source.json``.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from shutil import copyfile
from typing import Any

from parsers import Report, Unreadable, parse
from parsers.formats import recognise
from parsers.report import OPEN

FIXTURES = Path(__file__).parent / "fixtures"
SUFFIXES = {"text/html": ".html", "text/plain": ".txt"}
Rows = dict[str, dict[str, Any]]


def cases(folder: Path = FIXTURES) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


def read(case: Path) -> dict[str, Any]:
    """Read a case's document, and sum up the result as ``expected.json`` does."""
    (source,) = (path for path in case.glob("source.*") if path.suffix != ".json")
    try:
        return summary(parse(source.read_bytes()))
    except Unreadable as error:
        return {"error": str(error)}


def summary(report: Report) -> dict[str, Any]:
    """Sum a report up row by row; ``open`` names the cells without a certain value."""
    facts: Rows = {}
    left_open: dict[str, list[str]] = {}
    for fact in report.facts:
        row, _, column = fact.field.rpartition(".")
        facts.setdefault(row, {})[column] = fact.value
        if fact.status in OPEN:
            left_open.setdefault(row, []).append(column)
    return {
        "title": report.title,
        "publisher": report.publisher._asdict(),
        "year": report.year,
        "forms": list(report.forms),
        "facts": facts,
        "statuses": dict(sorted(Counter(fact.status for fact in report.facts).items())),
        "findings": [" ".join((f.rule, f.kind, *f.fields[:1])) for f in report.findings],
        "sections": [section.heading for section in report.sections],
        "figures": [f"{figure.metric} = {figure.value:g} {figure.unit}" for figure in report.figures],
        "open": left_open,
        "candidates": {fact.field: fact.candidates for fact in report.facts if fact.candidates},
    }


def written(found: dict[str, Any]) -> str:
    """Write a summary as ``expected.json``, a row of the form a line.

    Cells that are open come out as null: a person replaces each by the true figure.
    """
    kept = {
        key: value for key, value in found.items() if key != "candidates" and (key, value) != ("open", {})
    }
    lines = (f' "{key}": {_value(key, value)}' for key, value in kept.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _value(key: str, value: Any) -> str:
    if key in ("facts", "open") and value:
        rows = (f"  {_json(row)}: {_json(cells)}" for row, cells in value.items())
        return "{\n" + ",\n".join(rows) + "\n }"
    if isinstance(value, list) and key != "forms" and value:
        return "[\n" + ",\n".join(f"  {_json(item)}" for item in value) + "\n ]"
    return _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def new(name: str, file: Path, url: str = "", folder: Path = FIXTURES) -> Path:
    """Write the folder of a new case. Raises OSError, also for a name that is taken, and Unreadable."""
    suffix = SUFFIXES[recognise(file.read_bytes()).media_type]
    case = folder / name
    case.mkdir()
    copyfile(file, case / f"source{suffix}")
    about = {"url": url, "fetched": "", "origin": "", "reviewed": False}
    (case / "source.json").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (case / "expected.json").write_text(written(read(case)), "utf-8")
    return case


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fixture", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("new", help="write the folder of a new case")
    made.add_argument("name", help="publisher_year_layout, as the others are called")
    made.add_argument("file", type=Path)
    made.add_argument("--url", default="", help="where the document was published")
    commands.add_parser("show", help="print what is read from a case today").add_argument("name")
    chosen = parser.parse_args(arguments)
    if chosen.command == "show":
        sys.stdout.write(written(read(FIXTURES / chosen.name)))
        return
    try:
        case = new(chosen.name, chosen.file, chosen.url)
    except (OSError, Unreadable) as error:
        parser.error(f"{chosen.file}: {error}")
    print(f"{case}: compare expected.json with the document, fill in source.json, set reviewed to true")


if __name__ == "__main__":
    main()
