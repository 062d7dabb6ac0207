"""Serve many alike sites on loopback addresses, each answer late by a set time, and count what was asked.

``python -m benchmarks.crawl_server --hosts 100 --latency 0.05`` serves 127.0.1.1, 127.0.1.2 … on one port,
which it prints, until it is killed; ``--load PORT`` instead asks such a server for as much as it can give,
on connections that are kept, and prints how many answers a second came. Loopback addresses beyond 127.0.0.1
are there without doing on Linux only.

All hosts have the same pages but for the place's name. What a page says is invented; how large it is, and
how it is made, is what real sites of TRS WCM have: home pages of 88 KB, articles of 25 to 60 KB.
``GET /.taken`` answers at once with what was asked since the last such request.
"""

import argparse
import asyncio
import json
import re
import resource
import time
from collections import Counter
from functools import partial
from hashlib import md5
from typing import Any, NamedTuple

from tests.sites.reports import body, title

PLACE = "云岭市"
DIGITS = "东西南北中上下左右前"
COLUMN = "/zwgk/zfxxgk/zfxxgknb"
BUREAUS = ("财政", "教育", "民政", "司法", "水利", "审计", "统计", "商务", "农业农村", "文化和旅游")
TOWNS = ("青石", "白水", "红岩", "黄泥")
YEARS = (2024, 2023, 2022, 2021, 2020, 2019)
PER_PAGE = 13
HOME_SIZE = 84_500
NEWS = ("召开重点项目推进会", "开展春季森林防火巡查", "举办农产品产销对接活动", "慰问一线职工")
BOXES = ("要闻", "部门动态", "乡镇动态", "通知公告", "政策文件", "图片新闻", "专题专栏", "招商引资")
PLAIN_CELL = r"<td\1 style='border:1px solid #000;padding:0 7px'>\2</td>"
WORD_CELL = (
    r"<td\1 style='border:1px solid #000;padding:0 7px'><p class='MsoNormal' style='line-height:24px'>"
    r"<span style='font-size:14px'>\2</span></p></td>"
)
TAKEN = "/.taken"
# So many connections a host, for so many seconds, show what the server can do.
LOADERS, LOADING = 4, 5.0


class Row(NamedTuple):
    """A row of a list: where it leads, what it says, its date."""

    target: str
    text: str
    date: str


def address(number: int) -> str:
    """Give the address of a host.

    >>> address(0), address(99), address(250)
    ('127.0.1.1', '127.0.1.100', '127.0.2.1')
    """
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


def place(host: str) -> str:
    """Give the invented name of a host's place."""
    _, _, third, fourth = map(int, host.split("."))
    return "".join(DIGITS[int(digit)] for digit in f"{(third - 1) * 250 + fourth - 1:04}") + "市"


def shell(name: str, inner: str, column: str = "", head: str = "") -> str:
    """Dress a page: meta tags, scripts, navigation (of its links 政务公开 is on the way), footer."""
    menus = "".join(
        f"<li class='menu'><a href='/lm{number}/'>{menu}</a><ul>"
        + "".join(f"<li><a href='/lm{number}/{item}/'>{menu}{item}栏</a></li>" for item in range(6))
        + "</ul></li>"
        for number, menu in enumerate(("要闻动态", "市情", "服务", "交流", "数据", "专题"))
    )
    links = "".join(f"<a href='http://www.link{number}.gov.cn/'>友情链接{number}</a>" for number in range(20))
    script = "".join(f"var slot{number}=document.getElementById('slot{number}');" for number in range(40))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{name}_{PLACE}人民政府</title>
