"""The bar of the Sales tab: which days, and how many of the best. What is chosen is in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard.sales.dimensions import Dimension, month_window
from dashboard.sales.picking import Pick
from kpi.sales.analyses.question import Question
from storage.warehouse.versions import WarehouseVersion

ALL, CUSTOM = "All", "Custom"
TOPS = {"5 and 10": None, "3": 3, "5": 5, "10": 10, "20": 20, "50": 50}


@dataclass(frozen=True, slots=True)
class Looked:
    """What the charts look at: a version of the warehouse, days of it, how many of the best, and picked members.

    Without `start` and `end` all days are meant; without `top` five customers, five cities and ten products.
    """

    version: WarehouseVersion
    start: date | None
    end: date | None
    top: int | None
    picks: tuple[Pick, ...] = ()

    def question(self, top: int | None = None, but: Dimension | None = None) -> Question:
        """What is asked, with the picks of all dimensions but one: a chart shows all of what it is picked from."""
        where = tuple((one.dimension.value, one.key) for one in self.picks if one.dimension is not but)
        return Question(self.start, self.end, where, top)

    def picked(self, dimension: Dimension | None) -> frozenset[str]:
        return frozenset(one.key for one in self.picks if one.dimension is dimension)

    def is_whole(self, month: str) -> bool:
        """Whether all days of a month are there: the data go beyond it, and the chosen days do not cut it."""
        window = month_window(month)
        last = min(self.end or self.version.last_day, self.version.last_day)
        return window.last <= last and (self.start is None or self.start <= window.first)

    def words(self, but: Dimension | None = None) -> str:
        """The days and the picked members of all dimensions but one, in words; empty where everything is meant."""
        days = f"{self.start:%-d %b %Y} to {self.end:%-d %b %Y}" if self.start and self.end else ""
        members = [one.name for one in self.picks if one.dimension is not but]
        return " · ".join(filter(None, (days, *members)))


def show(version: WarehouseVersion) -> Looked:
    """The controls, and what their choices come to; nothing is picked yet."""
    years = [str(year) for year in range(version.last_day.year, version.first_day.year - 1, -1)]
    period = st.selectbox("Days", [ALL, *years, CUSTOM], key="sales-days", bind="query-params", width=120)
    start, end = _custom(version) if period == CUSTOM else _year(period or ALL)
    top = st.selectbox(
        "Largest",
        list(TOPS),
        key="sales-top",
        bind="query-params",
        width=120,
        help="How many customers, cities and products a chart shows. At first five customers, five cities and ten products.",
    )
    return Looked(version, start, end, TOPS.get(top or ""))


def _year(period: str) -> tuple[date, date] | tuple[None, None]:
    return (None, None) if period == ALL else (date(int(period), 1, 1), date(int(period), 12, 31))


def _custom(version: WarehouseVersion) -> tuple[date, date]:
    """Two days within the data; while only the first is chosen, up to the last."""
    chosen = st.date_input(
        "From – to",
        (version.first_day, version.last_day),
        min_value=version.first_day,
        max_value=version.last_day,
        key="sales-from-to",
        bind="query-params",
        format="YYYY-MM-DD",
        width=240,
    )
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    first = days[0] if days else version.first_day
    return first, days[-1] if len(days) > 1 else version.last_day
