from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard import theme
from dashboard.charts import MARKED, Limit, Visualizer
from dashboard.shares import MOST_LINES, Share
from kpi.calendar import Calendar, Grain
from kpi.definitions import Definition, Favourable, Unit
from kpi.periods.week_years import Scheme
from kpi.periods.windows import PLAIN

REVENUE = Definition(
    "revenue", "Revenue", "sum(revenue)", "What was sold", Unit.CURRENCY, Favourable.UP, decimals=2
)
MARGIN = Definition(
    "gross_margin", "Gross margin", "gross_profit / revenue", "", Unit.PERCENT, Favourable.UP, decimals=1
)
MONTHS = [date(2025, month, 1) for month in range(1, 7)]
NASTY = '<b>x</b> <a href="javascript:1">y</a> & $a$'
HARMLESS = '&lt;b&gt;x&lt;/b&gt; &lt;a href="javascript:1"&gt;y&lt;/a&gt; &amp; $a$'


def over_time(values: list[float | None], *, last_is_over: bool = True) -> pd.DataFrame:
    """One value a month; all months are over but perhaps the last."""
    complete = [True] * (len(values) - 1) + [last_is_over]
    return pd.DataFrame({"period": MONTHS[: len(values)], "value": values, "complete": complete})


def by_member(**values: float) -> pd.DataFrame:
    """Two months of each member with the given value in each."""
    rows = [(month, member, value, True) for member, value in values.items() for month in MONTHS[:2]]
    return pd.DataFrame(rows, columns=["period", "member", "value", "complete"])


def drawn(figure: go.Figure) -> Any:
    """The figure as the browser gets it."""
    return json.loads(figure.to_json())


def test_a_trend_is_one_line_through_its_periods_in_order() -> None:
    (line,) = drawn(Visualizer(REVENUE).trend(over_time([10.0, None, 30.0])))["data"]
    assert (line["x"], line["y"]) == (["2025-01-01", "2025-02-01", "2025-03-01"], [10.0, None, 30.0])
    assert (line["line"].get("dash"), line["connectgaps"]) == (None, False)


def test_what_is_not_over_yet_is_dashed_and_open_and_joined_to_the_last_that_is() -> None:
    frame = over_time([10.0, 20.0, 5.0], last_is_over=False)
    whole, way, part = drawn(Visualizer(REVENUE).trend(frame))["data"]
    assert (whole["x"], whole["y"]) == (["2025-01-01", "2025-02-01"], [10.0, 20.0])
    assert (way["x"], way["y"], way["line"]["dash"]) == (["2025-02-01", "2025-03-01"], [20.0, 5.0], "dot")
    assert (part["x"], part["y"], part["marker"]["symbol"]) == (["2025-03-01"], [5.0], "circle-open")


def test_the_way_to_what_is_not_over_says_nothing_where_one_points() -> None:
    _, way, _ = drawn(Visualizer(REVENUE).trend(over_time([10.0, 20.0], last_is_over=False)))["data"]
    assert way["hoverinfo"] == "skip"


def test_a_first_period_that_is_not_over_is_an_open_point_of_its_own() -> None:
    whole, way, part = drawn(Visualizer(REVENUE).trend(over_time([5.0], last_is_over=False)))["data"]
    assert (whole["x"], way["x"], part["x"], part["y"]) == ([], ["2025-01-01"], ["2025-01-01"], [5.0])


def test_what_is_not_over_yet_says_what_it_is_where_one_points() -> None:
    frame = over_time([10.0, 20.0], last_is_over=False)
    for so_far, hover in (("", "so far"), ("to 17 Feb", "to 17 Feb"), ("projection", "projection")):
        _, _, part = drawn(Visualizer(REVENUE).trend(frame, so_far=so_far))["data"]
        assert part["hovertemplate"] == "%{y:,.2f} " + hover


