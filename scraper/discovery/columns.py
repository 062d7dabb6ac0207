"""Score links by how likely they lead from a home page to the reports, by their text and URL."""

import re
import tomllib
from pathlib import Path
from typing import Literal, NamedTuple

from parsers.formats import SUFFIXES
from parsers.text.chinese import arabic_years, normalise
from scraper.fetching.page import Link, Page

RULES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
COLUMN = re.compile(RULES["column"]["names"], re.X)
COLUMN_SLUG = re.compile(RULES["column"]["slugs"])
IGNORED = re.compile(RULES["ignored"]["names"])
YEARS, GROUPS, ORGANS = (re.compile(RULES["subcolumn"][name]) for name in ("years", "groups", "organs"))
PLATFORM = re.compile(RULES["platform"]["names"])
BREADCRUMB = re.compile(r"[>›»_\-|—\s]+")
# Files that are not pages, so they cannot hold a list.
FILE = re.compile(rf"\.(?:{'|'.join(SUFFIXES)}|pptx?|7z|jpe?g|png|gif|bmp|mp[34]|css|js|ico|exe|apk)$", re.I)

# A report column (栏目), a step on the way to one, or a part of one.
Role = Literal["column", "step", "subcolumn"]


class Step(NamedTuple):
    """Links that lead towards a report column, by link text of limited length, or by URL path."""

    names: re.Pattern[str] | None
    slugs: re.Pattern[str] | None
    max_length: int
    score: int


STEPS = tuple(
    Step(
        re.compile(each["names"]) if "names" in each else None,
        re.compile(each["slugs"]) if "slugs" in each else None,
        each.get("max_length", 40),
        each["score"],
    )
    for each in RULES["step"]
)


class LinkScore(NamedTuple):
    """What a link may lead to, and its priority; higher scores are fetched first."""

    role: Role
    score: int


PageKind = Literal["column", "platform", "other"]


def score_link(link: Link, kind: PageKind) -> LinkScore | None:
    """Score a link on a page of some kind; return None for a link that is not worth following.

    >>> score_link(Link("http://a.gov.cn/zwgk/zfxxgknb/", "政府信息公开年报"), "other")
    LinkScore(role='column', score=160)
    >>> score_link(Link("http://a.gov.cn/col/2/", "2023年"), "column").role
    'subcolumn'
    >>> score_link(Link("http://a.gov.cn/", "首页"), "column")
    """
    # Link URLs are absolute and have a path; urlsplit would take longer than all that follows.
    path, text = "/" + link.url.split("/", 3)[3].partition("?")[0], arabic_years(normalise(link.text))
    if FILE.search(path) or IGNORED.search(text):
        return None
    slug = bool(COLUMN_SLUG.search(path))
    if COLUMN.search(text):
        return LinkScore("column", RULES["column"]["score"] + RULES["column"]["slug_score"] * slug)
    if kind == "column":
        return LinkScore("subcolumn", RULES["subcolumn"]["score"] + slug) if names_subcolumn(text) else None
    if slug:
        return LinkScore("column", RULES["column"]["slug_score"])
    if kind == "platform" and names_organ(text):
        return LinkScore("step", RULES["platform"]["score"])
    return _step(text, path)


def names_subcolumn(text: str) -> bool:
    """Return whether a text names a year, a group of organs or an organ, as the parts of a column do."""
    return bool(YEARS.search(text) or GROUPS.search(text)) or names_organ(text)


def names_organ(text: str) -> bool:
    return len(text) <= RULES["subcolumn"]["max_organ_length"] and bool(ORGANS.search(text))


def _step(text: str, path: str) -> LinkScore | None:
    for step in STEPS:
        named = step.names is not None and len(text) <= step.max_length and step.names.search(text)
        if named or (step.slugs is not None and step.slugs.search(path)):
            return LinkScore("step", step.score)
    return None


def classify_page(page: Page) -> PageKind:
    """Tell report columns and disclosure platforms from other pages, by meta tag and title tag."""
    named = [part for part in (page.meta.get("columnname", ""), *BREADCRUMB.split(page.title_tag)) if part]
    if any(map(COLUMN.search, named)):
        return "column"
    return "platform" if any(map(PLATFORM.search, named)) else "other"
