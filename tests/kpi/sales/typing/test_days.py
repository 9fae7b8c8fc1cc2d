"""The days of a column: one order for all of its texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.cleaning.values.dates import Order
from kpi.sales.options import DayOrder
from kpi.sales.source import RawTable, Role, SourceError, SourceFile
from kpi.sales.typing.days import settle_days
from kpi.sales.typing.months import Beside, Months

BY_EVIDENCE, DAY_FIRST, MONTH_FIRST = DayOrder


def _no_rows() -> Iterator[pa.RecordBatch]:
    return iter(())


RAW = RawTable(SourceFile("sales.csv", "", 0), "", Role.SALES, (), _no_rows)


def _days(texts: list[str], days: DayOrder = BY_EVIDENCE, *, alone: bool = True) -> list[date | None]:
    return list(settle_days(texts, "Date", RAW, days, alone=alone).by_text.values())


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        pytest.param(["03/04/2025", "31/01/2025"], [date(2025, 4, 3), date(2025, 1, 31)], id="day first"),
        pytest.param(["03/04/2025", "01/31/2025"], [date(2025, 3, 4), date(2025, 1, 31)], id="month first"),
        pytest.param(["03.04.2025"], [date(2025, 4, 3)], id="points stand where the day is first"),
        pytest.param(["03/03/2025"], [date(2025, 3, 3)], id="the same both ways"),
        pytest.param(["3 Mar 2025", "20250304"], [date(2025, 3, 3), date(2025, 3, 4)], id="words and digits"),
        pytest.param(["45658", "45659"], [date(2025, 1, 1), date(2025, 1, 2)], id="days of spreadsheets"),
        pytest.param(["nonsense", "31/02/2025", "n/a"], [None, None, None], id="no days"),
        pytest.param(["FY25"], [None], id="a fiscal year begins nobody knows when"),
    ],
)  # fmt: skip
def test_days_that_the_texts_prove(texts: list[str], days: list[date | None]) -> None:
    assert _days(texts) == days


def test_numbers_beside_iso_days_are_no_days() -> None:
    assert _days(["45658"], alone=False) == [None]


def test_blanks_and_periods_are_told() -> None:
    found = settle_days(["n/a", "Mar 2025", "3 Mar 2025"], "Date", RAW, BY_EVIDENCE, alone=True)

    assert (found.blanks, found.periods, found.by_text["Mar 2025"]) == (
        frozenset({"n/a"}),
        frozenset({"Mar 2025"}),
        date(2025, 3, 1),
    )


@pytest.mark.parametrize(
    ("texts", "chosen", "proved"),
    [
        pytest.param(["03/04/2025", "13/01/2025"], BY_EVIDENCE, "day_first", id="day first"),
        pytest.param(["03/04/2025", "01/13/2025"], BY_EVIDENCE, "month_first", id="month first"),
        pytest.param(["03/04/2025", "13/01/2025"], MONTH_FIRST, "day_first", id="proof against what was set"),
        pytest.param(["03/04/2025"], DAY_FIRST, "", id="set, not proved"),
        pytest.param(["31/01/2025", "01/31/2025"], DAY_FIRST, "", id="set against a contradiction"),
        pytest.param(["25-03-31", "25-03-30"], DAY_FIRST, "", id="years"),
        pytest.param(["03/03/2025"], BY_EVIDENCE, "", id="the same both ways"),
        pytest.param(["31.01.2025", "31 Jan 2025", "45658"], BY_EVIDENCE, "", id="unambiguous"),
        pytest.param([], BY_EVIDENCE, "", id="no texts"),
    ],
)  # fmt: skip
def test_an_order_is_proved_by_the_texts_alone(texts: list[str], chosen: DayOrder, proved: str) -> None:
    assert settle_days(texts, "Date", RAW, chosen, alone=True).proved == proved


@pytest.mark.parametrize(
    ("texts", "code", "found"),
    [
        pytest.param(["03/04/2025"], "date_order", "'03/04/2025', which may have the day or the month first", id="open"),
        pytest.param(["25-03-31", "25-03-30"], "date_years", "'25-03-30', which may begin or end with the year", id="years"),
        pytest.param(["31/01/2025", "01/31/2025"], "date_orders", "'01/31/2025', which is not day first", id="both"),
    ],
)  # fmt: skip
def test_an_order_that_is_open_is_refused(texts: list[str], code: str, found: str) -> None:
    with pytest.raises(SourceError, match=f"sales.csv, column 'Date': found {found}") as refused:
        _days(texts)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("texts", "chosen", "days"),
    [
        pytest.param(["03/04/2025"], DAY_FIRST, [date(2025, 4, 3)], id="day first"),
        pytest.param(["03/04/2025"], MONTH_FIRST, [date(2025, 3, 4)], id="month first"),
        pytest.param(["03/04/2025", "31/01/2025"], MONTH_FIRST, [date(2025, 4, 3), date(2025, 1, 31)], id="proof is stronger"),
        pytest.param(["31/01/2025", "01/31/2025"], MONTH_FIRST, [None, date(2025, 1, 31)], id="texts that go against each other"),
    ],
)  # fmt: skip
def test_what_was_set_decides_where_the_texts_do_not(
    texts: list[str], chosen: DayOrder, days: list[date | None]
) -> None:
    assert _days(texts, chosen) == days


def test_one_against_a_hundred_is_a_mistake() -> None:
    texts = [f"{day}/{month:02}/2025" for day in range(13, 29) for month in range(1, 8)]

    assert _days([*texts, "01/31/2025"])[-1] is None


@given(days=st.lists(st.dates(date(1970, 1, 1), date(2069, 12, 31)), min_size=1, unique=True))
def test_all_days_of_a_column_that_proves_its_order_are_right(days: list[date]) -> None:
    texts = [f"{day:%d/%m/%Y}" for day in (date(1970, 12, 31), *days)]

    found = settle_days(texts, "Date", RAW, BY_EVIDENCE, alone=True)

    assert [found.by_text[f"{day:%d/%m/%Y}"] for day in days] == days


def _beside(texts: list[str], *columns: Months, days: DayOrder = BY_EVIDENCE) -> Beside | None:
    return settle_days(texts, "Date", RAW, days, alone=True, months=lambda: columns).beside


def _month(*rows: tuple[str, str, int], header: str = "Month") -> Months:
    """Dates, the months beside them, and how many rows have both."""
    return Months(header, {(day, month): count for day, month, count in rows})


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([("01/06/2014", "6", 7), ("01/01/2014", "1", 9)], Beside(Order.DAY_FIRST, "Month", 16), id="numbers"),
        pytest.param([("01/06/2014", "01", 7)], Beside(Order.MONTH_FIRST, "Month", 7), id="month first"),
        pytest.param([("01/06/2014", " June ", 7)], Beside(Order.DAY_FIRST, "Month", 7), id="names"),
        pytest.param([("01/06/2014", "juin", 7)], Beside(Order.DAY_FIRST, "Month", 7), id="names of another language"),
        pytest.param([("01/06/2014", "6.0", 7)], Beside(Order.DAY_FIRST, "Month", 7), id="numbers with a decimal"),
        pytest.param([("01/06/2014", "Jun 2014", 7)], Beside(Order.DAY_FIRST, "Month", 7), id="months of a year"),
        pytest.param([("01/06/2014", "6", 7), ("99/01/2014", "1", 9), ("01/06/2014", "n/a", 9)], Beside(Order.DAY_FIRST, "Month", 7), id="what cannot be read does not count"),
        pytest.param([("01/06/2014", "6", 200), ("01/06/2014", "1", 2)], Beside(Order.DAY_FIRST, "Month", 200, 2), id="one against a hundred is a mistake"),
        pytest.param([("01/06/2014", "6", 198), *((f"{day}/01/2014", "1", 1) for day in (13, 14)), ("01/13/2014", "1", 2)], Beside(Order.DAY_FIRST, "Month", 200, 2), id="dates that contradict each other"),
        pytest.param([("01/06/2014", "6", 7), ("01/07/2014", " ", 9)], Beside(Order.DAY_FIRST, "Month", 7), id="blanks do not count"),
        pytest.param([("01/06/2014", "6", 200), ("01/13/2014", "1", 2)], Beside(Order.DAY_FIRST, "Month", 200, 2), id="dates that go against it are mistakes"),
    ],
)  # fmt: skip
def test_a_column_of_months_proves_the_order(rows: list[tuple[str, str, int]], found: Beside) -> None:
    assert _beside([day for day, _, _ in rows], _month(*rows)) == found


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("01/06/2014", "6", 99), ("02/06/2014", "2", 1)], id="some rows go against it"),
        pytest.param([("01/06/2014", "9", 7)], id="fiscal months"),
        pytest.param([("01/06/2014", "6", 98), ("02/07/2014", "13", 1)], id="numbers beyond the twelve"),
        pytest.param([("01/06/2014", "", 7)], id="no months"),
        pytest.param([("01/01/2014", "1", 700)], id="the same both ways"),
    ],
)  # fmt: skip
def test_a_column_of_months_that_does_not_fit_proves_nothing(rows: list[tuple[str, str, int]]) -> None:
    texts = [*(day for day, _, _ in rows), "01/06/2014"]
    with pytest.raises(SourceError, match="may have the day or the month first"):
        _beside(texts, _month(*rows))


def test_columns_of_months_that_prove_different_orders_prove_nothing() -> None:
    with pytest.raises(SourceError, match="may have the day or the month first"):
        _beside(
            ["01/06/2014"],
            _month(("01/06/2014", "6", 1)),
            _month(("01/06/2014", "1", 1), header="Sales Month"),
        )


def test_months_are_proof_of_an_order_and_stronger_than_what_was_set() -> None:
    months = _month(("01/06/2014", "6", 7))
    found = settle_days(["01/06/2014"], "Date", RAW, MONTH_FIRST, alone=True, months=lambda: [months])
    assert (found.by_text, found.proved) == ({"01/06/2014": date(2014, 6, 1)}, "day_first")


def test_months_are_not_asked_for_where_no_date_is_open_and_not_told_of_where_the_dates_tell_the_same() -> (
    None
):
    asked: list[str] = []

    def months() -> list[Months]:
        asked.append("months")
        return [_month(("03/04/2025", "4", 1), ("13/04/2025", "4", 1))]

    found = [
        settle_days(texts, "Date", RAW, BY_EVIDENCE, alone=True, months=months).beside
        for texts in (["3 Apr 2025", "04/04/2025"], ["03/04/2025", "13/04/2025"])
    ]

    assert (found, asked) == ([None, None], ["months"])
