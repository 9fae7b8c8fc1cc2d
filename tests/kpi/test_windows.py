from __future__ import annotations

from datetime import date

import pytest

from kpi.calendar import Calendar, Grain
from kpi.windows import Window, a_year_before, earlier, just_before, words

PLAIN = Calendar()


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


def test_any_stretch_of_days_has_one_right_before_and_one_a_year_before() -> None:
    window = days("2025-03-01..2025-03-10")
    assert just_before(window) == days("2025-02-19..2025-02-28")
    assert a_year_before(window) == days("2024-03-01..2024-03-10")


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
        ("2025-12-29..2026-01-04", "29 Dec 2025 – 4 Jan 2026"),
    ],
)
def test_days_are_named_as_people_name_them(window: str, said: str) -> None:
    assert words(days(window)) == said
