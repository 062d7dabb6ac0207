"""The registry: whole and right as bundled, and patient with what users write."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import places
from scraper import families
from scraper.sites import Site, read, registry, select, site_from_url

TABLES = sorted((Path(__file__).parent.parent / "scraper" / "sites").glob("*.csv"))
NATIONAL = "000000"
# 金门县 is not governed from Fujian; 西沙区, 南沙区, 和康县 and 和安县 are new and have no site that we know.
WITHOUT_SITE = ["350527", "460302", "460303", "653228", "653229"]
GOOD = "441600,河源市,www.heyuan.gov.cn"


def is_own(site: Site) -> bool:
    """Whether a site is that of the place's government, not of a department."""
    place = places.get(site.place, None)
    return bool(place and site.name.endswith(place.name))


def test_a_row_that_ends_too_soon_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "my.csv"
    path.write_text("host,place\nwww.x.gov.cn\nwww.y.gov.cn:80,110000\n", "utf-8")
    good, faults = read(path)
    assert [site.host for site in good] == ["www.y.gov.cn"]
    assert faults == [
        "my.csv, row 2: www.x.gov.cn has place ''; a code has six digits, 000000 for national bodies"
    ]


def test_every_province_has_a_table() -> None:
    provinces = {place.code[:2] for place in places.places_in(None) if place.level == "province"}
    assert {table.name[:2] for table in TABLES} == {"00"} | provinces


def test_every_place_has_a_site_but_those_few() -> None:
    with_site = {site.place for site in registry() if is_own(site)}
    assert [place.code for place in places.places_in(None) if place.code not in with_site] == WITHOUT_SITE


def test_a_site_is_of_a_place_or_of_one_of_its_bodies() -> None:
    levels = Counter(
        place.level if is_own(site) else "body"
        for site in registry()
        if (place := places.get(site.place, None))
    )
    assert levels == {"province": 31, "prefecture": 333, "county": 2844, "body": 245}
    assert sum(site.place == NATIONAL for site in registry()) == 5
    assert len(registry()) == levels.total() + 5


def test_names_are_those_of_the_places() -> None:
    for site in filter(is_own, registry()):
        place = places.get(site.place, None)
        assert place and site.name.replace("新疆生产建设兵团", "") == places.path(place, None)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_our_tables_pass_as_a_user_s_would(table: Path) -> None:
    sites, faults = read(table)
    assert not faults
    assert sites and sites == sorted(sites, key=lambda site: (site.place, site.host))
    assert {site.place[:2] for site in sites} == {table.name[:2]}
    assert set(sites) <= set(registry())
    assert all(site.name and site.place.isdigit() for site in sites)


def test_the_registry_is_all_tables_without_doubles() -> None:
    assert list(registry()) == sorted(site for table in TABLES for site in read(table)[0])
    assert len({(site.place, site.host) for site in registry()}) == len(registry())


def test_other_domain_is_said_where_it_is_so_and_nowhere_else() -> None:
    for site in registry():
        names = [host.partition(":")[0] for host in site.hosts]
        assert site.other_domain == any(not name.endswith(".gov.cn") for name in names), site


def test_no_host_stands_for_two_places() -> None:
    owners = Counter(site.host for site in registry())
    assert [host for host, count in owners.items() if count > 1] == []


def test_starts_and_families_are_there() -> None:
    assert sum(bool(site.start) for site in registry()) == 129
    found = Counter(site.family for site in registry() if site.family)
    assert found["ucap"] == 294 and found["trs"] == 187 and len(found) == 11
    assert set(found) <= set(families.names())


def table(tmp_path: Path, *rows: str, header: str = "place,name,host") -> Path:
    path = tmp_path / "my.csv"
    path.write_text("\n".join((header, *rows)), encoding="utf-8")
    return path


FULL = "place,name,host,start,family,sisters,other_domain"
HEYUAN = Site("441600", "河源市", "www.heyuan.gov.cn")
ACCEPTED = [
    ("place,host", "441600,www.heyuan.gov.cn", HEYUAN._replace(name="")),
    ("host,place,name", "www.heyuan.gov.cn,441600,河源市", HEYUAN),
    ("Place,NAME,Host", " 441600 ,河源市, WWW.Heyuan.GOV.cn ", HEYUAN),
    ("place,name,host,,", "441600,河源市,www.heyuan.gov.cn,,", HEYUAN),
    (FULL, '"441600","河源市","www.heyuan.gov.cn"', HEYUAN),
    (FULL, "441600,河源市,www.heyuan.gov.cn:8080", HEYUAN._replace(host="www.heyuan.gov.cn:8080")),
    (
        FULL,
        "441600,河源市,xn--fiq228c.gov.cn,http://b.gov.cn/nb/,TRS,b.gov.cn c.gov.cn,",
        Site(
            "441600", "河源市", "xn--fiq228c.gov.cn", "http://b.gov.cn/nb/", "trs", ("b.gov.cn", "c.gov.cn")
        ),
    ),
    (
        FULL,
        "441600,河源市,114.114.114.114:81,HTTP://114.114.114.114:81/nb/,,x.com,YES",
        Site(
            "441600",
            "河源市",
            "114.114.114.114:81",
            "HTTP://114.114.114.114:81/nb/",
            "",
            ("x.com",),
            other_domain=True,
        ),
    ),
    (
        FULL,
        "441600,河源市,www.heyuan.gov.cn,https://www.heyuan.gov.cn:443/nb/",
        HEYUAN._replace(start="https://www.heyuan.gov.cn:443/nb/"),
    ),
]


