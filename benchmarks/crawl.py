"""Measure the crawl beside Scrapy on the same local server: ``python -m benchmarks.crawl``.

Both sides crawl the same pages of 100 hosts that answer after 50 ms (``benchmarks.crawl_server``), 100 hosts
at once and one request at a time to each, obeying robots.txt, without pauses, each in a process of its own;
they take turns, and medians are compared. Ours walks the sites, judges and digests the pages, and writes
the WARC archive with its index; it does not load the database. Scrapy's spider (``benchmarks.crawl_scrapy``)
knows the sites' links beforehand, extracts titles, links and texts, and stores nothing. Pages a second
count from the first request at the server to the last; CPU time is user and system time of the crawling
process after its start; memory is its largest resident set. What starting takes is told apart.

``--simulate`` is about one night over 3,400 hosts that answer after 200 ms, with the pauses of a real crawl:
what is due is planned over the registry's sites, and a second night is crawled for real if that takes less
than ten minutes, else a tenth of the hosts, and what all would take is told from there.

Scrapy is no dependency of the project: ``pip install scrapy``. Loopback addresses as the server needs them
are there on Linux only.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any, NamedTuple
from urllib.request import urlopen

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.crawl_server import TAKEN, address, place
from scraper.archive.store import Archive
from scraper.crawl import Settings, begin_run, crawl, end_run, plan
from scraper.fetching.http import FetchSettings
from scraper.sites import Site, registry

ROOT = Path(__file__).parent.parent
OUT = Console(highlight=False, soft_wrap=True)
MESSAGES = Console(stderr=True, highlight=False, soft_wrap=True)
EVENING = datetime(2025, 2, 3, 20, tzinfo=UTC)
MEGABYTES = 200
# Of a simulated night: the folders of a column, and what is asked of a host that is known: these, the
# column and robots.txt.
FOLDERS = 8
REQUESTS = FOLDERS + 2
AT_ONCE = (64, 128, 256)
CRAWLED = (64, 128)
LONGEST = 600


class Task(NamedTuple):
    """What a process of ours is to crawl, and how."""

    folder: str
    port: int
    hosts: int
    at_once: int
    pause: float
    now: str


class Cost(NamedTuple):
    """What a process cost: CPU seconds, bytes of memory, when it began, what it printed as JSON."""

    cpu: float
    memory: int
    began: float
    told: dict[str, Any]


class Figures(NamedTuple):
    """What is measured of a crawl; times in seconds but ``cpu``, milliseconds a page."""

    rate: float
    cpu: float
    memory: float
    start: float
    start_cpu: float
    took: float
    server: float
    answers: float


class Crawled(NamedTuple):
    """A crawl: its figures, what was asked and how often, and what the process told."""

    figures: Figures
    asked: dict[str, int]
    told: dict[str, Any]


class Server:
    """The benchmark's server as a process of its own."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    def taken(self) -> dict[str, Any]:
        """Give what was asked since this was asked last."""
        with urlopen(f"http://{address(0)}:{self.port}{TAKEN}") as answer:
            told: dict[str, Any] = json.load(answer)
            return told


@contextmanager
def serving(hosts: int, latency: float, folders: int = 0, port: int = 0) -> Iterator[Server]:
    """Serve until the block ends."""
    options = {"--hosts": hosts, "--latency": latency, "--folders": folders, "--port": port}
    words = [str(word) for option in options.items() for word in option]
    command = [sys.executable, "-m", "benchmarks.crawl_server", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            if not line:
                raise SystemExit("the server did not start")
            yield Server(process, int(line))
        finally:
            process.terminate()


def measured(*command: str) -> Cost:
    """Run a module with the same Python, and give what exactly that process cost."""
    began = time.monotonic()
    child = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert child.stdout
    try:
        printed = child.stdout.read()
    except KeyboardInterrupt:
        child.terminate()
        raise
    finally:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        child.stdout.close()
    if child.returncode:
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    kilo = 1 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * kilo, began, json.loads(printed))


def crawled(server: Server, *command: str) -> Crawled:
    """Have a process crawl, and measure it with what the server saw."""
    server.taken()
    cost = measured(*command)
    ended = time.monotonic()
    taken = server.taken()
    asked: dict[str, int] = taken["asked"]
    pages, took = sum(asked.values()), taken["last"] - taken["first"]
    figures = Figures(
        rate=pages / took if took else 0,
        cpu=1000 * (cost.cpu - cost.told["cpu_before"]) / max(pages, 1),
        memory=cost.memory / 1e6,
        start=taken["first"] - cost.began,
        start_cpu=cost.told["cpu_before"],
        took=ended - taken["first"],
        server=taken["cpu"] / took if took else 0,
        answers=pages,
    )
    return Crawled(figures, asked, cost.told)


def ours(server: Server, task: Task) -> Crawled:
    return crawled(server, "benchmarks.crawl", "--task", json.dumps(task))


