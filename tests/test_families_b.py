"""The families ucap, webber, anhui, epoint, truecms and plain, on skeletons of their pages."""

import json
from types import ModuleType
from urllib.parse import parse_qsl

import pytest

from scraper import families
from scraper.families import anhui, epoint, plain, truecms, ucap, webber
from scraper.fetching.page import Link, Page, Request

HOST = "http://a.gov.cn"
CHANNEL = "0123456789abcdef0123456789abcdef"
SEARCH = Request(f"{HOST}/common/search/{CHANNEL}?_isJson=true&_pageSize=20&page=1", family="ucap")
THIRD = SEARCH._replace(url=SEARCH.url.replace("e=20&page=1", "e=10&page=3"))
SERVICE = f"{HOST}/EWB-FRONT/rest/lightfrontaction/getgovinfolist"
MESSAGES = f"{HOST}/cms/messageController/getMessage.do?columnId=c1&callback=cb"
SITE_INFO = 'var siteInfo={"siteGuid":"7eb5f7f1-9041","projectName":"/EWB-FRONT"}'
PLATFORM = "/openness/OpennessAnnualReport/"
FINGERPRINTS = {
    ucap: "<div id='UCAP-CONTENT'></div>",
    webber: "_simple_list_gotopage_fun(3,'u',2)",
    anhui: "$.post('/site/label/8888')",
    epoint: "<script src='/js/webBuilderCommon.js'></script>",
    truecms: "proxyUrl:'/messageController/getMessage.do'",
}


def page(text: str, target: str = "/nb/index.html", request: Request | None = None) -> Page:
    asked = request or Request(f"{HOST}{target}")
    return Page(asked, asked.url, 200, {"content-type": "text/html; charset=utf-8"}, text.encode())


def search(count: int, total: object) -> str:
    item = {"title": "甲 县<b>", "url": "//a.gov.cn/x/1.shtml", "publishedTimeStr": "2024-01-30 09:00:00"}
    return json.dumps({"data": {"results": [item] * count, "total": total}})


def listed(number: int, size: int = 20) -> Request:
    body = json.dumps({"categorynum": "003", "pageIndex": number, "pageSize": size})
    return Request(SERVICE, "POST", body, "application/json", f"{HOST}/pub.html", "epoint")


def items(count: int, total: object) -> str:
    item = {"infourl": "/x/1.html", "title": "甲县…", "realtitle": "甲县年报", "infodate": "2024-01-30"}
    return json.dumps({"custom": {"data": [item] * count, "total": total}})


def window(start: int, size: int) -> Request:
    query = f"&startrecord={start}&endrecord={start + size - 1}&perpage={size}"
    return Request(MESSAGES + query, referer=f"{HOST}/nb.html", family="truecms")


def records(count: int, total: int | None) -> str:
    record = "<record><![CDATA[<li><a href='/c/1.html' title='甲县年报'>甲…</a>2024-01-30</li>]]></record>"
    sum_up = "" if total is None else f"<totalrecord>{total}</totalrecord>"
    return f"cb({json.dumps({'result': sum_up + record * count})})"


