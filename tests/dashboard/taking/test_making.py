from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dashboard import theme
from dashboard.shares import Share
from dashboard.taking.report import NO_FILTERS, Line, Said, cells
from dashboard.taking.viewing import Choices
from dashboard.view import Versus
from kpi.calculator import SliceError
from kpi.calendar import Grain
from kpi.values import Partial
from storage.figures import UnknownDatasetError
from tests.dashboard.pages import a_csv, hand_in
from tests.dashboard.taking.books import report
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
    assert made.trend is not None
    assert made.breakdown is not None
    assert (made.trend.title, made.trend.so_far, len(made.trend.points)) == (
        "Revenue by month",
        "to 17 Dec",
        24,
    )
    assert [(one.name, one.complete) for one in made.trend.points[-2:]] == [
        ("Nov 2025", True),
        ("Dec 2025", False),
    ]
    assert [one.member for one in made.breakdown.shares] == ["West", "North", "South", "East"]
    assert made.lines[0] == Line(
        "Revenue", "193,879.89", "187,703.88", "+3.3 %", "1–17 Dec 2025 vs 1–17 Nov 2025", "currency"
    )
    assert len(cells(made.lines)) == 12


def test_filters_are_in_words_and_narrow_everything(samples: System) -> None:
    made = report(samples, "finance", Choices(where=(("region", "North"),)))
    assert made.filters == "region North"
    assert made.breakdown is not None
    assert [one.member for one in made.breakdown.shares] == ["North"]
    assert made.breakdown.shares[0] == Share("North", made.breakdown.shares[0].value, rank=1, part=1.0)


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
    assert (made.tiles, made.trend, made.breakdown, made.lines) == ((), None, None, ())
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
