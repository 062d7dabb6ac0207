"""Crawl the emulated sites over real HTTP and show what came of it: ``python -m tests.sites.demo FOLDER``."""

import subprocess
import sys
from pathlib import Path
from shutil import rmtree

from tests.sites import make_all
from tests.sites.server import serving

CITIES = ("990100", "990200")
NEXT = """
The places and figures are invented. {folder}/ holds the archive (WARC), reports.db and sites.csv. Try next:
  cd {folder} && . ../.venv/bin/activate
  nianbao show --place 990100 --year 2023 --scope department    reports as the form they follow
  nianbao compare requests_received --place 990100              one figure, a column for each year
  nianbao rebuild archive -d again.db                           the database anew, from the archive
  nianbao sites --within 福建省                                 the real sites that the registry knows
  nianbao parse ../tests/fixtures/pingtan_2023_squashed         a real report without separators, as JSON
  sqlite-utils archive/index.db 'select * from visits' --table
And with the network, a real city: nianbao crawl --contact YOU@EXAMPLE.ORG --place 350100
"""


def nianbao(folder: Path, *arguments: str) -> None:
    """Run a command in the folder, as a person would."""
    print(f"\n$ nianbao {' '.join(arguments)}", flush=True)
    program = [sys.executable, "-m", "nianbao"]
    subprocess.run([*program, *arguments], cwd=folder, check=True)


def main() -> None:
    folder = Path(sys.argv[1])
    rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sites = ("--sites", "sites.csv", "--no-registry")
    with serving(make_all()) as town:
        (folder / "sites.csv").write_text(town.registry(), "utf-8")
        crawl = ("crawl", *sites, "--allow-private", "--pause", "0.05", "--contact", "demo@example.org")
        nianbao(folder, *crawl)
    places = [word for city in CITIES for word in ("--place", city)]
    nianbao(folder, "compare", *places, "--scope", "city_aggregate", "--year", "2021-2023")
    nianbao(folder, "coverage", *sites, "--year", "2018-2024")
    print(NEXT.format(folder=folder))


if __name__ == "__main__":
    main()
