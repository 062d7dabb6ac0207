"""Families of sites: how each makes its lists. A file here is a family, and its name the registration.

Families are pure: pages in, links and requests out; the walk fetches. Each module has some of these:

``matches(page) -> bool``
    whether a page bears the family's fingerprint, in its text or its address. Needed, and cheap.
``links(page) -> Iterable[Link]``
    links which no scan of anchors sees: in scripts, CDATA sections, JSON.
``parts(page) -> Iterable[Request]``
    what a page loads to fill its lists: all of it is asked for.
``following(page) -> Iterable[Request]``
    alternatives for the next page of the list: the first that brings new links is taken, and
    asked again for the one after it. None where the list is known to end.

The answer to a request that names a family goes to that family, whatever it looks like; its anchors count
only as far as the family's ``links`` gives them. A module whose name begins with _ is no family.
"""

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from scraper.fetching.page import Link, Page, Request, cached_per_page

# What any site may have is asked last.
LAST = "plain"


@cache
def names() -> tuple[str, ...]:
    """Name the families, the most general one last."""
    found = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    return tuple(sorted(found, key=lambda name: (name == LAST, name)))


@cache
def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")


@cached_per_page
def detect(page: Page) -> tuple[str, ...]:
    """Name the families that a page may belong to."""
    if page.family:
        return (page.family,)
    return tuple(name for name in names() if _module(name).matches(page))


@cached_per_page
def hidden_links(page: Page) -> tuple[Link, ...]:
    return tuple(dict.fromkeys(_collect("links", page)))


def parts(page: Page) -> tuple[Request, ...]:
    return tuple(dict.fromkeys(_collect("parts", page)))


def following(page: Page) -> tuple[Request, ...]:
    """Give the requests that may bring the next page of a list, the likeliest first."""
    return tuple(dict.fromkeys(_collect("following", page)))


def _collect(what: str, page: Page) -> Iterable[Any]:
    for name in detect(page):
        make: Callable[[Page], Iterable[Any]] | None = getattr(_module(name), what, None)
        if make:
            yield from make(page)
