"""Measure what follows the crawl: ``python -m benchmarks.rebuild [--reports 10000]``.

An archive of reports is made first: prefectures and their bureaus, several years, both forms since 2019,
each report's figures its own; seven in ten as the pages of a site, the rest as text in the layouts of
``tests/render.py``. Then ``nianbao rebuild`` reads it; the memory of its processes is looked at five times
a second.

Loading is measured beside sqlite-utils: reports that are read already are loaded, and the rows that this
made are written by ``insert_all``, table by table, into another database of the same tables and indexes.
Both are told in rows a second; they take turns, and medians are compared.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from db.compare import Selection, compare
from db.load import Loader, Source
from db.schema import new_database, open_database
from parsers import Report, parse, places
from scraper.archive.records import REPORT, Records
from scraper.fetching.page import Page, Request
from tests.render import LAYOUTS, squashed
from tests.sites.reports import body, figures, form_of, printed, title
from tests.sites.shells import Look

ROOT = Path(__file__).parent.parent
OUT = Console(highlight=False, soft_wrap=True)
MESSAGES = Console(stderr=True, highlight=False, soft_wrap=True)
YEARS = range(2019, 2025)
BUREAUS = ("人民政府", "人民政府办公室", "财政局", "教育局", "民政局", "水利局", "审计局", "统计局")
SHARE_OF_PAGES = 0.7
TEXTS = [render for name, render in LAYOUTS.items() if name != "html"] + [squashed]
LOADED, ROUNDS = 300, 3
LOADED_TABLES = (
    "publishers",
    "documents",
    "reports",
    "facts",
    "findings",
    "sections",
    "figures",
    "metric_values",
)
Rows = dict[str, list[dict[str, Any]]]


class Cost(NamedTuple):
    """What a command cost: seconds, CPU seconds, and the most megabytes that its processes held at once."""

    seconds: float
    cpu: float
    memory: float


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--reports", type=int, default=10_000)
    options.add_argument("--jobs", type=int, default=2)
    chosen = options.parse_args()
    with TemporaryDirectory() as folder:
        archive = Path(folder) / "reports.warc.gz"
        with MESSAGES.status("making the archive"):
            write(archive, islice(documents(), chosen.reports))
        with MESSAGES.status("rebuilding"):
            cost = rebuild(archive, chosen.jobs)
        asked = asking(archive.with_name("reports.db"))
    with MESSAGES.status("loading"):
        loaded = loading()
    _print(chosen, cost, asked, loaded)


def documents() -> Iterator[tuple[str, str, bytes]]:
    """Make reports without end of prefectures: address, media type and bytes."""
    prefectures = [place for place in places.places_in(2024) if place.level == "prefecture"]
    for bureau in BUREAUS:
        for place in prefectures:
            for year in YEARS:
                media_type, data = document(place.name, place.code, place.name + bureau, year)
                yield f"http://{place.code}.gov.cn/{BUREAUS.index(bureau)}/{year}", media_type, data


def document(place: str, code: str, organ: str, year: int) -> tuple[str, bytes]:
    """Make one report, as page or text: media type and bytes."""
    random = Random(f"{organ} {year}")
    if random.random() < SHARE_OF_PAGES:
        look = Look(place, code, (("/", "首页"), ("/zwgk/", "政务公开")))
        return "text/html", look.page(title(organ, year), body(organ, year)).encode()
    render = random.choice(TEXTS)
    text = render(form_of(year), printed(figures(organ, year)))
    return "text/plain", text.replace("甲市财政局2020", f"{organ}{year}").encode()


def write(path: Path, made: Iterator[tuple[str, str, bytes]]) -> None:
    """Write documents as the crawl archives them."""
    records = Records()
    records.warcinfo("nianbao", "benchmark", path.name)
    for url, media_type, data in made:
        headers = {"content-type": f"{media_type}; charset=utf-8"}
        page = Page(Request(url), url, 200, headers, data, fetched="2025-02-03T20:00:00Z")
        records.response(page)
        records.metadata(url, page.fetched, REPORT, [("place", url[7:13])])
    path.write_bytes(records.data())


def rebuild(archive: Path, jobs: int) -> Cost:
    """Run ``nianbao rebuild`` on an archive, and watch its processes while it works."""
    command = [sys.executable, "-m", "nianbao", "rebuild", str(archive), "-j", str(jobs)]
    command += ["-d", str(archive.with_name("reports.db"))]
    began, memory = time.perf_counter(), 0.0
    with subprocess.Popen(command, start_new_session=True, cwd=ROOT) as process:
        while process.poll() is None:
            memory = max(memory, sum(map(_megabytes, _processes(process.pid))))
            time.sleep(0.2)
    if process.returncode:
        raise SystemExit("the rebuild failed; what it said stands above")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, memory)


def _processes(session: int) -> Iterator[Path]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # a process may end while it is looked at
            if stat.read_text().rpartition(")")[2].split()[3] == str(session):
                yield stat.parent


def _megabytes(process: Path) -> float:
    """Give a process's proportional set size (proc(5)): what it shares counts once among its sharers."""
    with suppress(OSError):
        line = next((at for at in (process / "smaps_rollup").open() if at.startswith("Pss:")), "Pss: 0 kB")
        return int(line.split()[1]) / 1024
    return 0.0