STATIC = [
    (ucap, "createPageHTML('page_div',3, 1,'z_nb','shtml',50)", "/c1/z_nb.shtml", ["/c1/z_nb_2.shtml"]),
    (ucap, "createPageHTML('page_div',3, 3,'list','shtml',50)", "/c1/list_3.shtml", []),
    (ucap, "createPageHTML(3, 0, 'index', 'html')", "/c1/index.html", []),
    (webber, "<a href='nb/30.htm'>下页</a>共31页", "/g/nb.htm", ["/g/nb/30.htm"]),
    (webber, "_simple_list_gotopage_fun(31,'u13_goto',2)", "/g/nb.htm", ["/g/nb/30.htm"]),
    (webber, "_simple_list_gotopage_fun(31,'u13_goto',2)", "/g/nb/30.htm", ["/g/nb/29.htm"]),
    (webber, "共31页", "/g/nb/1.htm", []),
    (webber, "共3页", "/g/1035.htm", ["/g/1035/2.htm"]),
    (webber, "<div id='vsb_content'>共3页</div>", "/info/1035/77.htm", []),
    (webber, "<span class='p_next_d p_fun'>下页</span>共3页", "/g/nb.htm", []),
    (webber, "共3页", "/xlist.jsp?wbtreeid=7", ["/xlist.jsp?wbtreeid=7&totalpage=3&PAGENUM=2"]),
    (anhui, "共3页", "/News/showList/77.html", ["/News/showList/77/page_2.html"]),
    (anhui, "{pageCount:3}", "/News/showList/77/page_2.html", ["/News/showList/77/page_3.html"]),
    (anhui, "共3页", "/News/showList/77/page_3.html", []),
    (plain, "<a href='index_2.html'>下一页&gt;</a>", "/nb/index.html", ["/nb/index_2.html"]),
    (plain, "<a href='index_5.html'>后页</a><a href='index_9.html'>2</a>", "/nb/", ["/nb/index_5.html"]),
    (plain, "<link rel='next' href='/nb?p=2'>", "/nb", ["/nb?p=2"]),
    (plain, "<a href='2.html'>»</a>", "/nb/1.html", ["/nb/2.html"]),
    (plain, "<a href='/'>首页</a><a href='/zwgk/'>&gt;</a>", "/nb/index.html", []),
    (plain, "<a href='t1.html'>下一篇</a><a href='http://b.cn/2.html'>下一页</a>", "/nb/t2.html", []),
    (plain, "<a href='javascript:go(2)'>下一页</a><a class='disabled' href='2.htm'>下页</a>", "/nb/", []),
    (plain, "<a href='?page=1'>下一页</a><a href='?page=3'>尾页</a>", "/l?page=3", []),
    (plain, "<a href='i.html'>1</a><b>2</b><a href='i_3.html'>3</a>", "/nb/i_2.html", ["/nb/i_3.html"]),
    (plain, "<i class='current'>1</i><a href='index_2.html'>[2]</a>", "/nb/", ["/nb/index_2.html"]),
    (plain, "<a href='index.html'>1</a><a href='index_2.html'>2</a><b>3</b>", "/nb/index_3.html", []),
    (plain, "<a href='/rl/0501.html'>1</a><a href='/rl/0502.html'>2</a>", "/nb/index.html", []),
    (plain, "<a href='?c=7&amp;pageNo=2'>更早</a>", "/l.jsp?c=7", ["/l.jsp?c=7&pageNo=2"]),
    (plain, "<a href='?c=7&amp;pn=9'>末页</a>", "/l.jsp?c=7&pn=3", ["/l.jsp?c=7&pn=4"]),
    (plain, "<a href='?c=8&amp;page=2'>别的栏目</a>", "/l.jsp?c=7", []),
    (plain, "<a href='i_4.html'>尾页</a>", "/nb/i.html", ["/nb/i_1.html", "/nb/i_2.html"]),
    (plain, "<a href='index_4.html'>尾页</a>", "/nb/index_4.html", []),
    (plain, "<a href='t20240126_7.html'>甲县2023年年报</a>", "/nb/index.html", []),
]


@pytest.mark.parametrize(("family", "text", "target", "expected"), STATIC)
def test_next_page_of_a_static_list(family: ModuleType, text: str, target: str, expected: list[str]) -> None:
    given = [request.url.removeprefix(HOST) for request in family.next_pages(page(text, target))]
    assert given == expected


COUNTED = [
    (ucap, SEARCH, search(10, 23), [("2", "10")]),
    (ucap, SEARCH, search(10, 10), []),
    (ucap, THIRD, search(3, 23), []),
    (epoint, listed(0), items(10, "23"), [(1, 10), (2, 10)]),
    (epoint, listed(1, 10), items(10, 23), [(2, 10)]),
    (epoint, listed(2, 10), items(3, 23), []),
    (epoint, listed(1, 10), items(10, 20), []),
    (truecms, window(1, 20), records(10, 23), [("11", "20")]),
    (truecms, window(1, 20), records(5, None), [("6", "20")]),
    (truecms, window(6, 20), records(0, None), []),
    (truecms, window(1, 50), records(0, None), [("1", "10")]),
    (truecms, window(1, 20), records(0, 0), []),
]
NAMES = {ucap: ("page", "_pageSize"), epoint: ("pageIndex", "pageSize"), truecms: ("startrecord", "perpage")}


@pytest.mark.parametrize(("family", "request_", "text", "expected"), COUNTED)
def test_next_page_by_what_came_back(
    family: ModuleType, request_: Request, text: str, expected: list[tuple[object, object]]
) -> None:
    given = list(family.next_pages(page(text, request=request_)))
    asked = [json.loads(each.body) if each.body else dict(parse_qsl(each.url)) for each in given]
    assert [tuple(each[name] for name in NAMES[family]) for each in asked] == expected


