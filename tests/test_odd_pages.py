"""Pages that nobody would write, and that sites serve all the same: none costs more than itself."""

from pathlib import Path
from threading import Event, Semaphore

import pytest

from parsers.identity.titles import judge_title
from scraper import families, sites
from scraper.archive.site_index import SiteIndex
from scraper.archive.store import Archive
from scraper.crawl import Settings, begin_run, crawl
from scraper.discovery.article import article_text, attachments, content_digest, judge, publication_date
from scraper.discovery.columns import classify_page
from scraper.discovery.discover import Limits
from scraper.fetching.http import Fetcher
from scraper.fetching.page import Link, Page, Request, iso_date
from scraper.visit import Recheck, Visit
from tests.crawler import EVENING, NIGHT, QUICK, Crawler
from tests.sites import Asked, Reply, Site
from tests.sites.reports import body, title
from tests.sites.server import serving
from tests.test_fetching import Alive

ORGAN = "云岭市财政局"
NAME = title(ORGAN, 2023)
REPORT = f"<html><head><title>{NAME}</title></head><body><h1>{NAME}</h1>{body(ORGAN, 2023)}</body></html>"
LIST = f"<html><title>政府信息公开年报</title><ul><li><a href='/nb/1.html'>{NAME}</a></li></ul></html>"
HOME = "<a href='/nb/'>政府信息公开年报</a>"
SHELL = f"<html><title>{NAME}</title><h1>{NAME}</h1>%s</html>"
PDF = b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\n" + bytes(2000)


def page(body: bytes, kind: str = "text/html") -> Page:
    url = "http://a.gov.cn/nb/"
    return Page(Request(url), url, 200, {"content-type": kind} if kind else {}, body)


def look(at: Page) -> None:
    """Do with a page all that a crawl does."""
    link = Link(at.url, NAME)
    assert all(url.startswith("http") for url in (*(each.url for each in at.links), *at.frames))
    assert at.client_redirect == ""
    for look_for in (
        families.hidden_links,
        families.subrequests,
        families.next_pages,
        classify_page,
        article_text,
        content_digest,
    ):
        look_for(at)
    judge(at, link, attachments(at))
    publication_date(at, link)


@pytest.mark.parametrize("charset", ["base64", "hex", "rot13", "idna", "punycode", "undefined", "utf-7", "x"])
def test_a_charset_that_is_none_is_passed_over(charset: str) -> None:
    text = "<a href='/1.html'>年报</a>".encode("gb18030")
    look(page(text, f"text/html; charset={charset}"))
    look(page(f"<meta charset='{charset}'>".encode() + text))
    assert page(text, "text/html; charset=base64").links[0].text == "年报"


@pytest.mark.parametrize(
    "text",
    [
        "<base href='http://[bad'><a href='x'>y</a><iframe src='http://[x'></iframe>",
        "<meta http-equiv=refresh content='0;url=http://[bad'>",
        "<script>location.href='http://[bad'</script>",
        "<div>" * 600 + "<a href='/1'>x</a>",
    ],
)
def test_what_is_no_address_leads_nowhere(text: str) -> None:
    look(page(text.encode()))


def test_a_title_that_repeats_itself_is_judged_in_the_end() -> None:
    """A pattern that may split 年度 in two ways needs 2 to the 50 steps for this, and never ends."""
    assert judge_title("2023信息公开" + "年度" * 50, True).kind == "other"


def test_a_block_of_many_links_is_searched_for_a_date_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    def counted(text: str) -> str:
        searched.append(text)
        return iso_date(text)

    monkeypatch.setattr("scraper.fetching.page.iso_date", counted)
    links = "".join(f"<a href='/n/{number}.html'>{number}</a><br>" for number in range(60))
    found = page(f"<div>{links}<span>2023-01-05</span></div>".encode()).links
    assert [link.date for link in found] == ["2023-01-05"] * 60
    assert len(searched) == 1


@pytest.mark.parametrize("kind", ["application/pdf", "application/octet-stream", "text/html", ""])
def test_a_file_is_told_from_a_page_by_its_bytes(kind: str) -> None:
    found = page(PDF, kind)
    assert judge(found, Link(found.url, NAME), ()).kind == "report"
    others = (page(PDF[:-1] + end, kind) for end in (b"\xff", b"\xfe"))
    assert len({content_digest(each) for each in (found, *others)}) == 3


def night(folder: Path, pages: dict[str, object], **more: str) -> tuple[Crawler, str]:
    with serving({"odd": Site("云岭市", "990100", "", pages, **more)}) as town:  # type: ignore[arg-type]
        crawler = Crawler(folder, town)
        (row,) = crawler.night(EVENING).summary.rows
        return crawler, f"{row.outcome}, {row.new} new: {row.reason}"