def asking(path: Path) -> tuple[int, float]:
    """Ask for one metric of every city in every year: how many rows came, and the seconds it took."""
    db, selection = open_database(path), Selection(scopes=("city_aggregate",))
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        rows = compare(db, ["requests_received"], selection)
        seconds.append(time.perf_counter() - began)
    return len(rows), median(seconds)


def loading() -> tuple[float, float]:
    """Load reports with the loader, and the same rows with ``insert_all``: rows a second of each."""
    read = [
        (Source(url, url, media_type, len(data), url, "2025-02-03T20:00:00Z"), parse(data))
        for url, media_type, data in islice(documents(), LOADED)
    ]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        with TemporaryDirectory() as folder:
            rows, seconds = _by_loader(Path(folder) / "ours.db", read)
            ours.append(sum(map(len, rows.values())) / seconds)
            theirs.append(sum(map(len, rows.values())) / _by_insert_all(Path(folder) / "theirs.db", rows))
    return median(ours), median(theirs)


def _by_loader(path: Path, read: Sequence[tuple[Source, Report]]) -> tuple[Rows, float]:
    """Load reports; give the rows that this made, by table, and the seconds."""
    db = new_database(path)
    loader = Loader(db)
    before = {name: db.table(name).count for name in LOADED_TABLES}
    began = time.perf_counter()
    for source, report in read:
        loader.save(source, report)
    loader.finish()
    seconds = time.perf_counter() - began
    rows = {name: list(db.query(f"SELECT * FROM {name}"))[before[name] :] for name in LOADED_TABLES}
    return rows, seconds


def _by_insert_all(path: Path, rows: Rows) -> float:
    db = new_database(path)
    began = time.perf_counter()
    for name, table in rows.items():
        db.table(name).insert_all(table)
    return time.perf_counter() - began


def _print(
    chosen: argparse.Namespace, cost: Cost, asked: tuple[int, float], loaded: tuple[float, float]
) -> None:
    table = Table("work", "measured", "goal", box=SIMPLE_HEAD)
    a_second = chosen.reports / cost.seconds
    table.add_row(
        f"rebuild of {chosen.reports} reports, {chosen.jobs} jobs", f"{a_second:.0f} a second", "500"
    )
    table.add_row("its CPU time a report", f"{1000 * cost.cpu / chosen.reports:.2f} ms", "")
    table.add_row("its memory, all processes", f"{cost.memory:.0f} MB", "400")
    table.add_row(f"one metric, {asked[0]} rows", f"{1000 * asked[1]:.1f} ms", "20 ms for 3330 of 100,000")
    ours, theirs = loaded
    table.add_row("loading", f"{ours:.0f} rows a second, {100 * ours / theirs:.0f} % of insert_all", "80 %")
    OUT.print(table)


if __name__ == "__main__":
    main()
