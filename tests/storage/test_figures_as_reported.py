"""What was said of a dataset at a moment in the past is said again, whatever was corrected since."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kpi.calculator import Slice, SliceError
from kpi.calendar import Grain
from kpi.values import Partial
from monitor.undo import undo
from storage.editions import NothingReportedError, RowsNotKeptError, as_moment
from storage.figures import Figures, UnknownDatasetError, figures_of
from storage.loads import recent_loads
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, SEPTEMBER, load, month, save
from wiring import System

DAY = timedelta(days=1)
MONTHS = Slice(("revenue",), Grain.MONTH)


@contextmanager
def reported(system: System, moment: datetime, name: str = "shop") -> Iterator[Figures]:
    """The shop as reported then; the clock stands ten days after noon."""
    today, folder = system.today(NOON + 10 * DAY), system.road.folders.snapshots
    with (
        system.database.read() as connection,
        figures_of(connection, name, folder, system.calculator, today, reported=moment) as figures,
    ):
        yield figures


def revenue(system: System, moment: datetime, cut: Slice = MONTHS) -> dict[tuple[date, str], float | None]:
    with reported(system, moment) as figures:
        return {(one.period, one.member): one.value for one in figures.values(cut)}


def corrected(system: System, folder: Path, *revenues: float) -> None:
    """The same file once a day from noon on, with these revenues of October."""
    for day, amount in enumerate(revenues):
        load(system, save(folder, "shop.csv", *month(10, amount)), at=NOON + day * DAY)


def forget_rows(system: System, version: int) -> None:
    """As if so many loads had come since that the facts of the version's load were swept."""
    with system.database.read() as connection:
        (name,) = (one.snapshot for one in recent_loads(connection, "shop") if one.version == version)
    (system.road.folders.snapshots / str(name)).unlink()


def test_what_was_reported_is_what_held_then(system: System, tmp_path: Path) -> None:
    corrected(system, tmp_path, 100, 70)
    assert revenue(system, NOON) == {(OCTOBER, ""): 100}
    assert revenue(system, NOON + DAY - timedelta(seconds=1)) == {(OCTOBER, ""): 100}
    assert revenue(system, NOON + DAY) == {(OCTOBER, ""): 70}
    assert revenue(system, NOON + 1000 * DAY) == {(OCTOBER, ""): 70}


def test_a_file_that_came_later_had_no_part_in_it(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "one.csv", *month(9, 10, region="North")), "shop")
    load(system, save(tmp_path, "two.csv", *month(10, 20, region="South")), "shop", at=NOON + DAY)
    assert revenue(system, NOON) == {(SEPTEMBER, ""): 10}
    assert revenue(system, NOON + DAY) == {(SEPTEMBER, ""): 10, (OCTOBER, ""): 20}
    with reported(system, NOON) as figures:
        assert (figures.dataset.version, figures.dataset.last_day) == (1, date(2025, 9, 30))


def test_now_was_that_day_then(system: System, tmp_path: Path) -> None:
    rows = (*month(10, 100), "2025-11-02,North,1,0", "2025-11-30,North,1,0")
    load(system, save(tmp_path, "shop.csv", *rows))
    with reported(system, NOON) as figures:
        assert figures.upto == NOON.date()
        assert [one.complete for one in figures.values(MONTHS)] == [True, False]
    with reported(system, NOON + 10 * DAY) as figures:
        assert figures.upto == date(2025, 11, 30)


def test_a_load_that_was_taken_back_held_until_then(system: System, tmp_path: Path) -> None:
    corrected(system, tmp_path, 100, 70)
    undo(system.road, [2], "cli", NOON + 2 * DAY)
    assert [revenue(system, NOON + day * DAY)[OCTOBER, ""] for day in range(3)] == [100, 70, 100]


def test_a_dataset_that_was_emptied_had_rows_before_and_none_after(system: System, tmp_path: Path) -> None:
    corrected(system, tmp_path, 100)
    undo(system.road, [1], "cli", NOON + DAY)
    assert revenue(system, NOON) == {(OCTOBER, ""): 100}
    with pytest.raises(NothingReportedError, match="shop was empty at 2025-11-22 12:00: all of its loads"):
        revenue(system, NOON + DAY)


def test_before_the_first_load_there_was_nothing_and_it_is_said_when_it_came(
    system: System, tmp_path: Path
) -> None:
    corrected(system, tmp_path, 100)
    wanted = (
        "nothing had been reported of shop by 2025-11-20 12:00: its first version came at 2025-11-21 12:00:00"
    )
    with pytest.raises(NothingReportedError, match=wanted):
        revenue(system, NOON - DAY)