def visit(task: Task) -> None:
    """Crawl as a nightly run does, without the database; print what was found as JSON."""
    hosts = [address(number) for number in range(task.hosts)]
    sites = [Site("990100", place(host), f"{host}:{task.port}", other_domain=True) for host in hosts]
    fetching = FetchSettings(pause=task.pause, allow_private=True)
    settings = Settings(fetching=fetching, concurrency=task.at_once)
    now = datetime.fromisoformat(task.now)
    archive = Archive(Path(task.folder))
    run = begin_run(archive, now)
    due = plan(archive, sites, run, settings, now)
    found: Counter[str] = Counter()
    before = time.process_time()
    for visited in crawl(archive, due, run, settings, now, Event()):
        found.update({visited.outcome: 1, "reports": visited.reports, "refused": visited.counts["refused"]})
    end_run(archive, run, "done")
    archive.close()
    print(json.dumps({"cpu_before": before, **found}))


def compare(hosts: int, rounds: int, latency: float) -> None:
    """Let both sides take turns, and print how they compare."""
    sides: dict[str, list[Crawled]] = {"ours": []}
    if find_spec("scrapy"):
        sides["Scrapy"] = []
    else:
        OUT.print("Scrapy is not installed, so only ours is measured: pip install scrapy")
    with serving(hosts, latency) as server, TemporaryDirectory() as folder:
        load = ("benchmarks.crawl_server", "--load", str(server.port), "--hosts", str(hosts))
        OUT.print(f"the server gives at least {measured(*load).told:,} answers a second")
        for number in range(rounds):
            task = Task(f"{folder}/{number}", server.port, hosts, hosts, 0, EVENING.isoformat())
            for side, done in sides.items():
                words = ("benchmarks.crawl_scrapy", str(server.port), str(hosts))
                done.append(ours(server, task) if side == "ours" else crawled(server, *words))
                figures = done[-1].figures
                MESSAGES.print(
                    f"round {number + 1}, {side}: {figures.answers:,.0f} pages, {figures.rate:.0f} a second"
                )
    OUT.print(_compared(sides, hosts, latency))
    for line in _remarks(sides):
        OUT.print(line)


def _medians(done: Sequence[Crawled]) -> Figures:
    return Figures(*(median(values) for values in zip(*(each.figures for each in done), strict=True)))


def _compared(sides: dict[str, list[Crawled]], hosts: int, latency: float) -> Table:
    told = f"{hosts} hosts, answers after {1000 * latency:.0f} ms, medians of {len(sides['ours'])} rounds"
    table = Table("", *sides, box=SIMPLE_HEAD, title=told)
    for column in table.columns[1:]:
        column.justify = "right"
    figures = [_medians(done) for done in sides.values()]
    if len(figures) == 2:
        table.add_column("ours / Scrapy", justify="right")
    rows = (
        ("answers, robots.txt among them", "answers", ",.0f"),
        ("pages a second", "rate", ".1f"),
        ("CPU of a page, ms", "cpu", ".2f"),
        ("most memory, MB", "memory", ".0f"),
        ("start to first request, s", "start", ".2f"),
        ("CPU of the start, s", "start_cpu", ".2f"),
        ("first request to end, s", "took", ".1f"),
        ("server's share of a core", "server", ".0%"),
    )
    for name, field, form in rows:
        values = [getattr(each, field) for each in figures]
        ratio = [f"{values[0] / values[1]:.2f}"] if len(values) == 2 and values[1] else []
        table.add_row(name, *(format(value, form) for value in values), *ratio)
    return table


def _remarks(sides: dict[str, list[Crawled]]) -> Iterator[str]:
    """Say whether both asked for the same, and whether memory is as it should be."""
    own = sides["ours"][-1]
    memory = _medians(sides["ours"]).memory
    yield f"memory of ours is {'under' if memory < MEGABYTES else 'NOT under'} {MEGABYTES} MB"
    for side, done in sides.items():
        again = sum(times - 1 for times in done[-1].asked.values())
        told = ", ".join(f"{name} {value}" for name, value in done[-1].told.items() if name != "cpu_before")
        yield f"{side}: {len(done[-1].asked):,} addresses, {again} asked more than once; {told}"
    for other in sides.get("Scrapy", [])[-1:]:
        ours_only, theirs_only = own.asked.keys() - other.asked, other.asked.keys() - own.asked
        same = "the same addresses" if not ours_only | theirs_only else "NOT the same addresses"
        yield f"both asked for {same}"
        for side, only in (("ours", ours_only), ("Scrapy", theirs_only)):
            yield from (f"  only {side}: {url}" for url in sorted(only)[:5])


def model(hosts: int, at_once: int, latency: float) -> float:
    """Give the seconds of a second night if nothing but waiting took time.

    >>> round(model(3400, 64, 0.2))
    770
    """
    fetching = FetchSettings()
    pause = fetching.pause * (1 + fetching.jitter / 2)
    return max(1, hosts / at_once) * REQUESTS * (latency + pause)


