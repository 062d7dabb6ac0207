"""Units of counts and of money: the words for them, and their values."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path


def one_of(words: Iterable[str]) -> str:
    """Return a regex that matches any of the words, the longest first.

    >>> one_of(["元", "万元"])
    '(?:万元|元)'
    """
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"


_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
COUNTED: tuple[str, ...] = tuple(_WORDS["count"])
SCALES: dict[str, int] = _WORDS["scales"]
MONEY: dict[str, int] = _WORDS["money"]
COUNT_UNIT, SCALE, MONEY_UNIT = one_of(COUNTED), one_of(SCALES), one_of(MONEY)