@pytest.mark.parametrize(
    ("grain", "calendar", "names"),
    [
        (Grain.DAY, PLAIN, ["10 Nov 2025", "17 Nov 2025"]),
        (Grain.WEEK, PLAIN, ["W46 2025", "W47 2025"]),
        (Grain.WEEK, Calendar(week_start=6), ["9–15 Nov 2025", "16–22 Nov 2025"]),
        (Grain.MONTH, Calendar(scheme=Scheme.WEEKS_445), ["P11 2025", "P11 2025"]),
        (Grain.YEAR, Calendar(fiscal_year_start=4), ["FY 2025/26", "FY 2025/26"]),
    ],
)
def test_a_few_periods_are_called_as_their_calendar_calls_them(
    grain: Grain, calendar: Calendar, names: list[str]
) -> None:
    days = [date(2025, 11, 10), date(2025, 11, 17)]
    frame = pd.DataFrame({"period": days, "value": [1.0, 2.0], "complete": [True, True]})
    axis = drawn(Visualizer(REVENUE, grain, calendar).trend(frame))["layout"]["xaxis"]
    assert axis["ticktext"] == names


def test_no_periods_give_a_figure_without_points() -> None:
    none = pd.DataFrame({"period": [], "value": [], "complete": pd.Series([], dtype=bool)})
    assert [line["x"] for line in drawn(Visualizer(REVENUE).trend(none))["data"]] == [[]]


def test_every_limit_is_a_line_across_with_its_name() -> None:
    limits = [Limit(15.0, "low"), Limit(25.0, NASTY)]
    layout = drawn(Visualizer(REVENUE).trend(over_time([10.0, 20.0]), limits))["layout"]
    assert [(shape["y0"], shape["y1"], shape["xref"]) for shape in layout["shapes"]] == [
        (15.0, 15.0, "x domain"),
        (25.0, 25.0, "x domain"),
    ]
    assert [note["text"] for note in layout["annotations"]] == ["low", HARMLESS]


def test_many_points_are_a_line_without_dots() -> None:
    days = [day.date() for day in pd.date_range("2025-01-01", periods=MARKED + 1)]
    long = pd.DataFrame({"period": days, "value": 1.0, "complete": True})
    visualizer = Visualizer(REVENUE)
    assert [drawn(visualizer.trend(f))["data"][0]["mode"] for f in (long, long[:MARKED])] == [
        "lines",
        "lines+markers",
    ]


def test_each_member_that_is_named_has_a_line_in_a_colour_of_its_own() -> None:
    frame = by_member(a=1.0, b=7.0, c=3.0, d=4.0, e=5.0, f=6.0)
    lines = drawn(Visualizer(REVENUE).trends(frame, ["b", "f", "e", "d", "c"]))["data"]
    assert [line["name"] for line in lines] == ["b", "f", "e", "d", "c"]
    assert len({line["line"]["color"] for line in lines}) == MOST_LINES


def test_of_each_member_what_is_not_over_is_dashed_and_open_in_its_colour_and_counts_as_the_same_line() -> (
    None
):
    january, february = date(2025, 1, 1), date(2025, 2, 1)
    rows = [
        (january, "a", 1.0, True),
        (january, "b", 2.0, True),
        (february, "a", 3.0, False),
        (february, "b", 4.0, False),
    ]
    frame = pd.DataFrame(rows, columns=["period", "member", "value", "complete"])
    lines = drawn(Visualizer(REVENUE).trends(frame, ["b", "a"], "to 17 Feb"))["data"]
    assert [line["y"] for line in lines] == [[2.0], [1.0], [2.0, 4.0], [1.0, 3.0], [4.0], [3.0]]
    assert [line["line"]["dash"] for line in lines[2:4]] == ["dot", "dot"]
    assert [line["marker"]["color"] for line in lines[4:]] == [line["line"]["color"] for line in lines[:2]]
    assert {line["hovertemplate"] for line in lines[4:]} == {"%{y:,.2f} to 17 Feb"}
    assert [line["legendgroup"] for line in lines] == ["b", "a"] * 3  # hidden together


