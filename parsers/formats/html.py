"""HTML pages: paragraphs as lines, table rows as lines of cells."""

import re

import lxml.html
from lxml.html import HtmlElement
from selectolax.lexbor import LexborHTMLParser

from parsers.formats import SUFFIXES
from parsers.report import Unreadable
from parsers.text.encoding import as_utf8
from parsers.text.lines import Line, Text
from parsers.text.markup import parsing_hazard

MEDIA_TYPE = "text/html"
RANK = 1
MARKUP = re.compile(rb"<(?:!doctype|html|head|body|table|div|p|meta|span|td|tr)\b", re.I)
TABLE_END = "\ue000"
# A cell with more text or line breaks than this is page layout, not a cell of a form.
LONGEST_CELL, MOST_BREAKS = 400, 12
# A longer superscript, or hidden text, is taken for part of the text.
LONGEST_NOTE = 8
HIDDEN = "del, s, strike, span[style*='display:none'], span[style*='display: none']"
TEXT_BLOCKS = ("td", "th", "p", "div", "li", "body")
NOT_TEXT = ["script", "style", "noscript", "template"]
PARSER = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
ATTACHMENTS = tuple(f".{suffix}" for suffix in SUFFIXES)


def matches(head: bytes) -> bool:
    return MARKUP.search(head) is not None


def read(data: bytes) -> Text:
    """Read a page in document order. Raises Unreadable if it is not text, or would take too long to parse."""
    data = as_utf8(data)
    if reason := parsing_hazard(data):
        raise Unreadable(f"the page cannot be parsed: {reason}")
    tree = LexborHTMLParser(data)
    title = _title(tree)
    tree.strip_tags(NOT_TEXT)
    _drop_hidden(tree)
    _drop_superscripts(tree)
    _unwrap_single_cells(tree)
    for node in tree.css("table"):
        node.insert_after(TABLE_END)
    return Text(title, _LineCollector().lines_of(tree))


def explain(data: bytes) -> str:
    """Name the images and attachments that may hold the report of a page without tables."""
    tree = LexborHTMLParser(as_utf8(data))
    links = (node.attributes.get("href") or "" for node in tree.css("a[href]"))
    files = [link for link in links if link.lower().endswith(ATTACHMENTS)]
    images = len(tree.css("body img"))
    contents = [f"{images} image{'s'[: images != 1]}"] * bool(images) + files[:3]
    return f"; the page links or shows {', '.join(contents)}" if contents else ""


def rows(data: bytes) -> list[list[list[str]]]:
    """Read the innermost tables of a page with lxml: for each table its rows, for each row its cells."""
    root = lxml.html.document_fromstring(as_utf8(data), parser=PARSER)
    inner = (table for table in root.iter("table") if next(table.iterdescendants("table"), None) is None)
    return [[[_text(cell) for cell in row.iter("td", "th")] for row in table.iter("tr")] for table in inner]


def _text(cell: HtmlElement) -> str:
    return str(cell.text_content()).strip()


def _title(tree: LexborHTMLParser) -> str:
    """Return the title that names a report, from the page's metadata or headings, else the first one."""
    metas = [node.attributes.get("content") or "" for node in tree.css("meta[name='ArticleTitle']")]
    titles = [text.strip() for text in (*metas, *(node.text() for node in tree.css("h1, h2, title")))]
    return next((text for text in titles if "信息公开" in text and "年" in text), titles[0] if titles else "")


def _tag_ids(names: str) -> list[int]:
    tree = LexborHTMLParser("")
    ids = (tree.create_node(name).tag_id for name in names.split())
    return [number for number in ids if number is not None]


