"""Lay a document out as one stream: its letters in one string, and every figure with its position in it.

Labels are searched in the letters alone, so spaces, line breaks, punctuation, enumerators, page numbers
and even figures inside a label do not matter. The position of a figure is the number of letters before
it, which shows between which two labels it stands.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple
from unicodedata import normalize

from parsers.tables.values import BLANK, NOTE_MARK, UNREADABLE, Reading, read
from parsers.text.chinese import NOT_LETTERS, simplified
from parsers.text.lines import Line
from parsers.text.units import COUNT_UNIT, MONEY_UNIT, SCALE

# LongerSpellings lines are prose, unless they contain one of TABLE_WORDS.
LONGEST_ROW = 120
TABLE_WORDS = re.compile(
    "第二十[条條]|[勾钩鉤]稽|申请人情[况況]|申請人情[况況]|后起诉|後起訴|指[标標]名[称稱]|[统統][计計](?:指|表)"
)
# Stands for a line of prose among the letters, so that no label is found across it.
BARRIER = "\0"
LONGEST_CACHED = 80
# Text is hard-wrapped if at least FEWEST_FULL lines are about as long as the longest, and that is at least
# SHORTEST_WRAP long.
FEWEST_FULL, SHORTEST_WRAP = 5, 30
# A unit before one of these is the beginning of the next label: 部分公开, 个人隐私, 人员数, 起诉, 项目数量.
NOT_LABEL = "(?![分人员称诉所数例目案])"
FIGURE_OR_REMARK = re.compile(
    rf"""
    \([^()]{{0,400}}[一-鿿][^()]{{0,400}}\)              # a remark, whose digits are no figures
  | 第\s*\d+                                             # 第20条
  | (?:\d+[A-Za-z]|[A-Za-z]+\d)[A-Za-z\d]*               # 1O or l2: a figure that cannot be trusted
  | \(\s*\d[\d,.]*\s*\)(?!\s*[一-鿿“"'《(「])        # (18) may be a negative figure; (1)属于 is an enumerator
  | (?:增加|新增|减少|下降|增|减)?[-+↑↓—–―¥]*\d[\d,.]*(?:[-+/]\d[\d,.]*)*
    (?:\ ?(?:{MONEY_UNIT}|\({MONEY_UNIT}\)|{SCALE}|{COUNT_UNIT}{NOT_LABEL}))?[↑↓]?
  | (?<!\S)(?:[-/\\—–―]{{1,3}}|无|零|未发生|持平|无变化|不涉及)(?!\S)
  | [-/\\—–―]{{2,30}}(?!\d)                               # several dashes that ran together
    """,
    re.VERBOSE,
)
BRACKETED_FIGURE = re.compile(r"\(\s*\d[\d,.]*\s*\)")
ENUMERATOR = re.compile(r"\d{1,2}\s*[.．、)）]")
SPACED_DIGITS = re.compile(r"\d \d")  # 52 169 outside a drawn cell is two figures rather than 52,169
ENUMERATOR_END = re.compile(r"(?:\ ?\.|[、)])(?=\s*[“\"'《(「]?[一-鿿])")
BARE_ENUMERATOR = re.compile(r"[1-9]\d?\s+[一-鿿“\"'《(「]")  # 2 其他法律行政法规禁止公开
DATE_UNIT = re.compile(r"\s*[年月日号时]")
PERCENT = re.compile(r"\s*%")
DEBRIS = re.compile("[A-Za-z]{1,3}")  # an O or l alone in its line may have been a figure
LETTER = re.compile("[一-鿿]")


class Mark(NamedTuple):
    """A token that stands where a figure may stand: a number, dash, word, blank cell or unreadable text.

    ``position`` is the number of letters before it. ``whole`` says that it fills a cell or a line, so it
    is one figure that must not be cut. ``line`` is the number of its line in the document.
    """

    position: int
    text: str
    reading: Reading
    at: str
    whole: bool
    line: int


class Stream(NamedTuple):
    """A document's letters (Chinese characters) in one string, and its marks in reading order.

    ``positions`` are those of the marks. ``cell_starts`` and ``cell_ends`` delimit the letters that fill
    a cell or a line, ``remarks`` those in brackets. ``line_starts`` gives the position at which each line
    starts. ``offsets`` leads back from letters to characters in lines that hold figures: it pairs the
    position of a run of letters with the character of the line at which the run starts.
    """

    letters: str
    marks: list[Mark]
    positions: list[int]
    cell_starts: list[int]
    cell_ends: list[int]
    remarks: list[tuple[int, int]]
    offsets: list[tuple[int, int]]
    line_starts: list[int]
    lines: list[Line]

    def cell_end(self, position: int) -> int:
        """Return the end of the cell that a letter stands in, or 0 if it stands in none."""
        i = bisect_right(self.cell_starts, position) - 1
        return self.cell_ends[i] if i >= 0 and self.cell_ends[i] > position else 0

    def marks_between(self, start: int, end: int) -> list[Mark]:
        """Return the marks between the letters ``start`` and ``end``."""
        return self.marks[bisect_right(self.positions, start) : bisect_right(self.positions, end)]

    def line_of(self, position: int) -> int:
        return bisect_right(self.line_starts, position) - 1

    def offset_of(self, position: int) -> int:
        """Return the index of a letter among the characters of its line, which must be one with figures."""
        line = self.lines[self.line_of(position)].cells[0]
        before, start = self.offsets[bisect_right(self.offsets, (position, len(line))) - 1]
        letters = islice(LETTER.finditer(line, start), position - before, None)
        return next((letter.start() for letter in letters), len(line))


class Token(NamedTuple):
    """A piece of a cell: a run of letters, or, if it has a ``reading``, a future mark.

    ``whole`` says that it fills its cell; ``start`` is the character of the cell at which it begins.
    """

    letters: str
    text: str = ""
    reading: Reading | None = None
    whole: bool = False
    is_remark: bool = False
    start: int = 0


def lay_out(lines: list[Line]) -> Stream:
    """Lay a document's lines out as one stream."""
    stream = Stream("", [], [], [], [], [], [], [], lines)
    runs: list[str] = []
    first = next((i for i, line in enumerate(lines) if any(map(TABLE_WORDS.search, line.cells))), 0)
    position = 0
    torn = _torn_lines(lines)
    for number, line in enumerate(lines):
        stream.line_starts.append(position)
        for column, cell in enumerate(line.cells if number >= first else (), 1):
            tokens = _tokens_of(cell, line.ruled)
            for token in _without_torn(tokens, number - 1 in torn, number in torn) if torn else tokens:
                if token.reading is None:
                    _add_letters(stream, token, position)
                    runs.append(token.letters)
                    position += len(token.letters)
                else:
                    at = f"{line.at}c{column}" if line.ruled else line.at
                    stream.marks.append(Mark(position, token.text, token.reading, at, token.whole, number))
                    stream.positions.append(position)
    return stream._replace(letters="".join(runs))


def _torn_lines(lines: list[Line]) -> set[int]:
    """Return the numbers of the lines whose last figure a hard wrap may have torn.

    Such a line ends in a digit and the next begins with one; they may belong to one figure or to two.
    Line length is measured in characters and in columns, of which a Chinese character fills two.
    """
    loose = ["" if line.ruled else line.cells[0] for line in lines]
    torn = [
        number
        for number, (text, following) in enumerate(pairwise([*loose, ""]))
        if text[-1:].isdigit() and following[:1].isdigit() and not ENUMERATOR.match(following)
    ]
    if not torn:
        return set()
    lengths, widths = [len(text) for text in loose], [len(text.encode("gb18030")) for text in loose]
    return (_full_lines(lengths) | _full_lines(widths)).intersection(torn)


def _full_lines(sizes: list[int]) -> set[int]:
    """Return the numbers of the lines that are full, if the text is hard-wrapped.

    A line counts as full if it is at most two shorter than the longest: spaces at its ends are stripped.
    """
    longest = max(sizes)
    full = {number for number, size in enumerate(sizes) if size >= longest - 2}
    return full if longest >= SHORTEST_WRAP and len(full) >= FEWEST_FULL else set()


def _without_torn(tokens: Iterable[Token], first: bool, last: bool) -> list[Token]:
    """Make the first or the last figure of a line unreadable, as it may be torn."""
    doubted = list(tokens)
    for i in [0] * first + [-1] * last:
        if doubted and doubted[i].reading is not None:
            doubted[i] = doubted[i]._replace(text=f"{doubted[i].text}…", reading=UNREADABLE)
    return doubted


def _add_letters(stream: Stream, token: Token, position: int) -> None:
    if token.whole:
        stream.cell_starts.append(position)
        stream.cell_ends.append(position + len(token.letters))
        return
    stream.offsets.append((position, token.start))
    if token.is_remark:
        stream.remarks.append((position, position + len(token.letters)))


def _tokens_of(cell: str, ruled: bool) -> tuple[Token, ...]:
    if len(cell) <= LONGEST_CACHED:
        return _tokenize_cached(cell, ruled)
    if len(cell) > LONGEST_ROW and not TABLE_WORDS.search(cell):
        return (Token(BARRIER),)
    return _tokenize(cell, ruled)


def _tokenize(cell: str, ruled: bool) -> tuple[Token, ...]:
    """Split a cell into labels and figures; most cells are a single one."""
    cell = NOTE_MARK.sub("", cell).strip()
    plain = normalize("NFKC", simplified(cell))
    reading = read(plain)
    if reading.status != "unreadable" and (ruled or not SPACED_DIGITS.search(plain)):
        # An empty line outside drawn cells may be a blank cell or mere space, so it is not whole.
        return (Token("", cell, reading, whole=ruled or reading is not BLANK),)
    letters = NOT_LETTERS.sub("", plain)
    if (ruled and not letters) or DEBRIS.fullmatch(plain):
        return (Token("", cell, UNREADABLE, whole=True),)
    tokens = tuple(_scan(plain, cell if len(cell) == len(plain) else plain))
    return (Token(letters, whole=True),) if all(token.reading is None for token in tokens) else tokens


_tokenize_cached = lru_cache(maxsize=1 << 16)(_tokenize)


def _scan(plain: str, printed: str) -> Iterator[Token]:
    """Split text into letters, remarks and figures; the text of a figure is taken from ``printed``."""
    end = 0
    for match in FIGURE_OR_REMARK.finditer(plain):
        text = _figure(plain, match)
        if match[0][0] == "(" or text:
            start = match.start()
            if between := NOT_LETTERS.sub("", plain[end:start]):
                yield Token(between, start=end)
            end = start + len(text) if text else match.end()
            if text:
                yield Token("", printed[start:end], read(text))
            else:
                yield Token(NOT_LETTERS.sub("", match[0]), is_remark=True, start=start)
    if rest := NOT_LETTERS.sub("", plain[end:]):
        yield Token(rest, start=end)


def _figure(plain: str, match: re.Match[str]) -> str:
    """Return the figure in a match, or "", without the enumerator of the next label that ran into it.

    >>> text = "00000002.其他法律行政法规禁止公开"
    >>> _figure(text, FIGURE_OR_REMARK.match(text))
    '0000000'
    """
    text = match[0]
    if text[0] in "(第":
        return text if BRACKETED_FIGURE.fullmatch(text) else ""
    bare = text.rstrip(".,")
    if DATE_UNIT.match(plain, match.end()):
        return ""
    if percent := PERCENT.match(plain, match.end()):
        return plain[match.start() : percent.end()]
    if match.start() == 0 and BARE_ENUMERATOR.match(plain):
        return ""
    if ENUMERATOR_END.match(plain, match.start() + len(bare)):
        alone = len(bare) == 1 or (len(bare) == 2 and match.start() == 0 and bare[0] != "0")
        return "" if alone else bare[:-1].rstrip(".,")
    return bare
