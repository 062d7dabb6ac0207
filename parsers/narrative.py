"""Cut a report's prose into its numbered sections and read the figures that its sentences state."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from parsers.report import Figure, Number, Section
from parsers.text import is_traditional, simplified

DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _filled(template: str, parts: dict[str, str]) -> str:
    filled = re.sub(r"\{([a-z]\w+)\}", lambda name: parts[name[1]], template)
    return filled if filled == template else _filled(filled, parts)


def _compiled(regexes: dict[str, str], words: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
    parts = regexes | {name: "|".join(sorted(some, key=len, reverse=True)) for name, some in words.items()}
    return {name: re.compile(_filled(regex, parts), re.M) for name, regex in regexes.items()}


HEADINGS, NUMBERS = DATA["headings"], DATA["numbers"]
SCALES, POWERS, NUMERALS = NUMBERS["scales"], NUMBERS["powers"], NUMBERS["numerals"]
HEADING = _compiled(HEADINGS["regexes"], HEADINGS["words"])
SENTENCE, SCOPE = _compiled(DATA["sentences"], {}), _compiled(DATA["scope"], {})


def _simplified(text: str) -> str:
    """The text in simplified characters and mainland words, as long as before, so that places stay right.

    >>> _simplified("政府資訊、入口網站")
    '政府信息、门户网站'
    """
    if not is_traditional(text):
        return text
    whole = simplified(text)
    if len(whole) != len(text):
        whole = "".join(one if len(one := simplified(character)) == 1 else character for character in text)
    return whole


def _number(digits: str) -> Number:
    """The value of Arabic or Chinese digits.

    >>> [_number(digits) for digits in ("1,204", "63.4", "十二", "两", "一千二百三十", "二〇", "一百零五")]
    [1204, 63.4, 12, 2, 1230, 20, 105]
    """
    if digits[0].isdecimal():
        return float(digits) if "." in digits else int(digits.replace(",", ""))
    total, digit, positional = 0, 0, set(digits).isdisjoint(POWERS)
    for character in digits:
        if character in POWERS:
            total, digit = total + (digit or 1) * POWERS[character], 0
        else:
            digit = (10 * digit if positional else 0) + NUMERALS[character]
    return total + digit


TITLES = {title: number for number, titles in enumerate(HEADINGS["titles"], 1) for title in titles}
NOT_HEADINGS = tuple(HEADINGS["not_headings"])
ENOUGH = 6  # sections, after which no headings are looked for inside lines
PROSE = 12  # characters between two headings that make a text
LINE = 160  # characters of a line that are looked at for a title
LINE_START, KNOWN = 2, 4  # what speaks for a heading


class Heading(NamedTuple):
    """A numbered line or phrase that may open a section: its place, and how much speaks for it."""

    number: int
    start: int
    end: int
    weight: int


def sections(lines: Sequence[str]) -> tuple[Section, ...]:
    """Cut prose lines, in reading order and without table lines, into the report's numbered sections.

    A line may be a paragraph, a part of one, or the whole report. Headings are the sequence 一、二、三、
    that rises best, by number, place and title (section titles of 国办公开办函〔2021〕30号 and of earlier
    reports); what stands before the first, and page furniture after the last, is left out. ``heading``
    and ``text`` are as printed. Without a heading the answer is ().
    """
    text = HEADING["page_number"].sub("", "\n" + "\n".join(lines))
    read = _simplified(text)
    headings = [heading for line in HEADING["line_start"].finditer(read) if (heading := _at_line_start(line))]
    found = _best(headings)
    if len(found) < ENOUGH:
        places = {heading.start: heading for heading in [*_inside_lines(read), *headings]}
        found = _best([*places.values()]) or _best([*_unnumbered(read)])
    furniture = HEADING["furniture_start"].search(read, found[-1].end) if found else None
    ends = [heading.start for heading in found[1:]] + [furniture.start() if furniture else len(read)]
    return tuple(
        Section(number, _joined(text[start:stop]), text[stop:end].lstrip(" 。：:\t\r\n\u3000").rstrip())
        for (number, start, stop, *_), end in zip(found, ends, strict=False)
    )


def _joined(text: str) -> str:
    """One line of the lines of a heading or sentence that a page broke."""
    return "".join(line.strip() for line in text.split("\n"))


def _at_line_start(numbered: re.Match[str]) -> Heading | None:
    start = numbered.end()
    line, following, *_ = f"{numbered.string[start : start + LINE]}\n\n".split("\n")
    length, weight = _title(line, following)
    number = int(_number(numbered[1]))
    return Heading(number, numbered.start(1), start + length, LINE_START + weight) if length else None


def _title(line: str, following: str) -> tuple[int, int]:
    """How many characters of a line, after its number, are the section's title, and what it weighs."""
    squeezed = "".join(line.split())
    if squeezed in TITLES:
        return len(line), KNOWN
    if not squeezed or squeezed.startswith(NOT_HEADINGS):
        return 0, 0
    if title := HEADING["title"].match(line):
        more = HEADING["rest_of_line"].match(line, title.end())
        return (more or title).end(), KNOWN
    if len(following) < PROSE and HEADING["title"].fullmatch(squeezed + "".join(following.split())):
        return len(line) + 1 + len(following), KNOWN
    free = HEADING["free_title"].match(line)
    known = free and HEADING["keyword"].search("".join(free[0].split()))
    return free.end() if free else 0, KNOWN if known else 0


