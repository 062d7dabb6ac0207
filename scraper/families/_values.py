"""What the families read out of answers that hosts may have filled with anything."""

import json
import re
from typing import Any

NUMBER = re.compile(r"[0-9]{1,7}")


def decoded(text: str) -> Any:
    """Read the JSON that a text begins with, None where it begins with none.

    >>> decoded('[1] and more'), decoded('<html>')
    ([1], None)
    """
    try:
        return json.JSONDecoder().raw_decode(text.lstrip())[0]
    except (ValueError, RecursionError):
        return None


def branch(value: Any, *keys: str) -> dict[str, Any]:
    """Go down into objects within objects; an empty one where the way ends.

    >>> branch({"data": {"rows": [1]}}, "data"), branch([1], "data")
    ({'rows': [1]}, {})
    """
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """Give the objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """Give a text, "" for anything else; half of a surrogate pair is valid in JSON and nowhere else."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def whole(value: Any) -> int:
    """Give a number of up to seven digits, also one that is written as text; 0 for anything else."""
    return int(value) if NUMBER.fullmatch(str(value)) else 0
