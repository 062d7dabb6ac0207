"""The commands that deal with sites: crawl, sites, coverage and schedule."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import Any

import click

from db.compare import below, place_code
from db.coverage import Place, coverage
from db.load import Loader
from db.schema import open_database
from nianbao import nightly, screen
from nianbao.options import Command, archive_option, clear_errors, database_option, form_options
from nianbao.options import years as years_of
from nianbao.progress import say
from parsers import places
from scraper import schedule, sites
from scraper.archive import catalogue
from scraper.archive.store import INDEX, Archive
from scraper.calendar import Calendar, parse_season
from scraper.crawl import Settings, plan
from scraper.discovery.discover import Limits
from scraper.fetching.http import FetchSettings
from scraper.sites import Site
from scraper.visit import Recheck

YEARS_SHOWN = 6
ERRORS = (nightly.AlreadyAtWork, schedule.ScheduleError, ValueError)


class Number(click.FloatRange):
    """A number between two others; nan, which no comparison keeps out, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        return self.fail(f"{value} is no number", param, ctx) if isnan(number) else number


PAUSE, DAYS, SHARE = Number(0, 120), Number(0, 366), Number(0, 1)
HOSTS, PAGES = click.IntRange(1, 1000), click.IntRange(1)


def site_options(command: Command) -> Command:
    """Add the options that choose sites."""
    for option in (
        click.option("-f", "--family", "families", multiple=True, help="A family of sites."),
        click.option("--host", "hosts", multiple=True, help="A host name."),
        click.option("-w", "--within", multiple=True, help="A place and all below it, by code or name."),
        click.option("-p", "--place", "places", multiple=True, help="A place, by code or full name."),
        click.option("--no-registry", is_flag=True, help="Only the sites of --sites."),
        click.option(
            "--sites",
            "files",
            multiple=True,
            type=click.Path(path_type=Path),
            help="More sites: a CSV file with columns place, host and, if you like, name, start, family, "
            "sisters, other_domain.",
        ),
    ):
        command = option(command)
    return command


@click.command("crawl")
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1)
@database_option
@archive_option
@site_options
@click.option("--contact", envvar="NIANBAO_CONTACT", help="Mail or address for the hosts to reach you at.")
@click.option(
    "--pause", type=PAUSE, default=1.0, show_default=True, help="Least seconds between requests to a host."
)
@click.option(
    "--at-once",
    type=HOSTS,
    default=64,
    show_default=True,
    help="Hosts to visit side by side.",
)
@click.option("--pages", type=PAGES, default=600, show_default=True, help="Most pages of a site to walk.")
@click.option("--season", "nights", default="01-05..04-10", show_default=True, help="Days of nightly visits.")
@click.option("--every", "days", type=DAYS, default=7.0, show_default=True, help="Days between other visits.")
@click.option("--all", "every_site", is_flag=True, help="Visit sites that are not due too.")
@click.option("--recheck", is_flag=True, help="Look at every known report again.")
@click.option("--threshold", type=SHARE, default=0.2, show_default=True, help="Share of sites that may fail.")
@click.option("--allow-private", is_flag=True, help="Permit loopback and private addresses.")
@click.option("--plan", "only_plan", is_flag=True, help="List the sites that are due, and visit none.")
@form_options
def crawl_command(
    addresses: Sequence[str],
    folder: Path,
    database: Path,
    form: str | None,
    only_plan: bool,
    threshold: float,
    **options: Any,
) -> None:
    """Visit the sites that are due, archive what is new or changed, and load it.

    Without ADDRESS the sites are those of the registry; with it just these, whether the registry knows
    them or not. What is fetched goes to the archive first. A crawl that was killed goes on where it
    stopped. The exit code is not 0 when a site that used to give reports gives none, or when more sites
    failed than the threshold.
    """
    now = datetime.now(UTC)
    with clear_errors(*ERRORS), nightly.locked(folder), nightly.stopping_twice():
        settings = _settings(every=bool(addresses), **options)
        wanted, wrong = _sites(addresses=addresses, **options)
        archive = Archive(folder, settings.fetching.user_agent)
        if only_plan:
            screen.rows([_as_row(site) for site in plan(archive, wanted, None, settings, now)], form)
            return
        if not options["contact"]:
            say("no contact is given: set --contact or NIANBAO_CONTACT, so that hosts can reach you")
        loader = Loader(open_database(database, create=True))
        summary = nightly.nightly(archive, loader, wanted, settings, now)
        archive.close()
    screen.visits([row._asdict() for row in summary.rows], form)
    say(nightly.totals(summary.rows, summary.outcome))
    for host in summary.silent:
        say(f"{host}: it used to give reports and gives none now")
    sys.exit(summary.exit_code(threshold) or bool(wrong))


@click.command("sites")
@site_options
@form_options
def sites_command(form: str | None, **options: Any) -> None:
    """List the sites of the registry, or those of them that are asked for."""
    with clear_errors(*ERRORS):
        wanted, wrong = _sites(addresses=(), **options)
    screen.rows([_as_row(site) for site in wanted], form)
    sys.exit(bool(wrong))


@click.command("coverage")
@database_option
@archive_option
@site_options
@click.option("-y", "--year", "years", multiple=True, help="Data year or years: 2021, 2019-2023.")
@click.option("--all", "everything", is_flag=True, help="Also places that were never visited.")
@form_options
def coverage_command(
    database: Path, folder: Path, years: Sequence[str], everything: bool, form: str | None, **options: Any
) -> None:
    """Show which places published their government's report for which year, and how late.

    Governments publish by 31 March, other bodies by 31 January (条例 art. 49); before 2019 all by 31 March.
    """
    with clear_errors(*ERRORS):
        wanted, wrong = _sites(addresses=(), **options)
        db = open_database(database)
        held = {url for (url,) in db.execute("SELECT url FROM documents").fetchall()}
        asked = _places(wanted, folder, held, everything)
        newest = Calendar().newest_year(date.today())
        rows = coverage(db, asked, years_of(years) or range(newest - YEARS_SHOWN + 1, newest + 1))
    if not rows:
        raise click.ClickException("no site was visited yet; crawl first, or ask for --all")
    screen.coverage([row._asdict() for row in rows], form)
    sys.exit(bool(wrong))


