"""What the emulated sites of Hanweb's families share: the look of their pages, articles and jpage lists."""

from collections.abc import Sequence

from tests.sites import Site
from tests.sites.entries import Entry
from tests.sites.reports import body

Row = tuple[str, Entry]
PROXY = "/module/web/jpage/dataproxy.jsp"
NAVIGATION = '<a href="/">首页</a><a href="{public}">政务公开</a><a href="/col/col9/index.html">政民互动</a>'


def shell(
    place: str, code: str, name: str, inner: str, meta: str = "", public: str = "/", charset: str = "utf-8"
) -> str:
    """Dress a page as jcms does: no heading, and a title that begins with the site's name."""
    return f"""<!DOCTYPE html><html><head><meta charset="{charset}"><title>{place}人民政府 {name}</title>
<meta name="SiteName" content="{place}人民政府"><meta name="SiteIDCode" content="{code}0002">{meta}</head>
<body><div class="nav">{NAVIGATION.format(public=public)}</div>
{inner}
<div class="foot">版权所有：{place}人民政府 <a href="http://www.beian.gov.cn/">公安备案</a></div></body></html>"""


def article(entry: Entry, container: str) -> str:
    """Give the inside of an article between jcms's comment marks."""
    text = body(entry.organ, entry.year) if entry.organ else f"<p>{entry.name}</p>"
    return (
        f"<div class='tit'><!--<$[标题名称]>begin-->{entry.name}<!--<$[标题名称]>end--></div>"
        f"<div class='info'>发布日期：{entry.date} 信息来源：<!--<$[信息来源]>begin-->{entry.organ}"
        f"<!--<$[信息来源]>end--></div><div {container}><!--ZJEG_RSS.content.begin-->{text}"
        f"<!--ZJEG_RSS.content.end--></div>"
    )


def meta(entry: Entry, column: str) -> str:
    return (
        f'<meta name="ColumnName" content="{column}"><meta name="ArticleTitle" content="{entry.name}">'
        f'<meta name="PubDate" content="{entry.date} 10:12">'
        f'<meta name="ContentSource" content="{entry.organ}">'
    )


def note(site: Site, target: str, entry: Entry, html: str | bytes) -> Row:
    """Put an article into a site, and give its line in a list."""
    site.pages[target] = html
    (site.reports if entry.organ else site.look_alikes).add(target)
    return target, entry


def dated(entry: Entry, column: int, number: int) -> str:
    """Give the address of an article of jcms, whose date has no leading zeros."""
    year, month, day = map(int, entry.date.split("-"))
    return f"/art/{year}/{month}/{day}/art_{column}_{number}.html"


def record(row: Row, cut: bool) -> str:
    """Write a line of a list; some templates give no title beside the text that they cut short."""
    target, entry = row
    text = f'title="{entry.name}">{entry.name}' if not cut else f">{entry.name[:22]}…"
    return f'<record><![CDATA[<li><a href="{target}" {text}</a><span>{entry.date}</span></li>]]></record>'


def datastore(rows: Sequence[Row], onward: str = "", total: int = 0, cut: bool = False) -> str:
    """Write a group of lines, in the page as in an answer; only an answer says how many there are."""
    group = f'<nextgroup><![CDATA[<a href="{onward}"></a>]]></nextgroup>' if onward else ""
    counted = f"<totalrecord>{total}</totalrecord><totalpage>{(total + 4) // 5}</totalpage>" if total else ""
    records = "\n".join(record(row, cut) for row in rows)
    return f"<datastore>{group}{counted}<recordset>{records}</recordset></datastore>"


def parameters(column: int, unit: int) -> dict[str, str | int]:
    return {"appid": 1, "webid": 7, "path": "/", "columnid": column, "unitid": unit, "permissiontype": 0}


def jpage(unit: int, store: str, total: int, per_page: int, more: str = "") -> str:
    """Write a unit of a column page: its lines in a script, and the script that turns its pages."""
    return (
        f'<div id="{unit}"><script type="text/xml">{store}</script></div>'
        f"<script>new jpage({{id: '{unit}', totalRecord:{total}, perPage:{per_page}, "
        f"proxyUrl:'{PROXY}'{more}}});</script>"
    )
