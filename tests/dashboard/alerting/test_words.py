from __future__ import annotations

from datetime import time, timedelta

import pytest

from alerts.judging.conditions import (
    Against,
    Anomaly,
    Band,
    Change,
    Condition,
    Direction,
    Freshness,
    Limit,
    SourceError,
    Target,
)
from alerts.rules import Hold, Rule
from dashboard.alerting.words import breach, day_names, over_again, quantity, sentence
from kpi.definitions import Definition, Favourable, Unit

MARGIN = Definition("margin", "Margin", "", "", Unit.PERCENT, Favourable.UP, 1)
REVENUE = Definition("revenue", "Revenue", "", "", Unit.CURRENCY, Favourable.UP, 0, currency="EUR")
LATE = Freshness("sales.xlsx", (0, 1, 2, 3, 4), time(9), "Europe/Paris")


@pytest.mark.parametrize(
    ("condition", "one", "words"),
    [
        (Limit(Direction.BELOW, 0.3, 0.31), MARGIN, "is below 30.0 %"),
        (Limit(Direction.ABOVE, 1200.0, 1100.0), REVENUE, "is above €1,200"),
        (Band(0.2, 0.4), MARGIN, "is outside 20.0 % to 40.0 %"),
        (Change(Direction.BELOW, -0.1, -0.08), REVENUE, "falls by more than 10 % against the period before"),
        (
            Change(Direction.ABOVE, 0.05, 0.04, Against.YEAR, points=True),
            MARGIN,
            "rises by more than 5 percentage points against a year before",
        ),
        (Change(Direction.BELOW, 0.1, 0.1), REVENUE, "does not rise by 10 % against the period before"),
        (Target(limit=0.95), REVENUE, "reaches less than 95 % of its target"),
        (Target(pace=True), REVENUE, "reaches less than 100 % of the target of its days so far"),
        (Anomaly(), REVENUE, "is unusually high or low"),
        (Anomaly(direction=Direction.BELOW), REVENUE, "is unusually low"),
        (LATE, None, "has not come by 09:00 (Europe/Paris) on Mon–Fri"),
        (SourceError(), None, "cannot be read"),
        (Limit(Direction.BELOW, 0.3, 0.31), None, "is below 0.3"),
    ],
)
def test_every_condition_is_said_as_people_say_it(
    condition: Condition, one: Definition | None, words: str
) -> None:
    assert breach(condition, one) == words


def test_a_whole_rule_is_one_sentence() -> None:
    hold = Hold(2, timedelta(hours=6), timedelta(days=1))
    rule = Rule(1, "n", "shop", "margin", "month", Limit(Direction.BELOW, 0.3, 0.31), "region", hold)
    assert sentence(rule, MARGIN) == (
        "Margin is below 30.0 %, each full month, for each region, 2 months in a row, for 6 h, back to normal once clear for 1 day"
    )


def test_a_rule_about_a_file_speaks_of_no_periods() -> None:
    assert sentence(Rule(1, "n", "shop", "", "", LATE), None) == (
        "sales.xlsx has not come by 09:00 (Europe/Paris) on Mon–Fri"
    )


def test_the_running_period_is_named_where_it_is_judged() -> None:
    rule = Rule(1, "n", "shop", "revenue", "month", Target(pace=True))
    assert sentence(rule, REVENUE).endswith("of the target of its days so far, the running month")


def test_where_it_is_over_is_said_on_the_side_where_all_is_well() -> None:
    assert over_again(Limit(Direction.BELOW, 0.3, 0.31), MARGIN) == "at 31.0 % or above"
    assert over_again(Limit(Direction.ABOVE, 9.0, 8.0), REVENUE) == "at €8 or below"
    assert over_again(Band(0.2, 0.4, 0.01), MARGIN) == "inside by 1.0 %"
    assert over_again(Anomaly(), MARGIN) == ""


def test_what_was_judged_is_written_in_its_own_unit() -> None:
    assert quantity(-0.12, Change(Direction.BELOW, -0.1, -0.1), REVENUE) == "−12.0 %"
    assert quantity(-0.12, Change(Direction.BELOW, -0.1, -0.1, points=True), MARGIN) == "−12.0 pp"
    assert quantity(0.9, Target(), REVENUE) == "90 % of the target"
    assert quantity(1000.0, Limit(Direction.BELOW, 1.0, 1.0), REVENUE) == "€1,000"
    assert quantity(1.0, SourceError(), None) == ""
    assert quantity(None, None, REVENUE) == ""


@pytest.mark.parametrize(
    ("days", "words"),
    [((0, 1, 2, 3, 4), "Mon–Fri"), ((0, 2), "Mon, Wed"), (range(7), "every day"), ((4, 5), "Fri, Sat")],
)
def test_days_are_written_as_people_write_them(days: tuple[int, ...], words: str) -> None:
    assert day_names(days) == words