@click.command("schedule", context_settings={"ignore_unknown_options": True})
@click.option(
    "--kind", type=click.Choice(schedule.KINDS), help="What to use.  [default: what the system has]"
)
@click.option("--at", default="02:30", show_default=True, help="Local time of day.")
@click.option("--log", type=click.Path(path_type=Path), default=Path("nianbao.log"), show_default=True)
@click.option("--install", is_flag=True, help="Install it for this user instead of printing it.")
@click.argument("arguments", metavar="[-- OPTIONS OF CRAWL]...", nargs=-1, type=click.UNPROCESSED)
def schedule_command(kind: str | None, at: str, log: Path, install: bool, arguments: Sequence[str]) -> None:
    """Print what runs `nianbao crawl` every night: a systemd timer, a crontab line or a launchd job.

    It runs in this folder; what follows -- goes to `nianbao crawl`.
    """
    with clear_errors(*ERRORS):
        try:
            time = datetime.strptime(at, "%H:%M")
        except ValueError as error:
            raise ValueError(f"{at} is no time of day; write it as 02:30") from error
        kind = kind or schedule.default_kind()
        command = schedule.crawl_command(arguments)
        job = schedule.Job(command, Path.cwd(), Path.cwd() / log, time.hour, time.minute)
        if not install:
            for name, text in schedule.render(kind, job).items():
                click.echo(f"# {name}\n{text}")
            return
        installed = schedule.install(kind, job)
    for file in installed.files:
        say(f"written: {file}")
    for done in installed.commands:
        say(f"run: {' '.join(done)}")
    if installed.note:
        say(installed.note)


COMMANDS = (crawl_command, sites_command, coverage_command, schedule_command)


def _settings(
    *, every: bool, every_site: bool, recheck: bool, nights: str, days: float, **options: Any
) -> Settings:
    """Make the settings of a run. Raises ValueError."""
    agent = f"nianbao/{version('nianbao')} (+{options['contact'] or 'https://pypi.org/project/nianbao'})"
    if not agent.isascii() or not agent.isprintable():
        raise ValueError("--contact must be plain ASCII: a mail address or the address of a page")
    fetching = FetchSettings(user_agent=agent, pause=options["pause"], allow_private=options["allow_private"])
    return Settings(
        fetching=fetching,
        limits=Limits(pages=options["pages"]),
        recheck=Recheck(0, 0) if recheck else Recheck(),
        calendar=parse_season(nights)._replace(interval_days=days),
        concurrency=options["at_once"],
        every_site=every_site or every,
    )


def _sites(
    *,
    addresses: Sequence[str],
    files: Sequence[Path],
    no_registry: bool,
    places: Sequence[str],
    within: Sequence[str],
    hosts: Sequence[str],
    families: Sequence[str],
    **_: Any,
) -> tuple[list[Site], list[str]]:
    """Choose the sites; a row that is wrong is told of and left out. Raises ValueError, UnknownPlace."""
    found = [] if no_registry else list(sites.registry())
    wrong: list[str] = []
    for file in files:
        more, faults = sites.read(file)
        found += more
        wrong += faults
    for fault in wrong:
        say(fault)
    # A user's row stands in place of the registry's for the same place and host.
    found = list({(site.place, site.host): site for site in found}.values())
    if addresses:
        return [_known(sites.site_from_url(address), found) for address in addresses], wrong
    codes = [_code(place, found) for place in places]
    codes += [code for place in within for code in below(_code(place, found))]
    wanted = sites.select(found, codes, hosts, families)
    if not wanted:
        raise ValueError("no site fits; `nianbao sites` lists them, and --sites adds yours")
    return wanted, wrong


def _known(site: Site, found: Iterable[Site]) -> Site:
    """Give an address the place that the registry knows for its host."""
    known = next((each for each in found if site.host in each.hosts), None)
    return known._replace(start=site.start) if known and site.host == known.host else site


def _code(place: str, found: Iterable[Site]) -> str:
    """Find a place's code, also among sites that the user adds."""
    own = {site.place for site in found if place in (site.place, site.name)}
    return own.pop() if len(own) == 1 else place_code(place)


def _as_row(site: Site) -> dict[str, str]:
    return {
        "place": site.place,
        "name": site.name,
        "host": site.host,
        "start": site.start,
        "family": site.family,
        "sisters": " ".join(site.sisters),
    }


def _places(wanted: Sequence[Site], folder: Path, held: set[str], everything: bool) -> Iterable[Place]:
    """Say of each place of the registry what is known of its site."""
    outcomes: dict[str, str] = {}
    unread: dict[str, Counter[int]] = {}
    if (folder / INDEX).exists():
        archive = Archive(folder)
        outcomes = catalogue.outcomes(archive)
        for place, year, url in catalogue.current_reports(archive):
            if url not in held:
                unread.setdefault(place, Counter())[year] += 1
        archive.close()
    by_place: dict[str, Site] = {}
    for site in wanted:
        by_place.setdefault(site.place, site)
    for code, site in sorted(by_place.items()):
        if everything or code in outcomes:
            known = places.get(code, None)
            name = known.name if known else site.name
            yield Place(code, name, outcomes.get(code, ""), unread.get(code, {}))