def _inside_lines(read: str) -> Iterator[Heading]:
    for numbered in HEADING["inside_line"].finditer(read):
        title = HEADING["title"].match(read, numbered.end())
        if title and not title[0].startswith(NOT_HEADINGS):
            yield Heading(int(_number(numbered[0][0])), numbered.start(), title.end(), KNOWN)


def _unnumbered(read: str) -> Iterator[Heading]:
    for line in HEADING["unnumbered"].finditer(read):
        if number := TITLES.get("".join(line[2].split())):
            yield Heading(int(line[1] or number), line.start(), line.end(2), KNOWN)


def _best(headings: Sequence[Heading]) -> list[Heading]:
    """The rising sequence of headings that weighs most; the earliest of equals."""
    if len(headings) >= ENOUGH and [heading.number for heading in headings] == [*range(1, len(headings) + 1)]:
        return list(headings)
    best: dict[int, tuple[int, list[Heading]]] = {}
    ordered = sorted(headings, key=lambda heading: heading.start)
    for place, heading in enumerate(ordered, 1):
        following = ordered[place].start if place < len(ordered) else heading.end + PROSE
        weight = heading.weight + (following - heading.end >= PROSE)
        for score, before in [(0, []), *best.values()]:
            missing = heading.number - (before[-1].number if before else 0) - 1
            known = all(one.weight >= KNOWN for one in [heading, *before[-1:]])
            if missing and not (missing > 0 and known):
                continue
            if (score := score + weight - 3 * (missing > 0)) > best.get(heading.number, (0, []))[0]:
                best[heading.number] = score, [*before, heading]
    found = max(best.values(), key=lambda chain: chain[0])[1] if best else []
    return found if len(found) > 1 or any(heading.weight >= KNOWN for heading in found) else []


class Pattern(NamedTuple):
    """One kind of sentence of narrative.toml: a regex, and group, units and metric of its numbers."""

    regex: re.Pattern[str]
    groups: tuple[tuple[int, str, str], ...]
    words: frozenset[str]
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()
    alone: bool = False
    stock: bool = False
    scale: int = 1
    value: int | None = None


def _pattern(*, id: str, metrics: list[str], regex: str, words: list[str], **rules: Any) -> Pattern:
    """A pattern of narrative.toml, where {n} is five groups: digits, scale, unit, roundness and bare zero."""
    units = rules.pop("units", ["cases"])
    families = units * len(metrics) if len(units) == 1 else units
    regex = _filled(regex, DATA["parts"])
    for family in families:
        number = "{first}" if regex.startswith("{n}") else "{later}"
        regex = regex.replace("{n}", _filled(number, NUMBERS | {"unit": DATA["units"][family]}), 1)
    groups = tuple(zip(range(1, 5 * len(metrics), 5), families, metrics, strict=True))
    rules = {name: tuple(rule) if isinstance(rule, list) else rule for name, rule in rules.items()}
    return Pattern(re.compile(regex, re.M), groups, frozenset(words), **rules)


PATTERNS = tuple(_pattern(**pattern) for pattern in DATA["patterns"])
WORDS = {word: frozenset(word) for pattern in PATTERNS for word in pattern.words}
PRINTED, ROUGHLY = re.compile(NUMBERS["printed"]), tuple(NUMBERS["roughly"])
MONEY = {"yuan": (1, "元"), "wan_yuan": (10_000, "万元")}
DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
LONGEST = 300  # characters of a sentence; beyond that it is cut at its clauses


class Hit(NamedTuple):
    """A number found for a metric: its place in the text for matching, and its sentence."""

    at: int
    sentence: int
    metric: str
    value: Number
    unit: str
    approximate: bool