<meta name="SiteName" content="{PLACE}人民政府"><meta name="SiteIDCode" content="9901000001">
<meta name="ColumnName" content="{column}">{head}<link rel="stylesheet" href="/images/style.css">
<script>{script}</script></head><body><div class="header"><ul class="nav"><li><a href="/">首页</a></li>
<li><a href="/zwgk/">政务公开</a></li>{menus}</ul></div>
<div class="main">{inner}</div>
<div class="footer"><div class="links">{links}</div>主办：{PLACE}人民政府办公室 网站标识码：9901000001</div>
</body></html>"""


def home() -> str:
    """Give a home page of the size that they have: hundreds of items of news in boxes."""
    items: list[str] = []
    size = len(shell("首页", "").encode())
    while size < HOME_SIZE:
        text = f"{PLACE}{NEWS[len(items) % len(NEWS)]}（第{len(items) + 1}期）"
        folder = md5(text.encode(), usedforsecurity=False).hexdigest()[:6]
        items.append(
            f'<li><a href="/{folder}/t20240315_{len(items)}.html" title="{text}">{text[:12]}…</a>'
            f"<span>2024-03-15</span></li>\n"
        )
        size += len(items[-1].encode())
    boxes = (items[at : at + 12] for at in range(0, len(items), 12))
    inner = "".join(
        f"<div class='box'><h3>{BOXES[number % len(BOXES)]}</h3><ul>{''.join(box)}</ul></div>"
        for number, box in enumerate(boxes)
    )
    return shell("首页", inner)


def article(row: Row, inner: str) -> str:
    """Dress a text as an article of TRS WCM."""
    meta = f'<meta name="ArticleTitle" content="{row.text}"><meta name="PubDate" content="{row.date} 09:20">'
    told = f"<h1>{row.text}</h1><div class='info'>发布时间：{row.date} 09:20 来源：{PLACE}人民政府</div>"
    return shell(row.text, f"{told}<div class='TRS_Editor'>{inner}</div>", "政府信息公开年报", meta)


def listing(name: str, rows: list[Row], page: int, pages: int) -> str:
    items = "".join(
        f'<li><a href="{row.target}" title="{row.text}">{row.text}</a><span>{row.date}</span></li>\n'
        for row in rows
    )
    pager = f'<script>createPageHTML({pages}, {page}, "index", "html");</script>'
    return shell(name, f'<ul class="list">{items}</ul><div class="page">{pager}</div>', name)


def reports(organs: list[tuple[str, int]], folder: str) -> dict[Row, str]:
    """Give reports with their rows; every other one has in its cells what Word leaves there."""
    found = {}
    for number, (organ, year) in enumerate(organs):
        row = Row(
            f"{folder}/{year + 1}01/t{year + 1}0120_{number}.html", title(organ, year), f"{year + 1}-01-20"
        )
        cell = WORD_CELL if number % 2 else PLAIN_CELL
        found[row] = article(row, re.sub("<td([^>]*)>(.*?)</td>", cell, body(organ, year)))
    return found


def beside() -> dict[Row, str]:
    """Give what stands beside reports: by their titles four are none, and two only when they are read."""
    titles = (
        f"{PLACE}人民政府网站2024年度工作报表",
        f"一图读懂：{PLACE}2024年政府信息公开工作年度报告",
        f"{PLACE}2024年法治政府建设年度报告",
        "关于做好2024年政府信息公开工作年度报告编制工作的通知",
        f"{PLACE}粮食局2023年政府信息公开工作年度报告",
        f"{PLACE}畜牧局2023年政府信息公开工作年度报告",
    )
    rows = (Row(f"{COLUMN}/other/t20250201_{n}.html", text, "2025-02-01") for n, text in enumerate(titles))
    return {row: article(row, f"<p>{row.text}已经公布。</p>") for row in rows}


def in_one_list() -> dict[str, str]:
    """Give a column of two pages of list: 20 reports and what stands beside them."""
    organs = [(f"{PLACE}人民政府", year) for year in YEARS]
    organs += [(f"{PLACE}{name}局", 2024) for name in BUREAUS]
    organs += [(f"{PLACE}{name}镇人民政府", 2024) for name in TOWNS]
    articles = reports(organs, COLUMN) | beside()
    rows = sorted(articles, key=lambda row: row.date, reverse=True)
    first, second = rows[:PER_PAGE], rows[PER_PAGE:]
    pages = {row.target: html for row, html in articles.items()}
    pages[f"{COLUMN}/"] = listing("政府信息公开年报", first, 0, 2)
    pages[f"{COLUMN}/index_1.html"] = listing("政府信息公开年报", second, 1, 2)
    return pages


def in_folders(number: int) -> dict[str, str]:
    """Give a column of a folder for each of so many years, each a list of one report."""
    years = range(2024, 2024 - number, -1)
    names = "".join(f"<li><a href='./{year}n/'>{year}年</a></li>" for year in years)
    pages = {f"{COLUMN}/": shell("政府信息公开年报", f"<ul>{names}</ul>", "政府信息公开年报")}
    for year in years:
        for row, html in reports([(f"{PLACE}人民政府", year)], f"{COLUMN}/{year}n").items():
            pages |= {row.target: html, f"{COLUMN}/{year}n/": listing(f"{year}年", [row], 0, 1)}
    return pages


def site(folders: int) -> dict[str, bytes]:
    """Give the pages of every host, by target, with PLACE for its place."""
    pages = {"/robots.txt": "User-agent: *\nDisallow: /admin/\n", "/": home()}
    pages["/zwgk/"] = shell("政务公开", "<a href='./zfxxgk/'>政府信息公开</a><a href='/jgzn/'>机构职能</a>")
    parts = {"zn": "政府信息公开指南", "zd": "政府信息公开制度", "fdzdgknr": "法定主动公开内容"}
    others = "".join(f"<a href='./{folder}/'>{name}</a>" for folder, name in parts.items())
    pages["/zwgk/zfxxgk/"] = shell("政府信息公开", f"{others}<a href='./zfxxgknb/'>政府信息公开年报</a>")
    pages["/zwgk/zfxxgk/fdzdgknr/"] = shell("法定主动公开内容", "<p>机构职能、规划、预算。</p>")
    pages |= in_folders(folders) if folders else in_one_list()
    return {target: text.encode() for target, text in pages.items()}


class Counted:
    """What was asked, from when until when, and the server's own CPU time."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.first = self.last = 0.0
        self.cpu = time.process_time()

    def add(self, host: str, target: str) -> None:
        self.last = time.monotonic()
        self.first = self.first or self.last
        self.asked[f"{host}{target}"] += 1

    def told(self) -> dict[str, Any]:
        cpu = time.process_time() - self.cpu
        return {"asked": self.asked, "first": self.first, "last": self.last, "cpu": cpu}


