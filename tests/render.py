"""Print a filled-in form in the layouts that reports come in, for tests that read it back."""

from collections.abc import Callable, Iterator, Mapping
from html import escape

from parsers.forms import Form, Table, forms

Texts = Mapping[str, str]
Lines = list[list[str]]

SECTIONS = {
    "documents": "二、主动公开政府信息情况",
    "requests": "三、收到和处理政府信息公开申请情况",
    "disputes": "四、政府信息公开行政复议、行政诉讼情况",
}
RESULTS = "三、本年度办理结果"
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
AFTER = [
    "五、存在的主要问题及改进情况",
    "公开工作还需加强。",
    "六、其他需要报告的事项",
    "无其他需要报告的事项。",
]


def form(name: str) -> Form:
    return next(form for form in forms() if form.id == name)


def before(name: str, year: int) -> list[str]:
    return [f"{name}{year}年政府信息公开工作年度报告", "一、总体情况", "本年度依法开展政府信息公开工作。"]


def header(table: Table) -> Lines:
    """Give a table's header as rows of cells, in the order in which flattening leaves them."""
    columns = [column.printed for column in table.columns]
    if table.key == "requests":
        return [[CORNER, "申请人情况"], ["自然人", "法人或其他组织", "总计"], columns[1:-1]]
    if table.key == "disputes":
        five = columns[:5]
        return [["行政复议", "行政诉讼"], [*five, "未经复议直接起诉", "复议后起诉"], five * 2]
    if table.key == "annex":
        names = (
            ["指标名称", "计量单位", "2014年度", "历年累计"]
            if table.width > 1
            else ["统计指标", "单位", "统计数"]
        )
        return [names]
    return [[table.label], ["信息内容", *columns]]


def rows(table: Table, texts: Texts) -> Iterator[tuple[list[str], list[str]]]:
    """Give a table's rows as label cells, with the headings that begin at them, and figures."""
    told: set[str] = set()
    for start in range(0, len(table.fields), table.width):
        row, _ = table.labels(start)
        headings = [
            h for h in dict.fromkeys((RESULTS if row.group else "", row.group)) if h and h not in told
        ]
        told.update(headings)
        unit = [row.unit or table.unit] if table.key == "annex" else []
        labels = [*headings, *filter(None, [row.printed]), *unit]
        yield labels, [texts.get(field, "") for field in table.fields[start : start + table.width]]


def page(name: str, year: int, tables: Callable[[Table], list[str]], form_id: str) -> list[str]:
    """Put tables between the prose of a report."""
    lines = before(name, year)
    for table in form(form_id).tables:
        lines += [SECTIONS[table.key]] if table.key in SECTIONS else []
        lines += tables(table)
    return lines + AFTER


def one_cell_a_line(form_id: str, texts: Texts, gap: str = "", end: str = "") -> str:
    """Print every cell on a line of its own, with ``gap`` between lines and ``end`` behind cells."""

    def lines(table: Table) -> list[str]:
        cells = [cell for line in header(table) for cell in line]
        cells += [cell for labels, figures in rows(table, texts) for cell in (*labels, *figures)]
        return [cell + end for cell in cells]

    return ("\n" + gap).join(page("甲市财政局", 2020, lines, form_id))


def one_row_a_line(form_id: str, texts: Texts, separator: str = " | ", end: str = " |") -> str:
    def lines(table: Table) -> list[str]:
        found = [*header(table), *([*labels, *figures] for labels, figures in rows(table, texts))]
        return [separator.join(cells) + end for cells in found]

    return "\n".join(page("甲市财政局", 2020, lines, form_id))


def columns_of_spaces(form_id: str, texts: Texts) -> str:
    """Print as pdftotext -layout does: long labels broken around their figures, page numbers between."""

    def lines(table: Table) -> list[str]:
        found = ["    ".join(cells) for cells in header(table)]
        for labels, figures in rows(table, texts):
            *groups, label = labels or [""]
            printed = "".join(f"  {figure:>6}" for figure in figures)
            found += [f"  {group}" for group in groups]
            if len(label) > 14:
                found += [" " * 18 + label[:14], " " * 40 + printed, " " * 18 + label[14:]]
            else:
                found.append(" " * 18 + label.ljust(22) + printed)
            if "出版物" in label:
                found += ["", "                              -3-", "\f"]
        return found

    return "\n".join(page("甲市财政局", 2020, lines, form_id))


