"""Plain text: one cell a line, one row a line, columns of spaces, or everything run together."""

import re
from collections.abc import Iterator

from parsers.report import Unreadable
from parsers.text.encoding import decode
from parsers.text.lines import Line, Text

MEDIA_TYPE = "text/plain"
RANK = 9
PIPES = "│┃｜"
FRAMED = re.compile(r"^[^\S\n]*\|(?=.*\|)", re.M)
RULE = re.compile(r"[\s|:+=_\-─━┼├┤┬┴]*[-─━=]{3}[\s|:+=_\-─━┼├┤┬┴]*")
PAGE_NUMBER = re.compile(r"\s*(?:[-—–]\s*\d{1,4}\s*[-—–]|第\s*\d+\s*页.{0,12}|\d{1,3}\s*/\s*\d{1,3})\s*")
BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def matches(head: bytes) -> bool:
    return True


def read(data: bytes) -> Text:
    """Read text line by line. Raises Unreadable where the bytes are no text."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    for pipe in PIPES:
        text = text.replace(pipe, "|")
    if len(BINARY.findall(text[:4096])) > 8:
        raise Unreadable("binary data, not a document in a known format")
    return Text("", list(_lines(FRAMED.sub("", text) if _is_framed(text) else text)))


def _is_framed(text: str) -> bool:
    """Say whether every row begins and ends with a pipe, as in Markdown: there the first is no blank cell."""
    rows = [row.strip() for row in text.split("\n") if "|" in row]
    return all(row.startswith("|") and row.endswith("|") for row in rows)


def _lines(text: str) -> Iterator[Line]:
    number = 0
    for page, content in enumerate(text.split("\f"), 1):
        lines = content.split("\n")
        last = next((i for i in reversed(range(len(lines))) if lines[i].strip()), -1)
        for i, line in enumerate(lines):
            number += 1
            bare = line.strip()
            if not (PAGE_NUMBER.fullmatch(bare) or (i == last and bare == str(page))):
                yield _line(line, bare, f"l{number}")


def _line(line: str, bare: str, at: str) -> Line:
    mark = "|" if "|" in line else "\t" if "\t" in line else ""
    if not mark:
        return Line((bare,), at, False)
    if mark == "|" and RULE.fullmatch(line):
        return Line(("",), at, False)
    cells = line.removesuffix(mark).split(mark) if line.rstrip().endswith(mark) else line.split(mark)
    return Line(tuple(map(str.strip, cells)), at, True)
