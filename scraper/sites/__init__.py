"""The registry of sites: the hosts of each place, from the CSV files in this package and from the user's."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from scraper.families import names

REQUIRED = ("place", "host")
PLACE = re.compile("[0-9]{6}")
NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
PORT = re.compile("[1-9][0-9]{0,4}")
MAX_PORT = 65535
DEFAULT_PORTS = {"http": 80, "https": 443}
DEFAULT_PORT_SUFFIX = re.compile(":(?:80|443)$")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
MAX_SHOWN = 60
OTHER_DOMAIN = "not under .gov.cn; write yes in column other_domain if that is intended"
# Each line is parsed on its own, so that an unclosed quotation mark costs only its own row.
LINE_END = re.compile("\r\n|\r|\n")
BLANK_LINE = re.compile(r'[\s,"]*')


class Site(NamedTuple):
    """A government website and the place or body it belongs to.

    ``place`` is a GB/T 2260 code, 000000 for national bodies; ``start`` the URL of the report column (栏目);
    ``family`` the name of a family of sites; all are "" when unknown. ``sisters`` are other hosts of the same
    site. ``other_domain`` allows hosts that are not under .gov.cn.
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
        """The key of the site in the index of an archive: place and host."""
        return f"{self.place} {self.host}"

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset({self.host, *self.sisters})


@cache
def registry() -> tuple[Site, ...]:
    """Return the sites of the package, sorted by place and host.

    Its CSV files are not validated here; the tests do that.
    """
    tables = Path(__file__).parent.glob("*.csv")
    rows = (row for table in tables for row in csv.DictReader(table.read_text("utf-8").splitlines()))
    return tuple(sorted(map(_site, rows)))


def read(path: Path) -> tuple[list[Site], list[str]]:
    """Read a user's CSV file of sites; return the sites of valid rows and a message for each invalid one.

    The file is in UTF-8 or GB 18030, with the columns ``place`` and ``host`` and optionally the other fields
    of Site; ``sisters`` are separated by blanks, and ``other_domain`` is yes or empty. A file that is no such
    table gives a single message. Raises OSError if the file cannot be read.
    """
    try:
        header, lines = _parse_table(path.read_bytes())
    except ValueError as error:
        return [], [f"{path.name} {error}"]
    sites: list[Site] = []
    errors: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for number, line in lines:
        try:
            site = _checked_site(line, header)
            if first := seen.get((site.place, site.host)):
                raise ValueError(f"{site.host} is already given for place {site.place} in row {first}")
        except ValueError as error:
            errors.append(f"{path.name}, row {number}: {error}")
        else:
            seen[site.place, site.host] = number
            sites.append(site)
    return sites, errors


def site_from_url(url: str) -> Site:
    """Return a site for a URL given by the user, on any domain and without a place.

    Raises ValueError if it is not a complete http or https URL.

    >>> site_from_url("http://www.heyuan.gov.cn:8080/zwgk/").host
    'www.heyuan.gov.cn:8080'
    """
    host = _host_of(url.strip())
    if not host:
        raise ValueError(f"{_quote(url)} is not a URL; write it in full, like http://www.x.gov.cn/")
    return Site("", host, host, url.strip(), other_domain=True)


def select(
    sites: Iterable[Site],
    places: Sequence[str] = (),
    hosts: Sequence[str] = (),
    families: Sequence[str] = (),
) -> list[Site]:
    """Return the sites that match one of the places, one of the hosts and one of the families.

    An empty sequence matches all. A place code matches that place alone; a host may be a sister.
    """
    hosts_wanted = {host.lower() for host in hosts}
    return [
        site
        for site in sites
        if (not places or site.place in places)
        and (not hosts_wanted or site.hosts & hosts_wanted)
        and (not families or site.family in families)
    ]


