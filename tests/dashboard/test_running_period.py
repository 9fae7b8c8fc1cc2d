"""What the page shows of a period that is not over. The samples end on 17 December 2025."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from dashboard.view import Stretch, View
from kpi.calculator import Slice
from kpi.calendar import Calendar, Grain
from kpi.periods.week_years import Scheme
from kpi.periods.windows import Window
from kpi.values import Partial
from tests.dashboard.pages import all_figures, errors, figures, open_page, said, table, tiles, turned_to
from tests.dashboard.test_view import view
from wiring import System


def complete(stretch: Stretch, grain: Grain = Grain.MONTH) -> View:
    return replace(view(stretch, grain), partial=Partial.COMPLETE)


@pytest.mark.parametrize(
    ("stretch", "grain", "first", "last"),
    [
        (Stretch.LATEST, Grain.MONTH, date(2025, 10, 1), date(2025, 10, 31)),
        (Stretch.LATEST, Grain.WEEK, date(2025, 11, 10), date(2025, 11, 16)),
        (Stretch.LATEST, Grain.YEAR, date(2024, 1, 1), date(2024, 12, 31)),
        (Stretch.YEAR_BACK, Grain.MONTH, date(2024, 11, 1), date(2025, 10, 31)),
        (Stretch.THIS_YEAR, Grain.MONTH, date(2025, 1, 1), date(2025, 10, 31)),
        (Stretch.ALL, Grain.MONTH, date(2024, 2, 10), date(2025, 11, 17)),
    ],
)
def test_only_complete_periods_end_with_the_last_one_that_is_over(
    stretch: Stretch, grain: Grain, first: date, last: date
) -> None:
    assert complete(stretch, grain).window == Window(first, last)


@pytest.mark.parametrize(
    ("stretch", "partial", "tiles", "series"),
    [
        (
            Stretch.LATEST,
            Partial.FULL,
            Slice(partial=Partial.FULL),
            Slice(partial=Partial.FULL),
        ),
        (
            Stretch.THIS_YEAR,
            Partial.COMPLETE,
            Slice(grain=Grain.YEAR, end=date(2025, 10, 31)),
            Slice(start=date(2025, 1, 1), end=date(2025, 10, 31), partial=Partial.COMPLETE),
        ),
        (
            Stretch.THIS_YEAR,
            Partial.PROJECTED,
            Slice(grain=Grain.YEAR, partial=Partial.PROJECTED),
            Slice(start=date(2025, 1, 1), end=date(2025, 11, 17), partial=Partial.PROJECTED),
        ),
        (
            Stretch.CUSTOM,
            Partial.PROJECTED,
            Slice(grain=Grain.TOTAL, start=date(2024, 5, 3), end=date(2024, 6, 20)),
            Slice(start=date(2024, 5, 1), end=date(2024, 6, 20)),
        ),
    ],
)
def test_tiles_and_series_ask_for_it(stretch: Stretch, partial: Partial, tiles: Slice, series: Slice) -> None:
    chosen = replace(view(stretch), partial=partial)
    assert (chosen.slice_of_tiles, chosen.slice_of_series) == (tiles, series)


def test_a_view_names_periods_of_weeks() -> None:
    weeks = replace(complete(Stretch.LATEST), calendar=Calendar(scheme=Scheme.WEEKS_445))
    assert weeks.words == "P10 2025 (29 Sep – 26 Oct 2025)"


@pytest.mark.parametrize("running", ["to date", "complete", "full", "projected"])
def test_each_tab_draws_each_choice(samples: System, running: str) -> None:
    page = open_page(dataset="finance", running=running)
    assert [errors(turned_to(page, tab)) for tab in ("Overview", "Trends", "Comparison")] == [[]] * 3


def heading(running: str) -> str:
    """The line that says what the tiles show and what they are compared with."""
    page = open_page(dataset="finance", running=running)
    return next(text for text in said(page) if ":gray[against" in text)


@pytest.mark.parametrize(
    ("running", "line"),
    [
        (
            "to date",
            "**1–17 Dec 2025** :gray-badge[month not over] :gray[against 1–17 Nov 2025, the same part of it]",
        ),
        ("complete", "**Nov 2025** :gray[against Oct 2025]"),
        ("full", "**1–17 Dec 2025** :orange-badge[partial] :gray[against Nov 2025, the whole of it]"),
        (
            "projected",
            (
                "**Dec 2025, projected from 1–17 Dec 2025** :violet-badge[projection] "
                ":gray[against Nov 2025, the whole of it]"
            ),
        ),
    ],
)
def test_the_line_above_the_tiles_says_which(samples: System, running: str, line: str) -> None:
    assert heading(running) == line


def test_each_tile_says_that_it_is_partial_or_a_projection(samples: System) -> None:
    for running, badge in (("full", ":orange-badge[partial]"), ("projected", ":violet-badge[projection]")):
        page = open_page(dataset="finance", running=running)
        assert sum(badge in text for text in said(page)) == len(tiles(page)) + 1
    assert not any("badge[partial]" in text for text in said(open_page(dataset="finance")))


def test_a_tile_without_a_projection_says_why(samples: System) -> None:
    page = open_page(dataset="orders", running="projected")
    orders = next(metric for metric in page.metric if metric.label == "Orders")
    assert (orders.value, orders.delta) == ("–", "no projection")
    assert "No projection: " in orders.help.replace("\\", "")


def test_a_projection_is_the_open_end_of_the_line_and_called_so(samples: System) -> None:
    page = open_page("Trends", dataset="finance", running="projected")
    drawn = json.loads(figures(page)[0])
    whole, _, part = drawn["data"]
    assert (whole["x"][-1], part["x"][-1]) == ("2025-11-01", "2025-12-01")
    assert part["hovertemplate"].endswith("projection")
    assert [note["text"] for note in drawn["layout"]["annotations"]] == ["projection"]


def test_complete_periods_leave_no_open_end(samples: System) -> None:
    (line,) = json.loads(figures(open_page("Trends", dataset="finance", running="complete"))[0])["data"]
    assert line["x"][-1] == "2025-11-01"


def test_every_figure_says_what_it_is_compared_with(samples: System) -> None:
    page = open_page(dataset="finance", running="full")
    assert ("Revenue", "1–17 Dec 2025 vs Nov 2025") in table(all_figures(page), "KPI", "compared")
