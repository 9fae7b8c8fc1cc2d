from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import theme
from dashboard.sales.panels import PANELS
from tests.dashboard.pages import charts, errors, figures, open_page, said, table, turned_to
from tests.dashboard.sales.star import NASTY, SALES, give_warehouse
from wiring import System

TITLES = [panel.title for panel in PANELS]


def drawn(page: AppTest) -> dict[str, Any]:
    """The first trace of each of the ten charts, by title."""
    traces = [json.loads(spec)["data"][0] for spec in figures(page)]
    return dict(zip(TITLES, traces, strict=True))


def lengths(page: AppTest, title: str) -> dict[str, float]:
    trace = drawn(page)[title]
    upright = trace.get("orientation") != "h"
    return dict(
        zip(*((trace["x"], trace["y"]) if upright else (trace["customdata"], trace["x"])), strict=True)
    )


def opened(page: AppTest, *parts: str) -> AppTest:
    """The page after these of its parts were opened."""
    for part in parts:
        page.session_state[part] = True
    return page.run()


def test_the_ten_charts_are_drawn_each_with_its_sentence_and_its_data(sold: System) -> None:
    page = open_page("Sales")
    assert errors(page) == []
    texts = said(page)
    assert [title for title in TITLES if any(title in text for text in texts)] == TITLES
    assert (len(figures(page)), texts.count("Data")) == (10, 10)


def test_every_chart_says_the_same_to_whoever_cannot_see_it(sold: System) -> None:
    told = [chart["says"] for chart in charts(open_page("Sales"))]
    assert told[0] == (
        "Revenue by month, in the currency of the source. Five months brought 480; the best was Dec 2024 (200), the "
        "weakest Feb 2025 (0.00). Mar 2025 is not whole."
    )
    assert [text.split(",")[0] for text in told] == [title.split(",")[0] for title in TITLES]


def test_charts_are_drawn_only_while_the_tab_is_open(sold: System) -> None:
    page = open_page("Sales")
    assert figures(turned_to(page, "Overview")) == []


def test_the_charts_show_the_sums_worked_out_by_hand(sold: System) -> None:
    page = open_page("Sales")
    assert lengths(page, "Revenue by month") == {
        "Nov 2024": 110.0, "Dec 2024": 200.0, "Jan 2025": 60.0, "Feb 2025": 0.0, "Mar 2025": 110.0,
    }  # fmt: skip
    assert lengths(page, "Top cities by revenue") == {"Berlin": 260.0, "Paris": 200.0, "Rome": 20.0}
    assert lengths(page, "Revenue by category") == {"Furniture": 360.0, "Light": 90.0, "Office": 30.0}
    assert lengths(page, "Quantity by category") == {"Office": 30.0, "Furniture": 4.0, "Light": 3.0}
    assert lengths(page, "Customers by city") == {"Berlin": 2.0, "Paris": 1.0, "Rome": 1.0}
    assert list(lengths(page, "Orders by weekday").values()) == [2.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0]


def test_what_is_picked_filters_all_charts_but_those_it_is_picked_from(sold: System) -> None:
    page = open_page("Sales", **{"sales-city": "Berlin"})
    assert lengths(page, "Top cities by revenue") == {"Berlin": 260.0, "Paris": 200.0, "Rome": 20.0}
    assert lengths(page, "Customers by city") == {"Berlin": 2.0, "Paris": 1.0, "Rome": 1.0}
    assert sum(lengths(page, "Revenue by month").values()) == 260.0
    assert lengths(page, "Revenue by category") == {"Furniture": 160.0, "Light": 90.0, "Office": 10.0}


def test_what_is_picked_keeps_its_colour(sold: System) -> None:
    cities = drawn(open_page("Sales", **{"sales-city": "Paris"}))["Top cities by revenue"]
    assert cities["marker"]["color"] == [theme.REST, theme.MAIN, theme.REST]


@pytest.mark.parametrize(
    ("picked", "whole"),
    [
        ({"sales-month": "2024-11"}, 110.0),
        ({"sales-weekday": "5"}, 280.0),
        ({"sales-customer": "C1"}, 200.0),
        ({"sales-product": "P1"}, 160.0),
        ({"sales-category": "Light"}, 90.0),
        ({"sales-customer": "C1", "sales-month": "2024-11"}, 110.0),
        ({"sales-month": "no month", "sales-weekday": "9"}, 480.0),
    ],
)
def test_every_dimension_filters(sold: System, picked: dict[str, str], whole: float) -> None:
    page = open_page("Sales", **picked)
    assert errors(page) == []
    assert sum(lengths(page, "Top cities by revenue").values()) == whole


def test_a_chip_takes_its_filter_away_and_leaves_the_others(sold: System) -> None:
    page = open_page("Sales", **{"sales-city": "Berlin", "sales-category": "Light"})
    page = page.button(key="drop_city").click().run()
    assert (page.query_params.get("sales-city"), page.query_params["sales-category"]) == (None, "Light")
    assert [button.key for button in page.button if str(button.key).startswith("drop_")] == ["drop_category"]


