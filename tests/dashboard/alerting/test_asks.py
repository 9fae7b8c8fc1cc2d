from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from alerts.judging.conditions import (
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
from dashboard.alerting.asks import Ask, a_little_inside, ask_of, first_ask, missing, said, smaller, stored
from dashboard.alerting.silencing import CUSTOM, HOUR, MORNING, WEEK, end_of
from kpi.definitions import Definition, Favourable, Unit

PARIS = ZoneInfo("Europe/Paris")
BELOW, ABOVE = Direction.BELOW, Direction.ABOVE


@pytest.mark.parametrize(
    ("limit", "direction", "back"),
    [
        (30.0, BELOW, 30.6),
        (30.0, ABOVE, 29.4),
        (1000.0, BELOW, 1020.0),
        (-10.0, BELOW, -9.8),
        (-10.0, ABOVE, -10.2),
        (0.0, BELOW, 0.0),
        (123456.0, ABOVE, 121000.0),
        (1234.0, BELOW, 1260.0),
    ],
)
def test_it_is_over_a_little_inside_in_a_number_that_people_would_say(
    limit: float, direction: Direction, back: float
) -> None:
    assert a_little_inside(limit, direction) == back


def test_a_change_is_over_when_it_has_become_smaller() -> None:
    assert (smaller(10.0), smaller(0.0)) == (8.0, 0.0)


def test_a_percentage_is_said_and_stored_without_dust() -> None:
    assert (said(0.3, percent=True), said(0.07, percent=True), said(5.0, percent=False)) == (30.0, 7.0, 5.0)
    assert (stored(30.0, percent=True), stored(5.0, percent=False)) == (0.3, 5.0)


@pytest.mark.parametrize(
    ("condition", "ask"),
    [
        (Limit(BELOW, 1.0, 1.0), Ask.BELOW),
        (Limit(ABOVE, 1.0, 1.0), Ask.ABOVE),
        (Band(1.0, 2.0), Ask.OUTSIDE),
        (Change(BELOW, -0.1, -0.1), Ask.FALLS),
        (Change(ABOVE, 0.1, 0.1), Ask.RISES),
        (Target(), Ask.MISSES),
        (Target(pace=True), Ask.BEHIND),
        (Anomaly(), Ask.UNUSUAL),
        (Freshness("a.csv", (0,), time(9), "UTC"), Ask.LATE),
        (SourceError(), Ask.BROKEN),
    ],
)
def test_the_form_of_a_rule_opens_with_the_question_that_made_it(condition: Condition, ask: Ask) -> None:
    assert ask_of(condition) is ask


@pytest.mark.parametrize(
    ("favourable", "ask"),
    [
        (Favourable.UP, Ask.BELOW),
        (Favourable.DOWN, Ask.ABOVE),
        (Favourable.RANGE, Ask.OUTSIDE),
        (Favourable.NONE, Ask.BELOW),
    ],
)
def test_the_first_question_is_about_the_bad_side(favourable: Favourable, ask: Ask) -> None:
    assert first_ask(Definition("k", "K", "", "", Unit.NUMBER, favourable, 0)) is ask


def test_a_silence_until_tomorrow_morning_ends_at_eight_also_where_the_clocks_change_that_night() -> None:
    evening = datetime(2026, 3, 28, 21, 0, tzinfo=UTC)
    assert end_of(MORNING, evening, PARIS).astimezone(UTC) == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)


def test_other_silences_last_as_long_as_they_say() -> None:
    now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    until = datetime(2026, 5, 1, tzinfo=PARIS)
    assert end_of(HOUR, now, PARIS) == datetime(2026, 3, 1, 13, 0, tzinfo=UTC)
    assert end_of(WEEK, now, PARIS) == datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
    assert end_of(CUSTOM, now, PARIS, until) == until


@pytest.mark.parametrize(
    ("favourable", "side"), [(Favourable.UP, BELOW), (Favourable.RANGE, BELOW), (Favourable.DOWN, ABOVE)]
)
def test_costs_miss_their_target_above_it_and_all_else_below(favourable: Favourable, side: Direction) -> None:
    assert missing(Definition("k", "K", "", "", Unit.CURRENCY, favourable, 0)) is side