@pytest.mark.parametrize(("header", "row", "site"), ACCEPTED)
def test_good_rows_are_read(tmp_path: Path, header: str, row: str, site: Site) -> None:
    assert read(table(tmp_path, row, header=header)) == ([site], [])


BAD_ROWS = [
    (
        "441600,x,www.x.gov.cm",
        "www.x.gov.cm is not under .gov.cn; write yes in column other_domain if that is intended",
    ),
    ("441600,x,notgov.cn", "notgov.cn is not under .gov.cn"),
    ("441600,x,www.xgov.cn", "www.xgov.cn is not under .gov.cn"),
    ("441600,x,www.gov.cn.evil.com", "www.gov.cn.evil.com is not under .gov.cn"),
    ("441600,x,", "'' is not a host name"),
    ("441600,x,http://www.x.gov.cn", "http://www.x.gov.cn is not a host name; write it without http://"),
    ("441600,x,www.x.gov.cn/zwgk", "www.x.gov.cn/zwgk is not a host name"),
    ("441600,x,me@www.x.gov.cn", "me@www.x.gov.cn is not a host name"),
    ("441600,x,www. x.gov.cn", "'www. x.gov.cn' is not a host name"),
    ("441600,x,www..gov.cn", "www..gov.cn is not a host name"),
    ("441600,x,-x.gov.cn", "-x.gov.cn is not a host name"),
    ("441600,x,河源.gov.cn", "河源.gov.cn is not a host name"),
    ("441600,x,localhost,,,,yes", "localhost is not a host name"),
    ("441600,x,999.1.1.1,,,,yes", "999.1.1.1 is not a host name"),
    ("441600,x,www.x.gov.cn:0", "www.x.gov.cn:0 is not a host name"),
    ("441600,x,www.x.gov.cn:65536", "www.x.gov.cn:65536 is not a host name"),
    ("441600,x,www.x.gov.cn:", "www.x.gov.cn: is not a host name"),
    (f"441600,x,{'a' * 64}.gov.cn", f"{'a' * 60}… is not a host name"),
    ("441600,x,www.\x1b[2Jx.gov.cn", r"'www.\x1b[2jx.gov.cn' is not a host name"),
    ("441600,x,www.x.gov.cn\0", r"'www.x.gov.cn\x00' is not a host name"),
    ("0,x,www.x.gov.cn", "www.x.gov.cn has place 0; a code has six digits"),
    (",x,www.x.gov.cn", "www.x.gov.cn has place ''"),
    ("４４１６００,x,www.x.gov.cn", "www.x.gov.cn has place ４４１６００"),
    ("4416001,x,www.x.gov.cn", "www.x.gov.cn has place 4416001"),
    ("441600,x\0y,www.x.gov.cn", "www.x.gov.cn has control characters in its name"),
    (
        "441600,x,www.x.gov.cn,www.x.gov.cn/nb/",
        "www.x.gov.cn has start www.x.gov.cn/nb/; write a complete URL",
    ),
    ("441600,x,www.x.gov.cn,ftp://www.x.gov.cn/", "www.x.gov.cn has start ftp://www.x.gov.cn/"),
    ("441600,x,www.x.gov.cn,http://a@www.x.gov.cn/", "www.x.gov.cn has start http://a@www.x.gov.cn/"),
    ("441600,x,www.x.gov.cn,http://www.x.gov.cn/a b", "www.x.gov.cn has start 'http://www.x.gov.cn/a b'"),
    ("441600,x,www.x.gov.cn,http://[www.x.gov.cn/", "www.x.gov.cn has start http://[www.x.gov.cn/"),
    ("441600,x,www.x.gov.cn,http://www.x.gov.cn:99999/", "www.x.gov.cn has start http://www.x.gov.cn:99999/"),
    ("441600,x,www.x.gov.cn,http://y.gov.cn/", "www.x.gov.cn has its start on y.gov.cn; add that host to"),
    ("441600,x,www.x.gov.cn,http://www.x.gov.cn:8080/", "www.x.gov.cn has its start on www.x.gov.cn:8080"),
    ("441600,x,www.x.gov.cn,,wordpress", "www.x.gov.cn has family wordpress; the families are "),
    (
        "441600,x,www.x.gov.cn,,,y.gov.cn/z",
        "www.x.gov.cn has the sister y.gov.cn/z, which is not a host name",
    ),
    ("441600,x,www.x.gov.cn,,,y.com", "www.x.gov.cn has the sister y.com, which is not under .gov.cn"),
    ("441600,x,www.x.com,,,,no", "www.x.com has no in column other_domain; it is yes or empty"),
    ("441600,x,www.x.gov.cn,,,,,more", "www.x.gov.cn has more cells than the header"),
    ('441600,"x,www.x.gov.cn', "cannot be read as CSV (unexpected end of data)"),
    (f"441600,{'x' * 200_000},www.x.gov.cn", "cannot be read as CSV (field larger than field limit"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS, ids=[reason[:40] for _, reason in BAD_ROWS])
def test_a_bad_row_is_named_and_the_others_go_on(tmp_path: Path, row: str, reason: str) -> None:
    sites, faults = read(table(tmp_path, GOOD, "", row, "441602,源城区,www.gdyc.gov.cn", header=FULL))
    assert [site.place for site in sites] == ["441600", "441602"]
    (fault,) = faults
    assert fault.startswith(f"my.csv, row 4: {reason}")
    assert fault.isprintable() and len(fault) < 300


def test_the_second_of_two_equal_rows_is_bad(tmp_path: Path) -> None:
    sites, faults = read(table(tmp_path, GOOD, GOOD.upper(), GOOD.replace("441600", "441602")))
    assert [site.place for site in sites] == ["441600", "441602"]
    assert faults == ["my.csv, row 3: www.heyuan.gov.cn is already given for place 441600 in row 2"]


BAD_FILES = [
    (b"", "my.csv is empty"),
    (b"\xef\xbb\xbf", "my.csv is empty"),
    (b"\r\n,,\r\n", "my.csv is empty"),
    ("\u3000,\u3000".encode(), "my.csv is empty"),
    (b"\xff\xfep\0l\0", "my.csv is not text in UTF-8 or GB 18030; save it as CSV in UTF-8"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff", "my.csv is not text"),
    (GOOD.encode(), "my.csv needs a header, in row 1, of the columns place, name, host, start"),
    (b"place;name;host\n441600;x;x.gov.cn", "my.csv needs a header"),
    (b"PK\3\4\x14\0\0", "my.csv needs a header"),
    (b"name,host\nx,www.x.gov.cn", "my.csv needs a column place; its header has name, host"),
    (b"place,name\n441600,x", "my.csv needs a column host"),
    (b"place,host,sister\n441600,x", "my.csv needs a header, in row 1, of the columns place, name, host,"),
    (b"place,host,host\n441600,x,y", "my.csv needs a header"),
    (b'place,"host\n441600,www.x.gov.cn', "my.csv cannot be read as CSV"),
]


@pytest.mark.parametrize(("data", "reason"), BAD_FILES, ids=[str(data[:20]) for data, _ in BAD_FILES])
def test_a_file_that_is_no_table_gives_one_line(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "my.csv"
    path.write_bytes(data)
    sites, (fault,) = read(path)
    assert not sites and fault.startswith(reason) and "\n" not in fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "my.csv"
    path.write_bytes(end.join(("place,name,host", GOOD, "")).encode(encoding))
    assert read(path) == ([HEYUAN], [])


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "my.csv")


@given(st.one_of(st.binary(), st.text().map(lambda text: f"place,host\n{text}".encode("utf-8", "replace"))))
def test_no_file_makes_it_stumble(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    sites, faults = read(path)
    assert all(site.host for site in sites) and all("\n" not in fault for fault in faults)


def test_a_single_address_makes_a_site() -> None:
    url = "https://WWW.Example.com:8443/zwgk/?a=1#b"
    assert site_from_url(f" {url}\n") == Site(
        "", "www.example.com:8443", "www.example.com:8443", url, other_domain=True
    )


@pytest.mark.parametrize(
    "url", ["", "www.x.gov.cn", "ftp://x.gov.cn/", "http:///x", "http://a:b@x.gov.cn/", "http://x.gov.cn:x/"]
)
def test_what_is_no_address_makes_none(url: str) -> None:
    with pytest.raises(ValueError, match="is not a URL; write it in full"):
        site_from_url(url)


def test_sites_are_chosen_by_place_host_and_family() -> None:
    first = HEYUAN._replace(family="nfcms", sisters=("gk.heyuan.gov.cn",))
    second = Site("440000", "广东省", "www.gd.gov.cn", family="gkmlpt")
    both = [first, second]
    assert select(both) == both
    assert select(both, places=["440000"]) == [second]
    assert select(both, hosts=["GK.heyuan.gov.cn"]) == [first]
    assert select(both, families=["nfcms", "gkmlpt"]) == both
    assert select(both, places=["440000"], families=["nfcms"]) == []
    assert first.hosts == {"www.heyuan.gov.cn", "gk.heyuan.gov.cn"}
