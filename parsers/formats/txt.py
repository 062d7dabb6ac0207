"""Plain text: one cell per line, one row per line, columns set with spaces, or everything run together."""

import re
from collections.abc import Iterator

from parsers.report import Unreadable
from parsers.text.encoding import decode
from parsers.text.lines import Line, Text

MEDIA_TYPE = "text/plain"
RANK = 9
PIPES = "│┃｜"
LEADING_PIPE = re.compile(r"^[^\S\n]*\|(?=.*\|)", re.M)
RULE_LINE = re.compile(r"[\s|:+=_\-─━┼├┤┬┴]*[-─━=]{3}[\s|:+=_\-─━┼├┤┬┴]*")
PAGE_NUMBER = re.compile(r"\s*(?:[-—–]\s*\d{1,4}\s*[-—–]|第\s*\d+\s*页.{0,12}|\d{1,3}\s*/\s*\d{1,3})\s*")
BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def matches(head: bytes) -> bool:
    return True


def read(data: bytes) -> Text:
    """Read text line by line. Raises Unreadable if the bytes are not text."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    for pipe in PIPES:
        text = text.replace(pipe, "|")
    if len(BINARY.findall(text[:4096])) > 8:
        raise Unreadable("binary data, not a document in a known format")
    return Text("", list(_lines(LEADING_PIPE.sub("", text) if _is_framed(text) else text)))


def _is_framed(text: str) -> bool:
    """Return whether every row starts and ends with a pipe, as in Markdown: no first cell is blank then."""
    rows = [row.strip() for row in text.split("\n") if "|" in row]
    return all(row.startswith("|") and row.endswith("|") for row in rows)


def _lines(text: str) -> Iterator[Line]:
    number = 0
    for page, content in enumerate(text.split("\f"), 1):
        lines = content.split("\n")
        last = next((i for i in reversed(range(len(lines))) if lines[i].strip()), -1)
        for i, line in enumerate(lines):
            number += 1
            stripped = line.strip()
            if not (PAGE_NUMBER.fullmatch(stripped) or (i == last and stripped == str(page))):
                yield _line(line, stripped, f"l{number}")


def _line(line: str, stripped: str, at: str) -> Line:
    sep = "|" if "|" in line else "\t" if "\t" in line else ""
    if not sep:
        return Line((stripped,), at, False)
    if sep == "|" and RULE_LINE.fullmatch(line):
        return Line(("",), at, False)
    cells = line.removesuffix(sep).split(sep) if line.rstrip().endswith(sep) else line.split(sep)
    return Line(tuple(map(str.strip, cells)), at, True)
