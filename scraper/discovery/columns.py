"""What a link is worth on the way from a home page to the reports, by its words and its address."""

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
NEVER = re.compile(RULES["never"]["names"])
YEARS, GROUPS, ORGANS = (re.compile(RULES["within"][name]) for name in ("years", "groups", "organs"))
PLATFORM = re.compile(RULES["platform"]["names"])
CRUMB = re.compile(r"[>›»_\-|—\s]+")
# Other formats than pages: no list stands in them.
FILE = re.compile(rf"\.(?:{'|'.join(SUFFIXES)}|pptx?|7z|jpe?g|png|gif|bmp|mp[34]|css|js|ico|exe|apk)$", re.I)

Role = Literal["column", "step", "within"]


class Step(NamedTuple):
    names: re.Pattern[str] | None
    slugs: re.Pattern[str] | None
    longest: int
    worth: int


STEPS = tuple(
    Step(
        re.compile(each["names"]) if "names" in each else None,
        re.compile(each["slugs"]) if "slugs" in each else None,
        each.get("longest", 40),
        each["worth"],
    )
    for each in RULES["step"]
)


class Lead(NamedTuple):
    """What a link may lead to, and what it is worth to follow it; the higher the sooner."""

    role: Role
    worth: int


Where = Literal["anywhere", "platform", "column"]


def lead(link: Link, where: Where) -> Lead | None:
    """Say where a link may lead, None: nowhere that matters. ``where`` is the kind of page it stands on.

    >>> lead(Link("http://a.gov.cn/zwgk/zfxxgknb/", "政府信息公开年报"), "anywhere")
    Lead(role='column', worth=160)
    >>> lead(Link("http://a.gov.cn/col/2/", "2023年"), "column").role
    'within'
    >>> lead(Link("http://a.gov.cn/", "首页"), "column")
    """
    # Every link is a whole address; to take it apart by the rules would take longer than what follows.
    path, text = "/" + link.url.split("/", 3)[3].partition("?")[0], arabic_years(normalise(link.text))
    if FILE.search(path) or NEVER.search(text):
        return None
    slug = bool(COLUMN_SLUG.search(path))
    if COLUMN.search(text):
        return Lead("column", RULES["column"]["worth"] + RULES["column"]["slug_worth"] * slug)
    if where == "column":
        return Lead("within", RULES["within"]["worth"] + slug) if is_within(text) else None
    if slug:
        return Lead("column", RULES["column"]["slug_worth"])
    if where == "platform" and is_organ(text):
        return Lead("step", RULES["platform"]["worth"])
    return _step(text, path)


def is_within(text: str) -> bool:
    """Say whether a text names a year, a group of organs or an organ, as the parts of a column do."""
    return bool(YEARS.search(text) or GROUPS.search(text)) or is_organ(text)


def is_organ(text: str) -> bool:
    return len(text) <= RULES["within"]["longest_organ"] and bool(ORGANS.search(text))


def _step(text: str, path: str) -> Lead | None:
    for step in STEPS:
        named = step.names is not None and len(text) <= step.longest and step.names.search(text)
        if named or (step.slugs is not None and step.slugs.search(path)):
            return Lead("step", step.worth)
    return None


def kind_of_page(page: Page) -> Where:
    """Say whether a page is a report column or part of a disclosure platform, by its meta tags and title."""
    named = [part for part in (page.meta.get("columnname", ""), *CRUMB.split(page.head)) if part]
    if any(map(COLUMN.search, named)):
        return "column"
    return "platform" if any(map(PLATFORM.search, named)) else "anywhere"
