"""What emulated sites share: the frame around a page, meta tags in the ways of real sites, gates."""

from collections.abc import Callable, Sequence
from hashlib import md5
from typing import NamedTuple

from tests.sites import Asked, Reply, Site
from tests.sites.entries import Entry, annual, look_alikes, newest_first
from tests.sites.reports import body

YEARS = (2023, 2022, 2021, 2020, 2019)
BUREAUS = ("财政局", "教育局", "民政局", "水利局", "审计局")
FOUR_PARTS = ("政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报")
# What stands around the way to the reports on every home page.
ELSEWHERE = (
    ("/xwzx/", "新闻中心"),
    ("/zwfw/", "政务服务"),
    ("/hdjl/xzxx/", "县长信箱"),
    ("http://www.gov.cn/", "中国政府网"),
)


class Look(NamedTuple):
    """How a site's pages look: its place, its code, its encoding, its own navigation."""

    place: str
    code: str
    navigation: tuple[tuple[str, str], ...]
    charset: str = "utf-8"

    def page(self, name: str, inner: str, head: str = "") -> str:
        """Dress a page: site meta tags, navigation, footer."""
        bar = "".join(f'<a href="{href}">{text}</a>' for href, text in (*self.navigation, *ELSEWHERE))
        return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta http-equiv="Content-Type" content="text/html; charset={self.charset}">
<title>{name}-{self.place}人民政府</title>
<meta name="SiteName" content="{self.place}人民政府"><meta name="SiteIDCode" content="{self.code}0001">
{head}</head><body><div class="header">{bar}</div>
<div class="main">{inner}</div>
<div class="footer">主办：{self.place}人民政府办公室 网站标识码：{self.code}0001</div></body></html>"""

    def column(self, name: str, inner: str) -> str:
        return self.page(name, inner, f'<meta name="ColumnName" content="{name}">')


def own(place: str, years: Sequence[int] = YEARS) -> list[Entry]:
    """Give the reports of a government and of its office, and what stands beside them."""
    reports = annual((f"{place}人民政府", f"{place}人民政府办公室"), years)
    beside = [entry for year in years for entry in look_alikes(place, year, 0, 2)]
    return newest_first([*reports, *beside, *look_alikes(place, years[0], 5)])


def of_organs(place: str, names: Sequence[str], years: Sequence[int]) -> list[Entry]:
    """Give the reports of bureaus, towns and street offices, and what stands beside them."""
    beside = [entry for year in years for entry in look_alikes(place, year, 1, 4)]
    return newest_first([*annual([place + name for name in names], years), *beside])


def meta(entry: Entry, column: str) -> str:
    """Give an article's meta tags the usual way."""
    return (
        f'<meta name="ColumnName" content="{column}"><meta name="ArticleTitle" content="{entry.name}">'
        f'<meta name="PubDate" content="{entry.date} 10:12">'
        f'<meta name="ContentSource" content="{entry.organ}">'
    )


def odd_meta(entry: Entry, column: str) -> str:
    """Give an article's meta tags with their attributes turned round, and a source that says null."""
    return (
        f"<meta content='{column}' name='columnname'><meta content='{entry.name}' name='articletitle'/>"
        f"<meta content='{entry.date} 10:12:07' name='pubdate'/><meta content='null' name='contentsource'/>"
    )


def content(entry: Entry) -> str:
    """Give what stands inside an article."""
    return body(entry.organ, entry.year) if entry.organ else f"<p>{entry.name}，详见附件。</p>"


def add_article(site: Site, target: str, entry: Entry, html: str | bytes | Reply) -> None:
    """Add an article, and note whether it is a report."""
    site.pages[target] = html
    (site.reports if entry.organ else site.look_alikes).add(target)


def rows(entries: Sequence[tuple[str, Entry]], cut: int = 0) -> str:
    """Print the rows of a list; ``cut`` titles are cut short and the whole is nowhere to be seen."""
    return "".join(
        f'<li><a href="{target}" target="_blank">{shortened(entry.name, cut)}</a>'
        f"<span>{entry.date}</span></li>"
        for target, entry in entries
    )


def shortened(text: str, cut: int) -> str:
    return f"{text[:cut]}…" if cut and len(text) > cut else text


def key(*words: object) -> str:
    """Make an identifier of 32 hexadecimal digits."""
    return md5(repr(words).encode(), usedforsecurity=False).hexdigest()


def uuid(*words: object) -> str:
    digits = key(*words)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def four_parts(target: str, others: str = "#") -> str:
    """Print the four parts of a disclosure platform; only the reports matter here."""
    return "".join(
        f'<li><a href="{target if name == FOUR_PARTS[3] else others}">{name}</a></li>' for name in FOUR_PARTS
    )


class Gate(Site):
    """A site that answers everything alike."""

    reply: Callable[[Asked], Reply]

    def answer(self, asked: Asked) -> Reply:
        return self.reply(asked)


def gated(name: str, code: str, reply: Callable[[Asked], Reply]) -> Gate:
    site = Gate(name, code, "", {}, blocked=True)
    site.reply = reply
    return site
