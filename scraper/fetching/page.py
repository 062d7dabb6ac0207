"""What a site answered, and the links in it: the words that discovery and the families share."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache, wraps
from typing import NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit, urlunsplit
from weakref import WeakKeyDictionary

from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser, LexborNode
from w3lib.encoding import html_to_unicode
from w3lib.html import get_meta_refresh
from w3lib.url import safe_url_string

from parsers.text.chinese import without_spaces

ROWS = ("li", "tr", "dd", "p", "div")
LONGEST_ROW = 300
DATE = re.compile(r"(20\d{2})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})")
TRUNCATED = re.compile(r"(?:…|\.{2,})$")
# The mobile twin of an article of TRS WCM.
TWIN = re.compile(r"_wap(?=\.s?html?$)")
SESSION = re.compile(r";jsessionid=[\w.!-]*|(?<=[?&])(?:jsessionid|phpsessid|aspsessionid\w*)=[^&#]*&?", re.I)
# Most links are of these shapes, and need no more than to be put behind their host or folder.
PLAIN_HREF = re.compile(r"(?P<root>/(?!/))?(?:\./)?[\w~-][\w./~-]*(?:\?[\w./~&=-]+)?", re.A)
WHOLE_HREF = re.compile(r"https?://[a-z\d.-]+(?P<path>/[\w./~-]*(?:\?[\w./~&=-]+)?)", re.A)
DOTS = re.compile(r"//|_wap|(?:^|/)\.\.?(?:/|\?|$)(?!(?<=^\./))")
# Only a shell sends its readers on by script; a page that tells something is no redirect.
LARGEST_SHELL = 4096
SCRIPTED = re.compile(
    r"(?:window\.|self\.|top\.|document\.)?location(?:\.href)?\s*=\s*[\"']([^\"'\s]+)[\"']"
    r"|location\.(?:replace|assign)\(\s*[\"']([^\"'\s]+)[\"']"
)
REFRESH = re.compile(r"http-equiv\s*=\s*[\"']?refresh", re.I)


class Request(NamedTuple):
    """What to ask a host for. ``family`` names the family that reads the answer, "" for a plain page."""

    url: str
    method: str = "GET"
    body: str = ""
    content_type: str = ""
    referer: str = ""
    family: str = ""

    @property
    def key(self) -> str:
        """Give what tells this request from any other; the scheme does not."""
        address = self.url.partition("://")[2]
        return address if self.method == "GET" else f"{self.method} {address} {self.body}"


class Link(NamedTuple):
    """A link as a reader sees it: absolute address, text without blanks, date beside it (ISO or "")."""

    url: str
    text: str
    date: str = ""


@dataclass(frozen=True, eq=False)
class Page:
    """An answer: what was asked, the final address, status, headers (lower-case names) and the bytes.

    ``fetched`` is the time of the answer, ISO 8601, UTC; ``sent`` are the headers that were sent and ``hops``
    the redirects that led here.
    """

    request: Request
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched: str = ""
    sent: Mapping[str, str] = field(default_factory=dict)
    hops: tuple["Page", ...] = ()

    @property
    def family(self) -> str:
        return self.request.family

    @cached_property
    def text(self) -> str:
        """The body as text: byte order mark, then header, then meta tag, then what the bytes look like."""
        declared = self.headers.get("content-type", "")
        if "8859-1" in declared:  # a server's default, never what a Chinese page is written in
            declared = declared.partition(";")[0]
        try:
            return str(html_to_unicode(declared or None, self.body, auto_detect_fun=_likely)[1])
        except (LookupError, UnicodeError):  # Python's codecs know charsets that are none: base64, idna
            return self.body.decode(_likely(self.body), "replace")

    @cached_property
    def tree(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.text)

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.text, "lxml")

    @cached_property
    def base(self) -> str:
        node = self.tree.css_first("base[href]")
        return (absolute(self.url, node.attributes.get("href") or "") if node else "") or self.url

    @cached_property
    def meta(self) -> dict[str, str]:
        """The named meta tags, names in lower case: sitename, columnname, articletitle, pubdate …"""
        found: dict[str, str] = {}
        for node in self.tree.css("meta[name]"):
            content = without_spaces(node.attributes.get("content") or "")
            if content and content != "null":
                found.setdefault((node.attributes.get("name") or "").lower(), content)
        return found

    @cached_property
    def title(self) -> str:
        """The page's own title without blanks: of its article, else its first heading, else its title tag."""
        if title := self.meta.get("articletitle"):
            return title
        headings = (without_spaces(node.text()) for node in self.tree.css("h1"))
        return next(filter(None, headings), "") or without_spaces(self.head)

    @cached_property
    def head(self) -> str:
        """The title tag, as printed."""
        node = self.tree.css_first("title")
        return node.text().strip() if node else ""

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The anchors and image-map areas that lead to a page, in order, each address and text once."""
        return tuple(dict.fromkeys(anchors(self.tree, self.base)))

    @cached_property
    def frames(self) -> tuple[str, ...]:
        nodes = self.tree.css("iframe[src], frame[src]")
        return tuple(filter(None, (absolute(self.base, node.attributes.get("src") or "") for node in nodes)))

    @cached_property
    def onward(self) -> str:
        """Where a page sends its readers without their doing, by meta refresh or script; "" nowhere."""
        if REFRESH.search(self.text):
            try:
                seconds, target = get_meta_refresh(self.text, self.url)
            except ValueError:
                return ""
            if target and (seconds or 0) <= 30 and target != self.url:
                return absolute(self.base, target)
        if len(self.body) > LARGEST_SHELL:
            return ""
        found = SCRIPTED.search(self.text)
        return absolute(self.base, found[1] or found[2]) if found else ""


Found = TypeVar("Found")


def once(read: Callable[[Page], Found]) -> Callable[[Page], Found]:
    """Remember what was read from a page for as long as the page lives."""
    held: WeakKeyDictionary[Page, Found] = WeakKeyDictionary()

    @wraps(read)
    def remembered(page: Page) -> Found:
        if page not in held:
            held[page] = read(page)
        return held[page]

    return remembered


def anchors(tree: LexborHTMLParser, base: str) -> Iterator[Link]:
    """Read the links of a page or of a fragment of one that came in a script."""
    dates: dict[int, str] = {}
    for node in tree.css("a[href], area[href]"):
        attributes = node.attributes  # made anew each time
        if url := absolute(base, attributes.get("href") or ""):
            yield Link(url, _label(node, attributes.get("title") or ""), _date_beside(node, dates))


def fragment_links(html: str, base: str) -> list[Link]:
    """Read the links of a piece of HTML."""
    return list(anchors(LexborHTMLParser(html), base))


def absolute(base: str, href: str) -> str:
    """Give an absolute address without fragment, or "" where the link leads to no page.

    The number of a session in an address is left out: each reader gets another one.

    >>> absolute("http://a.gov.cn/x/", " ../y/t1_wap.html#top"), absolute("http://a.gov.cn/", "javascript:;")
    ('http://a.gov.cn/y/t1.html', '')
    >>> absolute("http://a.gov.cn/", r"\\nb\\1.html;jsessionid=0A1B?page=2")
    'http://a.gov.cn/nb/1.html?page=2'
    """
    href = href.strip()
    if not href or href.startswith("#"):
        return ""
    whole = WHOLE_HREF.fullmatch(href)
    plain = whole or PLAIN_HREF.fullmatch(href)
    path = whole["path"] if whole else href
    if not plain or DOTS.search(path) or ("?" in path and SESSION.search(path)):
        return _absolute(base, href)
    if whole:
        return href
    origin, folder = _stems(base)
    return f"{origin if plain['root'] else folder}{href.removeprefix('./')}"


@lru_cache(maxsize=1024)
def _stems(base: str) -> tuple[str, str]:
    """Give an address up to its host, and up to its last slash."""
    folder = _absolute(base, "./")
    return folder[: folder.find("/", folder.find("://") + 3)], folder


def _absolute(base: str, href: str) -> str:
    try:
        path, mark, query = SESSION.sub("", href).partition("?")
        # What is written for Windows browsers read as if it were not.
        parts = urlsplit(urljoin(base, safe_url_string(path.replace("\\", "/") + mark + query)))
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        return ""
    if not valid:
        return ""
    host = parts.netloc.rpartition("@")[2].lower()
    port = ":80" if parts.scheme == "http" else ":443"
    return urlunsplit(
        (parts.scheme, host.removesuffix(port), TWIN.sub("", parts.path) or "/", parts.query, "")
    )


def iso_date(text: str) -> str:
    """Find a whole date in a text, as ISO 8601; "" where there is none.

    >>> iso_date("发布时间：2023年2月5日"), iso_date("02-15"), iso_date("2023-02-30")
    ('2023-02-05', '', '')
    """
    found = DATE.search(text)
    if not found:
        return ""
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return ""


def _label(node: LexborNode, title: str) -> str:
    """Give the text of a link, or its title where the text is cut short or only a picture."""
    text, title = without_spaces(node.text()), without_spaces(title)
    if title and (not text or TRUNCATED.search(text) or title.startswith(text)):
        return title
    if text:
        return text
    image = node.css_first("img[alt], img[title]")
    return without_spaces(image.attributes.get("alt") or image.attributes.get("title") or "") if image else ""


def _date_beside(node: LexborNode, known: dict[int, str]) -> str:
    """Find the date in the row of a list that a link stands in.

    ``known`` are the dates of rows by their nodes: one block may hold all the links of a long page.
    """
    row = node.parent
    while row is not None and row.tag not in ROWS:
        row = row.parent
    if row is None:
        return ""
    if row.mem_id not in known:
        text = row.text(separator=" ")
        known[row.mem_id] = iso_date(text) if len(text) <= LONGEST_ROW else ""
    return known[row.mem_id]


def _likely(body: bytes) -> str:
    """Tell utf-8 from the national encoding for a page that does not say which it is in."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"
