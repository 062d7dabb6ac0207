"""Names of organs that stand around a report: publisher lines, breadcrumbs, the first sentences."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from parsers import places
from parsers.identity.organs import GOVERNS, NOT_OWN, SELF_NAMES, is_name, kind_of_organ, reporting_body
from parsers.identity.printed_titles import LONGEST

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

LABELLED = re.compile(
    f"({'|'.join(WORDS['publisher_labels'])})(?:[（(]盖章[）)])?"
    r"[ \t]*[:：][ \t]*([\u4e00-\u9fff（）()]{2,40}+)(?![ \t]*[:：])"
)
COMPILED_BY = re.compile(
    "由([\u4e00-\u9fff]{2,30}?)(?:[（(][^）)]*[）)])?(根据|依据|按照|编制|负责|组织|牵头)"
)
# Whoever leads the work on a report may do so for another body.
LEADS = ("负责", "组织", "牵头")
# The contact office is not always the publisher, but it is in the same place.
CONTACT = re.compile("请(?:与|联系)([\u4e00-\u9fff]{4,30}?)(?:联系|[（(，,])")
AFTER_THE_YEAR = re.compile(
    "20[0-9]{2}年度?[,，]([\u4e00-\u9fff]{4,25}?)(?:[，,\\[（]|认真|坚持|严格|按照|深入|以|在)"
)
WITHOUT_PLACE = re.compile("^[省市县区州盟旗镇乡].")
BREADCRUMB_SEPARATORS = re.compile(r"[>›»\s]+")
# 本机关不掌握相关政府信息 is a label of the form.
SELF = "|".join(SELF_NAMES)
SELF_REFERENCE = re.compile(f"我({SELF})"), re.compile(f"{NOT_OWN}本({SELF})(?!不掌握|法)")
# Labels that may name the site instead of the body.
SOURCE = "来源"
BUREAU = ("局", "委", "厅", "院", "馆", "中心", "支队", "大队", "分局")


class Named(NamedTuple):
    """The name of an organ that stands around a report, with its kind and where it stands.

    ``where`` is ``label`` (发布机构), ``source`` (来源), ``breadcrumb``, ``compiler`` (由…编制),
    ``leader`` (由…牵头) or ``opening``.
    """

    name: str
    kind: str | None
    where: str


def self_reference(text: str) -> str:
    """Return how a text refers to the body that reports: 局 for 我局; "" if it does not."""
    return next((found[1] for pattern in SELF_REFERENCE if (found := pattern.search(text))), "")


def organs_named(lines: Iterable[str], text: str) -> Iterator[Named]:
    """Find names of organs: publisher lines, breadcrumbs, then the first sentences.

    ``text`` is that of the lines without white space.
    """
    for name, where in _candidates(list(lines), text):
        if len(name) > 2 and is_name(name):
            yield Named(name, kind_of_organ(name), where)


def _candidates(lines: list[str], text: str) -> Iterator[tuple[str, str]]:
    for line in lines:
        for label, name in LABELLED.findall(line):
            yield name, "source" if label == SOURCE else "label"
    for line in lines:
        if (at := line.find("首页")) >= 0:
            parts = BREADCRUMB_SEPARATORS.split(line[at : at + LONGEST])
            yield from ((part, "breadcrumb") for part in reversed(parts))
    for name, verb in COMPILED_BY.findall(text):
        yield name, "leader" if verb in LEADS else "compiler"
    yield from ((name, "opening") for name in AFTER_THE_YEAR.findall(text))


def publisher_of(named: Iterable[Named], own: str, speaks_of_area: bool) -> str:
    """Return the first name that is the publisher's for certain, or "".

    ``own`` is how the text refers to the body (see self_reference). A government in a breadcrumb is the owner
    of the site. One given as source must be borne out: the text speaks of an area (``speaks_of_area``).
    """
    for name, kind, where in named:
        is_government = kind in GOVERNS
        if is_government and (where == "breadcrumb" or (where == "source" and not speaks_of_area)):
            continue
        if where == "leader" or (where == "opening" and lacks_place(name, None)):
            continue
        is_office = where == "compiler" or kind in ("township", "subdistrict")
        body = reporting_body(name) if is_office else name
        if body and not speaks_otherwise(kind_of_organ(body), own):
            return body
    return ""


def lacks_place(organ: str, year: int | None) -> bool:
    """Return whether a name leaves out its place: 市政府办公室, 区财政局, but not 市中区财政局."""
    return WITHOUT_PLACE.match(organ) is not None and not places.find(organ, year)


def speaks_otherwise(kind: str | None, own: str) -> bool:
    """Return whether a body of a kind would not speak of itself so: a government does not say 我局."""
    means = SELF_NAMES.get(own, "body")
    if means != "body":
        return kind != means
    return own in BUREAU and kind in (*GOVERNS, "general_office", "township", "subdistrict")
