"""Sums and counts by month and by weekday. What comes without a sale is there too, with nothing in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnClause,
    Integer,
    Label,
    and_,
    distinct,
    func,
    literal_column,
    select,
    union_all,
)

from kpi.sales.analyses.cut import Rows, Sql, days_where, sold, total, within
from kpi.sales.analyses.day_sums import day_sums, order_days
from kpi.sales.analyses.question import WEEKDAYS, Question
from kpi.sales.star import dim_date, fact_sales

NOTHING = literal_column("0", Integer())
MONTH, WEEKDAY = (dim_date.c.year, dim_date.c.month), (dim_date.c.weekday,)
REVENUE, ORDERS, UNITS = "revenue", "orders", "units"
By = Sequence[ColumnClause[Any]]


def monthly_revenue(question: Question, *, from_sums: bool = False) -> Rows:
    """Year, month, revenue, orders, units: every month of the period that the data reach, in order.

    `top` keeps the latest. `from_sums`: made of the sums of days, which the executor must have.
    """
    return _by_month(question, (REVENUE, ORDERS, UNITS), from_sums=from_sums)


def order_value_by_month(question: Question, *, from_sums: bool = False) -> Rows:
    """Year, month, revenue, orders, of which the value of an order is the ratio."""
    return _by_month(question, (REVENUE, ORDERS), from_sums=from_sums)


def orders_by_weekday(question: Question, *, from_sums: bool = False) -> Rows:
    """Weekday (1 is Monday), orders: all seven, whatever was sold on them. An order on two days counts on both."""
    week = union_all(
        *(select(literal_column(str(day), Integer()).label("weekday")) for day in range(1, len(WEEKDAYS) + 1))
    ).cte("week")
    counted = _counted(question, WEEKDAY, (ORDERS,), from_sums=from_sums)
    return (
        select(week.c.weekday, func.coalesce(counted.c.orders, NOTHING).label(ORDERS))
        .select_from(week.outerjoin(counted, counted.c.weekday == week.c.weekday))
        .order_by(week.c.weekday)
    )


def _by_month(question: Question, what: Sequence[str], *, from_sums: bool) -> Rows:
    months = _months(question)
    counted = _counted(question, MONTH, what, from_sums=from_sums)
    there = and_(counted.c.year == months.c.year, counted.c.month == months.c.month)
    return (
        select(
            months.c.year,
            months.c.month,
            *(func.coalesce(counted.c[name], NOTHING).label(name) for name in what),
        )
        .select_from(months.outerjoin(counted, there))
        .order_by(months.c.year, months.c.month)
    )


def _months(question: Question) -> CTE:
    days = _days(question, dim_date.c.date_id, ("month",))
    newest_first = (dim_date.c.year.desc(), dim_date.c.month.desc())
    found = select(dim_date.c.year, dim_date.c.month).where(*days).distinct()
    return (found.order_by(*newest_first).limit(question.top) if question.top else found).cte("months")


def _counted(question: Question, by: By, what: Sequence[str], *, from_sums: bool) -> CTE:
    return (_from_sums if from_sums else _from_sales)(question, by, what).cte("counted")


def _from_sales(question: Question, by: By, what: Sequence[str]) -> Rows:
    amounts: dict[str, Label[Any]] = {
        REVENUE: total(fact_sales.c.revenue).label(REVENUE),
        ORDERS: func.count(distinct(fact_sales.c.order_id)).label(ORDERS),
        UNITS: total(fact_sales.c.quantity).label(UNITS),
    }
    return (
        select(*by, *(amounts[name] for name in what))
        .join_from(fact_sales, dim_date, dim_date.c.date_id == fact_sales.c.date_id)
        .where(*sold(question))
        .group_by(*by)
    )


def _from_sums(question: Question, by: By, what: Sequence[str]) -> Rows:
    """The orders of one day, and those of several days beside them."""
    of_a_day = (
        select(
            *by,
            total(day_sums.c.revenue).label(REVENUE),
            func.sum(day_sums.c.orders).label(ORDERS),
            total(day_sums.c.units).label(UNITS),
        )
        .join_from(day_sums, dim_date, dim_date.c.date_id == day_sums.c.date_id)
        .where(*_days(question, day_sums.c.date_id))
        .group_by(*by)
        .cte("of_a_day")
    )
    of_several = (
        select(*by, func.count(distinct(order_days.c.order_id)).label(ORDERS))
        .join_from(order_days, dim_date, dim_date.c.date_id == order_days.c.date_id)
        .where(*_days(question, order_days.c.date_id))
        .group_by(*by)
        .cte("of_several")
    )
    same = and_(*(of_several.c[one.name] == of_a_day.c[one.name] for one in by))
    amounts: dict[str, Sql] = {
        **{name: of_a_day.c[name] for name in (REVENUE, UNITS)},
        ORDERS: of_a_day.c.orders + func.coalesce(of_several.c.orders, NOTHING),
    }
    return select(
        *(of_a_day.c[one.name] for one in by), *(amounts[name].label(name) for name in what)
    ).select_from(of_a_day.outerjoin(of_several, same))


def _days(question: Question, day: Sql, names: tuple[str, ...] = ("weekday", "month")) -> list[Sql]:
    return [*within(question.start, question.end, day), *days_where(dim_date, question, names)]
