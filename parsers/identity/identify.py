"""Who reports, for which place and year: told from a document's title and opening."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from parsers import places
from parsers.identity.scope import classify, kind_of_organ
from parsers.identity.whereabouts import whereabouts
from parsers.places import Place
from parsers.report import Finding, Publisher
from parsers.text.chinese import is_traditional, simplified

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
LOOK_ALIKES: list[tuple[re.Pattern[str], str, bool]] = [
    (re.compile(each["pattern"]), each["reason"], "of_reports" in each) for each in WORDS["look_alikes"]
]
HEAD_LINES, HEAD_CHARACTERS = 60, 3000
FIRST_YEAR, LAST_YEAR = 2007, 2100
LONGEST_TITLE, LONGEST_TITLE_LINE = 80, 40
REPORTS_OF_A_LIST = 3

YEAR = "(?:20[0-9]{2}|二[〇○零0Oo][〇○零0Oo一二三四五六七八九1-9]{2})"
CHINESE_DIGITS = str.maketrans("二〇○零Oo一三四五六七八九", "20000013456789")
FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
# 政府信息公开工作年度报告 and its kin; the year may stand inside or behind.
REPORT = re.compile(
    f"信息公开(?:工作|情况|年度|年|度|的|{YEAR})*(?:年报|年度报告|报告)"
    f"(?:[（(]?{YEAR}年?度?[）)]?)?(?!格式|编制|编报|有关)"
)
DATED = re.compile(f"({YEAR})年?(?:年?度)?")
# 统计期限自2023年1月1日起, or 2023年1月1日至12月31日: each pattern starts on a plain character, to be fast.
PERIODS = (
    re.compile(f"统计(?:期限?|时限|时间)[^。]{{0,15}}?({YEAR})年"),
    re.compile(f"年(?<=({YEAR})年)1月1日(?:起|开始)?(?:至|到|[-－—~～])(?:{YEAR}年)?12月31日"),
)
# What may stand before a report's title but never inside it.
BORDER = re.compile(r"[\s，。,：:；;《》“”\"!！?？>›»|｜_/\\—–\-]")
TITLE_PARTS = re.compile(r"[_|｜>›»—–\-]+")
LEAD = re.compile(r"^(?:[（(【\[][^）)】\]]{1,8}[）)】\]])?(?:.*(?:公布|发布|印发|编制(?!委|办)|关于|现将))?")
# 关于做好2023年政府信息公开工作年度报告编制工作的通知 is an order to write reports.
ORDER = re.compile("^(?:做好|编制|编报|报送|填报|开展|加强|推进|撰写|规范)")
ABBREVIATED = re.compile("[（(](?:以下)?简称[^）)]*[）)]")
TRAIL = re.compile(r"(?:关于(?:公布|发布|报送|印发)?|的|全年|年度|度)+$")
PINYIN = re.compile(r"(?<=[\u4e00-\u9fff])[（(][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{1,6}[)）]")
BLANK_BY_DIGIT = re.compile(r"\s+(?=[0-9])|(?<=[0-9])\s+")

LABELLED = re.compile(
    f"(?:{'|'.join(WORDS['publisher_labels'])})(?:[（(]盖章[）)])?"
    r"[ \t]*[:：][ \t]*([\u4e00-\u9fff（）()]{2,40}+)(?![ \t]*[:：])"
)
COMPILED_BY = re.compile(
    "由([\u4e00-\u9fff]{2,30}?)(?:[（(][^）)]*[）)])?(?:根据|依据|按照|编制|负责|组织|牵头)"
)
# The office to ask is not always the publisher, but it is in the same place.
CONTACT = re.compile("请(?:与|联系)([\u4e00-\u9fff]{4,30}?)(?:联系|[（(，,])")
LEADING = re.compile(
    f"{YEAR}年度?[,，]([\u4e00-\u9fff]{{4,25}}?)(?:[，,\\[（]|认真|坚持|严格|按照|深入|以|在|共)"
)
CRUMBS = re.compile(r"[>›»\s]+")
# What stands where an organ may stand but is none: columns, sites, 我局, 本机关.
NO_ORGAN = re.compile(
    "首页|(?:信息|政务)公开(?:$|[年目指制平专])|年报|年度报告|网站|官网|政府网|本网|门户|专栏|平台|栏目"
    "|^(?:[我各]|本(?!溪)|全(?![椒州南]))"
)
# 市政府办公室, 区财政局: the place is left out.
PLACELESS = re.compile("^[省市县区州盟旗镇乡].")


class Identity(NamedTuple):
    """What a report says it is: its own title as printed, its publisher and the year of its data."""

    title: str
    publisher: Publisher
    year: int | None
    findings: tuple[Finding, ...]


class Heading(NamedTuple):
    """A report's title taken apart: as printed, and the organ and year that it names ("" and None)."""

    title: str
    organ: str = ""
    year: int | None = None


class Opening(NamedTuple):
    """The first lines as printed, the same simplified, and all of them as one text without blanks."""

    printed: list[str]
    lines: list[str]
    text: str


