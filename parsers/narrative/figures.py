"""Read the figures that the sentences of a report's prose state."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from parsers.narrative.wording import DATA, NUMBERS, compile_regexes, fill_template, join_lines
from parsers.report import Figure, Number, Section
from parsers.text.chinese import (
    half_width_digits,
    number_of,
    simplified_same_length,
    without_pinyin,
    without_spaces,
)
from parsers.text.units import MONEY, SCALES

SENTENCE, SCOPE = compile_regexes(DATA["sentences"], {}), compile_regexes(DATA["scope"], {})


class Pattern(NamedTuple):
    """A sentence pattern of narrative.toml: a regex, and for each number its group, unit family and metric.

    The other fields are explained there.
    """

    regex: re.Pattern[str]
    groups: tuple[tuple[int, str, str], ...]
    words: frozenset[str]
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()
    alone: bool = False
    snapshot: bool = False
    scale: int = 1
    value: int | None = None


def _pattern(*, id: str, metrics: list[str], regex: str, words: list[str], **rules: Any) -> Pattern:
    """Compile a pattern; {n} becomes five groups: digits, scale, unit, rounding word, zero without a unit."""
    units = rules.pop("units", ["cases"])
    families = units * len(metrics) if len(units) == 1 else units
    regex = fill_template(regex, DATA["parts"])
    for family in families:
        number = "{first}" if regex.startswith("{n}") else "{later}"
        regex = regex.replace("{n}", fill_template(number, NUMBERS | {"unit": DATA["units"][family]}), 1)
    groups = tuple(zip(range(1, 5 * len(metrics), 5), families, metrics, strict=True))
    rules = {name: tuple(rule) if isinstance(rule, list) else rule for name, rule in rules.items()}
    return Pattern(re.compile(regex, re.M), groups, frozenset(words), **rules)


PATTERNS = tuple(_pattern(**pattern) for pattern in DATA["patterns"])
WORDS = {word: frozenset(word) for pattern in PATTERNS for word in pattern.words}
PRINTED, ROUGHLY = re.compile(NUMBERS["printed"]), tuple(NUMBERS["roughly"])
AMOUNTS = {"yuan": "元", "wan_yuan": "万元"}
LONGEST = 300  # characters of a sentence; a longer one is cut into clauses


class Hit(NamedTuple):
    """A number found for a metric, with its position in the text for matching and its sentence's index."""

    at: int
    sentence: int
    metric: str
    value: Number
    unit: str
    approximate: bool


def figures(sections: Sequence[Section], year: int | None = None) -> tuple[Figure, ...]:
    """Read the numbers that the sentences of the sections state, in reading order.

    Numbers of years other than the report's ``year`` are left out, as far as that can be recognised.
    Metrics have the names of db/metrics.toml if they exist there. Money is in the metric's unit. A number
    counts for one metric only, and a sentence gives each value of a metric once.
    """
    sentences = [sentence for section in sections for sentence in _sentences(section.text.replace("\0", " "))]
    compact = _compact(sentences)
    simple = simplified_same_length(compact)
    starts = [0, *(newline.end() for newline in re.finditer("\n", simple))]
    hits = list(_relabel_workload(_hits(simple, compact, starts, year)))
    scopes = [scope.span() for scope in SCOPE["words"].finditer(simple)] if hits else []
    printed = {index: join_lines(sentences[index]) for index in {hit.sentence for hit in hits}}
    return tuple(
        Figure(*hit[2:], printed[hit.sentence], compact[_scope(simple, scopes, starts[hit.sentence], hit)])
        for hit in hits
    )


def _sentences(text: str) -> Iterator[str]:
    """Find the sentences that may state a figure, as printed, at most LONGEST characters each."""
    marked = text.replace("！", "。") if "！" in text else text
    full = done = 0
    while candidate := SENTENCE["candidate"].search(text, done):
        full = full or 1 + 7 * max(map(len, text.split("\n"))) // 10
        start = max(marked.rfind("。", done, candidate.start()) + 1, done)
        done = marked.find("。", candidate.end() - 1) + 1 or len(text)
        for paragraph in _paragraphs(text, start, done, full):
            yield from _clauses(paragraph.lstrip("”’」』）) \n\t\u3000"))