def planning(hosts: int) -> None:
    """Plan a night over sites of the registry that were all visited the evening before, and time it."""
    sites = registry()[:hosts]
    with TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        run = begin_run(archive, EVENING - timedelta(days=1))
        day = f"{EVENING - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
        rows = [
            (run.id, site.id, site.place, site.name, site.host, day, "done", "")
            + (5, 2024 - number % 2, *(0,) * 7)
            for number, site in enumerate(sites)
        ]
        with archive.writing() as index:
            index.executemany(f"INSERT INTO visits VALUES ({', '.join('?' * 17)})", rows)
        end_run(archive, run, "done")
        run = begin_run(archive, EVENING)
        began = time.monotonic()
        due = plan(archive, sites, run, Settings(FetchSettings()), EVENING)
        took = time.monotonic() - began
        archive.close()
    OUT.print(f"planned: {len(due):,} of {len(sites):,} sites of the registry are due, found in {took:.2f} s")


def simulate(hosts: int, latency: float) -> None:
    """Plan a night and crawl it, or a tenth of it, for real."""
    planning(hosts)
    longest = model(hosts, CRAWLED[0], latency)
    real = hosts if longest <= LONGEST else hosts // 10
    OUT.print(
        f"a second night of {REQUESTS} requests a host takes {longest:.0f} s by the model with {CRAWLED[0]} "
        f"at once: {real:,} of {hosts:,} hosts are crawled for real"
    )
    nights: dict[int, Crawled] = {}
    with TemporaryDirectory() as folder:
        with serving(real, 0, FOLDERS) as server:
            task = Task(f"{folder}/first", server.port, real, CRAWLED[0], 0, EVENING.isoformat())
            first = ours(server, task)
            MESSAGES.print(f"the first night, without pauses, to fill the archive: {_told(first)}")
        for at_once in CRAWLED:
            copytree(f"{folder}/first", f"{folder}/{at_once}")
            with serving(real, latency, FOLDERS, server.port) as server:
                evening = (EVENING + timedelta(days=1)).isoformat()
                task = Task(f"{folder}/{at_once}", server.port, real, at_once, FetchSettings().pause, evening)
                nights[at_once] = ours(server, task)
                MESSAGES.print(f"the second night, {at_once} at once: {_told(nights[at_once])}")
    OUT.print(_simulated(nights, hosts, real, latency))


def _told(night: Crawled) -> str:
    figures = night.figures
    return (
        f"{figures.answers:,.0f} requests, {figures.took:.1f} s, {figures.cpu:.2f} ms of CPU a request, "
        f"{figures.memory:.0f} MB; {', '.join(f'{name} {value}' for name, value in night.told.items())}"
    )


def _simulated(nights: dict[int, Crawled], hosts: int, real: int, latency: float) -> Table:
    """Set what was measured beside the model, and what all hosts would take by either."""
    busy = hosts * REQUESTS * max(night.figures.cpu for night in nights.values()) / 1000
    table = Table("hosts at once", box=SIMPLE_HEAD, title=f"a second night, answers after {latency:g} s")
    rows: dict[str, list[str]] = {}
    for at_once in AT_ONCE:
        table.add_column(str(at_once), justify="right")
        small, large = model(real, at_once, latency), model(hosts, at_once, latency)
        figures = nights[at_once].figures if at_once in nights else None
        whole = max(large * figures.took / small, busy) if figures else 0
        for name, value in (
            (f"crawled, {real:,} hosts: by the model, s", f"{small:.0f}"),
            (f"crawled, {real:,} hosts: MEASURED, s", f"{figures.took:.1f}" if figures else ""),
            ("crawled: CPU of a request, ms", f"{figures.cpu:.2f}" if figures else ""),
            ("crawled: most memory, MB", f"{figures.memory:.0f}" if figures else ""),
            (f"all, {hosts:,} hosts: by the model, s", f"{large:.0f}"),
            (f"all, {hosts:,} hosts: CPU alone, s", f"{busy:.0f}"),
            (
                f"all, {hosts:,} hosts: EXTRAPOLATED from what was measured, s",
                f"{whole:.0f}" if figures else "",
            ),
        ):
            rows.setdefault(name, []).append(value)
    for name, values in rows.items():
        table.add_row(name, *values)
    return table


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--simulate", action="store_true", help="plan and crawl a night of many hosts")
    options.add_argument("--hosts", type=int, help="default: 100, with --simulate 3400")
    options.add_argument("--rounds", type=int, default=3, help="default: 3")
    options.add_argument("--latency", type=float, help="seconds before an answer; default: 0.05, or 0.2")
    options.add_argument("--task", help=argparse.SUPPRESS)
    given = options.parse_args()
    try:
        if given.task:
            visit(Task(*json.loads(given.task)))
        elif given.simulate:
            simulate(given.hosts or 3400, 0.2 if given.latency is None else given.latency)
        else:
            compare(given.hosts or 100, given.rounds, 0.05 if given.latency is None else given.latency)
    except KeyboardInterrupt:
        MESSAGES.print("stopped")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
