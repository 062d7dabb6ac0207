"""Read values from answers without trusting their shape: hosts may send anything."""

import json
import re
from typing import Any

NUMBER = re.compile(r"[0-9]{1,7}")


def parse_json(text: str) -> Any:
    """Parse the JSON value at the start of a text; return None where there is none.

    >>> parse_json('[1] and more'), parse_json('<html>')
    ([1], None)
    """
    try:
        return json.JSONDecoder().raw_decode(text.lstrip())[0]
    except (ValueError, RecursionError):
        return None


def nested(value: Any, *keys: str) -> dict[str, Any]:
    """Return the object found by following keys into nested objects, {} where one is missing.

    >>> nested({"data": {"rows": [1]}}, "data"), nested([1], "data")
    ({'rows': [1]}, {})
    """
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a list, [] for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def to_text(value: Any) -> str:
    """Return a string, "" for anything else; lone surrogates, valid in JSON alone, become "?"."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def to_int(value: Any) -> int:
    """Return a number of up to seven digits, also when given as a string; 0 for anything else."""
    return int(value) if NUMBER.fullmatch(str(value)) else 0
