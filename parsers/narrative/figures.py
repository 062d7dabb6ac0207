"""Read the figures that the sentences of a report's prose state."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from parsers.narrative.wording import DATA, NUMBERS, compiled, filled, joined
from parsers.report import Figure, Number, Section
from parsers.text.chinese import (
    half_width_digits,
    number_of,
    simplified_in_place,
    without_blanks,
    without_pinyin,
)
from parsers.text.units import MONEY, SCALES

SENTENCE, SCOPE = compiled(DATA["sentences"], {}), compiled(DATA["scope"], {})


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
    regex = filled(regex, DATA["parts"])
    for family in families:
        number = "{first}" if regex.startswith("{n}") else "{later}"
        regex = regex.replace("{n}", filled(number, NUMBERS | {"unit": DATA["units"][family]}), 1)
    groups = tuple(zip(range(1, 5 * len(metrics), 5), families, metrics, strict=True))
    rules = {name: tuple(rule) if isinstance(rule, list) else rule for name, rule in rules.items()}
    return Pattern(re.compile(regex, re.M), groups, frozenset(words), **rules)


PATTERNS = tuple(_pattern(**pattern) for pattern in DATA["patterns"])
WORDS = {word: frozenset(word) for pattern in PATTERNS for word in pattern.words}
PRINTED, ROUGHLY = re.compile(NUMBERS["printed"]), tuple(NUMBERS["roughly"])
AMOUNTS = {"yuan": "元", "wan_yuan": "万元"}
LONGEST = 300  # characters of a sentence; beyond that it is cut at its clauses


class Hit(NamedTuple):
    """A number found for a metric: its place in the text for matching, and its sentence."""

    at: int
    sentence: int
    metric: str
    value: Number
    unit: str
    approximate: bool


def figures(sections: Sequence[Section], year: int | None = None) -> tuple[Figure, ...]:
    """Read the numbers that the sections' sentences state, in reading order.

    What they state of other years than the report's ``year`` is left out, as far as that is known.
    Metrics are those of metrics.csv where they exist, the patterns N01-N45 those of narrative.toml. Money is
    in the metric's unit. One number answers one metric, and a sentence gives a metric's value once.
    """
    sentences = [one for section in sections for one in _sentences(section.text.replace("\0", " "))]
    shown = _squeezed(sentences)
    read = simplified_in_place(shown)
    starts = [0, *(place.end() for place in re.finditer("\n", read))]
    hits = list(_workload(_hits(read, shown, starts, year)))
    scopes = [scope.span() for scope in SCOPE["words"].finditer(read)] if hits else []
    printed = {place: joined(sentences[place]) for place in {hit.sentence for hit in hits}}
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
    text = without_blanks(text).replace("\u200b", "").replace("\0", "\n")
    text = without_pinyin(SENTENCE["title"].sub("《》", text))
    for wide, narrow in zip("，；：（）％．", ",;:()%.", strict=True):
        text = text.replace(wide, narrow)
    return _in_order(half_width_digits(text)) + "\n"


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


def _hits(read: str, shown: str, starts: Sequence[int], year: int | None) -> list[Hit]:
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
                before = read[starts[sentence] : hit.at]
                if not pattern.stock and _is_of_another_year(before, hit.metric, year):
                    continue
                if taken.setdefault(hit.at, match) is match:
                    if totals and not pattern.stock and _is_total(before):
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
        unit = AMOUNTS.get(family, "")
        divisor = MONEY.get(unit, 1)
        if pattern.value is not None:
            yield Hit(match.end() - 1, sentence, metric, pattern.value, unit, False)
            continue
        digits, scale, _, after = match.group(group, group + 1, group + 2, group + 3)
        if digits and not (digits.isdecimal() or PRINTED.fullmatch(digits)):
            continue
        at = match.start(group if digits else group + 4)
        times = SCALES.get(scale.strip("余多"), 1) if scale else 1
        value = number_of(digits or "0") * times * pattern.scale / divisor
        rough = times > divisor or bool(after) or bool(scale) and scale not in SCALES
        rough = rough or match.string.endswith(ROUGHLY, 0, at)
        unit = unit or shown[match.start(group + 2) : match.end(group + 2)]
        for name in pattern.zero if pattern.zero and not value else (metric,):
            yield Hit(at, sentence, name, round(value, 6) if value % 1 else int(value), unit, rough)


def _is_of_another_year(before: str, metric: str, year: int | None) -> bool:
    """Say whether the last year named before a number is not the report's.

    >>> _is_of_another_year("2022年收到申请5件,2023年收到申请", "requests_received", 2023)
    False
    >>> _is_of_another_year("2022年收到申请", "requests_received", 2023)
    True
    """
    named = SCOPE["named_year"].findall(before) if year and not metric.startswith("requests_carried") else []
    return bool(named) and int(named[-1]) != year


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
