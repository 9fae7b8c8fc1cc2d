from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dashboard import theme
from dashboard.boards.board import Card, Look
from dashboard.shares import Share
from dashboard.taking.contents import (
    Absent,
    AllFigures,
    Block,
    Breakdown,
    Distribution,
    Kind,
    Members,
    Said,
    Tile,
    Trend,
    Trends,
    Written,
)
from dashboard.taking.report import NO_FILTERS, Line, cells
from dashboard.taking.viewing import Choices
from dashboard.view import Versus
from kpi.calculator import SliceError
from kpi.calendar import Grain
from kpi.values import Partial
from storage.figures import UnknownDatasetError
from tests.dashboard.pages import a_csv, hand_in
from tests.dashboard.taking.books import EVERYTHING, breakdown_of, held, report, trend_of
from wiring import System

DAYS = [
    (date(2025, month, day), region, 10.0 * month)
    for month in (10, 11, 12)
    for day, region in ((1, "North"), (17, "South"))
]


def test_a_report_says_of_what_it_is_and_what_it_is_compared_with(samples: System) -> None:
    made = report(samples, "finance")
    assert (made.dataset, made.version, made.upto, made.shown) == (
        "finance",
        1,
        date(2025, 12, 17),
        "1–17 Dec 2025",
    )
    assert made.about == "1–17 Dec 2025, month not over, against 1–17 Nov 2025, the same part of it"
    assert made.standing == (
        ("Data to", "17 Dec 2025"),
        ("Version", "1"),
        ("Filters", NO_FILTERS),
        ("Made", "21 Dec 2025, 12:00 UTC"),
    )


def test_a_tile_says_its_change_its_period_and_whether_that_is_good(samples: System) -> None:
    made = report(samples, "finance")
    assert [one.label for one in made.tiles] == [
        "Revenue", "Cost of goods sold", "Gross profit", "Gross margin", "Operating expenses", "Operating profit",
        "Operating margin",
    ]  # fmt: skip
    costs, expenses = made.tiles[1], made.tiles[4]
    assert costs.change == Said("−6.7 % vs 1–17 Nov 2025, better", theme.GOOD, "down")
    assert expenses.change == Said("+1.7 % vs 1–17 Nov 2025, worse", theme.BAD, "up")
    assert (costs.value, costs.full, len(costs.sparks)) == ("126 k", "126,032.02", 13)
    assert costs.course.startswith("the last 13 whole months, from ")


def test_the_charts_and_the_table_hold_what_the_page_holds(samples: System) -> None:
    made = report(samples, "finance")
    trend, breakdown = trend_of(made), breakdown_of(made)
    assert (trend.title, trend.so_far, len(trend.points)) == (
        "Revenue by month",
        "to 17 Dec",
        24,
    )
    assert [(one.name, one.complete) for one in trend.points[-2:]] == [
        ("Nov 2025", True),
        ("Dec 2025", False),
    ]
    assert [one.member for one in breakdown.shares] == ["West", "North", "South", "East"]
    assert made.lines[0] == Line(
        "Revenue", "193,879.89", "187,703.88", "+3.3 %", "1–17 Dec 2025 vs 1–17 Nov 2025", "currency"
    )
    assert len(cells(made.lines)) == 12


def test_filters_are_in_words_and_narrow_everything(samples: System) -> None:
    made = report(samples, "finance", Choices(where=(("region", "North"),)))
    assert made.filters == "region North"
    (only,) = breakdown_of(made).shares
    assert only == Share("North", only.value, rank=1, part=1.0)