def test_bars_stand_in_the_order_given_and_the_rest_is_grey() -> None:
    shares = [Share("All others Ltd", 9.0), Share("South", None), Share("All others (3)", 12.0, rest=True)]
    figure = Visualizer(REVENUE).bars(shares)
    (bars,) = drawn(figure)["data"]
    assert (bars["x"], bars["y"], bars["orientation"]) == ([9.0, None, 12.0], [0, 1, 2], "h")
    assert bars["marker"]["color"] == [theme.MAIN, theme.MAIN, theme.REST]
    assert drawn(figure)["layout"]["yaxis"]["ticktext"] == ["All others Ltd", "South", "All others (3)"]
    assert drawn(figure)["layout"]["yaxis"]["autorange"] == "reversed"


def test_members_of_one_shortened_name_keep_bars_of_their_own() -> None:
    long = ["The very same beginning of a name, one", "The very same beginning of a name, two"]
    (bars,) = drawn(Visualizer(REVENUE).bars([Share(name, 1.0) for name in long]))["data"]
    assert (bars["y"], bars["customdata"]) == ([0, 1], long)


def test_a_histogram_counts_the_defined_values_and_marks_the_median() -> None:
    figure = drawn(Visualizer(REVENUE).histogram(over_time([1.0, None, 2.0, 30.0])))
    assert [trace["x"] for trace in figure["data"]] == [[1.0, 2.0, 30.0]]
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [2.0]


def test_a_histogram_of_nothing_marks_no_median() -> None:
    assert "shapes" not in drawn(Visualizer(REVENUE).histogram(over_time([None, None])))["layout"]


def test_weekdays_stand_from_monday_on_and_only_those_with_values() -> None:
    days = [date(2025, 11, 23), date(2025, 11, 17), date(2025, 11, 24), date(2025, 11, 19)]
    frame = pd.DataFrame({"period": days, "value": [1.0, 2.0, 3.0, None]})
    assert [(box["name"], box["y"]) for box in drawn(Visualizer(REVENUE).by_weekday(frame))["data"]] == [
        ("Mon", [2.0, 3.0]),
        ("Sun", [1.0]),
    ]


@pytest.mark.parametrize(("kpi", "title", "ticks"), [(REVENUE, "Revenue", None), (MARGIN, "percent", "~%")])
def test_the_axis_says_what_it_measures(kpi: Definition, title: str, ticks: str) -> None:
    axis = drawn(Visualizer(kpi).trend(over_time([0.1, 0.2])))["layout"]["yaxis"]
    assert (axis["title"]["text"], axis.get("tickformat"), axis["rangemode"]) == (title, ticks, "tozero")


def test_text_of_cells_is_never_html_in_any_figure() -> None:
    own = Definition(NASTY, NASTY, "sum", "", Unit.NUMBER, Favourable.NONE, decimals=2)
    visualizer, frame = Visualizer(own), by_member(**{NASTY: 1.0})
    weekdays = pd.DataFrame({"period": MONTHS[:2], "value": [1.0, 2.0]})
    figures = [
        visualizer.trend(over_time([1.0, 2.0]), [Limit(1.0, NASTY)]),
        visualizer.trends(frame, [NASTY]),
        visualizer.bars([Share(NASTY, 1.0)]),
        visualizer.histogram(weekdays),
        visualizer.by_weekday(weekdays),
    ]
    assert [
        figure.to_json().count("<b>") + figure.to_json().count("\\u003cb\\u003e") for figure in figures
    ] == [0] * 5


def test_equal_frames_give_identical_figures_and_noise_of_an_engine_moves_nothing() -> None:
    visualizer = Visualizer(REVENUE)
    noise = over_time([0.1 + 0.2, 20.0], last_is_over=False)
    clean = over_time([0.3, 20.0], last_is_over=False)
    members = [by_member(a=2.0, b=2.0), by_member(a=2.0, b=2.0)]
    assert visualizer.trend(noise).to_json() == visualizer.trend(clean).to_json()
    first, second = (visualizer.trends(frame, ["a", "b"]).to_json() for frame in members)
    assert first == second
