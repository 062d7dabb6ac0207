"""The families of Guangdong and of Hanweb: what each finds on skeletons of pages and in broken answers."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from scraper import families
from scraper.families import gkmlpt, hanweb_jpaas, hanweb_jpage, hanweb_xxgk, nfcms
from scraper.fetching.page import Link, Page, Request

HOST = "http://a.gov.cn"
ALL = (nfcms, gkmlpt, hanweb_jpage, hanweb_jpaas, hanweb_xxgk)
POST = '<a href="/nb/content/post_1.html">x</a>'
KINDS = [
    (nfcms, "<script>var NFCMS_SITE_ID='1'</script>"),
    (nfcms, POST),
    (gkmlpt, "<script>window._CONFIG = {}</script>"),
    (hanweb_jpage, '<script type="text/xml"><datastore></datastore></script>'),
    (hanweb_jpaas, "<script src='/cms_files/default/script/AuthorizedRead/unitbuild.js'></script>"),
    (hanweb_xxgk, "<iframe src='/module/xxgk/tree.jsp?area=001'></iframe>"),
    (None, "<a href='/gkmlpt/index'>公开</a><a href='/gkmlpt/content/0/1/post_1.html'>x</a>"),
    (None, "<script>createPageHTML(3, 0, 'index', 'html')</script><a href='/art/2023/1/2/art_1_2.html'>"),
]


def page(text: str, target: str = "/nb/", family: str = "") -> Page:
    request = Request(HOST + target, referer=f"{HOST}/col/col1/" if family else "", family=family)
    return Page(request, HOST + target, 200, {}, text.encode(), "2025-02-03T00:00:00Z")


def targets(found: Callable[[Page], object], given: Page) -> list[str]:
    requests: list[Request] = list(found(given))  # type: ignore[call-overload]
    return [request.url.removeprefix(HOST) for request in requests]


@pytest.mark.parametrize("module, text", KINDS)
def test_each_page_is_of_one_family_at_most(module: object, text: str) -> None:
    assert [one for one in ALL if one.matches(page(text))] == ([module] if module else [])


LISTS = [
    ("/nb/", f"{POST}NFCMS_SITE_ID", ["/nb/index_2.html"]),
    ("/nb/index_2.shtml", POST, ["/nb/index_3.shtml"]),
    ("/nb/", "<a href='index_2.html'>下一页</a><a href='index_9.html'>尾页</a>", ["/nb/index_2.html"]),
    ("/nb/", "<a>下一页</a><a href='/nb/index_3.html'>尾页</a>", ["/nb/index_2.html"]),
    ("/nb/index_3.html", f"{POST}<a href='index_2.html'>上一页</a><a href='index_3.html'>尾页</a>", []),
    ("/nb/index_3.html", f"{POST}<a href='index_3.html'>下一页</a>", []),
    ("/nb/", f"{POST}<span>下一页</span>", []),
    ("/", POST, []),
    ("/nb/content/post_1.html", "<a href='content/post_2.html'>NFCMS_POST_ID</a>", []),
    (f"/nb/index_{'9' * 5000}.html", POST, []),
]
API = "/api-gateway/jpaas-publish-server/front/page/build/unit"
UNIT = f"""<script src="unitbuild.js" url="{API}" queryData="{{'webId':'31','tagId':'信息列表'}}"></script>"""
ASKED = f"{API}?webId=31&tagId=%E4%BF%A1%E6%81%AF%E5%88%97%E8%A1%A8"
UNITS = [
    ("/nb/", UNIT, [ASKED]),
    ("/nb/", UNIT.replace("信息列表", r"\ud800"), [f"{API}?webId=31&tagId=%3F"]),
    ("/nb/", UNIT.replace("{'webId'", "__import__('os')"), []),
    ("/nb/", UNIT.replace("{'webId'", "{" * 3000), []),
]
REPORT = "/module/xxgk/xxgkAnnualReport.jsp"
OWN = f"{REPORT}?area=77X"
YEARS = "<select id=fbtime><option value=2023><option value=2021></select>"
ORGANS = [
    ("/col/", "<iframe src='/module/xxgk/tree.jsp'></iframe>", ["/module/xxgk/tree.jsp"]),
    ("/tree.jsp", "<a href='x.jsp?area=001A'>", [f"{REPORT}?area=001A"]),
    ("/tree.jsp", "<select name=area><option value=12AB><option value='a b'>", [f"{REPORT}?area=12AB"]),
    ("/tree.jsp", f"<a href='?area=001A'>{YEARS}", [f"{REPORT}?area=001A&fbtime={y}" for y in (2023, 2021)]),
    (OWN, YEARS, [f"{OWN}&fbtime={year}" for year in (2023, 2021)]),
    (OWN, "2010年5月 2035年 12010-01-01", [f"{OWN}&fbtime={year}" for year in (2010, 2009, 2008)]),
    (OWN, "暂无数据", []),
    (f"{REPORT}?area=<script>", "2010年", []),
]
REQUESTS = [(nfcms.next_pages, *row) for row in LISTS] + [(hanweb_jpaas.subrequests, *row) for row in UNITS]
REQUESTS += [(hanweb_xxgk.subrequests, *row) for row in ORGANS]


@pytest.mark.parametrize("found, target, text, expected", REQUESTS)
def test_what_a_page_asks_for(
    found: Callable[[Page], object], target: str, text: str, expected: list[str]
) -> None:
    assert targets(found, page(text, target)) == expected


TREE = [
    {"id": 1, "name": "法定主动公开内容", "children": [{"id": 2, "name": "规划"}]},
    {"id": 3, "name": "政府信息公开年报", "jump_url": "", "children": [{"id": 4, "name": "部门"}, 7]},
    {"id": 5, "name": "信息公开年度报告", "jump_url": "/nb/"},
    {"id": 6, "name": "政府网站工作年度报表"},
    {"id": None, "name": "年度报告"},
]
ITEMS = [
    {"title": "A市2022年%u5E74%u62A5", "url": "/gkmlpt/content/0/1/post_1.html", "date": 1675180800},
    {"title": "%ud83d", "post_url": "/p2", "display_publish_time": 10**30, "date": "soon"},
    {"title": ["x"], "url": "javascript:;"},
    None,
]
TOTALS = [
    ("1", 100, {"total": 145}, "2"),
    ("0", 100, {"classify": {"post_count": 145}}, "2"),
    ("2", 45, {"total": 145}, None),
    ("2", 20, {"total": 60}, "3"),
    ("1", 12, {"total": 12}, None),
    ("4", 0, {"total": 145}, None),
    ("1", 5, {"total": "many", "classify": []}, "2"),
]


@pytest.mark.parametrize("folder", ["/gkmlpt/", "/czj/gkmlpt/"])
def test_gkmlpt_asks_for_the_categories_of_annual_reports(folder: str) -> None:
    script = f"<script>window._CONFIG = {{SID: '755', TREE: {json.dumps(TREE)}, AREA: 1}}</script>"
    shell = page(script, f"{folder}index")
    assert targets(gkmlpt.subrequests, shell) == [f"{folder}api/all/{key}?page=1&sid=755" for key in (3, 4)]
    assert {request.family for request in gkmlpt.subrequests(shell)} == {"gkmlpt"}
    assert list(gkmlpt.links(shell)) == [Link(f"{HOST}/nb/", "信息公开年度报告")]


def test_gkmlpt_reads_articles() -> None:
    first, second = gkmlpt.links(page(json.dumps({"articles": ITEMS}), "/api", "gkmlpt"))
    assert first == Link(f"{HOST}/gkmlpt/content/0/1/post_1.html", "A市2022年年报", "2023-02-01")
    assert second == Link(f"{HOST}/p2", "\N{REPLACEMENT CHARACTER}")


@pytest.mark.parametrize("number, count, told, expected", TOTALS)
def test_gkmlpt_ends_at_the_total(number: str, count: int, told: dict[str, object], expected: str) -> None:
    text = json.dumps(told | {"articles": [{}] * count})
    found = targets(gkmlpt.next_pages, page(text, f"/gkmlpt/api/all/7?page={number}&sid=9", "gkmlpt"))
    assert found == ([f"/gkmlpt/api/all/7?page={expected}&sid=9"] if expected else [])


def store(count: int, href: str = "", after: str = "") -> str:
    group = f'<nextgroup><![CDATA[<a href="{href}"></a>]]></nextgroup>' if href else ""
    line = '<record><![CDATA[<li><a href="/art/{0}.html">报告{0}</a><b>2023-01-20</b></li>]]></record>'
    return f"<datastore>{group}{''.join(map(line.format, range(count)))}</datastore>{after}"


def answer(window: str, count: int, total: int) -> Page:
    text = store(count, after=f"<totalrecord>{total}</totalrecord>")
    return page(text, f"{PROXY}?columnid=5&unitid=6&perpage=15&{window}", "hanweb_jpage")


PROXY = "/module/web/jpage/dataproxy.jsp"
LISTED = f"{PROXY}?page=1&webid=7&columnid=5&unitid=6"
SCRIPT = "new jpage({{totalRecord:{0}, perPage:15, proxyUrl:'/module/web/jpage/dataproxy.jsp'}})"
# What is expected are first record, last record and page of each request.
GROUPS = [
    (page(store(45, LISTED, SCRIPT.format(100))), [(46, 90, n) for n in (1, 2, 3, 4)] + [(0, 0, 1)]),
    (page(store(45, LISTED, SCRIPT.format(45))), []),
    (page(store(45, f"{PROXY}?page=1&token=ab", SCRIPT.format(100))), [(0, 0, 1)]),
    (page(SCRIPT.format(20) + "{columnid:5, unitid:'6'}"), [(1, 45, 1)]),
    (page(SCRIPT.format("9" * 5000)), []),
    (answer("startrecord=46&endrecord=90&page=4", 45, 120), [(91, 135, 5)]),
    (answer("startrecord=46&endrecord=90&page=4", 15, 120), [(61, 105, 5)]),
    (answer("startrecord=46&endrecord=90&page=1", 300, 340), [(301, 345, 2)]),
    (answer("startrecord=91&endrecord=135&page=5", 30, 120), []),
    (answer("startrecord=91&endrecord=135&page=5", 0, 120), []),
]


@pytest.mark.parametrize("given, expected", GROUPS)
def test_jpage_asks_for_the_next_group(given: Page, expected: list[tuple[int, ...]]) -> None:
    queries = [parse_qs(urlsplit(request.url).query) for request in hanweb_jpage.next_pages(given)]
    names = ("startrecord", "endrecord", "page")
    assert [tuple(int(query.get(name, ["0"])[0]) for name in names) for query in queries] == expected


def test_jpage_reads_every_list_of_a_page() -> None:
    other = store(45, LISTED.replace("=6", "=8"), SCRIPT.format(99))
    both = page(store(2, LISTED, SCRIPT.format(2)) + other + "<datastore><record><![CDATA[<a href=")
    links = list(hanweb_jpage.links(both))
    assert (links[1], len(links)) == (Link(f"{HOST}/art/1.html", "报告1", "2023-01-20"), 47)
    assert targets(hanweb_jpage.next_pages, both) == []
    assert all("unitid=8" in target for target in targets(hanweb_jpage.subrequests, both))


@pytest.mark.parametrize("before, number", [("", 2), ("%7B%22pageNo%22%3A2%2C%22pageSize%22%3A15%7D", 3)])
@pytest.mark.parametrize("count, goes_on", [(46, True), (30, False)])
def test_jpaas_turns_pages_by_param_json(before: str, number: int, count: int, goes_on: bool) -> None:
    html = f'<li><a href="art/1.html">年报\ud800</a></li><div count="{count}" rows="15" pageNo="1"></div>'
    given = page(json.dumps({"data": {"html": html}}), f"{ASKED}&paramJson={before}", "hanweb_jpaas")
    assert [link.url for link in hanweb_jpaas.links(given)] == [f"{HOST}/col/col1/art/1.html"]
    requests = hanweb_jpaas.next_pages(given)
    onward = [parse_qs(urlsplit(request.url).query)["paramJson"] for request in requests]
    assert onward == ([[f'{{"pageNo":{number},"pageSize":15}}']] if goes_on or number == 2 else [])


DEEP, LONG = "[" * 99_999, "9" * 99_999
HOSTILE = ["", "{", DEEP, '{"articles":{"a":1},"data":[1]}', '{"total":' + LONG, "<html>错误</html>"]
HOSTILE += [f"window._CONFIG={{SID:1,TREE:{DEEP}", "<datastore" * 999, f"totalRecord:{LONG}<record>" * 9]


@pytest.mark.parametrize("family", [module.__name__.rpartition(".")[2] for module in ALL])
@pytest.mark.parametrize("text", HOSTILE)
def test_bad_answers_give_nothing(family: str, text: str) -> None:
    for target, own in (("/x?page=1&paramJson=[", family), (f"/x?page={LONG[:9999]}", family), ("/x", "")):
        given = page(text, target, own)
        found = (families.hidden_links(given), families.subrequests(given), families.next_pages(given))
        assert not any(found)
