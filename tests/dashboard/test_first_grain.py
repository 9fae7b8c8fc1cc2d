"""What the page shows a dataset by until somebody chooses, and what becomes of that as other data are looked at."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.pages import errors, figures, hand_in, open_page
from wiring import System


def a_shop(days: int) -> bytes:
    first = date(2025, 12, 17) - timedelta(days=days - 1)
    rows = [f"{first + timedelta(days=n)},North,{n + 1}" for n in range(days)]
    return "\n".join(["Date,Region,Revenue", *rows, ""]).encode()


@pytest.fixture
def shops(empty: System) -> System:
    """One of a fortnight, one of six weeks, one of a year."""
    for name, days in (("young", 14), ("older", 45), ("old", 365)):
        hand_in(empty, f"{name}.csv", a_shop(days))
    return empty


def opened(**address: str) -> AppTest:
    page = open_page(**address)
    assert errors(page) == []
    return page


def grain(page: AppTest) -> str:
    return str(page.selectbox(key="grain").value)


def turned_to(page: AppTest, dataset: str) -> AppTest:
    page.selectbox(key="dataset").set_value(dataset).run()
    assert errors(page) == []
    return page


def courses(page: AppTest) -> list[str]:
    """What the small lines on the tiles say to whoever does not see them."""
    drawn = [one.proto.body for one in page.get("html")]
    return [said for body in drawn for said in re.findall(r'class="kpi-spark" alt="([^"]*)"', body)]


@pytest.mark.parametrize(("dataset", "by"), [("young", "day"), ("older", "month"), ("old", "month")])
def test_data_of_one_month_are_shown_by_day(shops: System, dataset: str, by: str) -> None:
    assert grain(opened(dataset=dataset)) == by


def test_a_fortnight_has_a_course_on_its_tile_and_in_its_trend(shops: System) -> None:
    page = opened(dataset="young")
    assert courses(page) == ["Revenue, the last 13 whole days, from 2.00 to 14.0"]
    assert any('"2025-12-04' in spec and '"2025-12-16' in spec for spec in figures(page))


def test_what_nobody_chose_is_that_of_whichever_dataset_is_looked_at(shops: System) -> None:
    page = opened(dataset="young")
    assert [grain(turned_to(page, name)) for name in ("old", "older", "young")] == ["month", "month", "day"]


def test_what_somebody_chose_stays(shops: System) -> None:
    page = opened(dataset="young", grain="quarter")
    assert [grain(turned_to(page, name)) for name in ("old", "older", "young")] == ["quarter"] * 3


def test_a_choice_stays_though_it_is_what_other_data_begin_with(shops: System) -> None:
    page = opened(dataset="young")
    page.selectbox(key="grain").set_value("month").run()
    assert [grain(turned_to(page, name)) for name in ("old", "young")] == ["month", "month"]


def test_a_link_that_says_month_shows_the_month(shops: System) -> None:
    assert grain(opened(dataset="young", grain="month")) == "month"


def test_what_nobody_chose_moves_with_data_that_grow(shops: System) -> None:
    page = opened(dataset="young")
    hand_in(shops, "young.csv", a_shop(200))
    page.run()
    assert (errors(page), grain(page)) == ([], "month")


def test_the_wall_shows_few_days_by_day_too(shops: System) -> None:
    page = opened(tv="1", dataset="young", embed_options="dark_theme")
    assert courses(page) == ["Revenue, the last 13 whole days, from 2.00 to 14.0"]
