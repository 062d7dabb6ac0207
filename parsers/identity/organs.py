"""Names of organs: what kind of body a name means, which are the nation's, and what is no name at all."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from parsers import places

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ENDINGS: dict[str, str] = {ending: kind for kind, endings in WORDS["endings"].items() for ending in endings}
LONGEST_ENDING = max(map(len, ENDINGS))
GOVERNMENTS = sorted(WORDS["endings"]["government"], key=len, reverse=True)
ZONES = tuple(WORDS["endings"]["zone"])
AREA_SUFFIXES = "市县区省州盟旗"
# Kinds of organs that stand for an area, not for one body.
GOVERNS = ("area", "government", "government_own_level")
SUFFIX_LEVELS = {"省": "province"} | dict.fromkeys("市州盟", "prefecture") | dict.fromkeys("县区旗", "county")
AREA, PART_OF_CITY, COMMITTEE = (re.compile(WORDS["areas"][key]) for key in ("area", "word", "committee"))
FUNCTIONAL = (*ZONES, *WORDS["areas"]["functional"])
SYSTEMS, REGIONS = tuple(WORDS["central"]["systems"]), tuple(WORDS["central"]["regions"])
# 民航路街道 is no body of the nation.
CENTRAL = re.compile(
    f"(?:{'|'.join(sorted((*SYSTEMS, *WORDS['central']['organs']), key=len, reverse=True))})(?![路街道村门])"
)
# The office of a government in another city; 特派员办事处 are the nation's.
DELEGATION = re.compile("驻[\u4e00-\u9fff]{1,6}(?<!特派员)办事处$")
REPUBLIC, STATIONED = "中华人民共和国", "驻"
# Central bodies that the list lacks: 国家X局, 国务院X办公室.
WHOLE_NATION = "全国"
OTHER_CENTRAL = re.compile("(?:国家|国务院)[\u4e00-\u9fff]{2,18}?(?:总局|局|委员会|总署|署|办公室|办公厅|院)")
# 中国（上海）自由贸易试验区.
FREE_TRADE = re.compile("中国[（(]([\u4e00-\u9fff]+)[)）](?=自由贸易|自贸)")
BEFORE = re.compile(f"^(?:{'|'.join(WORDS['central']['before'])})")
BRACKETED = re.compile("[（(]([^（）()]*)[）)]?$")
# The divisions of the Xinjiang corps are governments, their regiments (121团) are towns.
DIVISION, REGIMENT = re.compile("第[一二三四五六七八九十]+师$"), re.compile("[0-9一二三四五六七八九十百]团$")
COMPILING_OFFICE = re.compile(f"(?:{'|'.join(sorted(WORDS['compiled']['offices'], key=len, reverse=True))})$")
OFFICES_OF_COMMITTEES, COMMITTEES = ("办公室", "办公厅"), ("委员会", "委")
SELF_NAMES: dict[str, str] = {
    name: kind for kind, names in WORDS["self_names"].items() for name in sorted(names, key=len, reverse=True)
}
# 基本单位 and 版本馆 say nothing about the organ.
NOT_OWN = "(?<![成基版标样])"
NO_START, NO_NAME = re.compile(WORDS["no_name"]["starts"]), re.compile(WORDS["no_name"]["words"])
# 厦门关区 is that of its customs, 城关区 is a district.
CUSTOMS_DISTRICT = "关区"
# 和县 may be part of two words, 和平区 hardly.
SHORTEST_PLACE = 3
ONLY_KIND = re.compile(WORDS["no_name"]["only_kind"])


def kind_of_organ(organ: str) -> str | None:
    """Classify an organ by its name: a scope, ``government``, ``area`` (only a place, no organ) or None.

    What stands in brackets behind a name is another name of the same body, unless the first is that of a
    government: 贵阳市人民政府（市人民政府办公厅） is an office.

    >>> kind_of_organ("杨林镇"), kind_of_organ("国有资产监督管理委员会"), kind_of_organ("河源市")
    ('township', 'department', 'area')
    >>> kind_of_organ("河源市人民政府办公室（市外事办）"), kind_of_organ("河源市人民政府（本级）")
    ('general_office', 'government_own_level')
    """
    own = _kind(BRACKETED.sub("", organ))
    second = BRACKETED.search(organ) if own in ("government", "area") else None
    inner = _kind(second[1]) if second else None
    return inner if inner in ("general_office", "government_own_level") else own


def _kind(name: str) -> str | None:
    if DELEGATION.search(name):
        return "department"
    for length in range(min(len(name), LONGEST_ENDING), 0, -1):
        if kind := ENDINGS.get(name[-length:]):
            return None if kind == "none" else kind
    if name.endswith(CUSTOMS_DISTRICT) and places.is_stem(name.removesuffix(CUSTOMS_DISTRICT)):
        return "vertical"
    if DIVISION.search(name):
        return "government"
    if REGIMENT.search(name):
        return "township"
    return "area" if name[-1:] in SUFFIX_LEVELS else None


@lru_cache(maxsize=4096)
def is_name(organ: str) -> bool:
    """Return whether a text may be the name of an organ: it ends in the word for one, and is no phrase.

    >>> [is_name(text) for text in ("河源市财政局", "现将我局", "乡镇街道", "市政府办公室")]
    [True, False, False, True]
    >>> is_name("如下所示的河源市财政局"), is_name("中共河源市委宣传部")
    (False, True)
    """
    return (
        len(organ) > 1
        and not NO_START.match(organ)
        and not NO_NAME.search(organ)
        and not ONLY_KIND.fullmatch(organ)
        and kind_of_organ(organ) is not None
        and not _has_strange_beginning(organ)
    )


def _has_strange_beginning(organ: str) -> bool:
    """Return whether something stands before the place in a name that no body's name begins with."""
    name = split_central(organ)[1]
    if len(name) < len(organ) or places.begins_with_place(name):
        return False
    return any(len(places.ever_named(name[at:])) >= SHORTEST_PLACE for at in range(1, len(name)))


