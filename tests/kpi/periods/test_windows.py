from __future__ import annotations

from datetime import date

import pytest

from kpi.calendar import Calendar, Grain
from kpi.periods.week_years import Scheme
from kpi.periods.windows import (
    PLAIN,
    Window,
    a_year_before,
    earlier,
    just_before,
    last_complete_day,
    short_words,
    words,
)

APRIL = Calendar(fiscal_year_start=4)
WEEKS = Calendar(scheme=Scheme.WEEKS_445)
RETAIL = Calendar(2, 6, Scheme.WEEKS_454)


def days(text: str) -> Window:
    first, _, last = text.partition("..")
    return Window(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("window", "grain", "back", "before"),
    [
        pytest.param(
            "2025-11-01..2025-11-21", Grain.MONTH, Grain.MONTH, "2025-10-01..2025-10-21", id="same days"
        ),
        pytest.param(
            "2025-03-01..2025-03-30", Grain.MONTH, Grain.MONTH, "2025-02-01..2025-02-28", id="clamped"
        ),
        pytest.param(
            "2025-02-01..2025-02-28", Grain.MONTH, Grain.MONTH, "2025-01-01..2025-01-31", id="whole months"
        ),
        pytest.param(
            "2025-02-01..2025-02-28", Grain.MONTH, Grain.YEAR, "2024-02-01..2024-02-29", id="leap year"
        ),
        pytest.param(
            "2024-02-01..2024-02-28", Grain.MONTH, Grain.YEAR, "2023-02-01..2023-02-28", id="not over in leap"
        ),
        pytest.param(
            "2025-10-01..2025-11-21",
            Grain.QUARTER,
            Grain.QUARTER,
            "2025-07-01..2025-08-21",
            id="part of a quarter",
        ),
        pytest.param(
            "2025-10-01..2025-11-30",
            Grain.QUARTER,
            Grain.QUARTER,
            "2025-07-01..2025-08-31",
            id="month ends match",
        ),
        pytest.param(
            "2025-10-01..2025-11-21", Grain.QUARTER, Grain.YEAR, "2024-10-01..2024-11-21", id="a year back"
        ),
        pytest.param(
            "2025-01-01..2025-11-21", Grain.YEAR, Grain.YEAR, "2024-01-01..2024-11-21", id="part of a year"
        ),
        pytest.param(
            "2025-11-17..2025-11-19", Grain.WEEK, Grain.WEEK, "2025-11-10..2025-11-12", id="same weekdays"
        ),
        pytest.param(
            "2025-11-17..2025-11-19",
            Grain.WEEK,
            Grain.YEAR,
            "2024-11-18..2024-11-20",
            id="weekdays a year back",
        ),
        pytest.param(
            "2025-11-21..2025-11-21", Grain.DAY, Grain.DAY, "2025-11-20..2025-11-20", id="the day before"
        ),
        pytest.param(
            "2025-11-21..2025-11-21",
            Grain.DAY,
            Grain.YEAR,
            "2024-11-22..2024-11-22",
            id="a Friday a year back",
        ),
    ],
)
def test_like_is_compared_with_like(window: str, grain: Grain, back: Grain, before: str) -> None:
    assert earlier(days(window), PLAIN, grain, back) == days(before)


@pytest.mark.parametrize(
    ("window", "grain", "back", "before"),
    [
        pytest.param(
            "2025-10-27..2025-11-05", Grain.MONTH, Grain.MONTH, "2025-09-29..2025-10-08", id="same days in"
        ),
        pytest.param(
            "2025-08-25..2025-09-28",
            Grain.MONTH,
            Grain.YEAR,
            "2024-08-26..2024-09-29",
            id="a period of five weeks answers to its counterpart",
        ),
        pytest.param(
            "2025-08-25..2025-09-28",
            Grain.MONTH,
            Grain.MONTH,
            "2025-07-28..2025-08-24",
            id="and to the four weeks before, whole with whole",
        ),
        pytest.param(
            "2025-08-25..2025-09-25",
            Grain.MONTH,
            Grain.MONTH,
            "2025-07-28..2025-08-24",
            id="clamped where the earlier period is shorter",
        ),
        pytest.param(
            "2025-12-29..2027-01-03",
            Grain.YEAR,
            Grain.YEAR,
            "2024-12-30..2025-12-28",
            id="a year of 53 weeks, whole",
        ),
        pytest.param(
            "2025-12-29..2027-01-01",
            Grain.YEAR,
            Grain.YEAR,
            "2024-12-30..2025-12-28",
            id="the 53rd week has nothing like it",
        ),
        pytest.param(
            "2025-09-29..2025-11-23",
            Grain.QUARTER,
            Grain.QUARTER,
            "2025-06-30..2025-08-24",
            id="the end of a period answers to the end of a period",
        ),
    ],
)
def test_like_is_compared_with_like_in_periods_of_weeks(
    window: str, grain: Grain, back: Grain, before: str
) -> None:
    assert earlier(days(window), WEEKS, grain, back) == days(before)


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2025-03-31", "2025-02-28"),
        ("2024-03-31", "2024-02-29"),
        ("2024-03-29", "2024-02-29"),
        ("2025-03-29", "2025-02-28"),
        ("2025-03-28", "2025-02-28"),
        ("2025-03-15", "2025-02-15"),
    ],
)
def test_at_the_end_of_march_february_is_over(day: str, before: str) -> None:
    march = Window(date.fromisoformat(f"{day[:4]}-03-01"), date.fromisoformat(day))
    assert earlier(march, PLAIN, Grain.MONTH, Grain.MONTH).last == date.fromisoformat(before)


