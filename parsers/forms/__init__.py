"""The national and provincial forms, each described by a TOML file in this folder."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from parsers.text.chinese import letters

Entry = dict[str, Any]
LongerSpellings = tuple[tuple[str, int], ...]


class Label(NamedTuple):
    """A printed label of a row or a column, and what its figures mean.

    ``letters`` are its Chinese characters, ``spellings`` those of every known spelling, the longest
    first. ``kind`` is ``count``, ``change`` (may be negative) or ``money``. ``unit`` is the unit of the
    stored value; ``printed_unit`` is that of a number printed without one, if the form fixes it. None
    means that the table decides.
    """

    key: str
    printed: str
    letters: str
    spellings: tuple[str, ...]
    english: str
    group: str = ""
    unit: str | None = None
    kind: str | None = None
    printed_unit: str | None = None
    kept: bool = True


class Sum(NamedTuple):
    """A relation between cells of one table, given by their numbers: the sum of ``left`` = or <= ``right``.

    ``strength`` is ``printed`` (stated in the form), ``label`` (follows from 总计 or 其中),
    ``expected`` or ``usual``. The relation does not apply if the cell ``unless`` is above zero.
    """

    rule: str
    strength: str
    left: tuple[int, ...]
    relation: str
    right: tuple[int, ...]
    unless: int | None = None

    @property
    def cells(self) -> tuple[int, ...]:
        return self.left + self.right

    @property
    def required(self) -> bool:
        """Return whether the form itself requires the relation, and not only custom."""
        return self.strength in ("printed", "label")

    @property
    def binding(self) -> bool:
        """Return whether figures may be solved by it: it is an equation, and required."""
        return self.relation == "=" and self.required


@dataclass(frozen=True, eq=False)
class Table:
    """One table of a form. Its cells are numbered row by row.

    Tables with the same ``key`` in different forms are candidates for the same table of a document. A
    table without ``rows`` has one row of figures under its header. ``fields`` holds a name for each cell,
    "" if the cell is not stored. ``with_subtotal`` are the two variants with a subtotal column, before
    its first part and after its last.
    """

    key: str
    forms: tuple[str, ...]
    label: str
    english: str
    unit: str
    anchors: tuple[str, ...]
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    fields: tuple[str, ...]
    sums: tuple[Sum, ...]
    headings: tuple[str, ...]
    subtotal: str = ""
    with_subtotal: tuple["Table", ...] = ()

    @property
    def width(self) -> int:
        return len(self.columns)

    @cached_property
    def header_words(self) -> tuple[str, ...]:
        """All words of the header, Chinese characters only, the longest first.

        Titles of tables (…表) are left out: they may also be the heading of a section.
        """
        anchors = (anchor for anchor in self.anchors if not anchor.endswith("表"))
        groups = (letters(word) for column in self.columns for word in column.group.split("：") if word)
        spellings = (spelling for column in self.columns for spelling in column.spellings)
        return tuple(sorted({*anchors, *groups, *spellings}, key=len, reverse=True))

    @cached_property
    def longer_spellings(self) -> tuple[LongerSpellings, ...]:
        """For each row, the spellings of other rows that contain one of its own, with its offset there."""
        return tuple(tuple(_containing_spellings(row, self.rows)) for row in self.rows)

    @cached_property
    def cross_row_sums(self) -> tuple[Sum, ...]:
        """The sums that figures may be solved by, except those of one row and its total."""
        return tuple(s for s in self.sums if s.binding and not self._is_within_row(s))

    def _is_within_row(self, s: Sum) -> bool:
        rows = {cell // self.width for cell in s.cells}
        return len(rows) == 1 and s.right == tuple(range(s.right[0], s.left[0]))

    def kind(self, cell: int) -> str:
        row, column = self.labels(cell)
        return row.kind or column.kind or "count"

    def cell_unit(self, cell: int) -> str:
        row, column = self.labels(cell)
        return row.unit or column.unit or self.unit

    def printed_unit(self, cell: int) -> str | None:
        row, column = self.labels(cell)
        return row.printed_unit or column.printed_unit

    def labels(self, cell: int) -> tuple[Label, Label]:
        return (self.rows or UNLABELLED_ROW)[cell // self.width], self.columns[cell % self.width]

    def describe(self, cell: int) -> tuple[str, str]:
        """Describe a cell in Chinese, by its printed labels, and in English."""
        row, column = self.labels(cell)
        chinese = (self.label, row.group, row.printed, column.group, column.printed)
        english = (self.english, row.english, column.english)
        return " / ".join(filter(None, chinese)), ", ".join(filter(None, english))


class Form(NamedTuple):
    """A form, the decree that prescribes it, and the data years it applies to."""

    id: str
    authority: str
    years: tuple[int, ...]
    tables: tuple[Table, ...]


UNLABELLED_ROW = (Label("", "", "", (), ""),)


@cache
def forms() -> tuple[Form, ...]:
    """Load every form, the newest first."""
    found = [
        Form(data["id"], data["authority"], tuple(data["years"]), tuple(_tables(data)))
        for data in _parsed().values()
    ]
    return tuple(sorted(found, key=lambda form: (form.years, form.id), reverse=True))


@cache
def variants() -> dict[str, tuple[Table, ...]]:
    """Group the tables by key; a table that several forms share is included once."""
    groups: dict[str, dict[tuple[str, ...], Table]] = {}
    for form in forms():
        for table in form.tables:
            known = groups.setdefault(table.key, {})
            shared = known[table.fields].forms if table.fields in known else ()
            known[table.fields] = replace(table, forms=(*shared, form.id))
    return {key: tuple(tables.values()) for key, tables in groups.items()}


@cache
def _parsed() -> dict[str, Entry]:
    paths = Path(__file__).parent.glob("*.toml")
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in paths}


def _tables(data: Entry) -> Iterator[Table]:
    for entry in data["table"]:
        yield _table(_inherited(entry) if "like" in entry else entry, data["id"])


def _inherited(entry: Entry) -> Entry:
    """Copy a table of another form, with some of its rows replaced by several."""
    form, key = entry["like"].split(".")
    model: Entry = next(table for table in _parsed()[form]["table"] if table["key"] == key)
    new_rows: dict[str, Entry] = entry.get("replace", {})
    rows = [new_rows.get(name, {name: row}) for name, row in model.get("rows", {}).items()]
    sums = [
        {
            k: [new for n in v for new in new_rows.get(n, [n])] if isinstance(v, list) else v
            for k, v in s.items()
        }
        for s in model["sums"]
    ]
    return model | {"rows": {key: row for group in rows for key, row in group.items()}, "sums": sums}


def _table(entry: Entry, form: str) -> Table:
    rows = tuple(_label(key, data) for key, data in entry.get("rows", {}).items())
    columns = tuple(_label(key, data) for key, data in entry["columns"].items())
    keys = [(row, column) for row in rows or UNLABELLED_ROW for column in columns]
    subtotal = entry.get("subtotal")
    return Table(
        key=entry["key"],
        forms=(form,),
        label=entry["label"],
        english=entry["english"],
        unit=entry["unit"],
        anchors=_spellings(entry.get("anchors", [entry["label"], *entry.get("also", [])])),
        rows=rows,
        columns=columns,
        fields=tuple(_field(entry["prefix"], row, column) for row, column in keys),
        sums=tuple(_sums(entry.get("sums", []), rows, columns)),
        headings=_spellings([*entry.get("headings", []), *(row.group for row in rows)]),
        subtotal=letters(subtotal["label"]) if subtotal else "",
        with_subtotal=tuple(_table(wide, form) for wide in _with_subtotal(entry, subtotal))
        if subtotal
        else (),
    )


def _with_subtotal(entry: Entry, subtotal: Entry) -> Iterator[Entry]:
    """Add the subtotal's column before its first part, then after its last."""
    parts = subtotal["parts"]
    added = {"subtotal": {"label": subtotal["label"], "english": "subtotal", "kept": False}}
    sums = [*entry["sums"], subtotal | {"each": "row", "left": ["subtotal"], "right": parts}]
    for key, before in ((parts[0], True), (parts[-1], False)):
        columns: Entry = {}
        for name, column in entry["columns"].items():
            columns |= (
                (added | {name: column} if before else {name: column} | added)
                if name == key
                else {name: column}
            )
        yield {k: v for k, v in entry.items() if k != "subtotal"} | {"columns": columns, "sums": sums}


