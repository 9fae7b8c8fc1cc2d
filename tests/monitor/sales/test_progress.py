"""How far a run has come, and how long it still takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.sales.progress import Meter, likely_rows
from storage.warehouse.runs import Phase, Progress
from tests.moments import NOON


class Watch:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def test_before_anything_is_read_nothing_is_known() -> None:
    assert Meter(Watch()).now == Progress(Phase.FINDING, 0, None, None)


def test_what_is_left_follows_from_what_the_rows_so_far_have_taken() -> None:
    watch = Watch()
    meter = Meter(watch)
    meter.begin(Phase.TYPING, 1000)
    meter.advance(300)
    meter.advance(300)
    watch.wait(6)
    # six tenths of one of six parts took six seconds
    assert meter.now.seconds_left == pytest.approx(54.0)


def test_a_later_phase_counts_the_earlier_ones() -> None:
    watch = Watch()
    meter = Meter(watch)
    meter.begin(Phase.TYPING, 1000)
    meter.begin(Phase.CONFORMING, 900)
    meter.begin(Phase.LOADING)
    meter.advance(900)
    watch.wait(10)
    assert meter.now == Progress(Phase.LOADING, 900, 900, 2.0)


def test_more_rows_than_were_expected_are_the_total() -> None:
    meter = Meter(Watch())
    meter.begin(Phase.TYPING, 10)
    meter.advance(12)
    assert meter.now == Progress(Phase.TYPING, 12, 12, 0.0)


def test_rows_of_a_text_file_are_guessed_by_its_first_lines(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("1,2,345\n" * 50_000)
    assert likely_rows(path) == 50_000


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    assert likely_rows(path) == 0
