"""The archive: readable by others, whole after a fault, and enough to make the database anew."""

import gzip
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from sqlite_utils import Database
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from nianbao.cli import main
from scraper.archive.records import Records
from scraper.archive.store import Archive, WrongArchive
from scraper.crawl import begin_run
from scraper.fetching.page import Page, Request
from tests.crawler import EVENING, NIGHT, Crawler
from tests.sites import Asked, Reply, make_all
from tests.sites.reports import body, title
from tests.sites.server import serving
from tests.test_crawl_changes import EVERYTHING, LIST, ORGANS, article, listing, small_site

NAMES = ("reports", "facts", "sections", "figures", "metric_values", "publishers")
NAME = title("云岭市财政局", 2023)
REPORT = f"<html><head><title>{NAME}</title></head><body>{body('云岭市财政局', 2023)}</body></html>"


@pytest.fixture
def crawler(tmp_path: Path) -> Iterator[Crawler]:
    with serving({"small": small_site(), "webber": make_all()["webber_county"]}) as town:
        yield Crawler(tmp_path, town)


def records(folder: Path) -> list[tuple[str, str]]:
    """Read every record with another library, digests checked; give types and addresses."""
    found = []
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()
                found.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI")))
    return found


def run(*arguments: str | Path) -> None:
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == 0, result.output