def test_all_chips_go_at_once(sold: System) -> None:
    page = open_page("Sales", **{"sales-city": "Berlin", "sales-category": "Light"})
    page = page.button(key="drop_all").click().run()
    assert sum(lengths(page, "Revenue by month").values()) == 480.0


def test_the_days_can_be_those_of_a_year(sold: System) -> None:
    page = open_page("Sales", **{"sales-days": "2025"})
    assert sum(lengths(page, "Revenue by month").values()) == 170.0
    assert any("1 Jan 2025 to 31 Dec 2025" in text for text in said(page))


def test_only_so_many_of_the_largest_are_shown_as_are_chosen(sold: System) -> None:
    page = open_page("Sales", **{"sales-top": "3"})
    assert list(lengths(page, "Top customers by revenue").values()) == [200.0, 200.0, 60.0]


def test_where_nothing_is_left_the_charts_say_so(sold: System) -> None:
    page = open_page("Sales", **{"sales-city": "Rome", "sales-category": "Light"})
    assert errors(page) == []
    assert any("Choose other days, or take a filter away" in text for text in said(page))


def test_the_data_of_a_chart_are_a_table(sold: System) -> None:
    page = opened(open_page("Sales"), "sales_top_cities_data")
    assert table(page, "city", "revenue") == [("Berlin", 260.0), ("Paris", 200.0), ("Rome", 20.0)]


@pytest.mark.parametrize(
    ("analysis", "says"),
    [
        ("cohort_retention", "Do customers come back?"),
        ("rfm_segments", "The segment"),
        ("abc_products", "products (class A) bring"),
        ("basket_pairs", "Chair and Pen are together in 1 orders"),
        ("price_volume_mix", "Revenue"),
    ],
)
def test_what_goes_further_is_drawn_once_it_is_opened(sold: System, analysis: str, says: str) -> None:
    page = opened(open_page("Sales"), f"sales_{analysis}_opened")
    assert (errors(page), len(figures(page))) == ([], 11)
    assert any(says in text for text in said(page))


def test_two_periods_that_are_chosen_are_compared(sold: System) -> None:
    page = open_page("Sales", **{"sales-later": "Mar 2025", "sales-earlier": "Nov 2024"})
    page = opened(page, "sales_price_volume_mix_opened")
    steps = json.loads(figures(page)[-1])["data"][0]
    assert (steps["x"][0], steps["x"][-1], steps["y"][0], steps["y"][-1]) == (
        "Nov 2024",
        "Mar 2025",
        110.0,
        110.0,
    )


def test_the_rows_of_a_table_are_shown_with_their_number(sold: System) -> None:
    page = opened(open_page("Sales"), "sales_rows_opened")
    assert any(text == "**6** rows, 500 at a time" for text in said(page))
    assert [row[0] for row in table(page, "sale_id", "order_id")] == [1, 2, 3, 4, 5, 6]


def test_rows_are_found_and_sorted_where_they_lie(sold: System) -> None:
    page = opened(open_page("Sales", **{"sales-table": "dim_customer"}), "sales_rows_opened")
    page.selectbox(key="sales_sort_dim_customer").set_value("name")
    page.toggle(key="sales_descending").set_value(True)
    page = page.text_input(key="sales_search").set_value("BERLIN").run()
    assert [row[0] for row in table(page, "name", "city")] == ["Ada Ltd", NASTY]
    assert any(text == "**2** rows with that text, 500 at a time" for text in said(page))


def test_many_rows_come_five_hundred_at_a_time(empty: System) -> None:
    give_warehouse(empty, SALES * 100)
    page = opened(open_page("Sales"), "sales_rows_opened")
    assert any("Rows 1 to 500 of 600" in text for text in said(page))


def test_text_of_cells_is_never_markup(sold: System) -> None:
    page = opened(open_page("Sales", **{"sales-customer": "C3"}), "sales_top_customers_data")
    assert all("<b>=Nasty" not in spec for spec in figures(page))
    raw = [part.value for part in (*page.markdown, *page.caption)]
    assert [text for text in raw if "<b>" in text or "](http" in text] == []


def test_equal_data_give_identical_figures(sold: System) -> None:
    first, second = (figures(open_page("Sales")) for _ in range(2))
    assert first == second


def test_a_new_version_is_shown_at_the_next_run(sold: System) -> None:
    page = open_page("Sales")
    give_warehouse(sold, SALES[:3])
    assert sum(lengths(page.run(), "Revenue by month").values()) == 310.0


def test_a_warehouse_whose_files_are_gone_says_what_to_do(sold: System) -> None:
    for path in (sold.sales.warehouse / "v1-abc").iterdir():
        path.unlink()
    page = open_page("Sales")
    assert (errors(page), figures(page)) == ([], [])
    assert any("kpi etl run" in text for text in said(page))


def test_what_is_picked_is_called_by_its_name(sold: System) -> None:
    page = open_page("Sales", **{"sales-customer": "C2", "sales-product": "P9", "sales-weekday": "5"})
    labels = {str(button.key): button.label for button in page.button if str(button.key).startswith("drop_")}
    assert labels == {
        "drop_customer": "Customer: Bo \\& Sons",
        "drop_product": "Product: P9",
        "drop_weekday": "Weekday: Friday",
        "drop_all": "Clear all",
    }
