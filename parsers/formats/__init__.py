"""Document formats, one module each: a file in this folder is registered by being here."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from parsers.report import Unreadable
from parsers.text.lines import Text

LARGEST = 20_000_000
# File suffixes that a report may be published under, and those of archives that may hold several.
SUFFIXES = ("pdf", "doc", "docx", "wps", "ofd", "xls", "xlsx", "et", "zip", "rar", "txt")
# Signatures of formats that no module here reads, with a reason that names the remedy.
UNSUPPORTED = {
    b"%PDF": "PDF is not read yet; convert it with `pdftotext -layout`",
    b"PK\x03\x04": "Word, Excel and zip files are not read yet; save it as HTML or text",
    b"\xd0\xcf\x11\xe0": "old Word and Excel files are not read yet; save it as HTML or text",
    b"\x89PNG": "an image; it needs text recognition",
    b"\xff\xd8\xff": "an image; it needs text recognition",
    b"GIF8": "an image; it needs text recognition",
    b"Rar!": "a RAR archive; unpack it first",
    b"\x1f\x8b": "a gzip archive; unpack it first",
}
# Files that start with one of these are neither HTML nor plain text, whatever their name.
BINARY = tuple(UNSUPPORTED)


class Format(NamedTuple):
    """How one kind of document is recognised and read.

    ``matches`` looks at the first bytes only; ``read`` raises Unreadable. ``rows`` reads the rows of
    the tables a second time with another library, and ``explain`` says what a document without tables
    contains instead; both are optional.
    """

    name: str
    media_type: str
    matches: Callable[[bytes], bool]
    read: Callable[[bytes], Text]
    rows: Callable[[bytes], list[list[list[str]]]] | None
    explain: Callable[[bytes], str] | None


@cache
def formats() -> tuple[Format, ...]:
    """Load the modules of this folder, the most specific first: plain text takes what is left."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    modules.sort(key=lambda module: module.RANK)
    return tuple(
        Format(
            module.__name__.rpartition(".")[2],
            module.MEDIA_TYPE,
            module.matches,
            module.read,
            getattr(module, "rows", None),
            getattr(module, "explain", None),
        )
        for module in modules
    )


def recognise(data: bytes) -> Format:
    """Find the format of a document from its bytes, never from its name. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("the file is empty")
    if len(data) > LARGEST:
        raise Unreadable(f"larger than {LARGEST // 1_000_000} MB, which no report is")
    for signature, reason in UNSUPPORTED.items():
        if data.startswith(signature):
            raise Unreadable(reason)
    return next(known for known in formats() if known.matches(data[:4096]))
