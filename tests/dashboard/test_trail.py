"""The way back: what the page was narrowed by, step by step, in the order in which it was."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.trail import step
from tests.dashboard.pages import ESCAPE, errors, hand_in, open_page, tiles
from wiring import System

SHOP = """Date,Region,Channel,Product,Revenue
2025-12-01,North,Web,Chair,60
2025-12-01,South,Web,Chair,30
2025-12-01,North,Shop,Chair,8
2025-12-01,North,Shop,Table,2
"""
CHOSEN: dict[str, str | list[str]] = {"shop.product": "Chair", "shop.region": "North", "shop.channel": "Shop"}


@pytest.fixture
def shop(empty: System) -> System:
    hand_in(empty, "shop.csv", SHOP.encode())
    return empty


def opened(tab: str = "", /, **address: str | list[str]) -> AppTest:
    page = open_page(tab, period="All data", **address)
    assert errors(page) == []
    return page


def trail(page: AppTest) -> list[str]:
    """Its steps, each a button but the last, which is where one is."""
    back = [one.label for one in page.button if str(one.key).startswith("trail_")]
    here = [one.value for one in page.markdown if one.value.startswith(":small[**")][:1]
    return [ESCAPE.sub("", text) for text in (*back, *here)] if back else []


def narrowed(page: AppTest, key: str, *members: str) -> AppTest:
    page.multiselect(key=key).set_value(list(members)).run()
    assert errors(page) == []
    return page


def back(page: AppTest, place: int) -> AppTest:
    page.button(key=f"trail_{place}").click().run()
    assert errors(page) == []
    return page


def test_a_page_that_is_not_narrowed_has_none(shop: System) -> None:
    assert trail(opened()) == []


def test_its_steps_stand_in_the_order_in_which_the_page_was_narrowed(shop: System) -> None:
    page = opened()
    narrowed(page, "shop.product", "Chair")
    narrowed(page, "shop.region", "North")
    narrowed(page, "shop.channel", "Shop")
    assert trail(page) == ["All ›", "Product: Chair ›", "Region: North ›", ":small[**Channel: Shop**]"]
    narrowed(page, "shop.product", "Chair", "Table")
    assert trail(page)[1] == "Product: Chair, Table ›"


def test_those_of_a_link_stand_as_they_do_in_it(shop: System) -> None:
    assert trail(opened(**CHOSEN)) == [
        "All ›",
        "Product: Chair ›",
        "Region: North ›",
        ":small[**Channel: Shop**]",
    ]


def test_a_step_leads_back_to_it_and_drops_what_came_after(shop: System) -> None:
    page = opened(**CHOSEN)
    assert tiles(page)["Revenue"] == "8.00"
    back(page, 2)
    assert (trail(page), tiles(page)["Revenue"]) == (
        ["All ›", "Product: Chair ›", ":small[**Region: North**]"],
        "68.0",
    )
    back(page, 1)
    assert (trail(page), tiles(page)["Revenue"]) == (["All ›", ":small[**Product: Chair**]"], "98.0")
    back(page, 0)
    assert (trail(page), tiles(page)["Revenue"]) == ([], "100")


def test_it_clears_what_has_its_menu_behind_the_button_too(shop: System) -> None:
    page = opened(**{"shop.product": "Chair", "shop.region": "North"})
    assert [one.value for one in back(page, 0).multiselect] == [[]] * len(page.multiselect)


def test_it_is_the_same_on_every_tab_that_is_narrowed(shop: System) -> None:
    wanted = ["All ›", "Product: Chair ›", "Region: North ›", ":small[**Channel: Shop**]"]
    tabs = ("Overview", "Trends", "Comparison", "Distribution", "Data")
    assert [trail(opened(tab, **CHOSEN)) for tab in tabs] == [*[wanted] * 4, []]


def test_a_currency_is_a_unit_and_no_step(empty: System) -> None:
    rows = b"Date,Region,Revenue,Currency\n2025-12-03,North,100,USD\n2025-12-04,South,900,EUR\n"
    hand_in(empty, "shop.csv", rows)
    assert trail(opened(**{"shop.currency": "EUR"})) == []
    assert trail(opened(**{"shop.currency": "EUR", "shop.region": "South"})) == [
        "All ›",
        ":small[**Region: South**]",
    ]


def test_the_text_of_a_step_is_no_markup(empty: System) -> None:
    hand_in(empty, "shop.csv", SHOP.replace("North", "**:red[N]**").encode())
    page = opened(**{"shop.region": "**:red[N]**", "shop.channel": "Web"})
    assert "\\*\\*\\:" in page.button(key="trail_1").label


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (["North"], "Region: North"),
        (["North", "South"], "Region: North, South"),
        (["North", "South", "East", "West"], "Region: North, South and 2 more"),
        (["N" * 99], f"Region: {'N' * 29}…"),
    ],
)
def test_a_step_is_short_whatever_was_chosen(members: list[str], said: str) -> None:
    assert step("Region", members) == said
