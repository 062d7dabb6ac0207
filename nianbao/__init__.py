"""Annual reports on government information disclosure (政府信息公开年度报告): read, stored and compared.

>>> import nianbao
>>> report = nianbao.parse("tests/fixtures/heyuan_2019_lines_traditional/source.txt")
>>> report.publisher.name, report.year
('河源市人民政府办公室', 2019)

``parse`` reads a document; ``load`` and ``rebuild`` fill a database; ``open_database`` and ``compare`` query
it. docs/library.md shows them at work.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nianbao.library import compare as compare
    from nianbao.library import load as load
    from nianbao.library import open_database as open_database
    from nianbao.library import parse as parse
    from nianbao.library import rebuild as rebuild
    from nianbao.loading import Loaded as Loaded
    from nianbao.loading import NotLoaded as NotLoaded
    from parsers import Fact as Fact
    from parsers import Figure as Figure
    from parsers import Finding as Finding
    from parsers import Publisher as Publisher
    from parsers import Report as Report
    from parsers import Section as Section
    from parsers import Unreadable as Unreadable

# Imported when first used: the command line does not need all of it.
_MODULES = {
    "nianbao.library": ("compare", "load", "open_database", "parse", "rebuild"),
    "nianbao.loading": ("Loaded", "NotLoaded"),
    "parsers": ("Fact", "Figure", "Finding", "Publisher", "Report", "Section", "Unreadable"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