def _paragraphs(text: str, start: int, end: int, full: int) -> Iterator[str]:
    """Find the paragraphs of a sentence that may state a figure; lines of ``full`` length run on."""
    lines, first = text[start:end].split("\n"), 0
    before = start - text.rfind("\n", 0, start) - 1 if len(lines) > 1 else 0
    for index, line in enumerate(lines, 1):
        if (
            index == len(lines)
            or before + len(line) < full
            or SENTENCE["paragraph_start"].match(lines[index])
        ):
            paragraph = "\n".join(lines[first:index])
            if len(lines) == 1 or SENTENCE["candidate"].search(paragraph):
                yield paragraph
            first = index
        before = 0


def _clauses(sentence: str, marks: str = "；;，,") -> Iterator[str]:
    """Split a sentence that is too long: at semicolons, then at commas, then anywhere."""
    if len(sentence) <= LONGEST:
        yield sentence
    elif not marks:
        yield from re.findall(rf"(?s).{{1,{LONGEST}}}(?<![\d.,])|.{{1,{LONGEST}}}", sentence)
    else:
        for piece in re.findall(f"[^{marks[:2]}]*[{marks[:2]}]?", sentence):
            yield from _clauses(piece, marks[2:])


def _compact(sentences: Sequence[str]) -> str:
    """Join the sentences, one per line, without white space, titles and pinyin, with ASCII punctuation."""
    text = SENTENCE["break_in_number"].sub("|", "\0".join(sentences))
    text = without_spaces(text).replace("\u200b", "").replace("\0", "\n")
    text = without_pinyin(SENTENCE["title"].sub("《》", text))
    for wide, narrow in zip("，；：（）％．", ",;:()%.", strict=True):
        text = text.replace(wide, narrow)
    return _pair_respectively(half_width_digits(text)) + "\n"


def _pair_respectively(text: str) -> str:
    """Move numbers that follow 分别 or 各 (respectively, each) to the nouns that they belong to.

    Nothing changes unless there are as many numbers as nouns.

    >>> _pair_respectively("行政复议、行政诉讼分别为22件、3件")
    '行政复议22件、行政诉讼3件'
    >>> _pair_respectively("维持、纠正分别为2件、1件、3件")
    '维持、纠正分别为2件、1件、3件'
    """
    parts, done = [], 0
    for match in SENTENCE["respectively"].finditer(text):
        nouns = SENTENCE["nouns"].split(text[max(done, match.start() - LONGEST) : match.start()])[-1]
        parts += [text[done : match.start() - len(nouns)], _paired(nouns, match)]
        done = match.end()
    return "".join([*parts, text[done:]])


def _paired(printed: str, match: re.Match[str]) -> str:
    nouns, numbers = SENTENCE["between"].split(printed), SENTENCE["one"].findall(match["numbers"])
    if match[0][0] != "分":
        numbers = numbers * len(nouns) if len(numbers) == 1 else []
    if len(nouns) < 2 or len(nouns) != len(numbers):
        return printed + match[0]
    return "、".join(noun + number for noun, number in zip(nouns, numbers, strict=True))


def _hits(simple: str, compact: str, starts: Sequence[int], year: int | None) -> list[Hit]:
    """Apply the patterns in order of precedence: a number counts once, a statement once per sentence."""
    letters = frozenset(simple)
    present = {word for word, all in WORDS.items() if all <= letters and word in simple}
    totals = SCOPE["total_words"].search(simple)
    taken: dict[int, re.Match[str]] = {}
    hits: dict[tuple[int, str, Number], Hit] = {}
    for pattern in [pattern for pattern in PATTERNS if not pattern.words.isdisjoint(present)]:
        for match in pattern.regex.finditer(simple):
            sentence = bisect_right(starts, match.end() - 1) - 1
            if _is_excluded(pattern, match, starts[sentence]):
                continue
            for hit in _hits_of(pattern, match, compact, sentence):
                before = simple[starts[sentence] : hit.at]
                if not pattern.snapshot and _is_of_another_year(before, hit.metric, year):
                    continue
                if taken.setdefault(hit.at, match) is match:
                    if totals and not pattern.snapshot and _is_total(before):
                        hit = hit._replace(metric=f"{hit.metric}_cumulative")
                    hits.setdefault((sentence, hit.metric, hit.value), hit)
    return sorted(hits.values(), key=lambda hit: hit.at)


