"""Chinese text made comparable: simplified, in half width, without blanks, its numerals as numbers."""

import re
from functools import cache
from unicodedata import normalize

from opencc import OpenCC

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
NOT_LETTERS = re.compile("[^\u4e00-\u9fff]+")


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
