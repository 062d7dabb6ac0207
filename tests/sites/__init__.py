"""Emulated government sites: a module each, one or more a family of ``scraper/families``.

A module holds ``make() -> Site``. Everything a site publishes is invented but the labels of the forms, the
look of its pages and the traps, which are those of real sites of its family.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple


class Asked(NamedTuple):
    """A request as a site sees it. ``target`` is path and query as sent; header names are lower-case."""

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


class Reply(NamedTuple):
    body: str | bytes
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = {}
    delay: float = 0


Handler = Callable[[Asked], Reply]


@dataclass
class Site:
    """A site: what it answers, and what a crawler must find in it and must leave alone.

    ``pages`` maps a target (path with query, as sent), or a path alone, to what is answered there, a text
    being an HTML page. ``reports`` are the targets of all its reports, ``look_alikes`` those of pages that
    only look like one. ``start`` is the address its registry row gives, "" for the home page. ``sisters`` are
    names of sites that it may send readers to. ``blocked`` sites never give a page.
    """

    name: str
    place: str
    family: str
    pages: dict[str, str | bytes | Reply | Handler]
    reports: set[str] = field(default_factory=set)
    look_alikes: set[str] = field(default_factory=set)
    start: str = ""
    robots: str | None = None
    blocked: bool = False
    sisters: tuple[str, ...] = ()

    def answer(self, asked: Asked) -> Reply:
        """Answer a request; what is not there is a 404 with a page of its own, as on most sites."""
        if asked.path == "/robots.txt" and self.robots is not None:
            return Reply(self.robots, media_type="text/plain")
        found = self.pages.get(asked.target, self.pages.get(asked.path))
        if callable(found):
            return found(asked)
        if isinstance(found, Reply):
            return found
        if found is None:
            return Reply("<html><title>404</title><body>您访问的页面不存在</body></html>", 404)
        return Reply(found)


def modules() -> list[str]:
    """Name the modules that hold a site."""
    return sorted(
        module.name
        for module in iter_modules(__path__)
        if hasattr(import_module(f"{__name__}.{module.name}"), "make")
    )


def make_all() -> dict[str, Site]:
    """Make every site, by the name of its module."""
    return {name: import_module(f"{__name__}.{name}").make() for name in modules()}
