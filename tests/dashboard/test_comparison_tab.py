"""The comparison: members by rank, and down a hierarchy level by level."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import theme
from tests.dashboard.pages import bars, errors, figures, hand_in, open_page, said, table
from wiring import System

PLACES = """Date,Country,Region,City,Channel,Revenue,COGS
2025-12-01,France,North,Lille,Web,60,30
2025-12-02,France,South,Nice,Web,30,10
2025-12-03,Spain,Centre,Madrid,Shop,10,5
"""
TOWNS = "Date,City,Revenue\n" + "".join(f"2025-12-0{n},Town{n},{n * 10}\n" for n in range(1, 9))


@pytest.fixture
def places(empty: System) -> System:
    hand_in(empty, "places.csv", PLACES.encode())
    return empty


def by_place(**address: str | list[str]) -> AppTest:
    page = open_page(
        "Comparison", **{"period": "All data", "places:by": "Country › Region › City", **address}
    )
    assert errors(page) == []
    return page


def ranks(page: AppTest, called: str) -> list[tuple[Any, ...]]:
    return table(page, "rank", called, "Revenue", "share of total")


def test_each_member_has_its_value_share_and_rank(places: System) -> None:
    page = open_page("Comparison", **{"period": "All data", "places:by": "City"})
    assert bars(page) == {"Lille": 60.0, "Nice": 30.0, "Madrid": 10.0}
    assert ranks(page, "City") == [
        ("1", "Lille", "60.00", "60.0 %"),
        ("2", "Nice", "30.00", "30.0 %"),
        ("3", "Madrid", "10.00", "10.0 %"),
    ]


def test_a_ratio_has_no_share(places: System) -> None:
    page = open_page("Comparison", **{"period": "All data", "places:compared": "Gross margin"})
    assert "share of total" not in page.dataframe[0].value.columns
    assert [rank for rank, *_ in table(page, "rank", "Region")] == ["1", "2", "3"]


def test_all_beyond_the_largest_are_one_grey_bar(empty: System) -> None:
    hand_in(empty, "towns.csv", TOWNS.encode())
    page = open_page("Comparison", **{"period": "All data", "towns:top": "5"})
    assert list(bars(page)) == ["Town8", "Town7", "Town6", "Town5", "Town4", "All others (3)"]
    (drawn,) = json.loads(figures(page)[0])["data"]
    assert drawn["marker"]["color"] == [*[theme.MAIN] * 5, theme.REST]
    assert drawn["hovertext"][0] == ", 22.2 % of the whole"
    assert ranks(page, "City")[-1] == ("", "All others (3)", "60.00", "16.7 %")


def test_a_hierarchy_begins_at_its_coarsest_level(places: System) -> None:
    page = by_place()
    assert list(bars(page)) == ["France", "Spain"]
    assert any("Revenue by Country, " in text for text in said(page))


def test_a_filter_of_one_member_shows_what_is_below_it(places: System) -> None:
    page = by_place(**{"places.country": ["France"]})
    assert list(bars(page)) == ["North", "South"]
    assert any("Revenue by Region, " in text for text in said(page))
    page = by_place(**{"places.country": ["France"], "places.region": ["South"]})
    assert list(bars(page)) == ["Nice"]
    assert any("Revenue by City, " in text for text in said(page))


def test_the_trail_leads_back_up(places: System) -> None:
    page = by_place(**{"places.country": ["France"], "places.region": ["South"]})
    page.button(key="trail_1").click().run()
    assert (list(bars(page)), page.session_state["places.country"]) == (["North", "South"], ["France"])
    page.button(key="trail_0").click().run()
    assert (list(bars(page)), page.session_state["places.country"]) == (["France", "Spain"], [])


def test_a_filter_beyond_the_first_few_has_a_menu_where_it_narrows(places: System) -> None:
    assert [one.label for one in open_page().multiselect] == ["Region", "Country", "Channel"]
    page = open_page(**{"places.city": ["Nice"]})
    assert [one.label for one in page.multiselect] == ["Region", "Country", "Channel", "City"]


def test_every_other_dimension_has_its_menu_behind_a_button_and_all_are_cleared_at_once(
    places: System,
) -> None:
    page = open_page()
    page.session_state["more_filters"] = True
    page.run()
    (city,) = [one for one in page.multiselect if one.label == "City"]
    city.set_value(["Nice"]).run()
    assert errors(page) == []
    assert any("city Nice" in text for text in said(page))
    page.button(key="trail_0").click().run()
    assert (errors(page), [one.value for one in page.multiselect]) == ([], [[], [], []])


def test_data_of_a_single_level_have_no_hierarchy(empty: System) -> None:
    hand_in(empty, "towns.csv", TOWNS.encode())
    page = open_page("Comparison")
    (choice,) = [one for one in page.selectbox if one.label == "Compare by"]
    assert choice.options == ["City"]


def test_a_column_of_the_workbook_may_be_called_like_one_of_the_table(empty: System) -> None:
    hand_in(empty, "shop.csv", b"Date,rank,Revenue\n2025-12-01,first,60\n2025-12-02,second,40\n")
    page = open_page("Comparison", period="All data")
    assert errors(page) == []
    assert table(page, "rank", "rank 2", "Revenue") == [("1", "first", "60.00"), ("2", "second", "40.00")]
