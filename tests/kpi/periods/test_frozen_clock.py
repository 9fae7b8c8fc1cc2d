"""The days on which time goes wrong, each with a clock that stands still and is given as an argument."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from dashboard.context import Context, SalesPlace
from kpi.calendar import Calendar, Grain
from kpi.periods.week_years import Anchor, Scheme
from kpi.values import Against, Partial
from settings import Settings
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop
from wiring import System, build

FIRST, LAST = date(2022, 12, 26), date(2027, 1, 3)
EVERY_DAY = "date revenue cogs\n" + "\n".join(
    f"{FIRST + timedelta(days=n)} 1 0" for n in range((LAST - FIRST).days + 1)
)
MONTHS, WEEKS = Calendar(), Calendar(scheme=Scheme.WEEKS_445)
APRIL = Calendar(fiscal_year_start=4)
RETAIL = Calendar(2, 6, Scheme.WEEKS_454)
LAST_SATURDAY = Calendar(10, 6, Scheme.WEEKS_445, Anchor.LAST)


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    """One a day, so that every value is the number of days it is made of."""
    return open_shop(EVERY_DAY, calendar=MONTHS)


def on(shop: Shop, today: str) -> Shop:
    return replace(shop, upto=date.fromisoformat(today))


def compared(shop: Shop, grain: Grain, against: Against = Against.PREVIOUS) -> tuple[str, float, float]:
    """The label, the days now and the days then. Equal parts are compared exactly where the period is not over."""
    (one,) = shop.compare("revenue", grain=grain, against=against)
    assert one.earlier is not None
    assert one.to_date is not one.current.complete
    return one.label, one.current.value or 0.0, one.earlier.value or 0.0


@pytest.mark.parametrize(
    ("today", "label", "now", "then"),
    [
        ("2025-11-01", "1 Nov 2025 vs 1 Oct 2025", 1, 1),
        ("2025-11-15", "1–15 Nov 2025 vs 1–15 Oct 2025", 15, 15),
        ("2025-10-31", "Oct 2025 vs Sep 2025", 31, 30),
        ("2025-10-30", "1–30 Oct 2025 vs Sep 2025", 30, 30),
        ("2025-02-28", "Feb 2025 vs Jan 2025", 28, 31),
        ("2024-02-28", "1–28 Feb 2024 vs 1–28 Jan 2024", 28, 28),
        ("2024-02-29", "Feb 2024 vs Jan 2024", 29, 31),
        ("2025-03-29", "1–29 Mar 2025 vs Feb 2025", 29, 28),
        ("2025-03-31", "Mar 2025 vs Feb 2025", 31, 28),
        ("2024-03-29", "1–29 Mar 2024 vs Feb 2024", 29, 29),
        ("2024-03-31", "Mar 2024 vs Feb 2024", 31, 29),
        ("2025-12-31", "Dec 2025 vs Nov 2025", 31, 30),
        ("2026-01-01", "1 Jan 2026 vs 1 Dec 2025", 1, 1),
    ],
)
def test_a_month_is_compared_with_the_month_before(
    shop: Shop, today: str, label: str, now: int, then: int
) -> None:
    assert compared(on(shop, today), Grain.MONTH) == (label, now, then)


@pytest.mark.parametrize(
    ("today", "label", "now", "then"),
    [
        ("2024-02-29", "Feb 2024 vs Feb 2023", 29, 28),
        ("2025-02-28", "Feb 2025 vs Feb 2024", 28, 29),
        ("2024-02-28", "1–28 Feb 2024 vs Feb 2023", 28, 28),
        ("2025-03-31", "Mar 2025 vs Mar 2024", 31, 31),
    ],
)
def test_a_month_is_compared_with_that_of_the_year_before(
    shop: Shop, today: str, label: str, now: int, then: int
) -> None:
    assert compared(on(shop, today), Grain.MONTH, Against.YEAR) == (label, now, then)


@pytest.mark.parametrize(
    ("today", "label", "now", "then"),
    [
        ("2024-12-29", "W52 2024 vs W51 2024", 7, 7),
        ("2024-12-30", "30 Dec 2024 vs 23 Dec 2024", 1, 1),
        ("2025-01-01", "30 Dec 2024 – 1 Jan 2025 vs 23–25 Dec 2024", 3, 3),
        ("2025-01-05", "W1 2025 vs W52 2024", 7, 7),
        ("2027-01-03", "W53 2026 vs W52 2026", 7, 7),
    ],
)
def test_the_last_week_of_a_year_belongs_to_the_year_of_its_thursday(
    shop: Shop, today: str, label: str, now: int, then: int
) -> None:
    assert compared(on(shop, today), Grain.WEEK) == (label, now, then)


@pytest.mark.parametrize(
    ("calendar", "today", "grain", "said"),
    [
        pytest.param(APRIL, "2025-03-31", Grain.YEAR, ("FY 2024/25 vs FY 2023/24", 365, 366), id="last day"),
        pytest.param(APRIL, "2025-04-01", Grain.YEAR, ("1 Apr 2025 vs 1 Apr 2024", 1, 1), id="first day"),
        pytest.param(
            APRIL, "2025-03-31", Grain.QUARTER, ("Jan–Mar 2025 vs Oct–Dec 2024", 90, 92), id="last quarter"
        ),
        pytest.param(
            WEEKS,
            "2025-12-28",
            Grain.MONTH,
            ("P12 2025 (24 Nov – 28 Dec 2025) vs P11 2025 (27 Oct – 23 Nov 2025)", 35, 28),
            id="five weeks after four",
        ),
        pytest.param(
            WEEKS, "2025-12-29", Grain.YEAR, ("29 Dec 2025 vs 30 Dec 2024", 1, 1), id="a year of weeks begins"
        ),
        pytest.param(
            WEEKS,
            "2027-01-03",
            Grain.YEAR,
            ("FY 2026 (29 Dec 2025 – 3 Jan 2027) vs FY 2025 (30 Dec 2024 – 28 Dec 2025)", 371, 364),
            id="53 weeks, whole",
        ),
        pytest.param(
            WEEKS,
            "2026-12-27",
            Grain.YEAR,
            ("29 Dec 2025 – 27 Dec 2026 vs FY 2025 (30 Dec 2024 – 28 Dec 2025)", 364, 364),
            id="52 of 53 weeks",
        ),
        pytest.param(
            RETAIL,
            "2024-02-03",
            Grain.MONTH,
            ("P12 2023/24 (31 Dec 2023 – 3 Feb 2024) vs P11 2023/24 (26 Nov – 30 Dec 2023)", 35, 35),
            id="the retail year's 53rd week",
        ),
        pytest.param(
            LAST_SATURDAY,
            "2023-09-30",
            Grain.MONTH,
            ("P12 2022/23 (20 Aug – 30 Sep 2023) vs P11 2022/23 (23 Jul – 19 Aug 2023)", 42, 28),
            id="six weeks in the last period",
        ),
    ],
)
def test_at_the_borders_of_fiscal_years_and_of_years_of_weeks(
    open_shop: OpenShop, calendar: Calendar, today: str, grain: Grain, said: tuple[str, int, int]
) -> None:
    shop = on(open_shop(EVERY_DAY, calendar=calendar), today)
    assert compared(shop, grain) == said


@pytest.mark.parametrize("calendar", [MONTHS, APRIL, WEEKS, RETAIL, LAST_SATURDAY])
@pytest.mark.parametrize("today", ["2024-02-29", "2025-11-21", "2025-12-31", "2026-12-28"])
def test_one_a_day_is_projected_to_the_days_of_the_period(
    open_shop: OpenShop, calendar: Calendar, today: str
) -> None:
    shop = on(open_shop(EVERY_DAY, calendar=calendar), today)
    for grain in (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR):
        start, end = calendar.start_of(shop.upto, grain), calendar.end_of(shop.upto, grain)
        (value, *_) = shop.values("revenue", grain=grain, start=start, partial=Partial.PROJECTED)
        assert value.value == pytest.approx((end - start).days + 1)
        assert value.projected == (shop.upto < end)


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        pytest.param(
            "Europe/Berlin",
            {
                "2025-03-29T22:59:59": "2025-03-29",
                "2025-03-29T23:00:00": "2025-03-30",  # 23 hours long
                "2025-03-30T21:59:59": "2025-03-30",
                "2025-03-30T22:00:00": "2025-03-31",
                "2025-10-25T21:59:59": "2025-10-25",
                "2025-10-25T22:00:00": "2025-10-26",  # 25 hours long
                "2025-10-26T22:59:59": "2025-10-26",
                "2025-10-26T23:00:00": "2025-10-27",
            },
            id="Berlin",
        ),
        pytest.param(
            "America/New_York",
            {
                "2025-03-09T04:59:59": "2025-03-08",
                "2025-03-09T05:00:00": "2025-03-09",  # 23 hours long
                "2025-03-10T03:59:59": "2025-03-09",
                "2025-03-10T04:00:00": "2025-03-10",
                "2025-11-02T03:59:59": "2025-11-01",
                "2025-11-02T04:00:00": "2025-11-02",  # 25 hours long
                "2025-11-03T04:59:59": "2025-11-02",
                "2025-11-03T05:00:00": "2025-11-03",
            },
            id="New York",
        ),
        pytest.param(
            "Australia/Sydney",
            {
                "2025-04-05T12:59:59": "2025-04-05",
                "2025-04-05T13:00:00": "2025-04-06",  # 25 hours long
                "2025-04-06T13:59:59": "2025-04-06",
                "2025-04-06T14:00:00": "2025-04-07",
                "2025-10-04T13:59:59": "2025-10-04",
                "2025-10-04T14:00:00": "2025-10-05",  # 23 hours long
                "2025-10-05T12:59:59": "2025-10-05",
                "2025-10-05T13:00:00": "2025-10-06",
            },
            id="Sydney",
        ),
    ],
)
def test_today_is_right_to_the_second_when_the_clocks_change(
    tmp_path: Path, zone: str, days: dict[str, str]
) -> None:
    """At the command line and REST, and on the page."""
    system = build(Settings.from_env({"KPI_HOME": str(tmp_path / "home"), "KPI_TIMEZONE": zone}))
    moments = [datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in days]
    assert [system.today(at).isoformat() for at in moments] == list(days.values())
    assert [page_of(system, at).today.isoformat() for at in moments] == list(days.values())
    system.close()


def page_of(system: System, at: datetime) -> Context:
    """What the page is given, with a clock that stands still."""

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("the clock is all that is asked for")

    return Context(
        database=system.database,
        inbox=system.settings.inbox,
        snapshots=system.road.folders.snapshots,
        calculator=system.calculator,
        clock=lambda: at,
        timezone=system.settings.timezone,
        destinations=(),
        marked=refuse,
        unlocked=refuse,
        rehearse=refuse,
        judge=refuse,
        sales=SalesPlace(system.sales.source, system.sales.warehouse, system.sales.options),
    )
