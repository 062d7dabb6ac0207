"""The reports database: whole or not at all, the same for the same input, every version kept."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlite_utils import Database

from db.compare import Selection, UnknownPlace, codes_within, compare, findings, place_code, series_breaks
from db.fetch import fetch_report, report_ids
from db.load import Loader, Source, rebuilding
from db.metrics import metrics, values
from db.schema import TABLES, VIEWS, WrongDatabase, new_database, open_database
from parsers import Fact, Publisher, Report, Unreadable, parse

FIXTURES = Path(__file__).parent / "fixtures"


def source(name: str, fetched: str = "") -> Source:
    return Source(name, sha256(name.encode()).hexdigest(), "text/html", 1, "", fetched)


def report(
    year: int | None = 2021,
    figures: Mapping[str, float] = MappingProxyType({}),
    *,
    name: str | None = "甲市人民政府",
    place: str | None = "441600",
    scope: str = "city_aggregate",
    status: str = "stated",
) -> Report:
    facts = tuple(
        Fact(field, value if status == "stated" else None, str(value), status, "t1r1c1")
        for field, value in figures.items()
    )
    return Report("年度报告", Publisher(name, place, scope), year, ("2021",), facts, (), (), ())


def dump(db: Database) -> list[str]:
    return list(db.conn.iterdump())


@pytest.fixture
def db() -> Iterator[Database]:
    database = new_database(Path(":memory:"))
    yield database
    database.close()


def fixtures() -> Iterator[tuple[Source, Report]]:
    for path in sorted(FIXTURES.glob("*/source.[ht]*")):
        data = path.read_bytes()
        try:
            yield Source(path.parent.name, sha256(data).hexdigest(), "", len(data)), parse(data)
        except Unreadable:
            continue


def test_loading_twice_changes_nothing(db: Database) -> None:
    loader = Loader(db)
    for each in fixtures():
        assert loader.save(*each)
    loader.finish()
    before = dump(db)
    for each in fixtures():
        assert not loader.save(*each)
    loader.finish()
    assert dump(db) == before


def test_what_is_saved_comes_back(db: Database) -> None:
    loader = Loader(db)
    for number, (about, whole) in enumerate(fixtures(), 1):
        loader.save(about, whole)
        back = fetch_report(db, number)
        assert sorted(back.facts) == sorted(whole.facts)
        assert (back.findings, back.sections, back.figures) == (whole.findings, whole.sections, whole.figures)
        assert (back.year, back.forms, back.title) == (whole.year, whole.forms, whole.title)


def test_two_rebuilds_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    for name in ("a.db", "b.db"):
        with rebuilding(tmp_path / name) as loader:
            for each in fixtures():
                loader.save(*each)
    assert (tmp_path / "a.db").read_bytes() == (tmp_path / "b.db").read_bytes()


def test_a_rebuild_that_fails_leaves_the_old_database(tmp_path: Path) -> None:
    path = tmp_path / "reports.db"
    path.write_bytes(b"the old one")
    with pytest.raises(RuntimeError), rebuilding(path) as loader:
        loader.save(source("a"), report())
        raise RuntimeError
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_is_written_whole_or_not_at_all(db: Database) -> None:
    before = dump(db)
    with pytest.raises(KeyError):
        Loader(db).save(source("a"), report(figures={"requests.received.total": 1, "no.such.field": 2}))
    assert dump(db) == before


def test_versions_are_kept_and_the_newest_is_current(db: Database) -> None:
    loader = Loader(db)
    loader.save(source("new", "2023-03-01"), report(figures={"requests.received.total": 2}))
    loader.save(source("old", "2022-03-01"), report(figures={"requests.received.total": 1}))
    rows = db.execute("SELECT document, version, current FROM report_list ORDER BY version").fetchall()
    assert rows == [("old", 1, 0), ("new", 2, 1)]
    assert [row["value"] for row in compare(db, ["requests_received"], Selection())] == [2]


def test_of_two_readings_as_old_the_fuller_is_current(db: Database) -> None:
    loader = Loader(db)
    loader.save(source("whole"), report(figures={"requests.received.total": 2}))
    loader.save(source("open"), report(status="unreadable", figures={"requests.received.total": 1}))
    assert db.execute("SELECT document FROM report_list WHERE current").fetchall() == [("whole",)]


def test_nobodys_reports_are_not_taken_for_one_series(db: Database) -> None:
    loader = Loader(db)
    for name, place in ((None, None), (None, None), ("城关镇", None), ("城关镇", None)):
        loader.save(
            source(f"{name}{place}{db.table('reports').count}"),
            report(name=name, place=place, scope="township"),
        )
    assert db.execute("SELECT count(*), sum(current) FROM reports").fetchone() == (4, 4)
    assert db.table("publishers").count == 4


def test_an_office_and_its_government_are_two_publishers(db: Database) -> None:
    loader = Loader(db)
    loader.save(source("a"), report())
    loader.save(source("b"), report(scope="general_office", name="甲市人民政府办公室"))
    loader.save(source("c"), report(year=2022, name="甲市"))
    assert db.execute("SELECT name, scope FROM publishers ORDER BY id").fetchall() == [
        ("甲市", "city_aggregate"),
        ("甲市人民政府办公室", "general_office"),
    ]


CARRIED = {"requests.carried_out.total": 5, "requests.carried_in.total": 0}


def test_years_are_held_against_each_other(db: Database) -> None:
    loader = Loader(db)
    loader.save(source("a"), report(2021, CARRIED))
    loader.save(source("b"), report(2022, CARRIED | {"requests.carried_in.total": 4}))
    loader.finish()
    (row,) = findings(db, Selection(), (), ())
    assert (row["rule"], row["kind"], row["expected"], row["actual"], row["year"]) == (
        "X-CARRY",
        "publisher",
        5,
        4,
        2022,
    )


def test_a_new_version_takes_back_what_the_old_one_contradicted(db: Database) -> None:
    loader = Loader(db)
    loader.save(source("a"), report(2021, CARRIED))
    loader.save(source("b", "2023-01-01"), report(2022, CARRIED | {"requests.carried_in.total": 4}))
    loader.finish()
    loader.save(source("c", "2023-06-01"), report(2022, CARRIED | {"requests.carried_in.total": 5}))
    loader.finish()
    assert findings(db, Selection(), (), ("X-CARRY",)) == []


@pytest.mark.parametrize(
    ("earlier", "later", "rule"),
    [
        ({"disclosure.fees.amount": 12}, {"disclosure.fees.amount": 120_000}, "W-FEEUNIT"),
        ({"disclosure.fees.amount": 12}, {"disclosure.fees.amount": 120}, None),
        (
            {"disclosure.normative_documents.disclosed_total": 9},
            {"disclosure.normative_documents.disclosed_total": 8},
            "X-PUBLIC19",
        ),
        (
            {"disclosure.licenses.items_last_year": 10, "disclosure.licenses.items_change": -3},
            {"disclosure.licenses.items_last_year": 8},
            "X-ITEMS19",
        ),
        (
            {"disclosure.regulations.in_force": 70},
            {
                "disclosure.regulations.in_force": 72,
                "disclosure.regulations.issued": 3,
                "disclosure.regulations.repealed": 1,
            },
            None,
        ),
        (
            {
                "requests.carried_out.total": 3,
                "requests.carried_out.natural_person": 3,
                "requests.carried_out.enterprise": 0,
            },
            {
                "requests.carried_in.total": 3,
                "requests.carried_in.natural_person": 2,
                "requests.carried_in.enterprise": 1,
            },
            "X-CARRY",
        ),
    ],
)
def test_identities_across_years(
    db: Database, earlier: dict[str, float], later: dict[str, float], rule: str | None
) -> None:
    loader = Loader(db)
    loader.save(source("a"), report(2021, earlier))
    loader.save(source("b"), report(2022, later))
    loader.finish()
    found = findings(db, Selection(), (), ())
    assert {row["rule"] for row in found} == ({rule} if rule else set())
    assert all(row["kind"] == "info" for row in found)


def test_years_that_do_not_follow_are_not_compared(db: Database) -> None:
    loader = Loader(db)
    loader.save(source("a"), report(2021, CARRIED))
    loader.save(source("b"), report(2023, CARRIED | {"requests.carried_in.total": 4}))
    loader.finish()
    assert findings(db, Selection(), (), ()) == []


def test_members_that_exceed_their_aggregate_are_noted(db: Database) -> None:
    loader = Loader(db)
    loader.save(source("a"), report(figures={"requests.received.total": 10}))
    loader.save(
        source("b"), report(name="甲市财政局", scope="department", figures={"requests.received.total": 7})
    )
    loader.save(
        source("c"),
        report(
            name="源城区", place="441602", scope="county_aggregate", figures={"requests.received.total": 6}
        ),
    )
    loader.finish()
    (row,) = findings(db, Selection(), (), ())
    assert (row["rule"], row["expected"], row["actual"]) == ("G-AGG", 13, 10)


def test_the_file_explains_itself(db: Database) -> None:
    told = set(db.execute("SELECT name, part FROM dictionary WHERE zh != '' AND en != ''").fetchall())
    columns = {(table, column) for table, entry in TABLES.items() for column in entry["columns"]}
    assert columns | {(table, "") for table in TABLES} == told
    assert {(t.name, c.name) for t in db.tables for c in t.columns} == columns
    assert set(db.view_names()) == set(VIEWS)
    for table in ("fields", "metrics", "statuses"):
        assert db.execute(f"SELECT count(*) FROM {table} WHERE zh = '' OR en = ''").fetchone() == (0,)


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nianbao load"):
        open_database(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("this is no database, but long enough to be taken for one" * 20)
    with pytest.raises(WrongDatabase, match="not an SQLite"):
        open_database(tmp_path / "text.db")
    with closing(Database(tmp_path / "other.db")) as other:
        other.table("t").insert({"a": 1})
    with pytest.raises(WrongDatabase, match="another version"):
        open_database(tmp_path / "other.db")


def test_places_are_found_by_code_or_full_name() -> None:
    assert place_code("河源市") == place_code("441600") == "441600"
    assert {"441600", "441602", "441621"} <= set(codes_within("441600"))
    with pytest.raises(UnknownPlace, match="give the code"):
        place_code("鼓楼区")
    with pytest.raises(UnknownPlace, match="no place"):
        place_code("亚特兰蒂斯")


def test_reports_are_chosen_by_place_year_and_scope(db: Database) -> None:
    loader = Loader(db)
    for year in (2020, 2021):
        loader.save(source(f"a{year}"), report(year))
        loader.save(source(f"b{year}"), report(year, scope="general_office"))
    assert report_ids(db, Selection()) == [1, 3, 2, 4]
    assert report_ids(db, Selection(years=(2021,), scopes=("general_office",))) == [4]
    assert report_ids(db, Selection(places=("110000",))) == []


def metric(name: str, figures: Mapping[str, float]) -> float | None:
    found = {each: value.value for each, value in values(report(figures=figures).facts)}
    return found.get(name)


def test_metrics_name_only_what_exists(db: Database) -> None:
    fields = {name for (name,) in db.execute("SELECT name FROM fields").fetchall()}
    for each in metrics().values():
        words = each.formula.replace("(", " ").replace(")", " ").split()
        for word in (word for word in words if word[0].isalpha() and word != "or"):
            assert word in fields or word in metrics(), (each.name, word)


def test_a_rate_needs_a_base() -> None:
    parts = {"requests.granted.total": 5, "requests.granted_in_part.total": 5}
    assert metric("disclosure_rate", parts | {"requests.handled.total": 40}) == 0.25
    assert metric("disclosure_rate", parts | {"requests.handled.total": 19}) is None


def test_a_metric_lacks_what_was_not_read() -> None:
    whole = dict(values(report(figures={"requests.granted.total": 5}).facts))
    open_ = dict(values(report(status="ambiguous", figures={"requests.granted.total": 5}).facts))
    assert whole["granted"] == (5, "stated")
    assert open_["granted"] == (None, "unreadable")


def test_the_old_form_has_formulas_of_its_own() -> None:
    assert metric("granted", {"annex.replies_already_public": 9, "annex.replies_granted": 14}) == 23
    assert metric("granted", {"annex.replies_granted": 14}) == 14
    assert metric("requests_handled", {"annex.replies": 40, "annex.requests_closed": 41}) == 40


def test_a_blank_counts_with_what_the_sums_imply() -> None:
    fact = Fact("requests.granted.total", None, "", "blank", "", (), 272)
    assert dict(values([fact]))["granted"] == (272, "implied")


def test_a_series_over_forms_says_where_it_breaks() -> None:
    (note,) = series_breaks(["refused"], {2016, 2023})
    assert note.startswith("refused, 2018 to 2019: not comparable")
    assert not list(series_breaks(["requests_received"], {2021, 2023}))
