"""What each condition says of a period."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.judging.bands import robust_band
from alerts.judging.conditions import Anomaly, Band, Change, Direction, Limit, OfValues, Target
from alerts.judging.verdicts import judge
from alerts.rules import Reading, Verdict
from tests.alerts.builders import OCTOBER, months

BELOW, ABOVE = Direction.BELOW, Direction.ABOVE
THIN = Limit(BELOW, 0.15, 0.18)
USUAL = (10.0, 11.0, 9.0, 10.0, 12.0, 8.0, 10.0)  # median 10, half of them within 1


def said(condition: OfValues, reading: Reading) -> str:
    (verdict,) = judge(condition, [reading])
    return _word(verdict)


def _word(verdict: Verdict) -> str:
    assert not (verdict.breaches and verdict.clears)
    if verdict.quantity is None:
        assert (verdict.breaches, verdict.clears) == (False, False)
        return "unknown"
    return "breaches" if verdict.breaches else "clears" if verdict.clears else "between"


@pytest.mark.parametrize(
    ("condition", "value", "word"),
    [
        pytest.param(THIN, 0.1499, "breaches", id="below the limit"),
        pytest.param(THIN, 0.15, "between", id="at the limit"),
        pytest.param(THIN, 0.1799, "between", id="under the recovery limit"),
        pytest.param(THIN, 0.18, "clears", id="at the recovery limit"),
        pytest.param(Limit(ABOVE, 100, 90), 100.1, "breaches", id="above the limit"),
        pytest.param(Limit(ABOVE, 100, 90), 90.1, "between", id="over the lower recovery limit"),
        pytest.param(Limit(ABOVE, 100, 90), 90.0, "clears", id="at the lower recovery limit"),
        pytest.param(THIN, None, "unknown", id="no value"),
        pytest.param(THIN, math.nan, "unknown", id="not a number"),
        pytest.param(THIN, -math.inf, "unknown", id="minus infinity"),
        pytest.param(Band(1, 2, 0.1), 0.9, "breaches", id="under the band"),
        pytest.param(Band(1, 2, 0.1), 1.0, "between", id="at its edge"),
        pytest.param(Band(1, 2, 0.1), 1.5, "clears", id="well within"),
        pytest.param(Band(1, 2, 0.1), 1.95, "between", id="within by less than the margin"),
        pytest.param(Band(1, 2, 0.1), 2.1, "breaches", id="over the band"),
        pytest.param(Band(1, 2), None, "unknown", id="no value in the band"),
    ],
)
def test_a_value_against_limits(condition: OfValues, value: float | None, word: str) -> None:
    assert said(condition, Reading(OCTOBER, value)) == word


@pytest.mark.parametrize(
    ("condition", "value", "earlier", "word"),
    [
        pytest.param(Change(BELOW, -0.1, -0.05), 89.0, 100.0, "breaches", id="a fall by 11 %"),
        pytest.param(Change(BELOW, -0.1, -0.05), 90.0, 100.0, "between", id="a fall by 10 %"),
        pytest.param(Change(BELOW, -0.1, -0.05), 95.0, 100.0, "clears", id="a fall by 5 %"),
        pytest.param(Change(BELOW, -0.1, -0.05), -20.0, 100.0, "breaches", id="a fall below zero"),
        pytest.param(Change(ABOVE, 0.2, 0.1), 130.0, 100.0, "breaches", id="a rise by 30 %"),
        pytest.param(Change(BELOW, -0.1, 0.0), 5.0, None, "unknown", id="nothing earlier"),
        pytest.param(Change(BELOW, -0.1, 0.0), None, 5.0, "unknown", id="nothing now"),
        pytest.param(Change(BELOW, -0.1, 0.0), 5.0, 0.0, "unknown", id="no share of nothing"),
        pytest.param(Change(BELOW, -0.1, 0.0), 5.0, -5.0, "unknown", id="no share of a loss"),
        pytest.param(Change(BELOW, -0.1, 0.0), 1e300, 1e-300, "unknown", id="a share beyond all numbers"),
        pytest.param(
            Change(BELOW, -0.03, 0.0, points=True), 0.3, 0.34, "breaches", id="a fall by four points"
        ),
        pytest.param(Change(BELOW, -0.03, 0.0, points=True), 0.0, 0.0, "clears", id="no points"),
        pytest.param(Change(BELOW, -3, 0, points=True), -9.0, -5.0, "breaches", id="points of a loss"),
    ],
)
def test_a_change_against_an_earlier_value(
    condition: Change, value: float | None, earlier: float | None, word: str
) -> None:
    assert said(condition, Reading(OCTOBER, value, earlier=earlier)) == word


@pytest.mark.parametrize(
    ("condition", "value", "target", "word"),
    [
        pytest.param(Target(), 99.0, 100.0, "breaches", id="short of it"),
        pytest.param(Target(), 100.0, 100.0, "clears", id="reached"),
        pytest.param(Target(BELOW, 0.9, 1.0), 95.0, 100.0, "between", id="nearly reached"),
        pytest.param(Target(BELOW, 0.9, 1.0, pace=True), 89.0, 100.0, "breaches", id="behind its days so far"),
        pytest.param(Target(ABOVE, 1.1, 1.0), 120.0, 100.0, "breaches", id="costs beyond what was planned"),
        pytest.param(Target(), 99.0, None, "unknown", id="no target"),
        pytest.param(Target(), 99.0, 0.0, "unknown", id="no share of a target of nothing"),
        pytest.param(Target(), None, 100.0, "unknown", id="no value"),
    ],
)  # fmt: skip
def test_a_value_against_its_target(
    condition: Target, value: float | None, target: float | None, word: str
) -> None:
    assert said(condition, Reading(OCTOBER, value, target=target)) == word


def test_a_verdict_keeps_what_it_was_made_from() -> None:
    reading = Reading(OCTOBER, 90.0, earlier=120.0, target=100.0)
    assert judge(Change(BELOW, -0.1, 0.0), [reading]) == (
        Verdict(OCTOBER, 90.0, -0.25, -0.1, breaches=True, clears=False, earlier=120.0, target=100.0),
    )
    assert judge(Target(), [reading]) == (
        Verdict(OCTOBER, 90.0, 0.9, 1.0, breaches=True, clears=False, earlier=120.0, target=100.0),
    )


def test_what_is_no_finite_number_is_kept_nowhere() -> None:
    odd = Reading(OCTOBER, math.nan, earlier=math.inf, target=-math.inf)
    assert judge(THIN, [odd]) == (Verdict(OCTOBER, None, None, 0.15, breaches=False, clears=False),)


@pytest.mark.parametrize(("value", "limit"), [(0.9, 1), (1.4, 1), (1.6, 2), (2.1, 2)])
def test_a_band_names_the_limit_that_was_crossed_or_is_nearest(value: float, limit: float) -> None:
    (verdict,) = judge(Band(1, 2), [Reading(OCTOBER, value)])
    assert verdict.limit == limit


def latest(condition: Anomaly, *values: float | None) -> Verdict:
    return judge(condition, months(*values))[-1]


@pytest.mark.parametrize(
    ("condition", "value", "word"),
    [
        pytest.param(Anomaly(), 10.5, "clears", id="as usual"),
        pytest.param(Anomaly(), 14.0, "between", id="not as far out as the width, farther than the recovery"),
        pytest.param(Anomaly(), 16.0, "breaches", id="far above"),
        pytest.param(Anomaly(), 4.0, "breaches", id="far below"),
        pytest.param(Anomaly(direction=ABOVE), 16.0, "breaches", id="far above, where that is asked"),
        pytest.param(Anomaly(direction=ABOVE), 4.0, "clears", id="far below, where above is asked"),
        pytest.param(Anomaly(direction=BELOW), 16.0, "clears", id="far above, where below is asked"),
        pytest.param(Anomaly(direction=BELOW), 4.0, "breaches", id="far below, where that is asked"),
        pytest.param(Anomaly(), None, "unknown", id="no value"),
    ],
)
def test_a_value_against_what_is_usual(condition: Anomaly, value: float | None, word: str) -> None:
    assert _word(latest(condition, *USUAL, value)) == word


def test_too_few_earlier_values_tell_nothing_and_missing_ones_do_not_count() -> None:
    assert _word(latest(Anomaly(), 1.0, 2.0, 3.0, 4.0, 5.0, 900.0)) == "unknown"
    assert _word(latest(Anomaly(), 1.0, 2.0, None, 3.0, 4.0, 5.0, 900.0)) == "unknown"
    assert _word(latest(Anomaly(), 1.0, 2.0, None, 3.0, 4.0, 5.0, 6.0, 900.0)) == "breaches"


def test_what_lies_before_the_window_is_forgotten() -> None:
    high, low = (1000.0, 1010.0, 990.0) * 2, (10.0, 11.0, 9.0) * 2
    assert _word(latest(Anomaly(window=6), *high, *low, 10.0)) == "clears"
    assert _word(latest(Anomaly(window=6), *high, *low, 1000.0)) == "breaches"


def test_values_that_never_differed_leave_room_for_one_percent() -> None:
    assert latest(Anomaly(3.0, 2.0), *[100.0] * 8, 102.9).breaches is False
    assert latest(Anomaly(3.0, 2.0), *[100.0] * 8, 103.1).breaches is True
    assert robust_band([0.0] * 8, 3.0) == (0.0, 0.0)
    assert robust_band([0.0] * 7 + [8.0], 3.0) == (-3.0, 3.0)


def test_one_wild_value_moves_the_band_hardly() -> None:
    assert latest(Anomaly(), *USUAL, 10_000.0, 30.0).breaches


def test_another_method_can_be_handed_in() -> None:
    def fixed(earlier: Sequence[float], width: float) -> tuple[float, float] | None:
        return (-width, width) if earlier else None

    found = judge(Anomaly(2.0, 1.0, method="fixed"), months(9.0, 1.5, 3.0), {"fixed": fixed})
    assert [_word(verdict) for verdict in found] == ["unknown", "between", "breaches"]


def test_a_band_that_is_not_finite_tells_nothing() -> None:
    (_, verdict) = judge(Anomaly(), months(1.0, 2.0), {"robust": lambda *_: (-math.inf, math.nan)})
    assert _word(verdict) == "unknown"


def test_a_method_that_does_not_exist_says_so() -> None:
    with pytest.raises(ValueError, match="there is no method 'magic' to tell what is usual, only robust"):
        judge(Anomaly(method="magic"), months(1.0))


VALUES = st.lists(st.none() | st.floats(-1e6, 1e6), max_size=40)


@settings(max_examples=60, deadline=None)
@given(values=VALUES, width=st.floats(1, 6), window=st.integers(6, 12))
def test_the_robust_band_is_that_of_the_textbook(
    values: list[float | None], width: float, window: int
) -> None:
    """Period by period, from nothing but the earlier values of the window."""
    readings = [Reading(date(2020, 1, 1) + timedelta(days=n), value) for n, value in enumerate(values)]
    for place, verdict in enumerate(judge(Anomaly(width, width / 2, window), readings)):
        before = [one for one in values[:place][-window:] if one is not None]
        value = values[place]
        if value is None or len(before) < 6:
            assert verdict.quantity is None
            continue
        middle = median(before)
        spread = 1.4826 * median([abs(one - middle) for one in before])
        if spread > 0.011 * abs(middle):  # beyond the floor
            off = abs(value - middle) / spread
            if not math.isclose(off, width, rel_tol=1e-9):
                assert verdict.breaches == (off > width)
            if not math.isclose(off, width / 2, rel_tol=1e-9):
                assert verdict.clears == (off < width / 2)