@pytest.mark.parametrize(
    ("choices", "about"),
    [
        (Choices(partial=Partial.COMPLETE), "Nov 2025, against Oct 2025"),
        (Choices(period="year-to-date"), "1 Jan – 17 Dec 2025, year not over, against 1 Jan – 17 Dec 2024, the same part of it"),
        (Choices(versus=Versus.NOTHING), "1–17 Dec 2025, compared with nothing"),
        (Choices(versus=Versus.TARGET), "1–17 Dec 2025, against the targets of these days"),
        (Choices(versus=Versus.YEAR), "1–17 Dec 2025, month not over, against 1–17 Dec 2024, the same part of it"),
        (Choices(start=date(2025, 3, 1), end=date(2025, 3, 31)), "Mar 2025, against 29 Jan – 28 Feb 2025"),
    ],
)  # fmt: skip
def test_the_choices_are_those_of_the_page(samples: System, choices: Choices, about: str) -> None:
    made = report(samples, "finance", choices)
    assert made.about == about
    assert (made.tiles[0].change is None) == (choices.versus is Versus.NOTHING)


def test_where_no_rows_lie_there_is_nothing_to_show(samples: System) -> None:
    made = report(samples, "finance", Choices(start=date(2020, 1, 1), end=date(2020, 1, 31)))
    assert (made.cards, made.lines) == ((), ())
    assert made.about == "Jan 2020"


def test_a_first_period_has_nothing_to_compare_with(empty: System) -> None:
    hand_in(empty, "new.csv", a_csv([(date(2025, 12, 1), "North", 5.0), (date(2025, 12, 17), "South", 7.0)]))
    made = report(empty, "new")
    assert made.about == "1–17 Dec 2025, month not over, there is nothing earlier to compare with"
    assert [(one.change, one.sparks, one.course) for one in made.tiles] == [(Said("no comparison"), (), "")]


def test_amounts_in_several_currencies_are_those_of_one(empty: System) -> None:
    lines = [
        f"2025-12-{day:02},{code},{revenue}"
        for day in range(1, 18)
        for code, revenue in (("EUR", 5), ("USD", 9))
    ]
    hand_in(empty, "world.csv", "\n".join(["Date,Currency,Revenue", *lines, ""]).encode())
    most, euros = report(empty, "world"), report(empty, "world", Choices(where=(("currency", "EUR"),)))
    assert [(one.filters, one.tiles[0].value) for one in (most, euros)] == [
        ("currency USD", "$153"),
        ("currency EUR", "€85.0"),
    ]
    with pytest.raises(SliceError, match="amounts in several are not added"):
        report(empty, "world", Choices(where=(("currency", "EUR"), ("currency", "USD"))))


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (Choices(start=date(2025, 3, 2), end=date(2025, 3, 1)), "start 2025-03-02 lies after end 2025-03-01"),
        (replace(Choices(), grain=Grain.TOTAL), "found total"),
        (Choices(where=(("colour", "red"),)), "colour"),
    ],
)
def test_what_cannot_be_asked_is_said(samples: System, choices: Choices, said: str) -> None:
    with pytest.raises(SliceError, match=said):
        report(samples, "finance", choices)


def test_an_unknown_dataset_is_said(samples: System) -> None:
    with pytest.raises(UnknownDatasetError):
        report(samples, "nothing")


def test_the_standard_dashboard_is_that_of_the_page(samples: System) -> None:
    made = report(samples, "finance")
    assert [(type(one.holds), one.width, one.height) for one in made.cards] == [
        *[(Tile, 1, 2)] * 7,
        (Trend, 2, 2),
        (Breakdown, 2, 2),
    ]
    assert (made.board, made.name, made.title) == ("", "finance", "finance, 1–17 Dec 2025")


def test_a_dashboard_of_ones_own_has_its_cards_in_their_order_and_size(samples: System) -> None:
    made = report(samples, "finance", cards=EVERYTHING, board="Board meeting")
    assert [(type(one.holds), one.width, one.height) for one in made.cards] == [
        (Written, 4, 2), (Tile, 1, 2), (Absent, 1, 2), (Trend, 2, 1), (Trends, 3, 3), (Breakdown, 1, 2),
        (Distribution, 2, 2), (Members, 2, 2), (Absent, 2, 2), (AllFigures, 4, 2),
    ]  # fmt: skip
    assert (made.name, made.title) == ("finance · Board meeting", "finance · Board meeting, 1–17 Dec 2025")