class Town:
    """The pages, the latency and the count of a server."""

    def __init__(self, pages: dict[str, bytes], latency: float) -> None:
        self.pages, self.latency, self.counted = pages, latency, Counted()

    def take(self) -> bytes:
        """Give what was counted as an answer, and begin anew."""
        told, self.counted = self.counted.told(), Counted()
        return _answer("200 OK", json.dumps(told).encode(), "application/json")

    def answer(self, host: str, head: str) -> bytes:
        """Answer a request; an ETag that the client gives back is answered with 304."""
        target = head.split(" ", 2)[1]
        page = self.pages.get(target)
        if page is None:
            return _answer("404 Not Found", "您访问的页面不存在".encode())
        etag = f'"{len(page)}"'
        if f"if-none-match: {etag}" in head.lower():
            return _answer("304 Not Modified", b"", etag=etag)
        kind = "text/plain" if target.endswith(".txt") else "text/html"
        return _answer("200 OK", page.replace(PLACE.encode(), place(host).encode()), kind, etag)


def _answer(status: str, content: bytes, kind: str = "text/html", etag: str = "") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}; charset=utf-8"]
    lines += [f"Content-Length: {len(content)}"] if content else []
    lines += [f"ETag: {etag}"] if etag else []
    return "\r\n".join([*lines, "", ""]).encode() + content


class _Served(asyncio.Protocol):
    """A connection of a client, which is kept."""

    def __init__(self, town: Town) -> None:
        self.town, self.received = town, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.host = str(transport.get_extra_info("sockname")[0])

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            text = head.decode("latin-1")
            target = text.split(" ", 2)[1]
            if target == TAKEN:
                self.transport.write(self.town.take())
                continue
            self.town.counted.add(self.host, target)
            asyncio.get_running_loop().call_later(self.town.latency, self._send, text)

    def _send(self, head: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(self.town.answer(self.host, head))


class _Loading(asyncio.Protocol):
    """A client that asks for one page after the other, and counts the answers."""

    def __init__(self, host: str, targets: list[str], counts: Counter[str]) -> None:
        self.host, self.targets, self.counts = host, targets, counts
        self.missing = self.number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        target = self.targets[self.number % len(self.targets)]
        self.number += 1
        self.transport.write(f"GET {target} HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Read an answer's length in its first piece, which holds the whole head, then wait for the rest."""
        if not self.missing:
            head = data.partition(b"\r\n\r\n")[0]
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            self.missing = len(head) + 4 + length
        self.missing -= len(data)
        if not self.missing:
            self.counts["answers"] += 1
            self._ask()


async def serve(hosts: int, latency: float, folders: int, port: int) -> None:
    """Serve until killed; the port is printed once all hosts are there."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    town = Town(site(folders), latency)
    loop = asyncio.get_running_loop()
    first = await loop.create_server(lambda: _Served(town), address(0), port, backlog=1024)
    port = first.sockets[0].getsockname()[1]
    others = [address(number) for number in range(1, hosts)]
    if others:
        await loop.create_server(lambda: _Served(town), others, port, backlog=128)
    print(port, flush=True)
    await first.serve_forever()


async def load(hosts: int, port: int) -> float:
    """Ask a server for as much as it can give; give the answers a second."""
    counts: Counter[str] = Counter()
    targets = [target for target in site(0) if target != "/"]
    loop = asyncio.get_running_loop()
    for host in LOADERS * [address(number) for number in range(hosts)]:
        await loop.create_connection(partial(_Loading, host, targets, counts), host, port)
    before, began = counts["answers"], time.monotonic()
    await asyncio.sleep(LOADING)
    return (counts["answers"] - before) / (time.monotonic() - began)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--hosts", type=int, default=100)
    options.add_argument("--latency", type=float, default=0.05, help="seconds before each answer")
    options.add_argument("--folders", type=int, default=0, help="years of a column without pages of list")
    options.add_argument("--port", type=int, default=0, help="0: any that is free")
    options.add_argument("--load", type=int, help="port of a server to be asked as much as it can give")
    given = options.parse_args()
    try:
        if given.load:
            print(f"{asyncio.run(load(given.hosts, given.load)):.0f}")
        else:
            asyncio.run(serve(given.hosts, given.latency, given.folders, given.port))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
