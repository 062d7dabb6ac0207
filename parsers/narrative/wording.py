"""The rules by which prose is read, and how the regexes among them are composed."""

import re
import tomllib
from pathlib import Path
from typing import Any

DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("narrative.toml").read_text(encoding="utf-8"))
NUMBERS = DATA["numbers"]


def fill_template(template: str, parts: dict[str, str]) -> str:
    """Fill in the {parts} of a regex, including those that the parts contain."""
    text = re.sub(r"\{([a-z]\w+)\}", lambda name: parts[name[1]], template)
    return text if text == template else fill_template(text, parts)


def compile_regexes(regexes: dict[str, str], words: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
    """Compile regexes by name; a {name} in one stands for any word of a list, or for another regex."""
    parts = regexes | {name: "|".join(sorted(some, key=len, reverse=True)) for name, some in words.items()}
    return {name: re.compile(fill_template(regex, parts), re.M) for name, regex in regexes.items()}


def join_lines(text: str) -> str:
    """Join the lines of a heading or sentence that was broken over lines."""
    return "".join(line.strip() for line in text.split("\n"))
