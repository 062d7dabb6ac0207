"""A document's letters in one string, and every figure with its place among them.

Labels are found in the letters alone, so that spaces, line breaks, punctuation, enumerators, page
numbers and even figures inside a label are no hindrance. A figure keeps the number of letters before
it, so what lies between two labels is found by that number.
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

# Lines longer than this are prose, unless they hold a word of the tables.
LONGEST_ROW = 120
TABLE_WORDS = re.compile(
    "第二十[条條]|[勾钩鉤]稽|申请人情[况況]|申請人情[况況]|后起诉|後起訴|指[标標]名[称稱]|[统統][计計](?:指|表)"
)
PROSE = "\0"
CACHED = 80
# Text is hard-wrapped where so many lines are as long as the longest, which is at least so long.
FEWEST_FULL, SHORTEST_WRAP = 5, 30
# A unit does not begin a word of the next label: 部分公开, 个人隐私, 人员数, 起诉, 项目数量.
NO_WORD = "(?![分人员称诉所数例目案])"
TOKEN = re.compile(
    rf"""
    \([^()]{{0,400}}[一-鿿][^()]{{0,400}}\)              # a remark, whose digits are no figures
  | 第\s*\d+                                             # 第20条
  | (?:\d+[A-Za-z]|[A-Za-z]+\d)[A-Za-z\d]*               # 1O or l2: a figure that cannot be trusted
  | \(\s*\d[\d,.]*\s*\)(?!\s*[一-鿿“"'《(「])        # (18) behind no figure may be a loss; (1)属于 counts
  | (?:增加|新增|减少|下降|增|减)?[-+↑↓—–―¥]*\d[\d,.]*(?:[-+/]\d[\d,.]*)*
    (?:\ ?(?:{MONEY_UNIT}|\({MONEY_UNIT}\)|{SCALE}|{COUNT_UNIT}{NO_WORD}))?[↑↓]?
  | (?<!\S)(?:[-/\\—–―]{{1,3}}|无|零|未发生|持平|无变化|不涉及)(?!\S)
  | [-/\\—–―]{{2,30}}(?!\d)                               # several dashes that ran together
    """,
    re.VERBOSE,
)
LOSS = re.compile(r"\(\s*\d[\d,.]*\s*\)")
ENUMERATOR = re.compile(r"\d{1,2}\s*[.．、)）]")
SPACED = re.compile(r"\d \d")  # in loose text hardly 52,169 but two figures
ENUMERATED = re.compile(r"(?:\ ?\.|[、)])(?=\s*[“\"'《(「]?[一-鿿])")
NUMBERED = re.compile(r"[1-9]\d?\s+[一-鿿“\"'《(「]")  # 2 其他法律行政法规禁止公开
DATED = re.compile(r"\s*[年月日号时]")
RATE = re.compile(r"\s*%")
DEBRIS = re.compile("[A-Za-z]{1,3}")  # an O or l alone in its line may have been a figure
LETTER = re.compile("[一-鿿]")


class Mark(NamedTuple):
    """Something that stands where a figure may stand.

    ``position`` is the number of letters before it; ``solid`` says that it had a cell or a line of
    its own; ``line`` is the number of its line in the document.
    """

    position: int
    text: str
    reading: Reading
    at: str
    solid: bool
    line: int


class Stream(NamedTuple):
    """The letters, the marks in order, and which spans of letters are whole cells or remarks.

    ``parts`` tells for letters in a line with figures where in the line they stand: the number of
    letters before them, and the character at which they start.
    """

    letters: str
    marks: list[Mark]
    positions: list[int]
    cell_starts: list[int]
    cell_ends: list[int]
    remarks: list[tuple[int, int]]
    parts: list[tuple[int, int]]
    line_starts: list[int]
    lines: list[Line]

    def cell_end(self, position: int) -> int:
        """Give the letter behind the cell that a letter stands in, or 0 where no cell was drawn."""
        i = bisect_right(self.cell_starts, position) - 1
        return self.cell_ends[i] if i >= 0 and self.cell_ends[i] > position else 0

    def marks_between(self, start: int, end: int) -> list[Mark]:
        """Give the marks after the letter ``start`` and before the letter ``end``."""
        return self.marks[bisect_right(self.positions, start) : bisect_right(self.positions, end)]

    def line_of(self, position: int) -> int:
        return bisect_right(self.line_starts, position) - 1

    def character(self, position: int) -> int:
        """Give the place of a letter in its line, where that is a line with figures."""
        line = self.lines[self.line_of(position)].cells[0]
        before, start = self.parts[bisect_right(self.parts, (position, len(line))) - 1]
        letters = islice(LETTER.finditer(line, start), position - before, None)
        return next((letter.start() for letter in letters), len(line))


class Part(NamedTuple):
    """A piece of a cell: letters, or with a ``reading`` something that stands where a figure may.

    ``start`` is the character of the cell at which it begins.
    """

    letters: str
    text: str = ""
    reading: Reading | None = None
    solid: bool = False
    is_remark: bool = False
    start: int = 0


def stream(lines: list[Line]) -> Stream:
    """Lay a document's lines out as one stream. Prose leaves a barrier that no label crosses."""
    made = Stream("", [], [], [], [], [], [], [], lines)
    pieces: list[str] = []
    first = next((i for i, line in enumerate(lines) if any(map(TABLE_WORDS.search, line.cells))), 0)
    position = 0
    torn = _torn(lines)
    for number, line in enumerate(lines):
        made.line_starts.append(position)
        for column, cell in enumerate(line.cells if number >= first else (), 1):
            parts = _parts_of(cell, line.ruled)
            for part in _doubted(parts, number - 1 in torn, number in torn) if torn else parts:
                if part.reading is None:
                    _lay(made, part, position)
                    pieces.append(part.letters)
                    position += len(part.letters)
                else:
                    at = f"{line.at}c{column}" if line.ruled else line.at
                    made.marks.append(Mark(position, part.text, part.reading, at, part.solid, number))
                    made.positions.append(position)
    return made._replace(letters="".join(pieces))


def _torn(lines: list[Line]) -> set[int]:
    """Number the lines of hard-wrapped text that end in a digit where the next begins with one.

    Whether that is one figure or two nobody knows. Text is hard-wrapped where several lines are as
    long as the longest, in characters or in columns, of which a Chinese character fills two.
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
    return (_full(lengths) | _full(widths)).intersection(torn)


def _full(sizes: list[int]) -> set[int]:
    """Number the lines that are as long as the longest, but for spaces at its ends, if several are."""
    longest = max(sizes)
    full = {number for number, size in enumerate(sizes) if size >= longest - 2}
    return full if longest >= SHORTEST_WRAP and len(full) >= FEWEST_FULL else set()


def _doubted(parts: Iterable[Part], first: bool, last: bool) -> list[Part]:
    """Make the first or the last figure of a line unreadable, for it may be torn."""
    doubted = list(parts)
    for i in [0] * first + [-1] * last:
        if doubted and doubted[i].reading is not None:
            doubted[i] = doubted[i]._replace(text=f"{doubted[i].text}…", reading=UNREADABLE)
    return doubted


def _lay(made: Stream, part: Part, position: int) -> None:
    if part.solid:
        made.cell_starts.append(position)
        made.cell_ends.append(position + len(part.letters))
        return
    made.parts.append((position, part.start))
    if part.is_remark:
        made.remarks.append((position, position + len(part.letters)))


def _parts_of(cell: str, ruled: bool) -> tuple[Part, ...]:
    if len(cell) <= CACHED:
        return _short_parts(cell, ruled)
    if len(cell) > LONGEST_ROW and not TABLE_WORDS.search(cell):
        return (Part(PROSE),)
    return _parts(cell, ruled)


def _parts(cell: str, ruled: bool) -> tuple[Part, ...]:
    """Split a cell into labels and figures; most cells are one of either."""
    cell = NOTE_MARK.sub("", cell).strip()
    plain = normalize("NFKC", simplified(cell))
    reading = read(plain)
    if reading.status != "unreadable" and (ruled or not SPACED.search(plain)):
        # An empty line in loose text may be a blank cell or mere space.
        return (Part("", cell, reading, solid=ruled or reading is not BLANK),)
    found = NOT_LETTERS.sub("", plain)
    if (ruled and not found) or DEBRIS.fullmatch(plain):
        return (Part("", cell, UNREADABLE, solid=True),)
    parts = tuple(_tokens(plain, cell if len(cell) == len(plain) else plain))
    return (Part(found, solid=True),) if all(part.reading is None for part in parts) else parts


_short_parts = lru_cache(maxsize=1 << 16)(_parts)


def _tokens(plain: str, printed: str) -> Iterator[Part]:
    """Cut loose text into letters, remarks and figures; figures keep their ``printed`` look."""
    end = 0
    for token in TOKEN.finditer(plain):
        text = _figure(plain, token)
        if token[0][0] == "(" or text:
            start = token.start()
            if between := NOT_LETTERS.sub("", plain[end:start]):
                yield Part(between, start=end)
            end = start + len(text) if text else token.end()
            if text:
                yield Part("", printed[start:end], read(text))
            else:
                yield Part(NOT_LETTERS.sub("", token[0]), is_remark=True, start=start)
    if rest := NOT_LETTERS.sub("", plain[end:]):
        yield Part(rest, start=end)


def _figure(plain: str, token: re.Match[str]) -> str:
    """Give the figure in a token, without the enumerator of a next label that ran into it.

    >>> text = "00000002.其他法律行政法规禁止公开"
    >>> _figure(text, TOKEN.match(text))
    '0000000'
    """
    text = token[0]
    if text[0] in "(第":
        return text if LOSS.fullmatch(text) else ""
    bare = text.rstrip(".,")
    if DATED.match(plain, token.end()):
        return ""
    if rate := RATE.match(plain, token.end()):
        return plain[token.start() : rate.end()]
    if token.start() == 0 and NUMBERED.match(plain):
        return ""
    if ENUMERATED.match(plain, token.start() + len(bare)):
        alone = len(bare) == 1 or (len(bare) == 2 and token.start() == 0 and bare[0] != "0")
        return "" if alone else bare[:-1].rstrip(".,")
    return bare
