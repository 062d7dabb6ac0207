"""Read the text of one cell: a number, a blank, a dash, a known word, or nothing that can be read."""

import re
import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from parsers.report import Number
from parsers.text.chinese import NUMERALS, number_of
from parsers.text.units import COUNT_UNIT, MONEY, MONEY_UNIT, SCALE, SCALES, one_of

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
ZERO, NO_CHANGE = frozenset(WORDS["zero"]), frozenset(WORDS["no_change"])
NOT_APPLICABLE, LESS = frozenset(WORDS["not_applicable"]), frozenset(WORDS["less"])
DASHES = frozenset(WORDS["dash_signs"])
LONGEST, MOST_DIGITS = 40, 15
# The possible units of a bare amount of money if the form does not fix one.
POSSIBLE_UNITS = ("元", "万元")
# Superscript, subscript and circled digits are the number of a footnote; NFKC would append them to the figure
# before them. [1] and [注] are footnotes too. Zero-width characters come with text pasted from elsewhere.
NOTE_MARK = re.compile(
    r"[⁰¹²³⁴-⁹₀-₉①-⒇⒈-⒛⓪-⓿❶-➓\u00ad\u200b-\u200f\u2060\ufeff]|(?<=\d)\s?[\[［〔]注?\d{0,2}[\]］〕]"
)


NUMBER = re.compile(
    rf"""
    (?P<about>{one_of(WORDS["about"])})?
    (?P<sign>{one_of(WORDS["more"] + WORDS["less"])})?
    (?P<digits>\d{{1,3}}(?:[ ,]\d{{3}})+|\d+)  # 1,234 and 12 345 are one number each
    (?P<decimals>\.\d+)?\ ?
    (?P<more>[余多])?(?P<scale>{SCALE})?(?P<still_more>[余多])?
    (?P<unit>元|{COUNT_UNIT})?
    (?P<arrow>[↑↓])?
    (?:\([^()]*\))?                            # 12(含上年结转1件)
    """,
    re.VERBOSE,
)
MONEY_IN_BRACKETS = re.compile(rf"(?<=\d)\s*\(({MONEY_UNIT})\)$")
UP_AND_DOWN = re.compile(rf"增加?(\d+){COUNT_UNIT}?[/、,;]?减少?(\d+){COUNT_UNIT}?")
NUMERAL = re.compile(rf"([{''.join(NUMERALS)}]?[十百][{''.join(NUMERALS)}十]*){COUNT_UNIT}?")


class Reading(NamedTuple):
    """What the text of one cell means: its value and status.

    ``unit`` is 元 if the cell itself says that it is money. ``scaled`` marks 45.6万, a number with 万 or
    亿 but without 元: in a cell for money it is in yuan. ``rounded`` marks 3.2万, 约1200 and 1200余,
    whose value is the rounded one as printed.
    """

    value: Number | None
    status: str
    unit: str = ""
    rounded: bool = False
    scaled: bool = False


BLANK, DASH = Reading(None, "blank"), Reading(None, "dash")
UNREADABLE = Reading(None, "unreadable")


@lru_cache(maxsize=1 << 16)
def read(text: str) -> Reading:
    """Read the text of a cell.

    >>> read("1,234件").value, read("减少8").value, read("145.45万元")
    (1234, -8, Reading(value=1454500, status='stated', unit='元', rounded=False, scaled=False))
    >>> read("/").status, read("").status, read("无").status, read("O").status
    ('dash', 'blank', 'zero_word', 'unreadable')
    """
    text = normalize("NFKC", NOTE_MARK.sub("", text)).replace("\u2212", "-").strip()
    text = MONEY_IN_BRACKETS.sub(r"\1", text)
    if len(text) > LONGEST:
        return UNREADABLE
    if not text:
        return BLANK
    if DASHES.issuperset(text) or text in NOT_APPLICABLE:
        return DASH
    if text in ZERO or text in NO_CHANGE:
        return Reading(0, "zero_word")
    return _number(text)


def _number(text: str) -> Reading:
    if match := NUMBER.fullmatch(text):
        return _stated(match)
    if match := UP_AND_DOWN.fullmatch(text):
        return Reading(int(match[1]) - int(match[2]), "stated")
    if match := NUMERAL.fullmatch(text):
        return Reading(number_of(match[1]), "stated")
    return Reading(0, "stated") if text == "0/0" else UNREADABLE


def _stated(match: re.Match[str]) -> Reading:
    digits = re.sub("[ ,]", "", match["digits"])
    if (digits[0] == "0" and len(digits) > 1) or len(digits) > MOST_DIGITS:
        return UNREADABLE  # several cells that ran together, or a code; not a count
    falls = match["sign"] in LESS or match["arrow"] == "↓"
    value = Decimal(digits + (match["decimals"] or "")) * SCALES.get(match["scale"], 1) * (-1 if falls else 1)
    rounded = any(match[name] for name in ("about", "more", "scale", "still_more")) and match["unit"] != "元"
    is_money = match["unit"] == "元"
    return Reading(plain(value), "stated", "元" * is_money, rounded, bool(match["scale"]) and not is_money)


def plain(value: Decimal) -> Number:
    """Return a whole number as int, any other as float."""
    return int(value) if value == value.to_integral_value() else float(value)


def in_unit(reading: Reading, unit: str, printed_unit: str | None) -> tuple[Number, ...]:
    """Convert an amount of money to ``unit`` (元 or 万元). A bare number is in ``printed_unit``.

    Returns one value; both possible values if nothing says whether 元 or 万元 is meant; or () if the
    cell has no value.

    >>> in_unit(read("1454464元"), "万元", None), in_unit(read("12.5"), "元", None)
    ((145.4464,), (12.5, 125000))
    """
    if reading.value is None:
        return ()
    value = Decimal(str(reading.value))
    printed = reading.unit or ("元" if reading.scaled else printed_unit)
    amounts = [value * MONEY[each] for each in ([printed] if printed else POSSIBLE_UNITS)]
    return tuple(dict.fromkeys(plain(yuan / MONEY[unit]) for yuan in amounts))
