"""An article as a site published it: its text without what moves around it, its date, its attachments."""

import re
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from parsers.formats import BINARY, SUFFIXES
from parsers.identity import contents
from parsers.identity.contents import has_report_markers
from parsers.identity.titles import Verdict, judge_title
from parsers.text.chinese import without_spaces
from scraper.fetching.page import Link, Page, absolute, iso_date, once

RULES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
NAMED = re.compile(RULES["named"].replace("SUFFIX", "|".join(SUFFIXES)))
VIEWER, MISSING = re.compile(RULES["viewer"]), re.compile(RULES["missing"])
MOVING, MOVING_LINE = re.compile(RULES["moving"]), re.compile(f".*(?:{RULES['moving']}).*")
ENDINGS, GATES = tuple(f".{suffix}" for suffix in SUFFIXES), tuple(RULES["gates"])
PUBLISHED = re.compile(
    r"(?:发布|发文|公开|成文|生成)?(?:日期|时间)\s*[:：]?\s*(20\d\d[-年/.]\s*\d{1,2}[-月/.]\s*\d{1,2})"
)
EMBEDDED = re.compile("<(?i:embed|object)")
BLANKS, BREAKS = re.compile(r"[^\S\n]+"), re.compile(r"\n{2,}")
SURROUNDINGS = ", ".join(RULES["surroundings"])
LEAST_TEXT = 200
LONGEST_NOTICE = 400
IN_ADDRESS = re.compile(r"/t?(20\d\d)(\d\d)(\d\d)[_/]|/(20\d\d)[-/](\d{1,2})[-/](\d{1,2})/")


@once
def text_of(page: Page) -> str:
    """Give the text of a page's article, else of the whole page, without counters, lines kept."""
    if not _is_html(page):
        return page.text
    text = BLANKS.sub("", _contained(page.tree, page.text) or _stripped(page.text))
    return BREAKS.sub("\n", MOVING_LINE.sub("", text) if MOVING.search(text) else text).strip("\n")


def _stripped(html: str) -> str:
    """Give a page's text without its surroundings."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(RULES["surroundings"])
    return _contained(tree, html) or (tree.body.text(separator="\n") if tree.body else "")


def _contained(tree: LexborHTMLParser, html: str) -> str:
    """Give the text of the first container that holds some; "" for none, or one to strip first."""
    for selector in RULES["containers"]:
        node = tree.css_first(selector) if selector[1:] in html else None
        text = node.text(separator="\n") if node else ""
        if node and len(without_spaces(text)) >= LEAST_TEXT:
            return "" if node.css_first(SURROUNDINGS) else text
    return ""


def digest(page: Page, attachments: tuple[str, ...] = ()) -> str:
    """Give what stays the same as long as a page's text and its attachments (their digests) do."""
    own = (page.title, text_of(page)) if is_text(page) else (sha256(page.body).hexdigest(),)
    told = "\n".join((*own, *attachments))
    return sha256(told.encode()).hexdigest()


def holds_report(page: Page) -> bool:
    """Say whether a page tells what a report tells, whatever it is called."""
    return has_report_markers(page.text) and has_report_markers(without_spaces(text_of(page)))


def judge(page: Page, link: Link, attachments: tuple[Link, ...]) -> Verdict:
    """Decide whether a page that a list calls a report is one; a file can only be judged by its title."""
    if _is_html(page):
        text = without_spaces(text_of(page))
        return contents.judge_page(page.title, text, link.text, bool(attachments))
    named = judge_title(link.text, True)
    return named if named.kind == "report" else Verdict("refused", "a file whose title is no report's")


def is_missing(page: Page) -> bool:
    """Say whether a page tells, with a status of 200, that what was asked for is no longer there."""
    return MISSING.search(f"{page.head} {text_of(page)[:LONGEST_NOTICE]}") is not None


def published(page: Page, link: Link) -> str:
    """Tell when an article was published, as ISO 8601: by its meta tag, its list, its text, its address."""
    if day := iso_date(page.meta.get("pubdate", "")) or link.date:
        return day
    if found := PUBLISHED.search(page.text if _is_html(page) else ""):
        return iso_date(found[1])
    if found := IN_ADDRESS.search(urlsplit(page.url).path):
        return iso_date("-".join(part for part in found.groups() if part))
    return ""


def attachments(page: Page) -> tuple[Link, ...]:
    """Give the files that hang on an article, also those that only a viewer in a frame shows."""
    found = dict.fromkeys(_attachments(page)) if _is_html(page) else {}
    by_address = {link.url: link for link in found if link.url and link.url != page.url}
    return tuple(by_address.values())[: RULES["most"]]


def _attachments(page: Page) -> Iterator[Link]:
    for node in page.tree.css("a[href]"):
        href, text = (node.attributes.get("href") or "").strip(), node.text()
        named = ("附件" in text or "." in text) and NAMED.search(without_spaces(text))
        if named or _is_file(href):
            yield Link(absolute(page.base, href), without_spaces(text))
    shown = [VIEWER.search(frame) for frame in page.frames]
    addresses = [unquote(found[1]) for found in shown if found]
    embedded = page.tree.css("embed[src], object[data]") if EMBEDDED.search(page.text) else []
    inside = [
        *page.frames,
        *(node.attributes.get("src") or node.attributes.get("data") or "" for node in embedded),
    ]
    addresses += [address for address in inside if _has_suffix(address)]
    addresses += [node.attributes.get("data-value") or "" for node in page.tree.css("#pdfshow[data-value]")]
    for address in addresses:
        if url := absolute(page.base, address):
            yield Link(url, page.title)


def _is_file(href: str) -> bool:
    return _has_suffix(href) or any(map(href.__contains__, GATES))


def _has_suffix(address: str) -> bool:
    return address.partition("?")[0].lower().endswith(ENDINGS)


def is_text(page: Page) -> bool:
    """Say whether an answer is a page or plain text, and no file of another kind."""
    is_plain = page.headers.get("content-type", "").lower().startswith("text/plain")
    return _is_html(page) or (is_plain and not page.body.startswith(BINARY))


def _is_html(page: Page) -> bool:
    """Say whether an answer is a page, by what it begins with rather than by what it is called."""
    kind, body = page.headers.get("content-type", "").lower(), page.body[:1024].lstrip()
    if body.startswith(BINARY):
        return False
    if not kind or "html" in kind:
        return True
    return body.removeprefix(b"\xef\xbb\xbf").startswith(b"<") and not kind.startswith("text/plain")
