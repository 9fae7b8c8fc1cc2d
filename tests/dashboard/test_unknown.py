"""A link that filters by what the data do not have shows more than was asked for: that is said."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from storage.saved_views import SavedView, save_view
from tests.dashboard.pages import AFTER_THE_SAMPLES, ESCAPE, errors, hand_in, open_page, tiles
from wiring import System

SHOP = b"Date,Region,Revenue\n2025-12-01,North,60\n2025-12-02,South,40\n"


@pytest.fixture
def shop(empty: System) -> System:
    hand_in(empty, "shop.csv", SHOP)
    return empty


def opened(**address: str | list[str]) -> AppTest:
    page = open_page(period="All data", dataset="shop", **address)
    assert errors(page) == []
    return page


def warned(page: AppTest) -> list[str]:
    return [ESCAPE.sub("", one.value) for one in page.warning]


@pytest.mark.parametrize(
    ("asked", "said", "revenue"),
    [
        (
            {"shop.region": "Atlantis"},
            "region **Atlantis**, which is not in the data; shown is every region.",
            "100",
        ),
        (
            {"shop.region": ["North", "Atlantis", "Mu"]},
            "region **Atlantis, Mu**, which is not in the data; shown is North.",
            "60.0",
        ),
        (
            {"shop.colour": "red", "shop.region": "North"},
            "colour **red**, which is not in the data; shown is every colour.",
            "60.0",
        ),
    ],
)
def test_it_is_said_what_is_not_there_and_what_is_shown_instead(
    shop: System, asked: dict[str, str | list[str]], said: str, revenue: str
) -> None:
    page = opened(**asked)
    assert (warned(page), tiles(page)["Revenue"]) == ([f"The address asks for {said}"], revenue)


def test_it_is_said_until_somebody_chooses_otherwise(shop: System) -> None:
    page = opened(**{"shop.region": "Atlantis", "shop.colour": "red"})
    assert len(warned(page.run())) == 2
    page.multiselect(key="shop.region").set_value(["South"]).run()
    assert (errors(page), warned(page)) == ([], [])
    page.multiselect(key="shop.region").set_value([]).run()
    assert (errors(page), warned(page)) == ([], [])


def test_a_member_that_goes_while_it_is_looked_at_is_said_too(shop: System) -> None:
    page = opened(**{"shop.region": "South"})
    hand_in(shop, "shop.csv", SHOP.replace(b"South", b"East"))
    page.run()
    assert warned(page) == [
        "The address asks for region **South**, which is not in the data; shown is every region."
    ]


def test_a_member_that_comes_later_is_not_missed_any_more(shop: System) -> None:
    page = opened(**{"shop.region": "East"})
    assert len(warned(page)) == 1
    hand_in(shop, "shop.csv", SHOP.replace(b"South", b"East"))
    assert warned(page.run()) == []


def test_a_link_that_asks_for_what_is_there_says_nothing(shop: System) -> None:
    assert warned(opened(**{"shop.region": "South", "other.region": "Atlantis"})) == []


def test_a_view_says_it_for_itself(shop: System) -> None:
    with shop.database.begin() as connection:
        save_view(
            connection, SavedView("shop", "Old", (("shop.region", "Atlantis"),)), "test", AFTER_THE_SAMPLES
        )
    (said,) = warned(opened(view="Old", **{"shop.region": "Atlantis"}))
    assert said.startswith("The view **Old** asks for region **Atlantis**")


def test_what_is_not_there_is_no_markup(shop: System) -> None:
    page = opened(**{"shop.region": "**:red[x]**"})
    assert "\\*\\*\\:" in page.warning[0].value