def test_titles_that_people_gave_are_used_and_all_others_say_what_is_shown(samples: System) -> None:
    made = held(report(samples, "finance", cards=EVERYTHING))
    assert [one.label if isinstance(one, Tile) else one.title for one in made] == [
        "Notes", "Sales so far", "no_such_kpi", "Gross margin by month", "Revenue by month and Region",
        "Revenue by Region, 1–17 Dec 2025", "How days differ", "Revenue by Region, 1–17 Dec 2025", "By colour",
        "All figures",
    ]  # fmt: skip


def test_a_card_that_the_data_cannot_fill_says_so_in_its_place(samples: System) -> None:
    absent = [one for one in held(report(samples, "finance", cards=EVERYTHING)) if isinstance(one, Absent)]
    assert [one.why for one in absent] == [
        "These data give no KPI 'no_such_kpi'.",
        "These data have no 'colour' to divide by.",
    ]


def test_a_trend_by_members_has_a_line_for_each_of_the_largest(samples: System) -> None:
    (trends,) = held(report(samples, "finance", cards=[Card(Look.TREND, "revenue", by="region")]))
    assert isinstance(trends, Trends)
    assert [(one.member, len(one.points)) for one in trends.courses] == [
        ("West", 24), ("North", 24), ("South", 24), ("East", 24),
    ]  # fmt: skip
    last = sum(one.points[-1].value or 0.0 for one in trends.courses)
    assert round(last, 2) == 193_879.89
    assert [(one.name, one.complete) for one in trends.periods[-1:]] == [("Dec 2025", False)]
    assert list(trends.frame().columns) == ["period", "member", "value", "complete"]


def test_of_many_members_five_have_a_line(samples: System) -> None:
    (trends,) = held(report(samples, "orders", cards=[Card(Look.TREND, "revenue", by="product")]))
    assert isinstance(trends, Trends)
    assert len(trends.courses) == 5


def test_the_days_of_a_distribution_are_those_of_the_window_in_bins(samples: System) -> None:
    (found,) = held(report(samples, "finance", cards=[Card(Look.DISTRIBUTION, "revenue")]))
    assert isinstance(found, Distribution)
    assert (len(found.values), sum(one.count for one in found.bins)) == (17, 17)
    assert found.bins[0].low <= min(found.values)
    assert max(found.values) < found.bins[-1].high


def test_a_table_by_members_ends_with_all_others(samples: System) -> None:
    (found,) = held(report(samples, "finance", cards=[Card(Look.TABLE, "revenue", by="region", top=2)]))
    assert isinstance(found, Members)
    assert [(one.member, one.of_the_whole) for one in found.shares] == [
        ("West", "35.3 %"), ("North", "29.0 %"), ("All others (2)", "35.7 %"),
    ]  # fmt: skip


def test_what_somebody_wrote_is_words(samples: System) -> None:
    (found,) = held(report(samples, "finance", cards=[Card(Look.TEXT, text="# Well\n**done**")]))
    assert found == Written("", (Block(Kind.HEADING, "Well"), Block(Kind.PARAGRAPH, "done")))


def test_a_tile_without_a_value_says_so(empty: System) -> None:
    lines = ["2025-11-01,5", "2025-12-01,"]
    hand_in(empty, "new.csv", "\n".join(["Date,Revenue", *lines, ""]).encode())
    (tile,) = held(report(empty, "new", Choices(where=()), cards=[Card(Look.KPI, "revenue_growth_yoy")]))
    assert isinstance(tile, Tile)
    assert tile.value == "–"


def test_all_figures_are_at_the_end_unless_a_card_shows_them(samples: System) -> None:
    made = report(samples, "finance", cards=[Card(Look.KPI, "revenue")])
    table = report(samples, "finance", cards=[Card(Look.TABLE)])
    assert (len(made.lines_at_the_end), len(table.lines_at_the_end), len(table.lines)) == (12, 0, 12)


def test_without_rows_no_card_is_shown(samples: System) -> None:
    never = Choices(start=date(2020, 1, 1), end=date(2020, 1, 31))
    made = report(samples, "finance", never, cards=EVERYTHING, board="Board meeting")
    assert (made.cards, made.lines, made.name) == ((), (), "finance · Board meeting")
