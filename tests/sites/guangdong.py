"""What the emulated sites of Guangdong's two families share: the look of their pages and articles."""

from tests.sites.entries import Entry
from tests.sites.reports import body

NAVIGATION = (
    ("/", "首页"),
    ("/xwzx/", "要闻动态"),
    ("/zwgk/", "政务公开"),
    ("/zwfw/", "政务服务"),
    ("/hdjl/", "政民互动"),
    ("http://www.gd.gov.cn/", "广东省人民政府"),
)


def shell(place: str, code: str, name: str, inner: str, meta: str = "") -> str:
    """Dress a page as NFCMS does, with the national meta tags."""
    links = "".join(f'<li><a href="{href}">{text}</a></li>' for href, text in NAVIGATION)
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{name} - {place}人民政府</title>
<meta name="SiteName" content="{place}人民政府门户网站"><meta name="SiteDomain" content="">
<meta name="SiteIDCode" content="{code}0001">{meta}</head><body>
<ul class="nav">{links}</ul>
{inner}
<div class="footer">主办：{place}人民政府办公室 网站标识码：{code}0001</div></body></html>"""


def meta(entry: Entry, column: str) -> str:
    """Give the meta tags of a column and an article; the source is, as so often, left empty."""
    return (
        f'<meta name="ColumnName" content="{column}"><meta name="ArticleTitle" content="{entry.name}">'
        f'<meta content="{entry.date} 09:30:00" name="PubDate"><meta name="ContentSource" content="">'
    )


def content(entry: Entry) -> str:
    """Give what stands inside an article."""
    return body(entry.organ, entry.year) if entry.organ else f"<p>{entry.name}，详见附件。</p>"
