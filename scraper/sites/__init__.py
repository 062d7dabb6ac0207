"""The registry of sites: the hosts of each place, from the tables in this package and from a user's own."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from scraper.families import names

NEEDED = ("place", "host")
PLACE = re.compile("[0-9]{6}")
NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
PORT = re.compile("[1-9][0-9]{0,4}")
HIGHEST_PORT = 65535
DEFAULT_PORTS = {"http": 80, "https": 443}
GOES_WITHOUT_SAYING = re.compile(":(?:80|443)$")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LONGEST_SHOWN = 60
OFF_DOMAIN = "not under .gov.cn; write yes in column other_domain if it is meant"
# Rows are read line by line, lest a quotation mark left open swallows all that follow.
LINE_END = re.compile("\r\n|\r|\n")
BLANK = re.compile(r'[\s,"]*')


class Site(NamedTuple):
    """A government website and the place or body it belongs to.

    ``place`` is a GB/T 2260 code, 000000 for national bodies, "" when unknown; ``start`` the address of
    the report column and ``family`` the name of a family of sites, "" where not known; ``sisters`` are
    other hosts of the same site. ``other_domain`` allows hosts that are not under .gov.cn.
    """

    place: str
    name: str
    host: str
    start: str = ""
    family: str = ""
    sisters: tuple[str, ...] = ()
    other_domain: bool = False

    @property
    def id(self) -> str:
        """What the index of an archive knows the site by."""
        return f"{self.place} {self.host}"

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset({self.host, *self.sisters})


@cache
def registry() -> tuple[Site, ...]:
    """Give the sites that the package knows, by place and host.

    Its tables are not checked here: the tests do it.
    """
    tables = Path(__file__).parent.glob("*.csv")
    rows = (row for table in tables for row in csv.DictReader(table.read_text("utf-8").splitlines()))
    return tuple(sorted(map(_site, rows)))


def read(path: Path) -> tuple[list[Site], list[str]]:
    """Read a user's table of sites: the good rows, and for each bad row one line that says what is wrong.

    The table is CSV in UTF-8 or GB 18030 with the columns ``place`` and ``host`` and, where wanted, the
    other fields of Site; ``sisters`` are separated by blanks and ``other_domain`` is yes or empty. A
    file that is no such table gives a single line. Raises OSError when the file cannot be read.
    """
    try:
        header, lines = _table(path.read_bytes())
    except ValueError as error:
        return [], [f"{path.name} {error}"]
    sites: list[Site] = []
    faults: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for number, line in lines:
        try:
            site = _checked(line, header)
            if first := seen.get((site.place, site.host)):
                raise ValueError(f"{site.host} stands for place {site.place} in row {first} already")
        except ValueError as error:
            faults.append(f"{path.name}, row {number}: {error}")
        else:
            seen[site.place, site.host] = number
            sites.append(site)
    return sites, faults


def site_of(url: str) -> Site:
    """Make a site of one address that the user gives, on any domain and of no known place.

    Raises ValueError when it is no complete http or https address.

    >>> site_of("http://www.heyuan.gov.cn:8080/zwgk/").host
    'www.heyuan.gov.cn:8080'
    """
    host = _host_of(url.strip())
    if not host:
        raise ValueError(
            f"{_shown(url)} is no address of a page; write it in full, like http://www.x.gov.cn/"
        )
    return Site("", host, host, url.strip(), other_domain=True)


def chosen(
    sites: Iterable[Site],
    places: Sequence[str] = (),
    hosts: Sequence[str] = (),
    families: Sequence[str] = (),
) -> list[Site]:
    """Give the sites of one of the places, on one of the hosts and of one of the families.

    An empty sequence takes all. A code means that place alone, and a host may be a sister.
    """
    wanted = {host.lower() for host in hosts}
    return [
        site
        for site in sites
        if (not places or site.place in places)
        and (not wanted or site.hosts & wanted)
        and (not families or site.family in families)
    ]


def _table(data: bytes) -> tuple[list[str], list[tuple[int, str]]]:
    """Give the header of a table and the numbered lines below it. Raises ValueError."""
    numbered = enumerate(LINE_END.split(_text(data)), 1)
    lines = [(number, line) for number, line in numbered if not BLANK.fullmatch(line)]
    if not lines:
        raise ValueError("is empty")
    number, line = lines[0]
    header = [cell.lower() for cell in _cells(line)]
    while not header[-1]:
        header.pop()
    if wrong := [name for name in header if name not in Site._fields or header.count(name) > 1]:
        known = set(NEEDED) & set(header)
        detail = f"; {_shown(wrong[0])} is none or stands twice" if known else ""
        raise ValueError(f"needs a header, in row {number}, of the columns {', '.join(Site._fields)}{detail}")
    if missing := [name for name in NEEDED if name not in header]:
        raise ValueError(f"needs a column {missing[0]}; its header has {', '.join(header)}")
    return header, lines[1:]


def _text(data: bytes) -> str:
    """Decode a table as spreadsheet programs write it, in China as elsewhere. Raises ValueError."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("is no text in UTF-8 or GB 18030; save it as CSV in UTF-8")