def identify(title: str, lines: Sequence[str], home: Place | None = None) -> Identity:
    """Tell title, publisher, place, scope and year of a report.

    ``title`` is the best title the format reader found: it may be empty or carry the site's name.
    ``lines`` are the document's lines as printed; navigation may come first and all may be one line.
    ``home`` is the place whose site published it, for what the document itself leaves open.
    Only the title and the first 60 lines or 3,000 characters count. What cannot be told stays None
    (scope: ``unknown``) and a finding says why: ``I-YEAR``, ``I-PUBLISHER``, ``I-PLACE``, ``I-SCOPE``.
    Names are simplified; the place is that of 31 December of the report's year.
    """
    opening = _opening(lines)
    heading, tails = _heading(title, opening)
    year, findings = _year(heading, opening)
    organ = _organ(heading, opening, year)
    if not organ:
        findings.append(_finding("I-PUBLISHER", "publisher.name", "neither title nor opening names an organ"))
    names = chain(_named_in(opening), CONTACT.findall(opening.text), tails)
    where = whereabouts(organ, year, names, opening.text, home)
    if where.doubt:
        kind = "info" if where.place else "reading"
        findings.append(_finding("I-PLACE", "publisher.place", where.doubt, kind))
    verdict = classify(organ, where.kind, where.place, opening.text, year)
    if verdict.doubt:
        findings.append(_finding("I-SCOPE", "publisher.scope", verdict.doubt, "info"))
    publisher = Publisher(organ or None, where.place.code if where.place else None, verdict.scope)
    return Identity(heading.title, publisher, year, tuple(findings))


def kind_of_document(title: str, lines: Sequence[str]) -> str | None:
    """Why a document is no disclosure report although it may look like one, in English, or None.

    The title decides (without one, the line that names a report or the first line); what the text
    mentions in passing does not.

    >>> kind_of_document("甲县2023年政府网站工作年度报表", [])
    'a statement on government websites (政府网站工作年度报表), not a disclosure report'
    """
    line = (title or _title_line(lines)).translate(FULL_WIDTH_DIGITS)
    parts = TITLE_PARTS.split(_simple(_squeezed(line)))
    reports = [part for part in parts if REPORT.search(part)]
    is_dated = bool(reports and DATED.search(reports[0]))
    for pattern, reason, of_reports in LOOK_ALIKES:
        if (of_reports or not is_dated) and any(map(pattern.search, reports[:1] or parts)):
            return reason
    return None if is_dated else _list_of_reports(lines)


def _title_line(lines: Sequence[str]) -> str:
    short = [line for line in lines[:HEAD_LINES] if 0 < len(line.strip()) <= LONGEST_TITLE]
    named = (line for line in short if DATED.search(line) and REPORT.search(_simple(line)))
    return next(named, short[0] if short else "")


def _list_of_reports(lines: Sequence[str]) -> str | None:
    """Tell a column's list of reports from a report, which has a section 总体情况 or prose."""
    if any("总体情况" in line for line in lines):
        return None
    named = (each for line in lines for each in _headings(line, _simple(line)))
    dated = {(each.organ, each.year) for each in named if each.year}
    return "a list of reports (政府信息公开年报), not a report" if len(dated) >= REPORTS_OF_A_LIST else None


def _opening(lines: Sequence[str]) -> Opening:
    joined = "\n".join(lines[:HEAD_LINES])[:HEAD_CHARACTERS]
    if "２０" in joined:
        joined = joined.translate(FULL_WIDTH_DIGITS)
    simple = _simple(joined)
    return Opening(joined.split("\n"), simple.split("\n"), _squeezed(simple))


def _simple(text: str) -> str:
    """Convert traditional text, and mend what the converter does to names of places."""
    if not is_traditional(text):
        return text
    text = simplified(text)
    for wrong, right in WORDS["converted_names"].items():
        text = text.replace(wrong, right)
    return text


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _finding(rule: str, field: str, message: str, kind: str = "reading") -> Finding:
    return Finding(rule, kind, (field,), message)


def _heading(title: str, opening: Opening) -> tuple[Heading, list[str]]:
    """The report's title, from the reader's title or else the lines, and the reader's title's other parts."""
    printed = PINYIN.sub("", title.translate(FULL_WIDTH_DIGITS)).strip()
    simple = _simple(printed)
    best = _best([*_headings(printed, simple), *_headings(_squeezed(printed), _squeezed(simple))])
    tails = [part for part in TITLE_PARTS.split(_squeezed(simple)) if not REPORT.search(part)]
    if best and best.year and best.organ:
        return best, tails
    listed = _heading_of_lines(opening)
    if not best or not best.year:
        return listed or best or Heading(TITLE_PARTS.split(printed)[0].strip()), tails
    if listed and listed.year == best.year:
        return listed, tails
    return best, tails


