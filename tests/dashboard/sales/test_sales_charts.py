from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard import theme
from dashboard.sales import charts, deeper_charts
from dashboard.sales.marks import ORDERS, PRICE, QUANTITY, REVENUE, Mark, Point, shortened

NASTY = "<b>x</b> & $a$"
HARMLESS = "&lt;b&gt;x&lt;/b&gt; &amp; $a$"
THREE = [Mark("c1", "Ada", 30.0), Mark("c2", NASTY, 20.0), Mark(None, "All others (2)", 7.5)]


def drawn(figure: go.Figure) -> Any:
    """The figure as the browser gets it."""
    return json.loads(figure.to_json())


def first(figure: go.Figure) -> Any:
    return drawn(figure)["data"][0]


def test_bars_stand_in_the_order_given_with_their_numbers_and_harmless_names() -> None:
    bar = first(charts.bars(THREE, REVENUE))
    assert (bar["x"], bar["customdata"], bar["text"]) == (
        [30.0, 20.0, 7.5], ["Ada", HARMLESS, "All others (2)"], ["30.0", "20.0", "7.50"],
    )  # fmt: skip


def test_the_names_at_an_axis_are_harmless_too() -> None:
    assert drawn(charts.bars(THREE, REVENUE))["layout"]["yaxis"]["ticktext"][1] == HARMLESS


def test_all_others_together_are_grey() -> None:
    assert first(charts.bars(THREE, REVENUE))["marker"]["color"] == [theme.MAIN, theme.MAIN, theme.REST]


@pytest.mark.parametrize("draw", [charts.bars, charts.columns, charts.line])
def test_what_is_picked_keeps_its_colour_and_the_rest_turns_grey(draw: Any) -> None:
    assert first(draw(THREE, REVENUE, {"c2"}))["marker"]["color"] == [theme.REST, theme.MAIN, theme.REST]


def test_bars_start_at_zero() -> None:
    assert drawn(charts.bars(THREE, REVENUE))["layout"]["xaxis"]["range"] == [0.0, 36.6]


def test_few_columns_have_their_numbers_and_many_have_none() -> None:
    few, many = (first(charts.columns(THREE[:1] * count, ORDERS)) for count in (13, 14))
    assert (few["textposition"], many["textposition"]) == ("outside", "none")


def test_a_missing_value_is_a_gap_in_a_line() -> None:
    shown = first(charts.line([Mark("2025-01", "Jan 2025", None), Mark("2025-02", "Feb 2025", 2.0)], REVENUE))
    assert (shown["y"], shown["connectgaps"]) == ([None, 2.0], False)


def test_points_have_harmless_names() -> None:
    shown = first(charts.scatter([Point("p", NASTY, 1.0, 2.0)], PRICE, QUANTITY))
    assert (shown["x"], shown["y"], shown["customdata"]) == ([1.0], [2.0], [HARMLESS])


def test_equal_input_gives_identical_figures() -> None:
    assert charts.bars(THREE, REVENUE).to_json() == charts.bars(list(THREE), REVENUE).to_json()


def test_nothing_is_drawn_of_nothing() -> None:
    figures = [
        charts.bars([], REVENUE),
        charts.columns([], REVENUE),
        charts.line([], REVENUE),
        charts.scatter([], PRICE, QUANTITY),
    ]
    assert [len(first(figure).get("x", [])) for figure in figures] == [0, 0, 0, 0]


def test_the_rest_of_a_ranking_is_one_mark_that_filters_nothing() -> None:
    marks = [Mark(name, name, value) for name, value in (("a", 1.0), ("b", 5.0), ("c", 2.0), ("d", 5.0))]
    assert shortened(marks, 2) == [
        Mark("b", "b", 5.0),
        Mark("d", "d", 5.0),
        Mark(None, "All others (2)", 3.0),
    ]


def test_a_ranking_that_fits_is_left_whole() -> None:
    marks = [Mark("a", "a", 2.0), Mark("b", "b", 1.0)]
    assert shortened(marks, 2) == marks


def test_a_month_that_has_not_come_yet_is_an_empty_place_and_not_a_zero() -> None:
    shown = first(deeper_charts.heatmap({"Jan 2025": [1.0, 0.5, 0.0], "Feb 2025": [1.0, 0.25]}))
    assert shown["z"] == [[1.0, 0.5, 0.0], [1.0, 0.25, None]]


def test_the_first_month_of_a_cohort_does_not_drown_the_others() -> None:
    assert first(deeper_charts.heatmap({"Jan 2025": [1.0, 0.5]}))["zmax"] == 0.5


def test_a_bridge_goes_from_one_amount_to_the_other_by_its_parts() -> None:
    shown = first(
        deeper_charts.bridge(Mark(None, "2024", 100.0), [Mark(None, "price", 20.0), Mark(None, "mix", -5.0)],
                             Mark(None, "2025", 115.0), REVENUE)
    )  # fmt: skip
    assert (shown["y"], shown["measure"], shown["text"]) == (
        [100.0, 20.0, -5.0, 115.0], ["absolute", "relative", "relative", "total"], ["100", "+20.0", "−5.00", "115"],
    )  # fmt: skip


def test_each_class_of_products_is_a_stretch_of_the_curve() -> None:
    lines = drawn(deeper_charts.curve([0.7, 0.8, 0.95, 1.0], ["A", "A", "B", "C"]))["data"]
    assert [(line["name"], line["x"], line["y"]) for line in lines] == [
        ("class A", [0.25, 0.5], [0.7, 0.8]), ("class B", [0.75], [0.95]), ("class C", [1.0], [1.0]),
    ]  # fmt: skip
