"""The rows of the date dimension."""

from __future__ import annotations

from datetime import date

from kpi.calendar import Calendar
from kpi.sales.conform.calendar import dim_date
from kpi.sales.star import dim_date as star_dim_date


def test_a_day_has_its_parts_and_those_of_the_fiscal_year() -> None:
    assert dim_date(Calendar(fiscal_year_start=4), date(2025, 3, 30), date(2025, 3, 30)).to_pylist() == [
        {
            "date_id": 20250330,
            "date": date(2025, 3, 30),
            "year": 2025,
            "quarter": 1,
            "month": 3,
            "day": 30,
            "weekday": 7,
            "iso_year": 2025,
            "iso_week": 13,
            "fiscal_year": 2024,
            "fiscal_quarter": 4,
            "fiscal_period": 12,
        }
    ]


def test_every_day_of_the_range_has_a_row() -> None:
    days = dim_date(Calendar(), date(2024, 2, 28), date(2024, 3, 1)).column("date_id").to_pylist()
    assert days == [20240228, 20240229, 20240301]


def test_its_columns_are_those_of_the_star() -> None:
    found = dim_date(Calendar(), date(2024, 1, 1), date(2024, 1, 1)).column_names
    assert found == [column.name for column in star_dim_date.columns]
