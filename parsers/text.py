"""A document as text in reading order, with cell boundaries kept where its format has them."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

from opencc import OpenCC

from parsers.report import Unreadable

# Characters that stand in almost every traditional page on this subject and in no simplified one.
TRADITIONAL = "開總辦數據條關請為處訴網資費務與國個"
# Converters for Taiwan change words as well as characters. These words, read in simplified characters,
# say the same as those on the right, which are as long, so that places in a text stay right.
TAIWAN_WORDS = {
    "资讯": "信息",
    "规范性档案": "规范性文件",
    "专案": "项目",
    "网路": "网络",
    "反覆": "反复",
    "覆议": "复议",
    "複议": "复议",
    "计画": "计划",
    "入口网站": "门户网站",
}
ENCODINGS = ("utf-8", "gb18030", "big5")
DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.I)
# Any Chinese government page holds one of these words; a wrong decoding of one holds none.
TELLTALE = ("政府", "公开", "公開", "机关", "機關")
NOT_LETTERS = re.compile("[^\u4e00-\u9fff]+")


class Line(NamedTuple):
    """One line: its cells as printed, and where it stands (``t2r5`` or ``l17``).

    ``ruled`` says that the format itself drew the cell boundaries, so an empty cell is a blank one.
    """

    cells: tuple[str, ...]
    at: str
    ruled: bool


class Text(NamedTuple):
    """A document in reading order, with the best title its format could name (or "")."""

    title: str
    lines: list[Line]


def letters(text: str) -> str:
    """Reduce text to its Chinese characters, which is what labels are compared by.

    >>> letters("（一） 予以\\n公 开：12件")
    '一予以公开件'
    """
    return NOT_LETTERS.sub("", normalize("NFKC", text))


def is_traditional(text: str) -> bool:
    return any(character in text for character in TRADITIONAL)


def simplified(text: str) -> str:
    """Convert to simplified characters and mainland words, for matching only.

    >>> simplified("規範性檔案")
    '规范性文件'
    """
    text = _converter().convert(text)
    for taiwan, mainland in TAIWAN_WORDS.items():
        text = text.replace(taiwan, mainland)
    return text


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


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
