"""The accuracy command counts what it says it counts, and fails on anything wrong or invented."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.render import form, html

ZEROS = dict.fromkeys((f for t in form("2021").tables for f in t.fields), 0)
ROOT = Path(__file__).parent.parent


def accuracy(folder: Path, **true: int | None) -> subprocess.CompletedProcess[str]:
    (folder / "expected").mkdir()
    facts = ZEROS | {field.replace("__", "."): value for field, value in true.items()}
    (folder / "expected" / "a.json").write_text(json.dumps({"facts": facts}))
    (folder / "a.html").write_text(html("2021", {field: "0" for field in ZEROS}), "utf-8")
    (folder / "a.txt").write_text("no report at all")
    command = [sys.executable, "-m", "benchmarks.accuracy", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_right_and_open_pass(tmp_path: Path) -> None:
    done = accuracy(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "100.0" in done.stdout and "a.txt: no table" in done.stdout


@pytest.mark.parametrize(("true", "outcome"), [(1, "wrong"), (None, "invented")])
def test_wrong_and_invented_fail(tmp_path: Path, true: int | None, outcome: str) -> None:
    done = accuracy(tmp_path, requests__granted__total=true)
    assert done.returncode == 1
    assert f"a.html requests.granted.total: {outcome}" in done.stderr


def test_without_expected_facts_it_says_how_to_use_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.accuracy", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "usage" in done.stderr
