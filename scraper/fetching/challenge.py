"""Answers that are no page but a gate: script challenges and refusals, told from empty or broken pages."""

import re
from collections.abc import Mapping

HEAD = 4096
STATUSES = {
    521: "a script challenge (521, 加速乐)",
    412: "a script challenge (412, 瑞数)",
    403: "access refused (403)",
    405: "access refused (405)",
    422: "access refused (422)",
    493: "access refused (493)",
}
# Some gates answer 200 or 202. A page with these words in its first lines is one of them.
SIGNS = (
    (re.compile(rb"__jsl_?clearance|__jsluid"), "a script challenge (加速乐)"),
    (re.compile(rb"\$_ts\s*=|_\$[a-z0-9]{2}\b.{0,200}_\$[a-z0-9]{2}\b", re.S), "a script challenge (瑞数)"),
    (re.compile(rb"GeoBL|WZWS-RAY|waf_block|yunsuo_session|acw_sc__v2"), "a web application firewall"),
)
SHELL = 16_384
REFUSALS = (403, 405, 422, 493)


def challenge(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Name the gate that an answer is, or "" when it is none."""
    if status in STATUSES:
        return STATUSES[status]
    if status == 202 or (status == 200 and len(body) < SHELL):
        for pattern, name in SIGNS:
            if pattern.search(body[:HEAD]) or pattern.search(headers.get("set-cookie", "").encode()):
                return name
    return "a script challenge (202)" if status == 202 and b"<script" in body[:HEAD] else ""