@pytest.mark.parametrize(
    ("calendar", "grain", "until", "last"),
    [
        (PLAIN, Grain.MONTH, "2025-11-21", "2025-10-31"),
        (PLAIN, Grain.MONTH, "2025-10-31", "2025-10-31"),
        (PLAIN, Grain.WEEK, "2025-11-21", "2025-11-16"),
        (PLAIN, Grain.DAY, "2025-11-21", "2025-11-21"),
        (WEEKS, Grain.MONTH, "2025-11-22", "2025-10-26"),
        (WEEKS, Grain.MONTH, "2025-11-23", "2025-11-23"),
    ],
)
def test_the_last_complete_period_ends_before_the_running_one(
    calendar: Calendar, grain: Grain, until: str, last: str
) -> None:
    assert last_complete_day(calendar, grain, date.fromisoformat(until)) == date.fromisoformat(last)


def test_any_stretch_of_days_has_one_right_before_and_one_a_year_before() -> None:
    window = days("2025-03-01..2025-03-10")
    assert just_before(window) == days("2025-02-19..2025-02-28")
    assert a_year_before(window, PLAIN) == days("2024-03-01..2024-03-10")
    assert a_year_before(window, WEEKS) == days("2024-03-02..2024-03-11")


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ("2025-01-01..2025-12-31", "2025"),
        ("2024-01-01..2025-12-31", "2024–2025"),
        ("2025-11-01..2025-11-30", "Nov 2025"),
        ("2025-07-01..2025-09-30", "Jul–Sep 2025"),
        ("2024-04-01..2025-03-31", "Apr 2024 – Mar 2025"),
        ("2025-11-01..2025-11-21", "1–21 Nov 2025"),
        ("2025-11-21..2025-11-21", "21 Nov 2025"),
        ("2025-10-01..2025-11-21", "1 Oct – 21 Nov 2025"),
        ("2025-12-29..2026-01-05", "29 Dec 2025 – 5 Jan 2026"),
    ],
)
def test_days_are_named_as_people_name_them(window: str, said: str) -> None:
    assert words(days(window), PLAIN) == said


@pytest.mark.parametrize(
    ("calendar", "window", "said"),
    [
        (PLAIN, "2025-11-17..2025-11-23", "W47 2025"),
        (PLAIN, "2025-12-29..2026-01-04", "W1 2026"),
        (PLAIN, "2026-12-28..2027-01-03", "W53 2026"),
        (PLAIN, "2025-11-17..2025-11-19", "17–19 Nov 2025"),
        (Calendar(week_start=6), "2025-11-16..2025-11-22", "16–22 Nov 2025"),
        (APRIL, "2025-04-01..2026-03-31", "FY 2025/26"),
        (APRIL, "2023-04-01..2025-03-31", "FY 2023/24–2024/25"),
        (APRIL, "2025-01-01..2025-12-31", "Jan–Dec 2025"),
        (APRIL, "2025-04-01..2025-06-30", "Apr–Jun 2025"),
        (APRIL, "2025-11-01..2025-11-30", "Nov 2025"),
        (Calendar(fiscal_year_start=2), "1999-02-01..2000-01-31", "FY 1999/00"),
        (WEEKS, "2025-10-27..2025-11-23", "P11 2025 (27 Oct – 23 Nov 2025)"),
        (WEEKS, "2025-09-29..2025-12-28", "Q4 2025 (29 Sep – 28 Dec 2025)"),
        (WEEKS, "2024-12-30..2025-12-28", "FY 2025 (30 Dec 2024 – 28 Dec 2025)"),
        (WEEKS, "2025-07-28..2025-10-26", "P8–P10 2025 (28 Jul – 26 Oct 2025)"),
        (WEEKS, "2024-10-28..2025-01-26", "P11 2024 – P1 2025 (28 Oct 2024 – 26 Jan 2025)"),
        (WEEKS, "2025-10-27..2025-11-05", "27 Oct – 5 Nov 2025"),
        (RETAIL, "2025-11-02..2025-11-29", "P10 2025/26 (2–29 Nov 2025)"),
        (RETAIL, "2025-02-02..2026-01-31", "FY 2025/26 (2 Feb 2025 – 31 Jan 2026)"),
    ],
)
def test_periods_are_named_by_their_calendar(calendar: Calendar, window: str, said: str) -> None:
    assert words(days(window), calendar) == said


def test_a_name_may_stand_without_its_days() -> None:
    assert short_words(days("2025-10-27..2025-11-23"), WEEKS) == "P11 2025"
    assert short_words(days("2025-11-01..2025-11-30"), WEEKS) == "1–30 Nov 2025"
