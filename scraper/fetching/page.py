"""Requests, the pages that answer them, and the links in a page: types shared by all of the scraper."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
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

ROW_TAGS = ("li", "tr", "dd", "p", "div")
MAX_ROW_LENGTH = 300
# The time of the sites, ahead of UTC; China has one time zone.
BEIJING = timedelta(hours=8)
DATE = re.compile(r"(20\d{2})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})")
TRUNCATED = re.compile(r"(?:…|\.{2,})$")
# TRS WCM serves a mobile version of each article under this suffix.
MOBILE_SUFFIX = re.compile(r"_wap(?=\.s?html?$)")
SESSION_ID = re.compile(
    r";jsessionid=[\w.!-]*|(?<=[?&])(?:jsessionid|phpsessid|aspsessionid\w*)=[^&#]*&?", re.I
)
# Most links have these shapes; they are resolved by concatenation, which is much faster than urljoin.
SIMPLE_HREF = re.compile(r"(?P<root>/(?!/))?(?:\./)?[\w~-][\w./~-]*(?:\?[\w./~&=-]+)?", re.A)
ABSOLUTE_HREF = re.compile(r"https?://[a-z\d.-]+(?P<path>/[\w./~-]*(?:\?[\w./~&=-]+)?)", re.A)
NEEDS_RESOLVING = re.compile(r"//|_wap|(?:^|/)\.\.?(?:/|\?|$)(?!(?<=^\./))")
# Only small pages redirect by script; in a larger one the assignment belongs to something else.
MAX_SHELL_BYTES = 4096
SCRIPT_REDIRECT = re.compile(
    r"(?:window\.|self\.|top\.|document\.)?location(?:\.href)?\s*=\s*[\"']([^\"'\s]+)[\"']"
    r"|location\.(?:replace|assign)\(\s*[\"']([^\"'\s]+)[\"']"
)
META_REFRESH = re.compile(r"http-equiv\s*=\s*[\"']?refresh", re.I)


class Request(NamedTuple):
    """A request to a host. ``family`` names the family that reads the answer, "" for an ordinary page."""

    url: str
    method: str = "GET"
    body: str = ""
    content_type: str = ""
    referer: str = ""
    family: str = ""

    @property
    def key(self) -> str:
        """Return a key that identifies this request, ignoring the scheme."""
        address = self.url.partition("://")[2]
        return address if self.method == "GET" else f"{self.method} {address} {self.body}"


class Link(NamedTuple):
    """A link as a reader sees it: absolute URL, text without blanks, date beside it (ISO 8601 or "")."""

    url: str
    text: str
    date: str = ""


@dataclass(frozen=True, eq=False)
class Page:
    """An answer to a request: the final URL, status, headers (names in lower case) and body.

    ``fetched`` is the time of the answer, ISO 8601, UTC; ``request_headers`` are those that were sent, and
    ``redirects`` the answers that led here.
    """

    request: Request
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched: str = ""
    request_headers: Mapping[str, str] = field(default_factory=dict)
    redirects: tuple["Page", ...] = ()

    @property
    def family(self) -> str:
        return self.request.family

    @cached_property
    def text(self) -> str:
        """The body decoded by byte order mark, header or meta tag, else by what the bytes look like."""
        declared = self.headers.get("content-type", "")
        if "8859-1" in declared:  # a server's default, never the encoding of a Chinese page
            declared = declared.partition(";")[0]
        try:
            return str(html_to_unicode(declared or None, self.body, auto_detect_fun=_guess_encoding)[1])
        except (LookupError, UnicodeError):  # some Python codecs are not charsets: base64, idna
            return self.body.decode(_guess_encoding(self.body), "replace")

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
        """The title without blanks: from the meta tag, else the first heading, else the title tag."""
        if title := self.meta.get("articletitle"):
            return title
        headings = (without_spaces(node.text()) for node in self.tree.css("h1"))
        return next(filter(None, headings), "") or without_spaces(self.title_tag)

    @cached_property
    def title_tag(self) -> str:
        """The text of the title tag, as printed."""
        node = self.tree.css_first("title")
        return node.text().strip() if node else ""

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links of anchors and image-map areas, in order, without duplicates."""
        return tuple(dict.fromkeys(anchors(self.tree, self.base)))

    @cached_property
    def frames(self) -> tuple[str, ...]:
        nodes = self.tree.css("iframe[src], frame[src]")
        return tuple(filter(None, (absolute(self.base, node.attributes.get("src") or "") for node in nodes)))

    @cached_property
    def client_redirect(self) -> str:
        """The URL that the page redirects to by meta refresh or script, "" for none."""
        if META_REFRESH.search(self.text):
            try:
                seconds, target = get_meta_refresh(self.text, self.url)
            except ValueError:
                return ""
            if target and (seconds or 0) <= 30 and target != self.url:
                return absolute(self.base, target)
        if len(self.body) > MAX_SHELL_BYTES:
            return ""
        found = SCRIPT_REDIRECT.search(self.text)
        return absolute(self.base, found[1] or found[2]) if found else ""


