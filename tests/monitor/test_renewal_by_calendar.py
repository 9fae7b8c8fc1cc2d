from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi.calculator import KPICalculator
from kpi.calendar import Calendar, Grain
from kpi.periods.week_years import Scheme
from monitor.renewal import behind, renew, renew_all
from storage import kpi_data
from storage.versions import Cause, list_versions
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, load, month
from tests.monitor.shop import save as write
from wiring import System

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def shop(system: System, tmp_path: Path) -> System:
    load(system, write(tmp_path, "shop.csv", *month(10, 100, 60)))
    return system


def test_another_calendar_becomes_a_new_version_with_its_periods(shop: System) -> None:
    road = replace(shop.road, desk=replace(shop.road.desk, calculator=in_weeks(shop)))
    calendar = road.desk.calculator.calendar
    with shop.database.read() as connection:
        (late,) = behind(connection, calendar)
    assert (late.dataset, late.cause) == ("shop", Cause.CALENDAR)
    assert renew(road, "shop", late.cause, LATER) == 2
    with shop.database.read() as connection:
        assert behind(connection, calendar) == []
        months = [one.period for one in kpi_data.current_values(connection, "shop", "revenue", "month")]
        newest = list_versions(connection, "shop")[-1]
    assert months == calendar.periods(OCTOBER, date(2025, 10, 31), Grain.MONTH)
    assert (newest.number, newest.cause, newest.load_id) == (2, Cause.CALENDAR, None)


def test_a_terminal_without_the_calendar_moves_no_period(shop: System) -> None:
    assert renew_all(replace(shop.road, desk=replace(shop.road.desk, calculator=in_weeks(shop))), LATER) == {}


def in_weeks(system: System) -> KPICalculator:
    return replace(system.calculator, calendar=Calendar(scheme=Scheme.WEEKS_445))
