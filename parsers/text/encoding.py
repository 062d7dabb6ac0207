"""The bytes of a document as text: UTF-8, GB 18030 or Big5, whatever they are said to be."""

import re
from collections.abc import Iterator

from parsers.report import Unreadable

ENCODINGS = ("utf-8", "gb18030", "big5")
DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.I)
# Any Chinese government page holds one of these words; a wrong decoding of one holds none.
TELLTALE = ("政府", "公开", "公開", "机关", "機關")


def decode(data: bytes) -> str:
    """Decode by what makes sense as Chinese: UTF-8, then what is declared, then gb18030 and big5.

    Declarations are often wrong, and gb18030 accepts most Big5 bytes, so a decoding counts only if
    it holds a word that every government page has. Raises Unreadable when there is no decoding.
    """
    return _decoded(data)[0]


def as_utf8(data: bytes) -> bytes:
    """Give the bytes as they are where they are UTF-8, else decoded and encoded anew. Raises Unreadable."""
    text, encoding = _decoded(data)
    return data if encoding == ENCODINGS[0] else text.encode()


def _decoded(data: bytes) -> tuple[str, str]:
    possible: list[tuple[str, str]] = []
    for name in _encodings(data):
        if text := _strictly(data, name):
            if any(word in text for word in TELLTALE):
                return text, name
            possible.append((text, name))
    if not possible:
        raise Unreadable("the bytes are no text in UTF-8, GB18030 or Big5")
    return possible[0]


def _encodings(data: bytes) -> Iterator[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
    yield ENCODINGS[0]
    if declared := DECLARED.search(data, 0, 4096):
        name = declared[1].decode().lower()
        yield "gb18030" if name in ("gb2312", "gbk") else name
    yield from ENCODINGS[1:]


def _strictly(data: bytes, encoding: str) -> str | None:
    """Decode without tolerance, but for a last character that was cut in two."""
    for end in range(len(data), max(len(data) - 4, 0), -1):
        try:
            return data[:end].decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            if error.start < len(data) - 4:
                return None
        except LookupError:
            return None
    return None