@pytest.mark.parametrize(
    "shell", ["<ul data-channelid='{}'>", "channelId = '{}'", "load('/common/search/{}?x')"]
)
def test_ucap_asks_for_the_channel_of_a_shell(shell: str) -> None:
    (request,) = ucap.subrequests(page(shell.replace("{}", CHANNEL)))
    assert request.url.startswith(f"{HOST}/common/search/{CHANNEL}?_isAgg=true&_isJson=true")
    assert (request.family, request.referer) == ("ucap", f"{HOST}/nb/index.html")
    found = list(ucap.links(page(search(1, 1), request=request)))
    assert found == [Link(f"{HOST}/x/1.shtml", "甲县<b>", "2024-01-30")]


YEARS = [("", ["1/2023", "2/2023"]), ("year/1/2023.html", ["1/2023", "1/2022", "2/2023"])]


@pytest.mark.parametrize(("target", "expected"), YEARS)
def test_anhui_asks_for_organs_and_years(target: str, expected: list[str]) -> None:
    choice = "<li data-organid='1'>甲<li data-organid='2'>乙<option value='2023'><option value='2022'>"
    parts = anhui.subrequests(page(choice, PLATFORM + target))
    asked = [request.url.removeprefix(f"{HOST}{PLATFORM}year/") for request in parts]
    assert asked == [f"{each}.html" for each in expected]


def test_anhui_posts_for_a_fragment() -> None:
    calls = "{u:'/lb/site/label/8888', d:{labelName:'publicInfoList', siteId:\"67\"}}{labelName:'searchList'}"
    (request,) = anhui.subrequests(page(calls, "/public/column/66?type=4&catId=8&action=list"))
    assert request.url == f"{HOST}/lb/site/label/8888?IsAjax=1&dataType=html"
    assert request.body == "organId=66&type=4&catId=8&labelName=publicInfoList&siteId=67&pageIndex=1"
    fragment = page("<a href='/p/1.html'>甲县年报</a>{pageCount:2,pageIndex:1}", request=request)
    assert list(anhui.links(fragment)) == [Link(f"{HOST}/p/1.html", "甲县年报", "")]
    (second,) = anhui.next_pages(fragment)
    assert dict(parse_qsl(second.body))["pageIndex"] == "2"
    assert not list(anhui.next_pages(page("{pageCount:2}", request=second)))


def test_epoint_asks_for_the_script_then_for_the_list() -> None:
    shell = page(FINGERPRINTS[epoint], "/pub.html?deptcode=1&categorynum=003")
    (script,) = epoint.subrequests(shell)
    assert script.url == f"{HOST}/js/webBuilderCommon.js?deptcode=1&categorynum=003"
    (request,) = epoint.subrequests(page(SITE_INFO, request=script))
    assert (request.url, request.method, request.referer) == (SERVICE, "POST", shell.url)
    assert list(json.loads(request.body).values()) == ["1", "003", "7eb5f7f1-9041", 0, 20]
    inline = page(f"<script>{SITE_INFO}; var categorynum = '005'</script>", "/county.html")
    assert [json.loads(each.body)["categorynum"] for each in epoint.subrequests(inline)] == ["005"]
    assert not list(epoint.subrequests(page(FINGERPRINTS[epoint], "/")))
    assert [link.text for link in epoint.links(page(items(1, 1), request=request))] == ["甲县年报"]


def test_truecms_asks_with_a_referer() -> None:
    shell = "{ proxyUrl:'/cms/messageController/getMessage.do', columnId:'c1', perPage:20 }"
    assert list(truecms.subrequests(page(shell, "/nb.html"))) == [window(1, 20)]
    assert list(truecms.links(page(records(1, 1), request=window(1, 20))))[0].url == f"{HOST}/c/1.html"


BAD = ["", "{", "null", "<html>404</html>", '{"data":[]}', 'cb({"result":5})', "[" * 9999, '"\\ud800"',
       '{"custom":{"data":[0,{"infourl":7}],"total":1}}', '{"data":{"results":[1,{}],"total":"x"}}',
       '{"data":{"results":[{"url":"/\\ud800","title":"\\ud800"}],"total":1}}']  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_bad_answers_give_nothing(text: str) -> None:
    for request in (SEARCH, listed(0), window(1, 10), Request(HOST, "POST", "pageIndex=x", family="anhui")):
        shown = page(text, request=request)
        assert not [*families.subrequests(shown), *families.next_pages(shown)]
        assert all("�" not in str(link) and str(link).encode() for link in families.hidden_links(shown))
    assert not families.next_pages(page(text))


def test_fingerprints_do_not_overlap() -> None:
    for family, text in FINGERPRINTS.items():
        assert [each for each in FINGERPRINTS if each.matches(page(text))] == [family]
    assert not any(each.matches(page("createPageHTML(3, 0, 'index', 'html')")) for each in FINGERPRINTS)