def _is_excluded(pattern: Pattern, match: re.Match[str], start: int) -> bool:
    """Return whether a match does not count: another period, a list, a word that is missing or forbidden."""
    simple, before = match.string, match.string[start : match.end()]
    if not pattern.snapshot and SCOPE["other_period"].search(simple, start, match.start()):
        return True
    if SCOPE["number_list"].match(simple, match.end()):
        return True
    if pattern.alone and SENTENCE["listed"].match(simple, max(match.start() - 2, 0)):
        return True
    if pattern.near and not any(
        word in simple[start : simple.find("\n", match.end())] for word in pattern.near
    ):
        return True
    return bool(pattern.unless) and any(word in before for word in pattern.unless)


def _hits_of(pattern: Pattern, match: re.Match[str], compact: str, sentence: int) -> Iterator[Hit]:
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
        unit = unit or compact[match.start(group + 2) : match.end(group + 2)]
        for name in pattern.zero if pattern.zero and not value else (metric,):
            yield Hit(at, sentence, name, round(value, 6) if value % 1 else int(value), unit, rough)


def _is_of_another_year(before: str, metric: str, year: int | None) -> bool:
    """Return whether the last year named before a number is not the report's.

    >>> _is_of_another_year("2022年收到申请5件,2023年收到申请", "requests_received", 2023)
    False
    >>> _is_of_another_year("2022年收到申请", "requests_received", 2023)
    True
    """
    named = SCOPE["named_year"].findall(before) if year and not metric.startswith("requests_carried") else []
    return bool(named) and int(named[-1]) != year


def _is_total(before: str) -> bool:
    """Return whether the words before a number make it a total over several years.

    The last such word decides, but 累计 alone after a year or 全年 means the total of that year.

    >>> _is_total("截至2012年底,累计主动公开信息"), _is_total("2012年,全县累计主动公开政府信息")
    (True, False)
    """
    total = yearly = False
    for word in SCOPE["total"].finditer(before):
        yearly = yearly or bool(word["yearly"])
        total = bool(word["strong"]) or (not word["yearly"] and (total or not yearly))
    return total


def _scope(simple: str, scopes: Sequence[tuple[int, int]], start: int, hit: Hit) -> slice:
    """Find the last scope word between the sentence's start and the number; 累计 etc. for totals only."""
    index = bisect_right(scopes, (hit.at, 0)) - 1
    while index >= 0 and scopes[index][0] >= start:
        if simple[scopes[index][0]] not in "累以截" or hit.metric.endswith("_cumulative"):
            return slice(*scopes[index])
        index -= 1
    return slice(0)


def _relabel_workload(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Change the metric of numbers that include requests carried in to ``requests_workload``.

    收到 or 处理 N 件 may include them: it does if N is the number answered plus the number carried out, as
    the sentence states them.
    """
    for _, group in groupby(hits, key=lambda hit: hit.sentence):
        own = list(group)
        stated = {hit.metric: hit.value for hit in own}
        if "requests_carried_out" in stated:
            flows = [hit for hit in own if hit.metric in ("requests_received", "requests_handled")] or own
            first, rest = flows[0], [hit.value for hit in flows[1:] if hit.metric == "requests_handled"]
            old = first.metric == "requests_handled" or stated.get("requests_carried_in")
            if old and first.value - stated["requests_carried_out"] in rest:
                own[own.index(first)] = first._replace(metric="requests_workload")
        yield from own
