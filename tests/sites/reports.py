"""Reports for emulated sites: consistent figures, the form's labels, invented publishers."""

from collections.abc import Iterator
from random import Random

from parsers.forms import Table
from tests.render import Texts, form, tables_in_html
from tests.render import page as printed_page

Values = dict[str, int]
PERIOD = "报告所列数据的统计期限为{year}年1月1日至{year}年12月31日。"
OWN = "为做好政府信息公开工作，本机关按照条例要求编制本报告。"
WHOLE = "本报告综合全{unit}各级行政机关的数据编制。"


def figures(organ: str, year: int) -> Values:
    """Make an organ's figures so that every sum holds, and what is carried over from year to year too."""
    random = Random(f"{organ} {year}")
    values: Values = {}
    for table in form(form_of(year)).tables:
        counts = [random.choice((0, 0, random.randint(0, 9), random.randint(0, 200))) for _ in table.fields]
        if table.key == "documents":
            counts = [count for row in batched(counts, table.width) for count in sorted(row)]
        if table.key == "requests":
            counts = with_sums(table, _carried(table, counts, organ, year))
        if table.key == "disputes":
            for start in (0, 5, 10):
                counts[start + 4] = sum(counts[start : start + 4])
        values |= zip(table.fields, counts, strict=True)
    return values


def _carried(table: Table, counts: list[int], organ: str, year: int) -> list[int]:
    """Carry in what the year before carried out; enough is granted to make that possible."""
    rows = [row.key for row in table.rows]
    for key, of in (("carried_in", year - 1), ("carried_out", year)):
        at = rows.index(key) * table.width
        counts[at : at + 6] = [Random(f"{organ} {of} {column}").randint(0, 2) for column in range(6)]
    at = rows.index("granted") * table.width
    counts[at : at + 6] = [count + 2 for count in counts[at : at + 6]]
    return counts


def batched(counts: list[int], width: int) -> Iterator[list[int]]:
    return (counts[at : at + width] for at in range(0, len(counts), width))


def with_sums(table: Table, counts: list[int]) -> list[int]:
    """Make the columns of the requests table balance, then add up its rows."""
    rows = {row.key: counts[i * 7 : i * 7 + 7] for i, row in enumerate(table.rows)}
    ends = ("received", "carried_in", "handled", "carried_out")
    for column in range(6):
        handled = sum(cells[column] for key, cells in rows.items() if key not in ends)
        left_over = rows["carried_out"][column]
        carried_in = min(rows["carried_in"][column], handled + left_over)
        received = handled + left_over - carried_in
        for key, value in zip(ends, (received, carried_in, handled, left_over), strict=True):
            rows[key][column] = value
    for cells in rows.values():
        cells[6] = sum(cells[:6])
    return [value for cells in rows.values() for value in cells]


def printed(values: Values) -> dict[str, str]:
    """Write values as a form has them; an amount needs its unit, for the form does not fix it."""
    return {f: f"{v}元" if f == "disclosure.procurement.amount" else str(v) for f, v in values.items()}


def form_of(year: int) -> str:
    """Name the form that a year's reports follow."""
    return "2021" if year >= 2021 else "2019"


def body(organ: str, year: int, changed: Values | None = None) -> str:
    """Give the HTML of a report's title, prose and tables, as it stands inside an article.

    ``organ`` is the publisher's full name (云岭市财政局). The figures depend on organ and year alone;
    ``changed`` replaces some of them, as a corrected report does.
    """
    form_id = form_of(year)
    texts: Texts = printed(figures(organ, year) | (changed or {}))
    lines = printed_page(organ, year, lambda table: tables_in_html(table, texts), form_id)
    title, opening, *rest = lines
    whole = organ.endswith("人民政府")
    about = WHOLE.format(unit=organ.removesuffix("人民政府")[-1]) if whole else OWN
    prose = [opening, about, PERIOD.format(year=year), *rest]
    return "\n".join(line if line.startswith("<table") else f"<p>{line}</p>" for line in prose)


def title(organ: str, year: int) -> str:
    return f"{organ}{year}年政府信息公开工作年度报告"
