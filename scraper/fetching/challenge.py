"""Recognise answers that block the crawl: script challenges and refusals, as opposed to broken pages."""

import re
from collections.abc import Mapping

HEAD_BYTES = 4096
BLOCK_STATUSES = {
    521: "a script challenge (521, 加速乐)",
    412: "a script challenge (412, 瑞数)",
    403: "access refused (403)",
    405: "access refused (405)",
    422: "access refused (422)",
    493: "access refused (493)",
}
# Some challenges answer 200 or 202. These patterns occur early in their pages or in their cookies.
SIGNATURES = (
    (re.compile(rb"__jsl_?clearance|__jsluid"), "a script challenge (加速乐)"),
    (re.compile(rb"\$_ts\s*=|_\$[a-z0-9]{2}\b.{0,200}_\$[a-z0-9]{2}\b", re.S), "a script challenge (瑞数)"),
    (re.compile(rb"GeoBL|WZWS-RAY|waf_block|yunsuo_session|acw_sc__v2"), "a web application firewall"),
)
MAX_CHALLENGE_BYTES = 16_384
REFUSAL_STATUSES = (403, 405, 422, 493)


def detect_block(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Return what blocks the crawl, in a few words, or "" for an ordinary answer."""
    if status in BLOCK_STATUSES:
        return BLOCK_STATUSES[status]
    if status == 202 or (status == 200 and len(body) < MAX_CHALLENGE_BYTES):
        for pattern, name in SIGNATURES:
            if pattern.search(body[:HEAD_BYTES]) or pattern.search(headers.get("set-cookie", "").encode()):
                return name
    return "a script challenge (202)" if status == 202 and b"<script" in body[:HEAD_BYTES] else ""
