"""Make Chinese text comparable: simplified, half-width, without white space, numerals as numbers."""

import re
from functools import cache, lru_cache
from unicodedata import normalize

from opencc import OpenCC

from parsers.report import Number

# Almost every traditional page on this subject contains one of these; no simplified page does.
TRADITIONAL = "開總辦數據條關請為處訴網資費務與國個"
# Pages converted for Taiwan differ in words as well as characters. These are such words, in simplified
# characters, with the mainland word, which is equally long, so that positions in a text stay valid.
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
PINYIN = re.compile(r"(?<=[\u4e00-\u9fff])[（(][a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{1,6}[)）]")
FULL_WIDTH_DIGIT = re.compile("[０-９]")
HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
NUMERALS = {"零": 0, "〇": 0, "○": 0, "两": 2} | {digit: n for n, digit in enumerate("一二三四五六七八九", 1)}
POWERS = {"十": 10, "百": 100, "千": 1000}
# A year of this century in digits, Chinese numerals or a mix of both; some write o or O for 〇.
YEAR = "(?:20[0-9]{2}|[二2][〇○零0Oo][〇○零0Oo一二三四五六七八九0-9]{2})"
YEAR_DIGITS = str.maketrans({"O": "0", "o": "0"} | {digit: str(n) for digit, n in NUMERALS.items()})


def letters(text: str) -> str:
    """Keep only the Chinese characters of a text, which is what labels are compared by.

    >>> letters("（一） 予以\\n公 开：12件")
    '一予以公开件'
    """
    return NOT_LETTERS.sub("", normalize("NFKC", text))


def without_spaces(text: str) -> str:
    """Remove all white space."""
    return "".join(text.split())


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """Remove white space, and convert brackets, digits and letters to half width (NFKC)."""
    return without_spaces(normalize("NFKC", text))


def half_width_digits(text: str) -> str:
    """Convert full-width digits to half width; the length of the text stays the same.

    >>> half_width_digits("２０２３年")
    '2023年'
    """
    return text.translate(HALF_WIDTH) if FULL_WIDTH_DIGIT.search(text) else text


def arabic_years(text: str) -> str:
    """Write the years in a text in Arabic digits; the length of the text stays the same.

    >>> arabic_years("二〇二二年度"), arabic_years("二零零八"), arabic_years("第二O一条")
    ('2022年度', '2008', '第二O一条')
    """
    return _YEAR.sub(lambda year: year[0].translate(YEAR_DIGITS), text)


_YEAR = re.compile(YEAR)


def without_pinyin(text: str) -> str:
    """Remove the pronunciation given after a rare character: 亳(bó)州 becomes 亳州."""
    return PINYIN.sub("", text)


def number_of(digits: str) -> Number:
    """Return the value of a number in Arabic or Chinese digits.

    >>> [number_of(digits) for digits in ("1,204", "63.4", "十二", "两", "一千二百三十", "二〇", "一百零五")]
    [1204, 63.4, 12, 2, 1230, 20, 105]
    """
    if digits[0].isdecimal():
        return float(digits) if "." in digits else int(digits.replace(",", ""))
    total, digit, positional = 0, 0, set(digits).isdisjoint(POWERS)
    for character in digits:
        if character in POWERS:
            total, digit = total + (digit or 1) * POWERS[character], 0
        else:
            digit = (10 * digit if positional else 0) + NUMERALS[character]
    return total + digit


def is_traditional(text: str) -> bool:
    return any(character in text for character in TRADITIONAL)


def simplified(text: str) -> str:
    """Convert to simplified characters and mainland words; the result is for matching only.

    >>> simplified("規範性檔案")
    '规范性文件'
    """
    text = _converter().convert(text)
    for taiwan, mainland in TAIWAN_WORDS.items():
        text = text.replace(taiwan, mainland)
    return text


def simplified_same_length(text: str) -> str:
    """Convert as ``simplified`` does but keep the length of the text, so that positions stay valid.

    >>> simplified_same_length("政府資訊、入口網站")
    '政府信息、门户网站'
    """
    if not is_traditional(text):
        return text
    whole = simplified(text)
    if len(whole) != len(text):
        whole = "".join(one if len(one := simplified(character)) == 1 else character for character in text)
    return whole


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