SHOWN: dict[str, dict[str, object]] = {
    "in a frame": {"/nb/1.html": SHELL % "<iframe src='/f/1.html'></iframe>", "/f/1.html": REPORT},
    "by script": {"/nb/1.html": "<script>window.location.href='/f/1.html'</script>", "/f/1.html": REPORT},
    "by refresh": {
        "/nb/1.html": "<meta http-equiv='refresh' content='0;url=/f/1.html'>",
        "/f/1.html": REPORT,
    },
    "as an embedded file": {
        "/nb/1.html": SHELL % "<embed src='/f/1.txt'>",
        "/f/1.txt": Reply(REPORT, media_type="text/html"),
    },
    "behind backslashes": {"/nb/": LIST.replace("/nb/1.html", "\\nb\\1.html"), "/nb/1.html": REPORT},
}


@pytest.mark.parametrize("how", SHOWN)
def test_a_report_that_is_shown_in_another_way_is_found(tmp_path: Path, how: str) -> None:
    crawler, told = night(tmp_path, {"/": HOME, "/nb/": LIST, **SHOWN[how]})
    assert told == "done, 1 new: "
    assert crawler.rows("SELECT count(*) FROM reports") == [(1,)]


def test_a_report_that_is_a_file_is_archived(tmp_path: Path) -> None:
    pages: dict[str, object] = {
        "/": HOME,
        "/nb/": LIST,
        "/nb/1.html": Reply(PDF, media_type="application/pdf"),
    }
    assert night(tmp_path, pages)[1] == "done, 1 new: "


def test_a_session_in_an_address_makes_no_new_report(tmp_path: Path) -> None:
    numbers = iter(range(10))

    def listed(asked: Asked) -> Reply:
        return Reply(LIST.replace("1.html", f"1.html;jsessionid=0A{next(numbers)}"))

    pages: dict[str, object] = {"/": HOME, "/nb/": listed, "/nb/1.html": REPORT}
    with serving({"odd": Site("云岭市", "990100", "", pages)}) as town:  # type: ignore[arg-type]
        crawler = Crawler(tmp_path, town)
        news = [crawler.night(EVENING + nights * NIGHT).summary.rows[0].new for nights in range(2)]
    assert news == [1, 0]


@pytest.mark.parametrize("start", ["/gone/column/", "/empty/", "/busy/", "/forbidden/", "/away/"])
def test_a_start_that_is_out_of_date_costs_only_itself(tmp_path: Path, start: str) -> None:
    pages: dict[str, object] = {"/": HOME, "/nb/": LIST, "/nb/1.html": REPORT, "/empty/": ""}
    pages["/busy/"] = Reply("", 500)
    pages["/away/"] = Reply("", 301, headers={"Location": "http://www.example.com/"})
    robots = "User-agent: *\nDisallow: /forbidden/"
    _, told = night(tmp_path, pages, start=f"http://@@odd@@{start}", robots=robots)
    assert told.startswith("done, 1 new: ") and len(told) > len("done, 1 new: ")


@pytest.mark.parametrize("address", ["http://WWW.X.gov.cn/nb/", "http://www.x.gov.cn:80/nb/#top"])
def test_an_address_is_taken_however_it_is_written(tmp_path: Path, address: str) -> None:
    fetcher = Fetcher(QUICK._replace(ignore_robots=True))
    fetcher.host("www.x.gov.cn").session.mount("http://", Alive())
    with Archive(tmp_path) as archive:
        run = begin_run(archive, EVENING)
        site_index = SiteIndex(archive, sites.site_from_url(address), run.id, run.warc, EVENING)
        assert Visit(fetcher, site_index, Limits(), Recheck(), Semaphore()).run().outcome == "done"
        asked = [url for (url,) in archive.rows("SELECT url FROM captures ORDER BY id")]
    assert asked == ["http://www.x.gov.cn/nb/", "http://www.x.gov.cn/"]


def test_what_nobody_thought_of_costs_one_site(tmp_path: Path) -> None:
    whole: dict[str, object] = {"/": HOME, "/nb/": LIST, "/nb/1.html": REPORT}
    site_map = {"odd": Site("云岭市", "990100", "", whole)}  # type: ignore[arg-type]
    with serving(site_map) as town, Archive(tmp_path) as archive:
        site = sites.Site("990100", "云岭市", town.address("odd"))
        impossible = Settings(QUICK, Limits(pages="many"))  # type: ignore[arg-type]
        (visited,) = crawl(archive, [site], begin_run(archive, EVENING), impossible, EVENING, Event())
    assert visited.outcome == "failed"
    assert visited.reason.startswith(f"{site.host}: TypeError") and "please report" in visited.reason
