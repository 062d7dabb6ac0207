"""Read an article page: its text without boilerplate and counters, its date, its attachments."""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from parsers.formats import BINARY, SUFFIXES
from parsers.identity import contents
from parsers.identity.contents import has_report_markers
from parsers.identity.titles import Verdict, judge_title
from parsers.text.chinese import without_spaces
from scraper.fetching.page import BEIJING, Link, Page, absolute, cached_per_page, iso_date

RULES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
ATTACHMENT_NAME = re.compile(RULES["attachment_name"].replace("SUFFIX", "|".join(SUFFIXES)))
VIEWER, MISSING = re.compile(RULES["viewer"]), re.compile(RULES["missing"])
VOLATILE, VOLATILE_LINE = re.compile(RULES["volatile"]), re.compile(f".*(?:{RULES['volatile']}).*")
FILE_SUFFIXES, DOWNLOAD_PATHS = tuple(f".{suffix}" for suffix in SUFFIXES), tuple(RULES["download_paths"])
# 统计时间 is that of the data.
DATE_IN_TEXT = re.compile(
    r"(?<!统计)(?:发布|发文|公开|成文|生成)?(?:日期|时间)\s*[:：]?\s*(20\d\d[-年/.]\s*\d{1,2}[-月/.]\s*\d{1,2})"
)
EMBEDDED = re.compile("<(?i:embed|object)")
BLANKS, BREAKS = re.compile(r"[^\S\n]+"), re.compile(r"\n{2,}")
BOILERPLATE = ", ".join(RULES["boilerplate"])
MIN_TEXT_LENGTH = 200
MAX_NOTICE_LENGTH = 400
DATE_IN_URL = re.compile(r"/t?(20\d\d)(\d\d)(\d\d)[_/]|/(20\d\d)[-/](\d{1,2})[-/](\d{1,2})/")


@cached_per_page
def article_text(page: Page) -> str:
    """Return the text of the article, else of the whole page, line by line, without volatile lines."""
    if not _is_html(page):
        return page.text
    text = BLANKS.sub("", _container_text(page.tree, page.text) or _stripped_text(page.text))
    return BREAKS.sub("\n", VOLATILE_LINE.sub("", text) if VOLATILE.search(text) else text).strip("\n")


def _stripped_text(html: str) -> str:
    """Return the text of a page without boilerplate."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(RULES["boilerplate"])
    return _container_text(tree, html) or (tree.body.text(separator="\n") if tree.body else "")


def _container_text(tree: LexborHTMLParser, html: str) -> str:
    """Return the text of the first container with enough of it; "" for none, or if boilerplate is in it."""
    for selector in RULES["containers"]:
        node = tree.css_first(selector) if selector[1:] in html else None
        text = node.text(separator="\n") if node else ""
        if node and len(without_spaces(text)) >= MIN_TEXT_LENGTH:
            return "" if node.css_first(BOILERPLATE) else text
    return ""


def content_digest(page: Page, attachments: tuple[str, ...] = ()) -> str:
    """Return a SHA-256 that changes only with the article's text or the digests of its attachments."""
    content = (page.title, article_text(page)) if is_text(page) else (sha256(page.body).hexdigest(),)
    return sha256("\n".join((*content, *attachments)).encode()).hexdigest()


def holds_report(page: Page) -> bool:
    """Return whether the text of a page is that of a report, whatever its title."""
    return has_report_markers(page.text) and has_report_markers(without_spaces(article_text(page)))


def judge(page: Page, link: Link, attachments: tuple[Link, ...]) -> Verdict:
    """Decide whether a page is the report that a list announces; a file is judged by its title alone."""
    if _is_html(page):
        text = without_spaces(article_text(page))
        return contents.judge_page(page.title, text, link.text, bool(attachments))
    named = judge_title(link.text, True)
    return named if named.kind == "report" else Verdict("refused", "the file's title is not that of a report")


def is_missing(page: Page) -> bool:
    """Return whether a page says, despite its status 200, that it does not exist any more."""
    return MISSING.search(f"{page.title_tag} {article_text(page)[:MAX_NOTICE_LENGTH]}") is not None


def publication_date(page: Page, link: Link) -> str:
    """Return the publication date from meta tag, list, text or URL, in this order; ISO 8601 or "".

    A day after the page was fetched is a slip or a template's, and is not believed.
    """
    latest = _day_fetched(page)
    return next((day for day in _dates(page, link) if day and (not latest or day <= latest)), "")


def _dates(page: Page, link: Link) -> Iterator[str]:
    yield iso_date(page.meta.get("pubdate", ""))
    yield link.date
    if found := DATE_IN_TEXT.search(page.text if _is_html(page) else ""):
        yield iso_date(found[1])
    if found := DATE_IN_URL.search(urlsplit(page.url).path):
        yield iso_date("-".join(part for part in found.groups() if part))


def _day_fetched(page: Page) -> str:
    """Return the day on which a page was fetched, where it was published, or ""."""
    return (datetime.fromisoformat(page.fetched) + BEIJING).date().isoformat() if page.fetched else ""


def attachments(page: Page) -> tuple[Link, ...]:
    """Return the files attached to an article, including those embedded or shown in a viewer."""
    found = dict.fromkeys(_attachments(page)) if _is_html(page) else {}
    by_url = {link.url: link for link in found if link.url and link.url != page.url}
    return tuple(by_url.values())[: RULES["max_attachments"]]


def _attachments(page: Page) -> Iterator[Link]:
    for node in page.tree.css("a[href]"):
        href, text = (node.attributes.get("href") or "").strip(), node.text()
        named = ("附件" in text or "." in text) and ATTACHMENT_NAME.search(without_spaces(text))
        if named or _is_file(href):
            yield Link(absolute(page.base, href), without_spaces(text))
    viewers = [VIEWER.search(frame) for frame in page.frames]
    hrefs = [unquote(found[1]) for found in viewers if found]
    embedded = page.tree.css("embed[src], object[data]") if EMBEDDED.search(page.text) else []
    embedded_hrefs = [
        *page.frames,
        *(node.attributes.get("src") or node.attributes.get("data") or "" for node in embedded),
    ]
    hrefs += [href for href in embedded_hrefs if _has_suffix(href)]
    hrefs += [node.attributes.get("data-value") or "" for node in page.tree.css("#pdfshow[data-value]")]
    for href in hrefs:
        if url := absolute(page.base, href):
            yield Link(url, page.title)


def _is_file(href: str) -> bool:
    return _has_suffix(href) or any(map(href.__contains__, DOWNLOAD_PATHS))


def _has_suffix(url: str) -> bool:
    return url.partition("?")[0].lower().endswith(FILE_SUFFIXES)


def is_text(page: Page) -> bool:
    """Return whether an answer is HTML or plain text rather than another kind of file."""
    is_plain = page.headers.get("content-type", "").lower().startswith("text/plain")
    return _is_html(page) or (is_plain and not page.body.startswith(BINARY))


def _is_html(page: Page) -> bool:
    """Return whether an answer is HTML; its first bytes overrule its content type."""
    kind, body = page.headers.get("content-type", "").lower(), page.body[:1024].lstrip()
    if body.startswith(BINARY):
        return False
    if not kind or "html" in kind:
        return True
    return body.removeprefix(b"\xef\xbb\xbf").startswith(b"<") and not kind.startswith("text/plain")
