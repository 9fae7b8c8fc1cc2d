from __future__ import annotations

from datetime import date

from kpi.calculator import KpiValue
from kpi.calendar import Grain
from kpi.report import Cadence
from storage.database import Database
from storage.datasets import Dataset, save_dataset
from storage.kpi_data import current_values, history, save_values
from tests.moments import NOON

OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)


def revenue(month: date, value: float | None, *, complete: bool = True) -> KpiValue:
    return KpiValue("revenue", Grain.MONTH, month, "", value, None, None, complete)


def say(database: Database, version: int, *values: KpiValue) -> int:
    with database.begin() as connection:
        save_dataset(connection, Dataset("shop", version, (), OCTOBER, NOVEMBER, Cadence.DAY, NOON))
        return save_values(connection, "shop", values, version=version, at=NOON)


def test_saying_the_same_again_writes_nothing(database: Database) -> None:
    assert say(database, 1, revenue(OCTOBER, 10.0), revenue(NOVEMBER, 20.0)) == 2
    assert say(database, 2, revenue(OCTOBER, 10.0), revenue(NOVEMBER, 20.0)) == 0


def test_the_last_digits_of_a_float_are_no_news(database: Database) -> None:
    say(database, 1, revenue(OCTOBER, 0.1 + 0.2))
    assert say(database, 2, revenue(OCTOBER, 0.3)) == 0


def test_a_corrected_value_keeps_what_was_said_before(database: Database) -> None:
    say(database, 1, revenue(OCTOBER, 10.0), revenue(NOVEMBER, 20.0))
    say(database, 2, revenue(OCTOBER, 11.0), revenue(NOVEMBER, 20.0))
    with database.read() as connection:
        said = history(connection, "shop", "revenue", "month", OCTOBER)
        now = current_values(connection, "shop")
    assert [(one.value, one.since_version, one.until_version) for one in said] == [
        (10.0, 1, 2),
        (11.0, 2, None),
    ]
    assert [(one.period, one.value) for one in now] == [(OCTOBER, 11.0), (NOVEMBER, 20.0)]


def test_a_value_that_becomes_undefined_is_none_and_not_zero(database: Database) -> None:
    say(database, 1, revenue(OCTOBER, 0.0))
    assert say(database, 2, revenue(OCTOBER, None)) == 1
    with database.read() as connection:
        assert [one.value for one in current_values(connection, "shop", kpi="revenue", grain="month")] == [
            None
        ]


def test_a_period_that_is_no_longer_in_the_data_ends(database: Database) -> None:
    say(database, 1, revenue(OCTOBER, 10.0), revenue(NOVEMBER, 20.0))
    assert say(database, 2, revenue(OCTOBER, 10.0)) == 0
    with database.read() as connection:
        assert [one.period for one in current_values(connection, "shop")] == [OCTOBER]


def test_a_period_that_is_over_now_is_news(database: Database) -> None:
    say(database, 1, revenue(NOVEMBER, 20.0, complete=False))
    assert say(database, 2, revenue(NOVEMBER, 20.0)) == 1
