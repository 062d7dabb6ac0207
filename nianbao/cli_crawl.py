"""The commands about sites: crawl, sites, coverage and schedule."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import Any

import click

from db.compare import codes_within, place_code
from db.coverage import RegistryPlace, coverage
from db.load import Loader
from nianbao import nightly, screen
from nianbao.options import (
    Command,
    archive_option,
    connect,
    database_option,
    friendly_errors,
    output_options,
    years_option,
)
from nianbao.progress import say
from parsers import places
from scraper import schedule, sites
from scraper.archive import site_index
from scraper.archive.store import INDEX, Archive
from scraper.calendar import Calendar, parse_season
from scraper.crawl import Settings, plan
from scraper.discovery.discover import Limits
from scraper.fetching.http import FetchSettings
from scraper.sites import Site
from scraper.visit import Recheck

YEARS_SHOWN = 6
ERRORS = (nightly.AlreadyRunning, schedule.ScheduleError, ValueError)


class FiniteRange(click.FloatRange):
    """A range that rejects nan, which the comparisons with its bounds let through."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        return self.fail(f"{value} is not a number", param, ctx) if isnan(number) else number


PAUSE, DAYS, SHARE = FiniteRange(0, 120), FiniteRange(0, 366), FiniteRange(0, 1)
HOSTS, PAGES = click.IntRange(1, 1000), click.IntRange(1)