def squashed(form_id: str, texts: Texts) -> str:
    """Print everything without any separator."""

    def lines(table: Table) -> list[str]:
        cells = [cell for line in header(table) for cell in line]
        cells += [cell for labels, figures in rows(table, texts) for cell in (*labels, *figures)]
        return ["".join(cells)]

    title, *rest = page("甲市财政局", 2020, lines, form_id)
    return f"标题: {title}\n正文\n{title} {''.join(rest)}"


def tables_in_html(table: Table, texts: Texts) -> list[str]:
    """Print a table with the spans of the published forms."""
    body = [_row(*((cell, 1, 1) for cell in cells)) for cells in header(table)]
    if table.key == "requests":
        body = _requests_header(table)
    if table.key == "disputes":
        body = _disputes_header(table)
    body += [
        _row(*_spanned(table, labels), *((figure, 1, 1) for figure in figures))
        for labels, figures in rows(table, texts)
    ]
    return [f"<table border='1'>{''.join(body)}</table>"]


def html(form_id: str, texts: Texts) -> str:
    """Print a page that holds a report."""
    made = page("甲市财政局", 2020, lambda table: tables_in_html(table, texts), form_id)
    body = "\n".join(line if line.startswith("<table") else f"<p>{escape(line)}</p>" for line in made)
    head = f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{made[0]}</title></head>"
    return f"{head}<body>{body}</body></html>"


def _row(*cells: tuple[str, int, int]) -> str:
    spans = (f"<td rowspan='{down}' colspan='{across}'>{escape(text)}</td>" for text, down, across in cells)
    return f"<tr>{''.join(spans)}</tr>"


def _requests_header(table: Table) -> list[str]:
    leaves = [(column.printed, 1, 1) for column in table.columns[1:-1]]
    return [
        _row((CORNER, 3, 3), ("申请人情况", 1, 7)),
        _row(("自然人", 2, 1), ("法人或其他组织", 1, 5), ("总计", 2, 1)),
        _row(*leaves),
    ]


def _disputes_header(table: Table) -> list[str]:
    five = [column.printed for column in table.columns[:5]]
    return [
        _row(("行政复议", 1, 5), ("行政诉讼", 1, 10)),
        _row(*((name, 2, 1) for name in five), ("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5)),
        _row(*((name, 1, 1) for name in five * 2)),
    ]


def _spanned(table: Table, labels: list[str]) -> list[tuple[str, int, int]]:
    """Give label cells their spans: headings go down over their rows, a label fills what is left of three."""
    if table.key != "requests":
        return [(label, 1, 1) for label in labels]
    *headings, label = labels
    depth = {RESULTS: len(table.rows) - 3}
    depth |= {
        group: sum(row.group == group for row in table.rows)
        for group in {row.group for row in table.rows} - {RESULTS}
    }
    group = next(row.group for row in table.rows if row.printed == label)
    across = 3 - len({RESULTS, group}) if group else 3
    return [*((heading, depth[heading], 1) for heading in headings), (label, 1, across)]


LAYOUTS: dict[str, Callable[[str, Texts], str]] = {
    "html": html,
    "one cell a line": one_cell_a_line,
    "one cell a line, empty lines between": lambda form_id, texts: one_cell_a_line(form_id, texts, gap="\n"),
    "one cell a line, pipe behind": lambda form_id, texts: one_cell_a_line(form_id, texts, end=" |"),
    "pipes": one_row_a_line,
    "tabs": lambda form_id, texts: one_row_a_line(form_id, texts, "\t", ""),
    "spaces": lambda form_id, texts: one_row_a_line(form_id, texts, " ", ""),
    "columns of spaces": columns_of_spaces,
}