class _LineCollector:
    """Collects the lines of a tree in one pass, in document order.

    The traversal reports where an element starts, not where it ends. The end matters only for tables,
    so ``read`` puts a marker, TABLE_END, after each.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.buffer: list[str] = []
        self.row: list[str] = []
        self.in_row = self.in_cell = self.in_pre = False
        self.table = self.tr = 0

    def lines_of(self, tree: LexborHTMLParser) -> list[Line]:
        if tree.body is None:
            return []
        for node in tree.body.traverse(include_text=True):
            tag = node.tag_id
            if tag == TEXT_TAG:
                self.text(node.text_content or "")
            elif tag in HANDLERS:
                HANDLERS[tag](self)
        self.end_row()
        self.end_line()
        return self.lines

    def text(self, text: str) -> None:
        if text == TABLE_END:
            self.end_row()
        elif self.in_cell or not self.in_row:
            self.buffer.append(text if self.in_pre else text.replace("\n", " "))

    def start_table(self) -> None:
        if self.in_row:
            self.end_row_as_lines()  # a table inside a cell: the outer table is page layout
        self.end_line()
        self.table += 1
        self.tr = 0

    def start_row(self) -> None:
        self.end_row()
        if self.buffer:
            self.end_line()
        self.in_row = True
        self.tr += 1

    def start_cell(self) -> None:
        if self.in_cell:
            self.row.append("".join(self.buffer).strip())
            self.buffer.clear()
        elif not self.in_row:
            self.start_row()
        self.in_cell = True

    def start_block(self) -> None:
        self.in_pre = False
        if not self.in_cell:
            self.end_line()
        elif self.buffer:
            self.buffer.append("\n")

    def start_pre(self) -> None:
        self.start_block()
        self.in_pre = True

    def end_row(self) -> None:
        if self.in_cell:
            self.row.append("".join(self.buffer).strip())
            self.buffer.clear()
        if len(max(self.row, key=len, default="")) > LONGEST_CELL or _has_many_breaks(self.row):
            self.end_row_as_lines()
        elif self.row:
            self.lines.append(Line(tuple(self.row), f"t{self.table}r{self.tr}", True))
            self.row.clear()
        self.in_row = self.in_cell = False

    def end_row_as_lines(self) -> None:
        self.buffer.insert(0, "".join(f"{cell}\n" for cell in self.row))
        self.row.clear()
        self.in_row = self.in_cell = False
        self.end_line()

    def end_line(self) -> None:
        text = "".join(self.buffer)
        self.buffer.clear()
        for line in filter(None, map(str.strip, text.split("\n"))):
            self.lines.append(Line((line,), f"l{len(self.lines) + 1}", False))


def _has_many_breaks(row: list[str]) -> bool:
    return any(cell.count("\n") > MOST_BREAKS for cell in row if len(cell) > MOST_BREAKS)


def _drop_hidden(tree: LexborHTMLParser) -> None:
    """Drop short deleted or hidden text: a reader sees 5 in <del>7</del>5."""
    for node in tree.css(HIDDEN):
        if len(node.text(strip=True)) <= LONGEST_NOTE:
            node.decompose()


def _drop_superscripts(tree: LexborHTMLParser) -> None:
    """Drop the superscript number of a footnote after a figure or word: 12<sup>1</sup> is twelve."""
    for superscript in tree.css("sup"):
        own = superscript.text(strip=True)
        around = superscript.parent
        while around and around.tag not in TEXT_BLOCKS and around.text(strip=True) == own:
            around = around.parent
        if len(own) <= LONGEST_NOTE and around and around.text(strip=True) != own:
            superscript.decompose()


def _unwrap_single_cells(tree: LexborHTMLParser) -> None:
    """Replace a one-cell table that only wraps the content of a cell by its text."""
    for inner in tree.css("td table, th table"):
        if len(inner.css("td, th")) == 1:
            inner.replace_with(inner.text())


TEXT_TAG = 2
BLOCKS = (
    "p div br li h1 h2 h3 h4 h5 h6 ul ol dl dt dd section article header footer center hr form option caption"
)
HANDLERS = (
    dict.fromkeys(_tag_ids(BLOCKS), _LineCollector.start_block)
    | dict.fromkeys(_tag_ids("table"), _LineCollector.start_table)
    | dict.fromkeys(_tag_ids("tr"), _LineCollector.start_row)
    | dict.fromkeys(_tag_ids("td th"), _LineCollector.start_cell)
    | dict.fromkeys(_tag_ids("pre textarea"), _LineCollector.start_pre)
)