def _parse_table(data: bytes) -> tuple[list[str], list[tuple[int, str]]]:
    """Return the header of a table and the numbered lines below it. Raises ValueError."""
    numbered = enumerate(LINE_END.split(_decode(data)), 1)
    lines = [(number, line) for number, line in numbered if not BLANK_LINE.fullmatch(line)]
    if not lines:
        raise ValueError("is empty")
    number, line = lines[0]
    header = [cell.lower() for cell in _parse_line(line)]
    while not header[-1]:
        header.pop()
    if wrong := [name for name in header if name not in Site._fields or header.count(name) > 1]:
        known = set(REQUIRED) & set(header)
        detail = f"; {_quote(wrong[0])} is unknown or appears twice" if known else ""
        raise ValueError(f"needs a header, in row {number}, of the columns {', '.join(Site._fields)}{detail}")
    if missing := [name for name in REQUIRED if name not in header]:
        raise ValueError(f"needs a column {missing[0]}; its header has {', '.join(header)}")
    return header, lines[1:]


def _decode(data: bytes) -> str:
    """Decode a table in the encodings that spreadsheet programs use in China. Raises ValueError."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("is not text in UTF-8 or GB 18030; save it as CSV in UTF-8")


def _parse_line(line: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], strict=True))]
    except csv.Error as error:
        raise ValueError(f"cannot be read as CSV ({error})") from error


def _checked_site(line: str, header: Sequence[str]) -> Site:
    """Return the site of a line. Raises ValueError with the host and what is wrong."""
    cells = _parse_line(line)
    row = dict(zip(header, cells, strict=False))
    if any(cells[len(header) :]):
        raise ValueError(f"{_quote(row.get('host', ''))} has more cells than the header")
    site = _site(row)
    if problem := next(_problems(site, row.get("other_domain", "")), ""):
        raise ValueError(f"{_quote(site.host)} {problem}")
    return site


def _site(row: dict[str, str]) -> Site:
    return Site(
        row.get("place", ""),
        row.get("name", ""),
        DEFAULT_PORT_SUFFIX.sub("", row.get("host", "").lower()),
        row.get("start", ""),
        row.get("family", "").lower(),
        tuple(row.get("sisters", "").lower().split()),
        row.get("other_domain", "").lower() == "yes",
    )


def _problems(site: Site, other_domain: str) -> Iterator[str]:
    """Yield what is wrong with a site, the most serious first."""
    if not _is_host(site.host):
        yield "is not a host name; write it without http://, path, user and blanks"
    if not PLACE.fullmatch(site.place):
        yield f"has place {_quote(site.place)}; a code has six digits, 000000 for national bodies"
    if other_domain.lower() not in ("", "yes"):
        yield f"has {_quote(other_domain)} in column other_domain; it is yes or empty"
    if not (site.other_domain or _is_government(site.host)):
        yield f"is {OTHER_DOMAIN}"
    for sister in site.sisters:
        if not _is_host(sister):
            yield f"has the sister {_quote(sister)}, which is not a host name"
        if not (site.other_domain or _is_government(sister)):
            yield f"has the sister {sister}, which is {OTHER_DOMAIN}"
    if site.family and site.family not in names():
        yield f"has family {_quote(site.family)}; the families are {', '.join(names())}"
    if site.start and not _host_of(site.start):
        yield f"has start {_quote(site.start)}; write a complete URL with http:// or https://"
    if site.start and _host_of(site.start) not in site.hosts:
        yield f"has its start on {_host_of(site.start)}; add that host to column sisters if that is intended"
    if CONTROL.search(site.name):
        yield "has control characters in its name"


def _is_host(text: str) -> bool:
    """Return whether a text is a host name or IPv4 address in lower case, with or without a port."""
    name, colon, port = text.partition(":")
    if colon and not (PORT.fullmatch(port) and int(port) <= MAX_PORT):
        return False
    try:
        return bool(NAME.fullmatch(name) or IPv4Address(name))
    except AddressValueError:
        return False


def _is_government(host: str) -> bool:
    return f".{host.partition(':')[0]}".endswith(".gov.cn")


def _host_of(url: str) -> str:
    """Return the host of an http or https URL, with any port but the default one; "" for other texts.

    >>> _host_of("https://WWW.gov.cn:443/x"), _host_of("http://me@www.gov.cn/"), _host_of("www.gov.cn")
    ('www.gov.cn', '', '')
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    # urlsplit silently drops line breaks and tabs; the URL fetched would not be the one written.
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


def _quote(text: str) -> str:
    """Shorten a user's text and escape characters that could control a terminal."""
    short = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
    return short if short.isprintable() and " " not in short and short else repr(short)
