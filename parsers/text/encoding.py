"""Decode the bytes of a document: UTF-8, GB 18030 or Big5, whatever encoding is declared."""

import re
from collections.abc import Iterator

from parsers.report import Unreadable

ENCODINGS = ("utf-8", "gb18030", "big5")
DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.I)
# Every Chinese government page contains one of these words; a wrongly decoded one contains none.
COMMON_WORDS = ("政府", "公开", "公開", "机关", "機關")


def decode(data: bytes) -> str:
    """Decode by what makes sense as Chinese: try UTF-8, the declared encoding, gb18030 and big5.

    Declarations are often wrong, and gb18030 accepts most Big5 bytes, so a decoding that contains a
    word common to all government pages is preferred. Raises Unreadable if nothing decodes.
    """
    return _decoded(data)[0]


def as_utf8(data: bytes) -> bytes:
    """Return the bytes unchanged if they are UTF-8, else converted to it. Raises Unreadable."""
    text, encoding = _decoded(data)
    return data if encoding == ENCODINGS[0] else text.encode()


def _decoded(data: bytes) -> tuple[str, str]:
    possible: list[tuple[str, str]] = []
    for name in _encodings(data):
        if text := _decode_strictly(data, name):
            if any(word in text for word in COMMON_WORDS):
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


def _decode_strictly(data: bytes, encoding: str) -> str | None:
    """Decode without tolerating errors, except for a last character that was cut in two."""
    for end in range(len(data), max(len(data) - 4, 0), -1):
        try:
            return data[:end].decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            if error.start < len(data) - 4:
                return None
        except LookupError:
            return None
    return None
