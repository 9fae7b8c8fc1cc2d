"""The date dimension: every day from the first sale to the last, whether anything was sold on it or not."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from kpi.calendar import Calendar, DateRow

MONTHS_A_QUARTER = 3


def dim_date(calendar: Calendar, first: date, last: date) -> pa.Table:
    """One row a day, both ends included, in the columns of `kpi.sales.star.dim_date`."""
    rows = calendar.rows(first, last)
    days = pa.array([row.date for row in rows], pa.date32())
    numbers = {
        "year": [row.date.year for row in rows],
        "quarter": [_quarter(row.date.month) for row in rows],
        "month": [row.date.month for row in rows],
        "day": [row.date.day for row in rows],
        "weekday": [row.weekday for row in rows],
        "iso_year": [row.iso_year for row in rows],
        "iso_week": [row.iso_week for row in rows],
        "fiscal_year": [row.fiscal_year for row in rows],
        "fiscal_quarter": [_quarter(row.fiscal_period) for row in rows],
        "fiscal_period": [row.fiscal_period for row in rows],
    }
    columns = {name: pa.array(cells, pa.int32()) for name, cells in numbers.items()}
    return pa.table(
        {"date_id": pa.array([_date_id(row) for row in rows], pa.int32()), "date": days, **columns}
    )


def _quarter(month: int) -> int:
    return (month - 1) // MONTHS_A_QUARTER + 1


def _date_id(row: DateRow) -> int:
    return row.date.year * 10_000 + row.date.month * 100 + row.date.day
