"""Tell HTML that was built to take for ever from HTML that is merely long or bad."""

import re
from collections import Counter

# A page smaller than both is parsed in seconds whatever it holds.
FEW_TAGS, FEW_BYTES = 4000, 200_000
# What a page may ask of a parser that follows the HTML standard: a tag looks through the elements that are
# open (13.2.4.2), a block opens again the formatting that was left open (13.2.4.3), an attribute is held
# against all before it (13.2.5.33). Real pages of several megabytes ask for a hundredth of these.
MOST_LOOKS, MOST_REOPENED, MOST_ATTRIBUTES = 200_000_000, 2_000_000, 4000
LONG_TAG = re.compile(rb"<[a-zA-Z][^>]{%d,}" % MOST_ATTRIBUTES)
QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/>]{0,30})")
FORMATTING = frozenset(b"b big code em font i s small strike strong tt u".split())
# Elements without content, and those that the next of their kind closes.
NEVER_DEEP = frozenset(
    b"a area base br col dd dt embed hr img input li link meta nobr option p param source tbody td tfoot th"
    b" thead tr track wbr".split()
)

# glibc gives the memory of each parsed page back and asks for it anew, which takes longer than parsing;
# once a block of this size has come and gone it keeps as much (mallopt(3), M_MMAP_THRESHOLD).
bytearray(16 << 20)


def hostile(html: bytes) -> str:
    """Say why a page must not be parsed, "" where it may be. The bytes are in UTF-8 or a kin of ASCII."""
    if len(html) < FEW_BYTES and html.count(b"<") < FEW_TAGS:
        return ""
    if any(len(QUOTED.sub(b"", tag[0])) > MOST_ATTRIBUTES for tag in LONG_TAG.finditer(html)):
        return "a tag has thousands of attributes"
    return "its tags are nested without end" if _is_too_deep(html) else ""


def _is_too_deep(html: bytes) -> bool:
    open_: Counter[bytes] = Counter()
    depth = formatting = looks = reopened = 0
    for tag in TAG.finditer(html):
        ends, name = tag[1], tag[2].lower()
        looks += depth
        reopened += formatting
        if looks > MOST_LOOKS or reopened > MOST_REOPENED:
            return True
        step = 0 if name in NEVER_DEEP else 1 if not ends else -1 if open_[name] else 0
        open_[name] += step
        depth += step
        formatting += step if name in FORMATTING else 0
    return False