def site_options(command: Command) -> Command:
    """Add the options that select sites."""
    for option in (
        click.option("-f", "--family", "families", multiple=True, help="A family of sites."),
        click.option("--host", "hosts", multiple=True, help="A host name."),
        click.option("-w", "--within", multiple=True, help="A place and all below it, by code or full name."),
        click.option("-p", "--place", "places", multiple=True, help="A place, by code or full name."),
        click.option("--no-registry", is_flag=True, help="Use only the sites of --sites."),
        click.option(
            "--sites",
            "files",
            multiple=True,
            type=click.Path(path_type=Path),
            help="More sites: a CSV file with columns place and host, and optionally name, start, family, "
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
@click.option(
    "--contact", envvar="NIANBAO_CONTACT", help="Mail address or URL where operators can reach you."
)
@click.option(
    "--pause", type=PAUSE, default=1.0, show_default=True, help="Minimum seconds between requests to a host."
)
@click.option(
    "--at-once",
    type=HOSTS,
    default=64,
    show_default=True,
    help="Hosts to visit in parallel.",
)
@click.option("--pages", type=PAGES, default=600, show_default=True, help="Maximum pages to visit per site.")
@click.option(
    "--season", "nights", default="01-05..04-10", show_default=True, help="Season of nightly visits."
)
@click.option(
    "--every",
    "days",
    type=DAYS,
    default=7.0,
    show_default=True,
    help="Days between visits out of season.",
)
@click.option("--all", "every_site", is_flag=True, help="Also visit sites that are not due.")
@click.option("--recheck", is_flag=True, help="Check every known report again.")
@click.option("--threshold", type=SHARE, default=0.2, show_default=True, help="Share of sites that may fail.")
@click.option("--allow-private", is_flag=True, help="Allow loopback and private addresses.")
@click.option("--plan", "only_plan", is_flag=True, help="List the sites that are due without visiting them.")
@output_options
def crawl_command(
    addresses: Sequence[str],
    folder: Path,
    database: Path,
    output: str | None,
    only_plan: bool,
    threshold: float,
    **options: Any,
) -> None:
    """Visit the sites that are due, archive what is new or changed, and load it.

    Without ADDRESS, the sites are those of the registry; with it, only these, whether or not they are in
    the registry. Everything that is fetched is archived first. A crawl that was killed is resumed by the
    next one. The exit code is not 0 if a site that used to have reports has none, or if the share of sites
    that failed exceeds the threshold.
    """
    now = datetime.now(UTC)
    with friendly_errors(*ERRORS), nightly.locked(folder), nightly.two_stage_interrupt():
        settings = _settings(every=bool(addresses), **options)
        selected, errors = _sites(addresses=addresses, **options)
        with Archive(folder, settings.fetching.user_agent) as archive:
            if only_plan:
                due = plan(archive, selected, None, settings, now)
                screen.print_rows([_as_row(site) for site in due], output)
                return
            if not options["contact"]:
                say(
                    "no contact given: set --contact or NIANBAO_CONTACT, so that site operators can reach you"
                )
            loader = Loader(connect(database, create=True))
            summary = nightly.nightly(archive, loader, selected, settings, now)
    screen.print_visits([row._asdict() for row in summary.rows], output)
    say(nightly.summary_line(summary.rows, summary.outcome))
    for host in summary.silent:
        say(f"{host}: this site used to have reports and has none now")
    sys.exit(summary.exit_code(threshold) or bool(errors))


@click.command("sites")
@site_options
@output_options
def sites_command(output: str | None, **options: Any) -> None:
    """List the sites of the registry, or a selection of them."""
    with friendly_errors(*ERRORS):
        selected, errors = _sites(addresses=(), **options)
    screen.print_rows([_as_row(site) for site in selected], output)
    sys.exit(bool(errors))


@click.command("coverage")
@database_option
@archive_option
@site_options
@years_option
@click.option("--all", "include_unvisited", is_flag=True, help="Include places that were never visited.")
@output_options
def coverage_command(
    database: Path,
    folder: Path,
    years: Sequence[int],
    include_unvisited: bool,
    output: str | None,
    **options: Any,
) -> None:
    """Show which places published their government's report for which year, and how late.

    The deadline is 31 March for governments and 31 January for other bodies (条例 art. 49); before 2019 it
    was 31 March for all.
    """
    with friendly_errors(*ERRORS):
        selected, errors = _sites(addresses=(), **options)
        db = connect(database)
        loaded = {url for (url,) in db.execute("SELECT url FROM documents").fetchall()}
        chosen = _registry_places(selected, folder, loaded, include_unvisited)
        newest = Calendar().newest_year(date.today())
        rows = coverage(db, chosen, years or range(newest - YEARS_SHOWN + 1, newest + 1))
    if not rows:
        raise click.ClickException("no site has been visited yet; crawl first, or use --all")
    screen.print_coverage([row._asdict() for row in rows], output)
    sys.exit(bool(errors))


@click.command("schedule", context_settings={"ignore_unknown_options": True})
@click.option(
    "--kind", type=click.Choice(schedule.KINDS), help="Scheduler to use.  [default: what the system has]"
)
@click.option("--at", default="02:30", show_default=True, help="Local time of day.")
@click.option(
    "--log",
    type=click.Path(path_type=Path),
    default=Path("nianbao.log"),
    show_default=True,
    help="Log file.",
)
@click.option("--install", is_flag=True, help="Install it for this user instead of printing it.")
@click.argument("arguments", metavar="[-- OPTIONS OF CRAWL]...", nargs=-1, type=click.UNPROCESSED)
def schedule_command(kind: str | None, at: str, log: Path, install: bool, arguments: Sequence[str]) -> None:
    """Print the job that runs `nianbao crawl` every night: a systemd timer, crontab line or launchd job.

    It runs in the current folder; arguments after -- are passed to `nianbao crawl`.
    """
    with friendly_errors(*ERRORS):
        try:
            time = datetime.strptime(at, "%H:%M")
        except ValueError as error:
            raise ValueError(f"{at} is not a time of day; write it as 02:30") from error
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
    for command_line in installed.commands:
        say(f"run: {' '.join(command_line)}")
    if installed.note:
        say(installed.note)


COMMANDS = (crawl_command, sites_command, coverage_command, schedule_command)


def _settings(
    *, every: bool, every_site: bool, recheck: bool, nights: str, days: float, **options: Any
) -> Settings:
    """Make the settings of a run. Raises ValueError."""
    agent = f"nianbao/{version('nianbao')} (+{options['contact'] or 'https://pypi.org/project/nianbao'})"
    if not agent.isascii() or not agent.isprintable():
        raise ValueError("--contact must be plain ASCII: a mail address or a URL")
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
    """Select the sites, and report wrong rows, which are left out. Raises ValueError, UnknownPlace."""
    found = [] if no_registry else list(sites.registry())
    errors: list[str] = []
    for file in files:
        more, errors_of_file = sites.read(file)
        found += more
        errors += errors_of_file
    for error in errors:
        say(error)
    # A user's row replaces the registry's row for the same place and host.
    found = list({(site.place, site.host): site for site in found}.values())
    if addresses:
        return [_with_registry_place(sites.site_from_url(address), found) for address in addresses], errors
    codes = [_place_code(place, found) for place in places]
    codes += [code for place in within for code in codes_within(_place_code(place, found))]
    selected = sites.select(found, codes, hosts, families)
    if not selected:
        raise ValueError("no site matches; `nianbao sites` lists them, and --sites adds yours")
    return selected, errors


def _with_registry_place(site: Site, found: Iterable[Site]) -> Site:
    """Complete the site of an address with what the registry knows about its host."""
    match = next((each for each in found if site.host in each.hosts), None)
    return match._replace(start=site.start) if match and site.host == match.host else site


def _place_code(place: str, found: Iterable[Site]) -> str:
    """Return a place's code, also from sites that the user adds."""
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


def _registry_places(
    selected: Sequence[Site], folder: Path, loaded: set[str], include_unvisited: bool
) -> Iterable[RegistryPlace]:
    """Yield what is known about the site of each place of the registry."""
    outcomes: dict[str, str] = {}
    unread: dict[str, Counter[int]] = {}
    if (folder / INDEX).exists():
        with Archive(folder) as archive:
            outcomes = site_index.outcomes(archive)
            reports = site_index.current_reports(archive)
        for place, year, url in reports:
            if url not in loaded:
                unread.setdefault(place, Counter())[year] += 1
    by_place: dict[str, Site] = {}
    for site in selected:
        by_place.setdefault(site.place, site)
    for code, site in sorted(by_place.items()):
        if include_unvisited or code in outcomes:
            match = places.get(code, None)
            name = match.name if match else site.name
            yield RegistryPlace(code, name, outcomes.get(code, ""), unread.get(code, {}))