def split_central(organ: str) -> tuple[str, str]:
    """Split a name into that of a central body ("" if it does not start with one) and what follows.

    >>> split_central("国家税务总局河源市税务局"), split_central("海关总署（机关）")
    (('国家税务总局', '河源市税务局'), ('海关总署', ''))
    >>> split_central("中共河源市委")
    ('', '河源市委')
    """
    if organ.startswith(WHOLE_NATION):
        return organ, ""
    if free := FREE_TRADE.match(organ):
        return "", free[1] + organ[free.end() :]
    start = len(REPUBLIC) if organ.startswith(REPUBLIC) else 0
    body = CENTRAL.match(organ, start) or OTHER_CENTRAL.match(organ, start)
    end = body.end() if body and kind_of_organ(body[0]) != "zone" else start
    rest = BRACKETED.sub("", organ[end:])
    return organ[:end], BEFORE.sub("", rest.removeprefix(STATIONED) if end else rest)


def leads_system(central: str) -> bool:
    """Return whether a central body leads a vertical system, for example that of the taxes."""
    return central.endswith((*SYSTEMS, REPUBLIC)) or central.startswith(WHOLE_NATION)


def reporting_body(compiler: str) -> str:
    """Return the body whose report an office compiled, "" if that is not certain.

    Internal offices compile for their body. A general office reports for itself or for its government, and
    that of a committee may be a body of its own.

    >>> reporting_body("吐祥镇人民政府综合办公室"), reporting_body("河源市财政局")
    ('吐祥镇人民政府', '河源市财政局')
    >>> reporting_body("河源市人民政府办公室"), reporting_body("河源市委机构编制委员会办公室")
    ('', '')
    """
    office = COMPILING_OFFICE.search(compiler)
    if kind_of_organ(compiler) == "general_office":
        return ""
    if not office or not is_name(body := compiler[: office.start()]):
        return compiler if is_name(compiler) else ""
    of_committee = office[0] in OFFICES_OF_COMMITTEES and body.endswith(COMMITTEES)
    return "" if of_committee or kind_of_organ(body) == "area" else body
