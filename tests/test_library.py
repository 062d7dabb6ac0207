"""What docs/library.md shows is what the library does."""

import doctest
from pathlib import Path

import pytest

import nianbao

ROOT = Path(__file__).parent.parent


def test_the_page_of_the_library_shows_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs" / "library.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried > 10 and not failed


def test_everything_it_offers_is_there_and_documented() -> None:
    for name in nianbao.__all__:
        assert getattr(nianbao, name).__doc__
    assert set(nianbao.__all__) <= set(dir(nianbao))
    with pytest.raises(AttributeError, match="no attribute nothing"):
        nianbao.nothing  # noqa: B018


def test_a_metric_that_is_not_known_is_an_error(tmp_path: Path) -> None:
    nianbao.load(ROOT / "tests" / "fixtures" / "pingtan_2023_pipes", tmp_path / "r.db")
    with pytest.raises(LookupError, match="unknown metric: requests_recieved"):
        nianbao.compare(tmp_path / "r.db", "requests_recieved")
    with pytest.raises(LookupError, match="龙岩"):
        nianbao.compare(tmp_path / "r.db", places=["龙岩"])
    assert len(nianbao.compare(tmp_path / "r.db", places=["350128"], years=[2023])) == 5
