"""The rooms import one way, and no room outgrows the house."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# The floors of the house, and those inside its rooms, the ground first. A module may import what lies on a
# floor below its own; rooms on one floor know nothing of each other.
FLOORS = {
    "": ("parsers", "db scraper", "nianbao"),
    "parsers": (
        *("report", "places text", "formats", "forms identity", "tables", "checks narrative"),
        "parse explain",
    ),
    "scraper": ("calendar fetching schedule", "families", "discovery sites", "archive", "visit", "crawl"),
    "db": ("metrics", "schema across", "compare coverage versions", "fetch load"),
    "nianbao": (
        "progress screen",
        "reading",
        "loading",
        "library nightly options",
        "cli_crawl",
        "cli",
        "__main__",
    ),
}
FACE = "__init__"
MOST_MODULES, MOST_LINES, LONGEST_FUNCTION = 13, 400, 40
NETWORK = {"requests", "urllib", "urllib3", "socket", "http", "ssl"}
CLOCK_AND_DISK = {"time", "datetime", "random", "sqlite3", "os"}


def rooms(house: str) -> set[str]:
    return set(" ".join(FLOORS[house]).split())


OURS = sorted(path for room in rooms("") for path in (ROOT / room).rglob("*.py"))


def name(path: Path) -> str:
    """Give a module's name within the house: scraper.sites for scraper/sites/__init__.py."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(f".{FACE}")


MODULES = {name(path): path for path in OURS}


def imported(path: Path) -> set[str]:
    """Name the modules that a file imports; ``from a import b`` is a.b where that is a module of ours."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{path}: write imports in full"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            found |= {each if each in MODULES else node.module for each in names}
    return found


IMPORTS = {module: imported(path) for module, path in MODULES.items()}


@pytest.mark.parametrize("house", FLOORS)
def test_imports_go_down(house: str) -> None:
    depth = len(house.split(".")) if house else 0
    level = {room: number for number, floor in enumerate(FLOORS[house]) for room in floor.split()}
    inside = {
        module: module.split(".")[depth] for module in MODULES if module.startswith(f"{house}.") or not house
    }
    assert set(inside.values()) == rooms(house)
    for module, own in inside.items():
        for other in IMPORTS[module] & {*MODULES}:
            assert other != house, f"{module}: import from the room itself, not through the face of {house}"
            if other in inside and inside[other] != own:
                assert level[inside[other]] < level[own], f"{module} imports {other}, which is not below it"


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: seen & {*MODULES} for module, seen in IMPORTS.items()}
    assert [*TopologicalSorter(graph).static_order()]


def test_the_house_has_no_other_rooms() -> None:
    modules = {path.stem for path in ROOT.glob("*.py")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert modules | packages == rooms("") | {"tests"}


def test_only_the_scraper_reaches_the_network_and_parsers_know_no_clock() -> None:
    for module, seen in IMPORTS.items():
        roots, room = {each.split(".")[0] for each in seen}, module.split(".")[0]
        assert room == "scraper" or not roots & NETWORK, module
        assert room != "parsers" or not roots & CLOCK_AND_DISK, module


@pytest.mark.parametrize("folder", sorted({path.parent for path in OURS}), ids=lambda folder: folder.name)
def test_no_folder_is_crowded(folder: Path) -> None:
    assert sum(path.stem != FACE for path in folder.glob("*.py")) <= MOST_MODULES


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") < MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name
