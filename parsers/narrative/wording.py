"""What sections and sentences of prose are read with: rules, characters as they are matched, numerals."""

import re
import tomllib
from pathlib import Path
from typing import Any

from parsers.report import Number
from parsers.text.chinese import is_traditional, simplified

DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("narrative.toml").read_text(encoding="utf-8"))
NUMBERS = DATA["numbers"]
POWERS, NUMERALS = NUMBERS["powers"], NUMBERS["numerals"]


def filled(template: str, parts: dict[str, str]) -> str:
    """Give a regex with its {parts} filled in, also those of the parts."""
    text = re.sub(r"\{([a-z]\w+)\}", lambda name: parts[name[1]], template)
    return text if text == template else filled(text, parts)


def compiled(regexes: dict[str, str], words: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
    """Compile regexes by name, in which {names} stand for one of several words or for another regex."""
    parts = regexes | {name: "|".join(sorted(some, key=len, reverse=True)) for name, some in words.items()}
    return {name: re.compile(filled(regex, parts), re.M) for name, regex in regexes.items()}


def simplified_in_place(text: str) -> str:
    """The text in simplified characters and mainland words, as long as before, so that places stay right.

    >>> simplified_in_place("政府資訊、入口網站")
    '政府信息、门户网站'
    """
    if not is_traditional(text):
        return text
    whole = simplified(text)
    if len(whole) != len(text):
        whole = "".join(one if len(one := simplified(character)) == 1 else character for character in text)
    return whole


def number_of(digits: str) -> Number:
    """The value of Arabic or Chinese digits.

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


def joined(text: str) -> str:
    """One line of the lines of a heading or sentence that a page broke."""
    return "".join(line.strip() for line in text.split("\n"))