def _label(key: str, data: Entry) -> Label:
    spellings = _spellings([data["label"], *data.get("also", []), data.get("hint", "")])
    return Label(
        key=key,
        printed=data["label"],
        letters=spellings[0],
        spellings=tuple(sorted(spellings, key=len, reverse=True)),
        english=data["english"],
        group=data.get("group", ""),
        unit=data.get("unit"),
        kind=data.get("type"),
        printed_unit=data.get("printed_unit"),
        kept=data.get("kept", True),
    )


def _spellings(printed: list[str]) -> tuple[str, ...]:
    """Reduce labels to their Chinese characters, without the enumerator before them."""
    return tuple(dict.fromkeys(filter(None, (letters(_without_enumerator(label)) for label in printed))))


def _containing_spellings(row: Label, rows: tuple[Label, ...]) -> Iterator[tuple[str, int]]:
    for other in rows:
        for spelling in other.spellings if other.key != row.key else ():
            for own in row.spellings:
                if own in spelling and own != spelling:
                    yield spelling, spelling.find(own)


def _without_enumerator(label: str) -> str:
    """Drop an enumerator such as 一、 or （二） or 其中：.

    >>> _without_enumerator("（三）不予公开"), _without_enumerator("其中：1、当面申请数")
    ('不予公开', '1、当面申请数')
    """
    for mark in ("、", "）", "："):
        head, found, tail = label.partition(mark)
        if found and len(head) <= 3:
            return tail
    return label


def _field(prefix: str, row: Label, column: Label) -> str:
    return ".".join(filter(None, (prefix, row.key, column.key))) if row.kept and column.kept else ""


def _sums(entries: list[Entry], rows: tuple[Label, ...], columns: tuple[Label, ...]) -> Iterator[Sum]:
    row_at = {row.key: i * len(columns) for i, row in enumerate(rows)}
    column_at = {column.key: i for i, column in enumerate(columns)}
    for entry in entries:
        each = entry.get("each")
        at = column_at if each == "row" or not rows else row_at
        steps = {"row": row_at, "column": column_at}[each].values() if each else [0]
        for step in steps:
            yield from _sum(entry, {key: cell + step for key, cell in at.items()})


def _sum(entry: Entry, at: dict[str, int]) -> Iterator[Sum]:
    unless = at[entry["unless"]] if "unless" in entry else None
    right = tuple(at[key] for key in entry["right"])
    for keys in [[key] for key in entry.get("among", [])] or [entry["left"]]:
        left = tuple(at[key] for key in keys)
        yield Sum(entry["rule"], entry["strength"], left, entry.get("relation", "="), right, unless)
