"""Families of sites built with the same CMS. Each module here is one family; adding a file registers it.

Families are pure: pages in, links and requests out; discovery does the fetching. Each module has some of:

``matches(page) -> bool``
    whether the text or URL of a page carries the family's fingerprint. Required, and must be cheap.
``links(page) -> Iterable[Link]``
    links that are not anchors of the page: in scripts, CDATA sections, JSON.
``subrequests(page) -> Iterable[Request]``
    what the page itself loads to fill its lists: all of them are fetched.
``next_pages(page) -> Iterable[Request]``
    candidates for the next page of the list, the likeliest first: the first that brings new links is
    used, and asked for its own next page in turn. None where the list is known to end.

The answer to a request that names a family is read by that family alone, whatever it looks like; only the
links that the family's ``links`` returns count. A module whose name begins with _ is not a family.
"""

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from scraper.fetching.page import Link, Page, Request, cached_per_page

# The fallback for any site comes last.
FALLBACK = "plain"


@cache
def names() -> tuple[str, ...]:
    """Return the names of all families, the fallback last."""
    found = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    return tuple(sorted(found, key=lambda name: (name == FALLBACK, name)))


@cache
def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")


@cached_per_page
def detect(page: Page) -> tuple[str, ...]:
    """Return the names of the families whose fingerprint a page carries."""
    if page.family:
        return (page.family,)
    return tuple(name for name in names() if _module(name).matches(page))


@cached_per_page
def hidden_links(page: Page) -> tuple[Link, ...]:
    """Return the links of a page that are not anchors."""
    return tuple(dict.fromkeys(_collect("links", page)))


def subrequests(page: Page) -> tuple[Request, ...]:
    """Return the requests that a page makes to fill its lists."""
    return tuple(dict.fromkeys(_collect("subrequests", page)))


def next_pages(page: Page) -> tuple[Request, ...]:
    """Return the candidates for the next page of a list, the likeliest first."""
    return tuple(dict.fromkeys(_collect("next_pages", page)))


def _collect(function: str, page: Page) -> Iterable[Any]:
    for name in detect(page):
        make: Callable[[Page], Iterable[Any]] | None = getattr(_module(name), function, None)
        if make:
            yield from make(page)
