"""A crawler for tests: whole nights against emulated sites, in a folder of its own."""

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from db.load import Loader
from db.schema import open_database
from nianbao import nightly
from scraper import sites
from scraper.archive.store import Archive
from scraper.crawl import Settings
from scraper.fetching.http import FetchSettings
from scraper.visit import Recheck
from tests.sites.server import Town

QUICK = FetchSettings(pause=0, jitter=0, retries=0, connect_timeout=2, read_timeout=5, allow_private=True)
USUAL = Recheck()
NIGHT = timedelta(hours=23)
EVENING = datetime(2024, 4, 2, 20, tzinfo=UTC)


class Night(NamedTuple):
    """A run: its summary, and what the server saw of it, by site."""

    summary: nightly.Summary
    asked: Counter[str]


class Crawler:
    """Runs nights against a town of sites, in a folder."""

    def __init__(self, folder: Path, town: Town) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.town = folder, town
        self.table = folder / "sites.csv"
        self.table.write_text(town.registry(), "utf-8")

    def night(self, now: datetime, fetching: FetchSettings = QUICK, recheck: Recheck = USUAL) -> Night:
        before = len(self.town.seen)
        wanted, wrong = sites.read(self.table)
        assert not wrong
        settings = Settings(fetching=fetching, recheck=recheck, concurrency=16)
        with (
            Archive(self.folder / "archive") as archive,
            closing(open_database(self.folder / "reports.db", create=True)) as db,
        ):
            summary = nightly.nightly(archive, Loader(db), wanted, settings, now)
        return Night(summary, Counter(seen.site for seen in self.town.seen[before:]))

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with closing(open_database(self.folder / "reports.db")) as db:
            return [tuple(row) for row in db.execute(sql).fetchall()]

    def index(self, sql: str) -> list[tuple[object, ...]]:
        with Archive(self.folder / "archive") as archive:
            return [tuple(row) for row in archive.rows(sql)]

    def taken(self) -> dict[str, set[str]]:
        """Give the addresses of the reports in the archive, by site."""
        names = {self.town.address(name): name for name in self.town.sites}
        found: dict[str, set[str]] = {name: set() for name in names.values()}
        for (url,) in self.index(
            "SELECT captures.url FROM versions JOIN captures ON captures.id = versions.capture"
        ):
            parts = urlsplit(str(url))
            found[names[parts.netloc]].add(parts.path + (f"?{parts.query}" if parts.query else ""))
        return found
