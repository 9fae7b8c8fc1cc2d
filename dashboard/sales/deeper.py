"""The further analyses, each behind its question; asked and drawn once it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import streamlit as st

from dashboard import tables
from dashboard.sales import drawing, queries
from dashboard.sales.controls import Looked
from dashboard.sales.deeper_panels import BRIDGE, CLASSES, COHORTS, DEEPER, PAIRS, SEGMENTS, Deeper
from dashboard.sales.dimensions import month_key, month_label, month_window
from dashboard.sales.queries import Star
from kpi.sales.analyses.question import Period, Question

AUTOMATIC = "The year so far and a year before"
BEFORE = "Just before"
MOST_COHORTS = 24


def show(looked: Looked, star: Star) -> None:
    st.markdown("**More**")
    for one in DEEPER:
        opened = st.expander(one.title, key=f"sales_{one.analysis}_opened", on_change="rerun")
        if opened.open:
            with opened:
                _show(one, looked, star)


def _show(one: Deeper, looked: Looked, star: Star) -> None:
    question = _question(one, looked)
    rows = star.rows(one.analysis, question)
    if not rows:
        st.info(
            "There is nothing to tell with these days and filters. Choose more days, or take a filter away."
        )
        return
    key = f"sales_{one.analysis}"
    about = replace(looked, start=None, end=None) if one is BRIDGE else looked  # it has periods of its own
    said = " · ".join(filter(None, (one.said, about.words())))
    drawing.show(key, one.heading, said, one.draw(rows))
    tables.show_table(f"{key}_table", one.heading, queries.columns(one.analysis), rows)


def _question(one: Deeper, looked: Looked) -> Question:
    if one is BRIDGE:
        return _between(looked)
    if one is COHORTS:
        return looked.question(MOST_COHORTS)
    if one in (SEGMENTS, CLASSES):
        return looked.question()
    assert one is PAIRS  # noqa: S101 - the last there is
    return looked.question(looked.top)


def _between(looked: Looked) -> Question:
    """The two periods to compare, chosen here."""
    periods = dict(_periods(looked.version.first_day, looked.version.last_day))
    with st.container(horizontal=True):
        later = st.selectbox(
            "Compare", [AUTOMATIC, *periods], key="sales-later", bind="query-params", width=280
        )
        if later not in periods:
            return replace(looked.question(), start=None, end=None)
        earlier = st.selectbox(
            "With", [BEFORE, *periods], key="sales-earlier", bind="query-params", width=200
        )
    asked = replace(looked.question(), start=periods[later].start, end=periods[later].end)
    return replace(asked, before=periods[earlier]) if earlier in periods else asked


def _periods(first: date, last: date) -> Iterator[tuple[str, Period]]:
    """Years, then quarters, then months that have data, the latest first."""
    years = range(last.year, first.year - 1, -1)
    for year in years:
        yield str(year), Period(date(year, 1, 1), date(year, 12, 31))
    for year, quarter in ((year, quarter) for year in years for quarter in (4, 3, 2, 1)):
        start, end = date(year, quarter * 3 - 2, 1), month_window(month_key(year, quarter * 3)).last
        if start <= last and end >= first:
            yield f"Q{quarter} {year}", Period(start, end)
    for year, month in ((year, month) for year in years for month in range(12, 0, -1)):
        window = month_window(month_key(year, month))
        if window.first <= last and window.last >= first:
            yield month_label(year, month), Period(window.first, window.last)