def view(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Say what a database tells, without numbers."""
    db = Database(database)
    queries = {
        "list": "SELECT publisher, place, year, version, current, url FROM report_list ORDER BY 1, 3, 4, 6",
        "documents": "SELECT sha256, name, published, withdrawn, fetched FROM documents ORDER BY 1",
        "findings": "SELECT rule, publisher, year, message, document FROM finding_list ORDER BY 1, 2, 3, 4",
        **{name: f"SELECT count(*) FROM {name}" for name in NAMES},
    }
    found = {name: [tuple(row) for row in db.execute(sql).fetchall()] for name, sql in queries.items()}
    db.close()
    return found


def test_any_reader_of_warc_can_read_it(crawler: Crawler) -> None:
    crawler.night(EVENING)
    crawler.night(EVENING + NIGHT, recheck=EVERYTHING)
    found = records(crawler.folder / "archive")
    types = {kind for kind, _ in found}
    assert types == {"warcinfo", "response", "request", "metadata", "revisit"}
    responses = sum(kind == "response" for kind, _ in found)
    assert responses == sum(kind == "request" for kind, _ in found)
    reports = crawler.town.sites["webber"].reports
    assert {crawler.town.url("webber", target) for target in reports} <= {url for _, url in found}


def test_the_database_can_be_made_anew_from_the_archive(crawler: Crawler) -> None:
    crawler.night(EVENING)
    pages = crawler.town.sites["small"].pages
    pages[f"{LIST}1.html"] = article(ORGANS[1], disclosure__licenses__decisions=4321)
    del pages[f"{LIST}2.html"]
    pages[LIST] = listing(ORGANS[:2])
    crawler.night(EVENING + NIGHT, recheck=EVERYTHING)
    archive, made = crawler.folder / "archive", crawler.folder / "made.db"
    run("rebuild", archive, "-d", made)
    assert view(made) == view(crawler.folder / "reports.db")
    again = crawler.folder / "again.db"
    run("rebuild", *sorted(archive.glob("*.warc.gz")), "-d", again)
    assert again.read_bytes() == made.read_bytes()


ELSEWHERE = (
    ("http://a.gov.cn/p.png", "200 OK", "image/png", "x"),
    ("http://a.gov.cn/gone", "404 Not Found", "text/html", REPORT),
    ("http://a.gov.cn/", "200 OK", "text/html", "<title>首页</title>"),
    ("http://a.gov.cn/1.html", "200 OK", "text/html", REPORT),
)


def foreign(path: Path) -> None:
    """Write a WARC file as somebody else would: a picture, a page that is gone, a home page, a report."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, status, kind, text in ELSEWHERE:
            headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            data = text.encode()
            record = writer.create_warc_record(
                url, "response", payload=BytesIO(data), length=len(data), http_headers=headers
            )
            writer.write_record(record)


def test_the_reports_in_any_other_archive_are_read(tmp_path: Path) -> None:
    path = tmp_path / "CC-MAIN-2024.warc.gz"
    foreign(path)
    run("rebuild", path, "-d", tmp_path / "reports.db")
    assert [row[5] for row in view(tmp_path / "reports.db")["list"]] == ["http://a.gov.cn/1.html"]


PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html"
ODD_RECORDS = {
    "not packed as it says": PAGE + b"\r\nContent-Encoding: gzip\r\n\r\nrubbish",
    "chunks that are none": PAGE + b"\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    "a charset that is none": PAGE + b"; charset=hex\r\n\r\nrubbish",
    "not HTTP": b"20240101\na.gov.cn 1 IN A 192.0.2.1",
    "nothing": b"",
}


@pytest.mark.parametrize("odd", ODD_RECORDS)
def test_an_odd_record_does_not_hide_those_behind_it(tmp_path: Path, odd: str) -> None:
    path, block = tmp_path / "a.warc", ODD_RECORDS[odd]
    kind = "text/dns" if odd == "not HTTP" else "application/http; msgtype=response"
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: once\r\nWARC-Target-URI: http://a.gov.cn/\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    foreign(tmp_path / "good.warc.gz")
    good = gzip.decompress((tmp_path / "good.warc.gz").read_bytes())
    path.write_bytes(head.encode() + block + b"\r\n\r\n" + good)
    run("rebuild", path, "-d", tmp_path / "reports.db")
    assert [row[5] for row in view(tmp_path / "reports.db")["list"]] == ["http://a.gov.cn/1.html"]


@pytest.mark.parametrize("about", ["{bad", "[1]", '{"url": 5, "fetched": null}', ""])
def test_a_source_that_is_badly_noted_is_read(tmp_path: Path, about: str) -> None:
    (tmp_path / "source.html").write_text(REPORT, "utf-8")
    (tmp_path / "source.json").write_text(about, "utf-8")
    run("rebuild", tmp_path, "-d", tmp_path / "reports.db")
    assert len(view(tmp_path / "reports.db")["list"]) == 1


@pytest.mark.parametrize("damage", [b"", b"rubbish", None])
def test_a_damaged_archive_is_told_of_and_the_rest_is_read(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "a.warc.gz"
    foreign(path)
    data = path.read_bytes()
    path.write_bytes(damage if damage is not None else data[:700] + b"xxxxxxxx" + data[708:])
    (tmp_path / "report.html").write_text(REPORT, "utf-8")
    result = CliRunner().invoke(
        main, ["load", str(path), str(tmp_path / "report.html"), "-d", str(tmp_path / "r.db")]
    )
    assert result.exit_code == (0 if damage == b"" else 1)
    assert damage == b"" or "a.warc.gz" in result.output
    assert len(view(tmp_path / "r.db")["list"]) == 1


def page(url: str, text: str) -> Page:
    return Page(Request(url), url, 200, {"content-type": "text/html"}, text.encode(), "2024-01-01T00:00:00Z")


def test_what_was_being_written_when_a_crawl_was_killed_is_cut_off(crawler: Crawler) -> None:
    crawler.night(EVENING)
    folder = crawler.folder / "archive"
    (path,) = folder.glob("*.warc.gz")
    whole = path.read_bytes()
    stray = Records()
    stray.response(page("http://a.gov.cn/", "x" * 5000))
    for more in (stray.data(), stray.data()[:100], b"\0"):
        path.write_bytes(whole + more)
        archive = Archive(folder)
        assert path.read_bytes() == whole + more, "a crawl may be at work; who only looks on leaves it alone"
        begin_run(archive, EVENING)
        archive.close()
        assert path.read_bytes() == whole


def test_a_folder_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.db").write_text("rubbish" * 200)
    with pytest.raises(WrongArchive, match="is not the index of an archive"):
        Archive(tmp_path)


@pytest.mark.parametrize("fault", ["taken away", "damaged"])
def test_a_report_whose_record_is_lost_is_fetched_again(crawler: Crawler, fault: str) -> None:
    pages = crawler.town.sites["small"].pages
    for target, text in list(pages.items()):
        pages[target] = unchanging(str(text))
    crawler.night(EVENING)
    (path,) = (crawler.folder / "archive").glob("*.warc.gz")
    if fault == "damaged":
        data = path.read_bytes()
        path.write_bytes(data[:200] + bytes(len(data) - 200))
    else:
        path.unlink()
    night = crawler.night(EVENING + NIGHT, recheck=EVERYTHING)
    rows = {row.name: row for row in night.summary.rows}
    assert (rows["云岭市"].outcome, rows["云岭市"].unchanged) == ("done", 3)
    assert crawler.index("SELECT count(*) FROM captures WHERE run = 2 AND change = 'new'")[0][0]


def unchanging(text: str) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        same = asked.headers.get("if-none-match") == '"1"'
        return Reply("" if same else text, 304 if same else 200, headers={"ETag": '"1"'})

    return answer


def test_a_damaged_index_or_database_costs_one_line(
    crawler: Crawler, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawler.night(EVENING)
    monkeypatch.chdir(crawler.folder)
    for path in (crawler.folder / "reports.db", crawler.folder / "archive" / "index.db"):
        data = bytearray(path.read_bytes())
        for start in range(2 * 4096, len(data), 4096):
            data[start : start + 200] = b"\xff" * 200
        path.write_bytes(data)
        result = CliRunner().invoke(main, ["crawl", "--sites", "sites.csv", "--no-registry"])
        assert result.exit_code == 1 and isinstance(result.exception, SystemExit), result.output
        assert "malformed" in result.stderr
    assert "index.db" in result.stderr and "move it away" in result.stderr


def test_an_archive_of_another_version_is_refused(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.index.execute("PRAGMA user_version = 99")
    archive.close()
    with pytest.raises(WrongArchive, match="made by another version"):
        Archive(tmp_path)


def test_a_full_disk_ends_the_run_with_what_it_has(crawler: Crawler) -> None:
    limit = 3_000_000
    big = Random(1).randbytes(limit)
    crawler.town.sites["small"].pages["/zwgk/big.zip"] = Reply(big, media_type="application/zip")
    told = article(ORGANS[0]).replace("</body>", "<a href='/zwgk/big.zip'>附件.zip</a></body>")
    crawler.town.sites["small"].pages[f"{LIST}0.html"] = told
    command = [
        sys.executable,
        "-c",
        "from nianbao.cli import main; main()",
        "crawl",
        "--no-registry",
        "--pause",
        "0",
    ]
    options = ["--sites", "sites.csv", "--allow-private", "--contact", "me@x.org"]
    root = str(Path(__file__).parent.parent)
    full = subprocess.run(
        [*command, *options],
        cwd=crawler.folder,
        env={"PYTHONPATH": root},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
    )
    assert full.returncode == 1
    assert "cannot be written" in full.stderr and "Traceback" not in full.stderr
    records(crawler.folder / "archive")
    again = subprocess.run(
        [*command, *options, "--all"], cwd=crawler.folder, env={"PYTHONPATH": root}, capture_output=True
    )
    assert again.returncode == 0
    wanted = sum(len(site.reports) for site in crawler.town.sites.values())
    assert len(view(crawler.folder / "reports.db")["list"]) == wanted