def figures(sections: Sequence[Section]) -> tuple[Figure, ...]:
    """Read the numbers that the sections' sentences state, in reading order.

    Metrics are those of metrics.csv where they exist, the patterns N01-N45 those of narrative.toml. Money is
    in the metric's unit. One number answers one metric, and a sentence gives a metric's value once.
    """
    sentences = [one for section in sections for one in _sentences(section.text.replace("\0", " "))]
    shown = _squeezed(sentences)
    read = _simplified(shown)
    starts = [0, *(place.end() for place in re.finditer("\n", read))]
    hits = list(_workload(_hits(read, shown, starts)))
    scopes = [scope.span() for scope in SCOPE["words"].finditer(read)] if hits else []
    printed = {place: _joined(sentences[place]) for place in {hit.sentence for hit in hits}}
    return tuple(
        Figure(*hit[2:], printed[hit.sentence], shown[_scope(read, scopes, starts[hit.sentence], hit)])
        for hit in hits
    )


def _sentences(text: str) -> Iterator[str]:
    """The sentences that may state a figure, as printed, at most LONGEST characters each."""
    marked = text.replace("！", "。") if "！" in text else text
    full = done = 0
    while candidate := SENTENCE["candidate"].search(text, done):
        full = full or 1 + 7 * max(map(len, text.split("\n"))) // 10
        start = max(marked.rfind("。", done, candidate.start()) + 1, done)
        done = marked.find("。", candidate.end() - 1) + 1 or len(text)
        for paragraph in _paragraphs(text, start, done, full):
            yield from _clauses(paragraph.lstrip("”’」』）) \n\t\u3000"))


def _paragraphs(text: str, start: int, end: int, full: int) -> Iterator[str]:
    """The paragraphs up to a full stop that may state a figure: a ``full`` line runs on into the next."""
    lines, first = text[start:end].split("\n"), 0
    before = start - text.rfind("\n", 0, start) - 1 if len(lines) > 1 else 0
    for place, line in enumerate(lines, 1):
        if place == len(lines) or before + len(line) < full or SENTENCE["opening"].match(lines[place]):
            paragraph = "\n".join(lines[first:place])
            if len(lines) == 1 or SENTENCE["candidate"].search(paragraph):
                yield paragraph
            first = place
        before = 0


def _clauses(sentence: str, marks: str = "；;，,") -> Iterator[str]:
    """A sentence, or its pieces when it is too long: cut at semicolons, then commas, then anywhere."""
    if len(sentence) <= LONGEST:
        yield sentence
    elif not marks:
        yield from re.findall(rf"(?s).{{1,{LONGEST}}}(?<![\d.,])|.{{1,{LONGEST}}}", sentence)
    else:
        for piece in re.findall(f"[^{marks[:2]}]*[{marks[:2]}]?", sentence):
            yield from _clauses(piece, marks[2:])


def _squeezed(sentences: Sequence[str]) -> str:
    """The sentences, one a line, without white space, titles and pinyin, with ASCII punctuation."""
    text = SENTENCE["broken"].sub("|", "\0".join(sentences))
    text = "".join(text.split()).replace("\u200b", "").replace("\0", "\n")
    text = SENTENCE["pinyin"].sub("", SENTENCE["title"].sub("《》", text))
    for wide, narrow in zip("，；：（）％．", ",;:()%.", strict=True):
        text = text.replace(wide, narrow)
    return _in_order(text.translate(DIGITS) if SENTENCE["wide"].search(text) else text) + "\n"


def _in_order(text: str) -> str:
    """Put numbers that 分别 or 各 binds to a list of nouns behind their nouns.

    Nothing changes where there are not as many numbers as nouns.

    >>> _in_order("行政复议、行政诉讼分别为22件、3件")
    '行政复议22件、行政诉讼3件'
    >>> _in_order("维持、纠正分别为2件、1件、3件")
    '维持、纠正分别为2件、1件、3件'
    """
    parts, done = [], 0
    for bound in SENTENCE["bound"].finditer(text):
        nouns = SENTENCE["nouns"].split(text[max(done, bound.start() - LONGEST) : bound.start()])[-1]
        parts += [text[done : bound.start() - len(nouns)], _bound(nouns, bound)]
        done = bound.end()
    return "".join([*parts, text[done:]])


def _bound(printed: str, bound: re.Match[str]) -> str:
    nouns, numbers = SENTENCE["between"].split(printed), SENTENCE["one"].findall(bound["numbers"])
    if bound[0][0] != "分":
        numbers = numbers * len(nouns) if len(numbers) == 1 else []
    if len(nouns) < 2 or len(nouns) != len(numbers):
        return printed + bound[0]
    return "、".join(noun + number for noun, number in zip(nouns, numbers, strict=True))


