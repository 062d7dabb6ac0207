"""The rooms import one way, and no room outgrows the house."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WORKERS = {"scraper", "parsers", "db", "terminal"}
ROOMS = {
    "markup": set(),
    "scraper": {"markup"},
    "parsers": {"markup"},
    "db": {"parsers"},
    "terminal": {"parsers"},
    "tasks": WORKERS,
    "nightly": {*WORKERS, "tasks"},
    "commandline": {"db", "scraper"},
    "crawling": {*WORKERS, "nightly", "commandline"},
}
SOURCES = sorted(
    path for pattern in ("*.py", "*/**/*.py") for path in ROOT.glob(pattern) if ".venv" not in path.parts
)
OURS = [
    path for path in SOURCES if path.relative_to(ROOT).parts[0].removesuffix(".py") in {*ROOMS, "nianbao"}
]


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {name.split(".")[0] for name in names}


def files(room: str) -> Iterator[Path]:
    return (path for path in OURS if path.relative_to(ROOT).parts[0] in (room, f"{room}.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_one_way(room: str) -> None:
    seen = set().union(*map(imported, files(room)))
    assert seen & {"nianbao", *ROOMS} <= ROOMS[room] | {room}


def test_only_the_scraper_reaches_the_network_and_parsers_know_no_clock() -> None:
    network = {"requests", "urllib", "urllib3", "socket", "http", "ssl"}
    for path in OURS:
        if "scraper" not in path.relative_to(ROOT).parts:
            assert not imported(path) & network, path
    for path in files("parsers"):
        assert not imported(path) & {"time", "datetime", "random", "sqlite3", "os"}, path


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") < 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, node.name
