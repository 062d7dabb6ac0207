"""Serve many alike sites on loopback addresses, each answer late by a set time, and count what was asked.

``python -m benchmarks.crawl_server --hosts 100 --latency 0.05`` serves 127.0.1.1, 127.0.1.2 … on one port,
which it prints, until it is killed; ``--load PORT`` asks such a server for as much as it can give, on
connections that are kept, and prints how many answers a second came. Loopback addresses beyond 127.0.0.1
are there without doing on Linux only.

All hosts have the same pages but for the place's name. What a page says is invented; how large it is, and
how it is made, is what real sites of TRS WCM have: home pages of about 88 KB, articles of 25 to 60 KB.
``GET /.taken`` answers at once with what was asked since the last such request.
"""

import argparse
import asyncio
import json
import resource
import time
from collections import Counter
from hashlib import md5
from typing import NamedTuple

from tests.sites.reports import body, title

PLACE = "云岭市"
DIGITS = "东西南北中上下左右前"
COLUMN = "/zwgk/zfxxgk/zfxxgknb"
BUREAUS = ("财政", "教育", "民政", "司法", "水利", "审计", "统计", "商务", "农业农村", "文化和旅游")
OFFICES = tuple(f"{PLACE}{name}局" for name in BUREAUS)
TOWNS = tuple(f"{PLACE}{name}镇人民政府" for name in ("青石", "白水", "红岩", "黄泥"))
YEARS = (2024, 2023, 2022, 2021, 2020, 2019)
PER_PAGE = 13
HOME_SIZE = 88_000
NEWS = ("召开重点项目推进会", "开展春季森林防火巡查", "举办农产品产销对接活动", "组织安全生产专项检查", "慰问一线职工")
SECTIONS = ("要闻", "部门动态", "乡镇动态", "通知公告", "政策文件", "图片新闻", "专题专栏", "招商引资")
CELL = (
    "style='border:1px solid #000;padding:0 7px'><p class='MsoNormal' style='line-height:24px;text-align:"
    "center'><span style='font-family:仿宋_GB2312;font-size:14px'>{}</span></p></td>"
)
TAKEN = "/.taken"
# A load from so many connections a host shows what the server can do.
LOADERS, LOAD_SECONDS = 4, 5.0
Pages = dict[str, bytes]


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
    """Give the invented name of a host's place, as long as any other's."""
    _, _, third, fourth = map(int, host.split("."))
    number = (third - 1) * 250 + fourth - 1
    return "".join(DIGITS[int(digit)] for digit in f"{number:04}") + "市"


def navigation() -> str:
    """Give the bar that stands on every page; of its links only 政务公开 is on the way to the reports."""
    menus = []
    for number, name in enumerate(("要闻动态", "市情", "服务", "互动交流", "数据", "专题")):
        items = "".join(f"<li><a href='/lm{number}/{n}/'>{name}{n}栏</a></li>" for n in range(6))
        menus.append(f"<li class='menu'><a href='/lm{number}/'>{name}</a><ul>{items}</ul></li>")
    home = "<li><a href='/'>首页</a></li><li><a href='/zwgk/'>政务公开</a></li>"
    return f"<div class='header'><ul class='nav'>{home}{''.join(menus)}</ul></div>"


def shell(name: str, inner: str, column: str = "", head: str = "") -> str:
    """Dress a page: meta tags, styles and scripts, navigation, footer."""
    links = "".join(f"<a href='http://www.link{n}.gov.cn/'>友情链接{n}</a>" for n in range(20))
    script = "".join(f"var slot{n}=document.getElementById('slot{n}');" for n in range(40))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{name}_{PLACE}人民政府</title>
<meta name="SiteName" content="{PLACE}人民政府"><meta name="SiteIDCode" content="9901000001">
<meta name="ColumnName" content="{column}">{head}<link rel="stylesheet" href="/images/style.css">
<script>{script}</script></head><body>{navigation()}
<div class="main">{inner}</div>
<div class="footer"><div class="links">{links}</div>主办：{PLACE}人民政府办公室 网站标识码：9901000001</div>
</body></html>"""


def home() -> str:
    """Give a home page of the size that they have: hundreds of news items in boxes."""
    items: list[str] = []
    number = size = 0
    while size < HOME_SIZE:
        text = f"{PLACE}{NEWS[number % len(NEWS)]}（第{number + 1}期）"
        target = f"/{md5(text.encode(), usedforsecurity=False).hexdigest()[:6]}/t20240{number % 9 + 1}15_{number}.html"
        line = f'<li><a href="{target}" title="{text}" target="_blank">{text[:12]}…</a><span>03-15</span></li>\n'
        items.append(line)
        size = len("".join(items).encode()) + len(shell("首页", "").encode()) if number % 50 == 49 else size
        number += 1
    boxes = [items[at : at + 12] for at in range(0, len(items), 12)]
    inner = "".join(
        f"<div class='box'><h3>{SECTIONS[n % len(SECTIONS)]}</h3><ul>{''.join(box)}</ul></div>"
        for n, box in enumerate(boxes)
    )
    return shell("首页", inner)


def article(name: str, published: str, inner: str) -> str:
    """Dress a text as an article of TRS WCM."""
    meta = f'<meta name="ArticleTitle" content="{name}"><meta name="PubDate" content="{published} 09:20">'
    told = f"<h1>{name}</h1><div class='info'>发布时间：{published} 09:20 来源：{PLACE}人民政府</div>"
    return shell(name, f"{told}<div class='TRS_Editor'>{inner}</div>", "政府信息公开年报", meta)


def report(organ: str, year: int, from_word: bool) -> str:
    """Give a report's text, with the markup that Word leaves in the cells of most."""
    text = body(organ, year)
    if from_word:
        for end in (">", "colspan='1'>"):
            del end
        text = "".join(
            part if at == 0 else f"<td {part.partition('>')[0]} {CELL.format(part.partition('>')[2].partition('</td>')[0])}{part.partition('</td>')[2]}"
            for at, part in enumerate(text.split("<td "))
        )
    return text