def _hits(read: str, shown: str, starts: Sequence[int]) -> list[Hit]:
    """What the patterns find, in order of precedence: each number once, each statement once a sentence."""
    letters = frozenset(read)
    present = {word for word, all in WORDS.items() if all <= letters and word in read}
    totals = SCOPE["gate"].search(read)
    taken: dict[int, re.Match[str]] = {}
    hits: dict[tuple[int, str, Number], Hit] = {}
    for pattern in [pattern for pattern in PATTERNS if not pattern.words.isdisjoint(present)]:
        for match in pattern.regex.finditer(read):
            sentence = bisect_right(starts, match.end() - 1) - 1
            if _refused(pattern, match, starts[sentence]):
                continue
            for hit in _answers(pattern, match, shown, sentence):
                if taken.setdefault(hit.at, match) is match:
                    if totals and not pattern.stock and _is_total(read[starts[sentence] : hit.at]):
                        hit = hit._replace(metric=f"{hit.metric}_cumulative")
                    hits.setdefault((sentence, hit.metric, hit.value), hit)
    return sorted(hits.values(), key=lambda hit: hit.at)


def _refused(pattern: Pattern, match: re.Match[str], start: int) -> bool:
    """Whether the label ends a list, or the sentence lacks a word or holds one that must not be there."""
    read, before = match.string, match.string[start : match.end()]
    if not pattern.stock and SCOPE["elsewhen"].search(read, start, match.start()):
        return True
    if SCOPE["row"].match(read, match.end()):
        return True
    if pattern.alone and SENTENCE["listed"].match(read, max(match.start() - 2, 0)):
        return True
    if pattern.near and not any(word in read[start : read.find("\n", match.end())] for word in pattern.near):
        return True
    return bool(pattern.unless) and any(word in before for word in pattern.unless)


def _answers(pattern: Pattern, match: re.Match[str], shown: str, sentence: int) -> Iterator[Hit]:
    for group, family, metric in pattern.groups:
        divisor, unit = MONEY.get(family, (1, ""))
        if pattern.value is not None:
            yield Hit(match.end() - 1, sentence, metric, pattern.value, unit, False)
            continue
        digits, scale, _, after = match.group(group, group + 1, group + 2, group + 3)
        if digits and not (digits.isdecimal() or PRINTED.fullmatch(digits)):
            continue
        at = match.start(group if digits else group + 4)
        times = SCALES.get(scale.strip("余多"), 1) if scale else 1
        value = _number(digits or "0") * times * pattern.scale / divisor
        rough = times > divisor or bool(after) or (scale or "") not in SCALES
        rough = rough or match.string.endswith(ROUGHLY, 0, at)
        unit = unit or shown[match.start(group + 2) : match.end(group + 2)]
        for name in pattern.zero if pattern.zero and not value else (metric,):
            yield Hit(at, sentence, name, round(value, 6) if value % 1 else int(value), unit, rough)


def _is_total(before: str) -> bool:
    """Whether the words before a number make it a total over several years.

    The last word decides, but a bare 累计 after a year or 全年 is that year's total.

    >>> _is_total("截至2012年底,累计主动公开信息"), _is_total("2012年,全县累计主动公开政府信息")
    (True, False)
    """
    total = yearly = False
    for word in SCOPE["total"].finditer(before):
        yearly = yearly or bool(word["yearly"])
        total = bool(word["strong"]) or (not word["yearly"] and (total or not yearly))
    return total


def _scope(read: str, scopes: Sequence[tuple[int, int]], start: int, hit: Hit) -> slice:
    """The last scope word between the sentence's start and the number; 累计 and the like for totals only."""
    place = bisect_right(scopes, (hit.at, 0)) - 1
    while place >= 0 and scopes[place][0] >= start:
        if read[scopes[place][0]] not in "累以截" or hit.metric.endswith("_cumulative"):
            return slice(*scopes[place])
        place -= 1
    return slice(0)


def _workload(hits: Sequence[Hit]) -> Iterator[Hit]:
    """The numbers, where those that count old requests too are told from the year's new ones.

    收到 or 处理 N 件 can include requests carried in: it does when N is what the sentence says was
    answered plus what was carried out (narrative_patterns.md, trap 2).
    """
    for _, group in groupby(hits, key=lambda hit: hit.sentence):
        own = list(group)
        said = {hit.metric: hit.value for hit in own}
        if "requests_carried_out" in said:
            flows = [hit for hit in own if hit.metric in ("requests_received", "requests_handled")] or own
            first, rest = flows[0], [hit.value for hit in flows[1:] if hit.metric == "requests_handled"]
            old = first.metric == "requests_handled" or said.get("requests_carried_in")
            if old and first.value - said["requests_carried_out"] in rest:
                own[own.index(first)] = first._replace(metric="requests_workload")
        yield from own