def _heading_of_lines(opening: Opening) -> Heading | None:
    """The first title in the lines that names organ and year, else the first that names a year."""
    lines = [pair for pair in zip(opening.printed, opening.lines, strict=True) if pair[1].strip()]
    dated = []
    for at, (_, simple) in enumerate(lines):
        if "报告" in simple or "年报" in simple:
            best = _best([each for each in _headings_ending_in(lines, at) if each.year])
            if best and best.organ:
                return best
            dated += [best] if best else []
    return dated[0] if dated else None


def _headings_ending_in(lines: list[tuple[str, str]], at: int) -> Iterator[Heading]:
    """The titles in one line, and those broken over two or three, the organ often alone on the first."""
    yield from _headings(*lines[at])
    for first in range(at - 1, max(at - 3, -1), -1):
        broken = lines[first : at + 1]
        if max(len(simple.strip()) for _, simple in broken) > LONGEST_TITLE_LINE:
            return
        printed, simple = (_squeezed("".join(side)) for side in zip(*broken, strict=True))
        yield from (each for each in _headings(printed, simple) if kind_of_organ(each.organ))


def _best(headings: list[Heading]) -> Heading | None:
    return max(headings, key=lambda each: (each.year is not None, each.organ != ""), default=None)


def _headings(printed: str, simple: str) -> Iterator[Heading]:
    """Every title of a report in a line, taken apart. ``simple`` is the line simplified."""
    printed, simple = BLANK_BY_DIGIT.sub("", printed), BLANK_BY_DIGIT.sub("", simple)
    if len(printed) != len(simple):
        printed = simple
    for found in REPORT.finditer(simple):
        kind = found.start() - 2 * (simple[found.start() - 2 : found.start()] in ("政府", "政务"))
        earliest = max(kind - LONGEST_TITLE, 0)
        start = max((border.end() for border in BORDER.finditer(simple, earliest, kind)), default=earliest)
        start, organ = _organ_before(simple, start, kind)
        if organ.endswith("人民") and kind < found.start():
            organ += "政府"
        years = [*_years(simple[start:kind])[::-1], *_years(found[0])]
        if not ORDER.match(simple[start:kind]):
            yield Heading(printed[start : found.end()], organ, years[0] if years else None)


def _organ_before(simple: str, start: int, end: int) -> tuple[int, str]:
    """Where a title starts and the organ it names, without 关于公布 before or behind the organ."""
    lead = LEAD.match(simple[start:end])
    after = start + (lead.end() if lead else 0)
    if organ := _organ_in(simple[after:end]):
        return after, organ
    organ = _organ_in(simple[start:end])
    return (start, organ) if kind_of_organ(organ) else (after, "")


def _organ_in(text: str) -> str:
    organ = TRAIL.sub("", DATED.sub("", ABBREVIATED.sub("", text)))
    return "" if NO_ORGAN.search(organ) else organ


def _years(text: str) -> list[int]:
    """The years from 2007 to 2100 that a text names, in digits or Chinese numerals.

    >>> _years("二〇二二年度"), _years("2006年")
    ([2022], [])
    """
    found = (int(year.translate(CHINESE_DIGITS)) for year in DATED.findall(text))
    return [year for year in found if FIRST_YEAR <= year <= LAST_YEAR]


def _year(heading: Heading, opening: Opening) -> tuple[int | None, list[Finding]]:
    """The title's year, else that of the period of the data; a date of publication is not asked."""
    stated = [year for period in PERIODS for found in period.findall(opening.text) for year in _years(found)]
    if heading.year is None and not stated:
        message = "neither the title nor a period of the data (统计期限) names a year"
        return None, [_finding("I-YEAR", "year", message)]
    if heading.year is None or not stated or heading.year == stated[0]:
        return heading.year or stated[0], []
    message = f"the title says {heading.year}, the period of the data {stated[0]}"
    return heading.year, [Finding("I-YEAR", "publisher", ("year",), message, stated[0], heading.year)]


def _organ(heading: Heading, opening: Opening, year: int | None) -> str:
    """The organ that the title names, or the fuller or only name that the opening gives."""
    organ = heading.organ
    if organ and (not PLACELESS.match(organ) or places.find(organ, year)):
        return organ
    fuller = (name for name in _named_in(opening) if _short(name).endswith(_short(organ)))
    return next(fuller, organ)


def _short(organ: str) -> str:
    return organ.replace("人民政府", "政府")


def _named_in(opening: Opening) -> Iterator[str]:
    """Names of organs in the opening: publisher lines, breadcrumbs, then the first sentences."""
    for line in opening.lines:
        yield from filter(_is_organ, LABELLED.findall(line))
    for line in opening.lines:
        if (at := line.find("首页")) >= 0:
            yield from filter(_is_organ, reversed(CRUMBS.split(line[at : at + LONGEST_TITLE])))
    for pattern in (COMPILED_BY, LEADING):
        yield from filter(_is_organ, pattern.findall(opening.text))


def _is_organ(name: str) -> bool:
    return len(name) > 2 and not NO_ORGAN.search(name) and kind_of_organ(name) not in (None, "area")
