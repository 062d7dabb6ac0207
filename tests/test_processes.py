"""Documents are read the same by several processes as by one, in the same order."""

from pathlib import Path

import pytest

from nianbao import reading

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.parametrize("ahead", [0, 4])
def test_several_processes_read_what_one_reads(monkeypatch: pytest.MonkeyPatch, ahead: int) -> None:
    one = list(reading.read_all([FIXTURES], jobs=1))
    monkeypatch.setattr(reading, "PARALLEL_FROM", 1)
    monkeypatch.setattr(reading, "BATCH_SIZE", 3)
    monkeypatch.setattr(reading, "BATCHES_AHEAD", ahead)
    assert list(reading.read_all([FIXTURES], jobs=2)) == one
