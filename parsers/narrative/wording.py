"""What sections and sentences of prose are read with: rules, and how they are written."""

import re
import tomllib
from pathlib import Path
from typing import Any

DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("narrative.toml").read_text(encoding="utf-8"))
NUMBERS = DATA["numbers"]


def filled(template: str, parts: dict[str, str]) -> str:
    """Give a regex with its {parts} filled in, also those of the parts."""
    text = re.sub(r"\{([a-z]\w+)\}", lambda name: parts[name[1]], template)
    return text if text == template else filled(text, parts)


def compiled(regexes: dict[str, str], words: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
    """Compile regexes by name, in which {names} stand for one of several words or for another regex."""
    parts = regexes | {name: "|".join(sorted(some, key=len, reverse=True)) for name, some in words.items()}
    return {name: re.compile(filled(regex, parts), re.M) for name, regex in regexes.items()}


def joined(text: str) -> str:
    """One line of the lines of a heading or sentence that a page broke."""
    return "".join(line.strip() for line in text.split("\n"))
