"""Detect HTML that would keep a parser busy without end, unlike HTML that is only long or malformed."""

import re
from collections import Counter

# A page below both limits is parsed within seconds, whatever it contains.
FEW_TAGS, FEW_BYTES = 4000, 200_000
# Limits on the work of a parser that follows the HTML standard: a tag is compared with the elements that are
# open (13.2.4.2), a block reopens the formatting that was left open (13.2.4.3), an attribute is compared
# with all attributes before it (13.2.5.33). Real pages of several megabytes need a hundredth of this.
MOST_COMPARISONS, MOST_REOPENED, MOST_ATTRIBUTES = 200_000_000, 2_000_000, 4000
LONG_TAG = re.compile(rb"<[a-zA-Z][^>]{%d,}" % MOST_ATTRIBUTES)
QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/>]{0,30})")
FORMATTING = frozenset(b"b big code em font i s small strike strong tt u".split())
# Elements without content, and elements that the next one of their kind closes.
NEVER_DEEP = frozenset(
    b"a area base br col dd dt embed hr img input li link meta nobr option p param source tbody td tfoot th"
    b" thead tr track wbr".split()
)

# glibc returns the memory of each parsed page to the system and requests it again, which takes longer than
# parsing. After a block of this size was freed, it keeps that much memory (mallopt(3), M_MMAP_THRESHOLD).
bytearray(16 << 20)


def parsing_hazard(html: bytes) -> str:
    """Return why a page must not be parsed, or "". Its encoding must be UTF-8 or extend ASCII."""
    if len(html) < FEW_BYTES and html.count(b"<") < FEW_TAGS:
        return ""
    if any(len(QUOTED.sub(b"", tag[0])) > MOST_ATTRIBUTES for tag in LONG_TAG.finditer(html)):
        return "a tag has thousands of attributes"
    return "its tags are nested without end" if _is_too_deep(html) else ""


def _is_too_deep(html: bytes) -> bool:
    open_: Counter[bytes] = Counter()
    depth = formatting = comparisons = reopened = 0
    for tag in TAG.finditer(html):
        ends, name = tag[1], tag[2].lower()
        comparisons += depth
        reopened += formatting
        if comparisons > MOST_COMPARISONS or reopened > MOST_REOPENED:
            return True
        change = 0 if name in NEVER_DEEP else 1 if not ends else -1 if open_[name] else 0
        open_[name] += change
        depth += change
        formatting += change if name in FORMATTING else 0
    return False
