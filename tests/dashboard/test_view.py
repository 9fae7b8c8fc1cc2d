from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboard.view import Stretch, View, beginning
from kpi.calculator import Slice
from kpi.calendar import Calendar, Grain
from kpi.definitions import load_catalog
from kpi.periods.windows import Window
from kpi.report import Cadence, FactField, Kind
from storage.datasets import Dataset
from tests.moments import NOON

FIELDS = (
    FactField("date", Kind.DATE, "Date"),
    FactField("region", Kind.DIMENSION, "Region"),
    FactField("order_id", Kind.IDENTIFIER, "Order"),
    FactField("revenue", Kind.MEASURE, "Revenue"),
)
FINANCE = Dataset("finance", 3, FIELDS, date(2024, 2, 10), date(2025, 11, 17), Cadence.DAY, NOON)
LONG_AFTER = date(2026, 3, 5)
CUSTOM = (date(2024, 5, 3), date(2024, 6, 20))


def view(stretch: Stretch, grain: Grain = Grain.MONTH, today: date = LONG_AFTER) -> View:
    definitions = load_catalog().available(FIELDS)
    return View(FINANCE, Calendar(), definitions, today, stretch, grain, custom=CUSTOM)


@pytest.mark.parametrize(
    ("stretch", "grain", "first", "last"),
    [
        (Stretch.LATEST, Grain.DAY, date(2025, 11, 17), date(2025, 11, 17)),
        (Stretch.LATEST, Grain.WEEK, date(2025, 11, 17), date(2025, 11, 17)),
        (Stretch.LATEST, Grain.MONTH, date(2025, 11, 1), date(2025, 11, 17)),
        (Stretch.LATEST, Grain.QUARTER, date(2025, 10, 1), date(2025, 11, 17)),
        (Stretch.LATEST, Grain.YEAR, date(2025, 1, 1), date(2025, 11, 17)),
        (Stretch.YEAR_BACK, Grain.MONTH, date(2024, 12, 1), date(2025, 11, 17)),
        (Stretch.THIS_YEAR, Grain.MONTH, date(2025, 1, 1), date(2025, 11, 17)),
        (Stretch.ALL, Grain.MONTH, date(2024, 2, 10), date(2025, 11, 17)),
        (Stretch.CUSTOM, Grain.MONTH, *CUSTOM),
    ],
)
def test_a_stretch_ends_where_the_data_end_and_not_with_the_clock(
    stretch: Stretch, grain: Grain, first: date, last: date
) -> None:
    assert view(stretch, grain).window == Window(first, last)


@pytest.mark.parametrize(
    ("stretch", "first"),
    [
        (Stretch.LATEST, date(2025, 11, 1)),
        (Stretch.YEAR_BACK, date(2024, 12, 1)),
        (Stretch.THIS_YEAR, date(2025, 1, 1)),
        (Stretch.ALL, date(2024, 2, 10)),
    ],
)
def test_a_clock_before_the_last_row_ends_the_stretch(stretch: Stretch, first: date) -> None:
    assert view(stretch, today=date(2025, 11, 5)).window == Window(first, date(2025, 11, 5))


def test_data_of_months_speak_to_the_end_of_their_last_month_unless_it_is_not_over() -> None:
    monthly = replace(FINANCE, last_day=date(2025, 11, 1), cadence=Cadence.MONTH)
    over = replace(view(Stretch.LATEST), dataset=monthly)
    running = replace(over, today=date(2025, 11, 20))
    assert [one.upto for one in (over, running)] == [date(2025, 11, 30), date(2025, 11, 20)]


@pytest.mark.parametrize(
    ("cadence", "days", "begins"),
    [
        (Cadence.DAY, 1, (Stretch.ALL, Grain.DAY)),
        (Cadence.DAY, 31, (Stretch.ALL, Grain.DAY)),
        (Cadence.DAY, 32, (Stretch.LATEST, Grain.MONTH)),  # touches a second month
        (Cadence.WEEK, 15, (Stretch.ALL, Grain.WEEK)),
        (Cadence.WEEK, 36, (Stretch.LATEST, Grain.MONTH)),
        (Cadence.MONTH, 31, (Stretch.LATEST, Grain.MONTH)),
        (Cadence.YEAR, 1, (Stretch.LATEST, Grain.MONTH)),
    ],
)
def test_days_of_one_month_are_all_shown_at_first_by_day_or_week_so_that_they_have_a_course(
    cadence: Cadence, days: int, begins: tuple[Stretch, Grain]
) -> None:
    first = date(2025, 7, 1)
    last = first + timedelta(days=days - 1)
    assert beginning(replace(FINANCE, first_day=first, last_day=last, cadence=cadence)) == begins


def test_a_fiscal_year_begins_with_its_own_month() -> None:
    fiscal = replace(view(Stretch.THIS_YEAR), calendar=Calendar(fiscal_year_start=7))
    assert fiscal.window == Window(date(2025, 7, 1), date(2025, 11, 17))


def test_what_is_not_over_is_shown_up_to_the_last_day_that_was_chosen() -> None:
    chosen = replace(view(Stretch.CUSTOM), custom=(date(2025, 1, 1), date(2025, 6, 15)))
    assert chosen.so_far == "to 15 Jun"


def test_a_custom_stretch_without_days_is_all_data() -> None:
    assert replace(view(Stretch.CUSTOM), custom=None).window == view(Stretch.ALL).window


def test_all_data_that_begin_after_the_clock_are_one_day() -> None:
    early = view(Stretch.ALL, today=date(2024, 1, 1))
    assert early.window == Window(date(2024, 2, 10), date(2024, 2, 10))


NORTH = (("region", "North"),)


@pytest.mark.parametrize(
    ("stretch", "tiles", "series"),
    [
        (Stretch.LATEST, Slice(grain=Grain.WEEK, where=NORTH), Slice(grain=Grain.WEEK, where=NORTH)),
        (
            Stretch.THIS_YEAR,
            Slice(grain=Grain.YEAR, where=NORTH),
            Slice(grain=Grain.WEEK, where=NORTH, start=date(2024, 12, 30), end=date(2025, 11, 17)),
        ),
        (
            Stretch.ALL,
            Slice(grain=Grain.TOTAL, where=NORTH),
            Slice(grain=Grain.WEEK, where=NORTH, start=date(2024, 2, 5), end=date(2025, 11, 17)),
        ),
        (
            Stretch.CUSTOM,
            Slice(grain=Grain.TOTAL, where=NORTH, start=CUSTOM[0], end=CUSTOM[1]),
            Slice(grain=Grain.WEEK, where=NORTH, start=date(2024, 4, 29), end=CUSTOM[1]),
        ),
    ],
)
def test_what_tiles_and_series_ask_for_keeps_the_filters(
    stretch: Stretch, tiles: Slice, series: Slice
) -> None:
    chosen = replace(view(stretch, Grain.WEEK), where=NORTH)
    assert (chosen.slice_of_tiles, chosen.slice_of_series) == (tiles, series)


def test_the_words_of_a_view_name_its_days_and_filters() -> None:
    chosen = replace(view(Stretch.LATEST), where=(("region", "North"), ("region", "South"), ("product", "A")))
    assert chosen.words == "1–17 Nov 2025 · region North, South · product A"


def test_only_dimensions_group_and_only_plain_kpis_have_a_value_at_any_grain() -> None:
    one = view(Stretch.ALL)
    assert [field.name for field in one.dimensions] == ["region"]
    assert [each.key for each in one.plain_definitions] == ["revenue", "orders", "average_order_value"]
    assert "revenue_ytd" in {each.key for each in one.definitions}