def _cells(line: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], strict=True))]
    except csv.Error as error:
        raise ValueError(f"cannot be read as CSV ({error})") from error


def _checked(line: str, header: Sequence[str]) -> Site:
    """Make a site of a line. Raises ValueError with the host and what is wrong."""
    cells = _cells(line)
    row = dict(zip(header, cells, strict=False))
    if any(cells[len(header) :]):
        raise ValueError(f"{_shown(row.get('host', ''))} has more cells than the header")
    site = _site(row)
    if objection := next(_objections(site, row.get("other_domain", "")), ""):
        raise ValueError(f"{_shown(site.host)} {objection}")
    return site


def _site(row: dict[str, str]) -> Site:
    return Site(
        row.get("place", ""),
        row.get("name", ""),
        GOES_WITHOUT_SAYING.sub("", row.get("host", "").lower()),
        row.get("start", ""),
        row.get("family", "").lower(),
        tuple(row.get("sisters", "").lower().split()),
        row.get("other_domain", "").lower() == "yes",
    )


def _objections(site: Site, other_domain: str) -> Iterator[str]:
    """Say what is wrong with a site, the gravest first."""
    if not _is_host(site.host):
        yield "is no host name; write it without http://, path, user and blanks"
    if not PLACE.fullmatch(site.place):
        yield f"has place {_shown(site.place)}; a code has six digits, 000000 for national bodies"
    if other_domain.lower() not in ("", "yes"):
        yield f"has {_shown(other_domain)} in column other_domain; it is yes or empty"
    if not (site.other_domain or _is_government(site.host)):
        yield f"is {OFF_DOMAIN}"
    for sister in site.sisters:
        if not _is_host(sister):
            yield f"has the sister {_shown(sister)}, which is no host name"
        if not (site.other_domain or _is_government(sister)):
            yield f"has the sister {sister}, which is {OFF_DOMAIN}"
    if site.family and site.family not in names():
        yield f"has family {_shown(site.family)}; there are {', '.join(names())}"
    if site.start and not _host_of(site.start):
        yield f"has start {_shown(site.start)}; write a whole address with http:// or https://"
    if site.start and _host_of(site.start) not in site.hosts:
        yield f"has its start on {_host_of(site.start)}; add that host to column sisters if it is meant"
    if CONTROL.search(site.name):
        yield "has control characters in its name"


def _is_host(text: str) -> bool:
    """Say whether a text is a host name or an IPv4 address, in small letters, with or without a port."""
    name, colon, port = text.partition(":")
    if colon and not (PORT.fullmatch(port) and int(port) <= HIGHEST_PORT):
        return False
    try:
        return bool(NAME.fullmatch(name) or IPv4Address(name))
    except AddressValueError:
        return False


def _is_government(host: str) -> bool:
    return f".{host.partition(':')[0]}".endswith(".gov.cn")


def _host_of(url: str) -> str:
    """Give the host of an http or https address, with the port unless it goes without saying, else "".

    >>> _host_of("https://WWW.gov.cn:443/x"), _host_of("http://me@www.gov.cn/"), _host_of("www.gov.cn")
    ('www.gov.cn', '', '')
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    # urlsplit drops line breaks and tabs in silence; what is then fetched is not what was written.
    if (
        parts.scheme not in DEFAULT_PORTS
        or "@" in parts.netloc
        or re.search(r"\s", url)
        or CONTROL.search(url)
    ):
        return ""
    host = parts.hostname or ""
    if port is not None and port != DEFAULT_PORTS[parts.scheme]:
        host += f":{port}"
    return host if _is_host(host) else ""


def _shown(text: str) -> str:
    """Write what a user wrote so that no terminal takes it for a command, and shortened."""
    short = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return short if short.isprintable() and " " not in short and short else repr(short)
