"""Which conditions can work, which of two quantities is the worse, and why a period cannot be judged."""

from __future__ import annotations

import math
import re
from datetime import UTC, time, timedelta

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
    beyond,
    check,
    why_unknown,
    worse,
)

BELOW, ABOVE = Direction.BELOW, Direction.ABOVE
NINE, NIGHT = time(9), time(23, 59)
SALES = Freshness("sales.xlsx", (0, 1, 2, 3, 4), NINE, "Europe/Paris")


@pytest.mark.parametrize(
    "condition",
    [
        Limit(BELOW, 0.15, 0.15),
        Limit(ABOVE, -1.0, -2.0),
        Band(0.2, 0.3),
        Band(-10.0, 10.0, 10.0),
        Change(BELOW, -0.1, 0.0),
        Target(),
        Target(BELOW, 0.9, 1.0, pace=True),
        Anomaly(),
        Anomaly(2.0, 2.0, 6, direction=ABOVE),
        SALES,
        Freshness("a.csv", (6,), NIGHT, "UTC", timedelta()),
        SourceError(),
    ],
)
def test_a_condition_that_can_work_is_taken(condition: Condition) -> None:
    check(condition, "Mine")


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (
            Limit(BELOW, 0.15, 0.14),
            "rule 'Mine' fires below 0.15 and recovers at 0.14: expected a recovery limit at or above 0.15",
        ),
        (
            Change(ABOVE, 0.1, 0.2),
            "rule 'Mine' fires above 0.1 and recovers at 0.2: expected a recovery limit at or below 0.1",
        ),
        (
            Target(BELOW, math.nan, 1.0),
            "rule 'Mine': found limit nan and recovery limit 1, expected two finite numbers",
        ),
        (Limit(BELOW, 0.1, math.inf), "found limit 0.1 and recovery limit inf, expected two finite numbers"),
        (Band(2.0, 2.0), "rule 'Mine': found a band from 2 to 2, expected the lower limit first"),
        (
            Band(1.0, 2.0, 0.6),
            "found margin 0.6 in a band from 1 to 2, expected 0 up to half its width; otherwise it would",
        ),
        (Band(1.0, 2.0, -0.1), "found margin -0.1 in a band from 1 to 2"),
        (Band(1.0, math.inf), "found a band from 1 to inf with margin 0, expected finite numbers"),
        (Anomaly(2.0, 2.5), "rule 'Mine': found width 2 and recovery 2.5, expected finite numbers above 0"),
        (Anomaly(math.inf, 1.0), "found width inf and recovery 1"),
        (Anomaly(2.0, 0.0), "found width 2 and recovery 0"),
        (Anomaly(window=5), "found a window of 5 earlier periods, expected 6 to 1000"),
        (Anomaly(method="magic"), "found the method 'magic', expected one of robust"),
        (Freshness(" ", (0,), NINE, "UTC"), "rule 'Mine': found no file, expected the name of the file"),
        (Freshness("a", (), NINE, "UTC"), "found the days [], expected some of 0 (Monday) to 6 (Sunday)"),
        (Freshness("a", (0, 0), NINE, "UTC"), "found the days [0, 0]"),
        (Freshness("a", (7,), NINE, "UTC"), "found the days [7]"),
        (
            Freshness("a", (0,), NINE.replace(tzinfo=UTC), "UTC"),
            "found a time with a UTC offset, 09:00:00+00:00",
        ),
        (Freshness("a", (0,), NINE, "Mars"), "rule 'Mine': found the time zone 'Mars', which is not known"),
        (
            Freshness("a", (0,), NINE, "UTC", timedelta(minutes=-1)),
            "found a grace of -1 day, 23:59:00, expected none",
        ),
        (Freshness("a", (0,), NINE, "UTC", timedelta(days=8)), "found a grace of 8 days, 0:00:00"),
    ],
)
def test_a_condition_that_cannot_work_says_what_is_wrong(condition: Condition, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        check(condition, "Mine")


@pytest.mark.parametrize(
    ("direction", "value", "is_beyond"),
    [(BELOW, 0.9, True), (BELOW, 1.0, False), (ABOVE, 1.1, True), (ABOVE, 1.0, False)],
)
def test_exactly_at_the_limit_is_not_beyond_it(
    direction: Direction, value: float, *, is_beyond: bool
) -> None:
    assert beyond(direction, value, 1.0) is is_beyond


@pytest.mark.parametrize(
    ("condition", "one", "other", "found"),
    [
        pytest.param(Limit(BELOW, 10, 10), 3.0, 2.0, 2.0, id="the lower one where it fires below"),
        pytest.param(Limit(ABOVE, 10, 10), 12.0, 11.0, 12.0, id="the higher one where it fires above"),
        pytest.param(Band(10, 20), 5.0, 26.0, 26.0, id="the farther one from the band"),
        pytest.param(Anomaly(), 5.0, 12.0, 5.0, id="the farther one from the limit"),
        pytest.param(Anomaly(direction=ABOVE), 5.0, 12.0, 12.0, id="the higher one of anomalies above"),
        pytest.param(SALES, 1.0, 2.0, 2.0, id="the longer time without a file"),
    ],
)
def test_the_worse_of_two_quantities(condition: Condition, one: float, other: float, found: float) -> None:
    assert worse(condition, one, other, 10.0) == found


@pytest.mark.parametrize(
    ("condition", "value", "why"),
    [
        (Limit(BELOW, 1, 1), None, "its KPI has no value in the latest complete period"),
        (Target(), math.nan, "its KPI has no value in the latest complete period"),
        (
            Change(BELOW, -0.1, 0),
            5.0,
            "there is no earlier value above 0 that the latest one could be measured against",
        ),
        (
            Change(BELOW, -0.1, 0, points=True),
            5.0,
            "there is no earlier value that the latest one could be measured against",
        ),
        (Target(), 5.0, "there is no target above 0 for the latest period"),
        (Anomaly(), 5.0, "there are too few earlier values to tell what is usual; 6 are needed"),
    ],
)
def test_why_a_period_cannot_be_judged(condition: Condition, value: float | None, why: str) -> None:
    assert why_unknown(condition, value) == why