Value = TypeVar("Value")


def cached_per_page(read: Callable[[Page], Value]) -> Callable[[Page], Value]:
    """Cache the result of a function of a page for as long as the page lives."""
    cache: WeakKeyDictionary[Page, Value] = WeakKeyDictionary()

    @wraps(read)
    def cached(page: Page) -> Value:
        if page not in cache:
            cache[page] = read(page)
        return cache[page]

    return cached


def anchors(tree: LexborHTMLParser, base: str) -> Iterator[Link]:
    """Return the links of a parsed page or fragment."""
    dates: dict[int, str] = {}
    for node in tree.css("a[href], area[href]"):
        attributes = node.attributes  # builds a new dict on each access
        if url := absolute(base, attributes.get("href") or ""):
            yield Link(url, _link_text(node, attributes.get("title") or ""), _date_beside(node, dates))


def fragment_links(html: str, base: str) -> list[Link]:
    """Return the links of a piece of HTML."""
    return list(anchors(LexborHTMLParser(html), base))


def absolute(base: str, href: str) -> str:
    """Return an absolute URL without fragment, or "" where the link does not lead to a page.

    Session ids are removed, as every visitor gets a different one.

    >>> absolute("http://a.gov.cn/x/", " ../y/t1_wap.html#top"), absolute("http://a.gov.cn/", "javascript:;")
    ('http://a.gov.cn/y/t1.html', '')
    >>> absolute("http://a.gov.cn/", r"\\nb\\1.html;jsessionid=0A1B?page=2")
    'http://a.gov.cn/nb/1.html?page=2'
    """
    href = href.strip()
    if not href or href.startswith("#"):
        return ""
    whole = ABSOLUTE_HREF.fullmatch(href)
    plain = whole or SIMPLE_HREF.fullmatch(href)
    path = whole["path"] if whole else href
    if not plain or NEEDS_RESOLVING.search(path) or ("?" in path and SESSION_ID.search(path)):
        return _resolve(base, href)
    if whole:
        return href
    origin, folder = _origin_and_folder(base)
    return f"{origin if plain['root'] else folder}{href.removeprefix('./')}"


@lru_cache(maxsize=1024)
def _origin_and_folder(base: str) -> tuple[str, str]:
    """Return a URL up to its host, and up to its last slash."""
    folder = _resolve(base, "./")
    return folder[: folder.find("/", folder.find("://") + 3)], folder


def _resolve(base: str, href: str) -> str:
    try:
        path, mark, query = SESSION_ID.sub("", href).partition("?")
        # Browsers read a backslash in a path as a slash.
        parts = urlsplit(urljoin(base, safe_url_string(path.replace("\\", "/") + mark + query)))
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        return ""
    if not valid:
        return ""
    host = parts.netloc.rpartition("@")[2].lower()
    port = ":80" if parts.scheme == "http" else ":443"
    return urlunsplit(
        (parts.scheme, host.removesuffix(port), MOBILE_SUFFIX.sub("", parts.path) or "/", parts.query, "")
    )


def iso_date(text: str) -> str:
    """Return the first complete date in a text as ISO 8601, "" for none.

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


def _link_text(node: LexborNode, title: str) -> str:
    """Return the text of a link, or its title attribute where the text is truncated or an image."""
    text, title = without_spaces(node.text()), without_spaces(title)
    if title and (not text or TRUNCATED.search(text) or title.startswith(text)):
        return title
    if text:
        return text
    image = node.css_first("img[alt], img[title]")
    return without_spaces(image.attributes.get("alt") or image.attributes.get("title") or "") if image else ""


def _date_beside(node: LexborNode, known: dict[int, str]) -> str:
    """Return the date in the list row around a link, ISO 8601 or "".

    ``known`` caches dates by row: a single block may hold all the links of a long page.
    """
    row = node.parent
    while row is not None and row.tag not in ROW_TAGS:
        row = row.parent
    if row is None:
        return ""
    if row.mem_id not in known:
        text = row.text(separator=" ")
        known[row.mem_id] = iso_date(text) if len(text) <= MAX_ROW_LENGTH else ""
    return known[row.mem_id]


def _guess_encoding(body: bytes) -> str:
    """Choose between UTF-8 and GB 18030 for a page that does not declare its encoding."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"
