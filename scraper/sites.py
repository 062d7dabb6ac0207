"""Sites (stub until the registry is in)."""

import csv
from pathlib import Path
from typing import NamedTuple


class Site(NamedTuple):
    place: str
    name: str
    host: str
    start: str = ""
    family: str = ""
    sisters: tuple[str, ...] = ()
    other_domain: bool = False


def read(path: Path) -> tuple[list[Site], list[str]]:
    rows = csv.DictReader(path.open(encoding="utf-8"))
    return [
        Site(r["place"], r["name"], r["host"], r["start"], r["family"], tuple(r["sisters"].split()), True)
        for r in rows
    ], []