def test_an_unknown_dataset_is_unknown_at_any_moment(system: System) -> None:
    with (
        pytest.raises(UnknownDatasetError, match="there is no dataset 'nope'"),
        reported(system, NOON, "nope"),
    ):
        pass


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
def test_whole_values_are_exact_for_ever(system: System, tmp_path: Path, grain: str) -> None:
    corrected(system, tmp_path, 100, 70)
    cut = Slice(("gross_margin", "revenue"), Grain(grain))
    with reported(system, NOON) as figures:
        kept = figures.values(cut)
    forget_rows(system, 1)
    with reported(system, NOON) as figures:
        assert figures.values(cut) == kept
        assert {one.value for one in kept if one.kpi == "revenue"} >= {100}


def test_whole_periods_can_be_cut_out_of_whole_values(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(9, 10), *month(10, 100), "2025-11-02,North,1,0"))
    load(system, save(tmp_path, "shop.csv", *month(9, 10)), at=NOON + DAY)
    forget_rows(system, 1)
    whole = Slice(("revenue",), Grain.MONTH, start=OCTOBER, end=date(2025, 10, 31))
    finished = Slice(("revenue",), Grain.MONTH, partial=Partial.COMPLETE)
    assert revenue(system, NOON, whole) == {(OCTOBER, ""): 100}
    assert list(revenue(system, NOON, finished)) == [(SEPTEMBER, ""), (OCTOBER, "")]


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(Slice(("revenue",), Grain.MONTH, by="region"), id="members"),
        pytest.param(Slice(("revenue",), Grain.MONTH, where=(("region", "North"),)), id="a filter"),
        pytest.param(Slice(("revenue",), Grain.MONTH, without=(("region", "South"),)), id="all but a member"),
        pytest.param(Slice(("revenue",), Grain.TOTAL), id="a total"),
        pytest.param(Slice(("revenue",), Grain.MONTH, start=date(2025, 10, 2)), id="from within a period"),
        pytest.param(Slice(("revenue",), Grain.MONTH, end=date(2025, 10, 30)), id="to within a period"),
        pytest.param(Slice(("revenue",), Grain.MONTH, partial=Partial.PROJECTED), id="a projection"),
    ],
)
def test_what_needs_rows_that_are_kept_no_longer_is_refused_with_what_can_be_asked(
    system: System, tmp_path: Path, cut: Slice
) -> None:
    corrected(system, tmp_path, 100, 70, 50)
    forget_rows(system, 1)
    wanted = (
        "the rows of shop as reported at 2025-11-21 12:00 (version 1) are kept no longer: those since 2025-11-22 12:00 "
        "(version 2) are. Values of whole days, weeks, months, quarters, years are kept for ever"
    )
    with pytest.raises(RowsNotKeptError, match=re.escape(wanted)):
        revenue(system, NOON, cut)
    assert revenue(system, NOON + DAY, cut)


def test_a_comparison_needs_rows_too(system: System, tmp_path: Path) -> None:
    corrected(system, tmp_path, 100, 70)
    forget_rows(system, 1)
    with pytest.raises(RowsNotKeptError), reported(system, NOON) as figures:
        figures.compare(MONTHS)


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-11-14", "2025-11-14T23:59:59.999999+01:00"),
        ("2025-07-14", "2025-07-14T23:59:59.999999+02:00"),
        ("2025-11-14T10:00", "2025-11-14T10:00:00+01:00"),
        ("2025-11-14T10:00:30", "2025-11-14T10:00:30+01:00"),
        ("2025-11-14T10:00:00+00:00", "2025-11-14T11:00:00+01:00"),
        ("2025-11-14T23:30Z", "2025-11-15T00:30:00+01:00"),
    ],
)
def test_a_day_means_its_end_and_a_time_is_where_the_business_is(text: str, moment: str) -> None:
    found = as_moment(text, BERLIN)
    assert (found, found.isoformat()) == (datetime.fromisoformat(moment), moment)


@pytest.mark.parametrize("text", ["", "soon", "14.11.2025", "2025-11-31", "2025-11-14T25:00"])
def test_another_text_is_no_moment(text: str) -> None:
    with pytest.raises(SliceError, match="wanted a day such as 2025-11-14"):
        as_moment(text, BERLIN)
