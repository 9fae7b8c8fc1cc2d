"""What ends because it is there no more."""

from __future__ import annotations

from datetime import timedelta

from alerts.judging.ending import ended
from alerts.rules import Kind, Standing, State
from tests.alerts.builders import thin_margin
from tests.moments import NOON

WHY = "North is no longer in the data"
OPEN = Standing(State.FIRING, 2, NOON, open=True, fired_at=NOON, worst=0.1, value=0.1)
LATER = NOON + timedelta(hours=1)


def test_an_open_breach_ends_without_a_verdict_and_people_hear_of_it() -> None:
    change = ended(thin_margin(), OPEN, "North", LATER, WHY)
    assert change is not None
    assert (change.tells, change.verdict) == (Kind.RESOLVED, None)
    assert change.after == Standing(State.NO_DATA, 2, LATER, fired_at=NOON, worst=0.1, value=0.1, reason=WHY)


def test_what_was_not_open_has_no_data_and_nobody_hears_of_it() -> None:
    change = ended(thin_margin(), Standing(episode=1), "North", LATER, WHY)
    assert change is not None
    assert (change.tells, change.after) == (None, Standing(State.NO_DATA, 1, LATER, reason=WHY))


def test_it_ends_once() -> None:
    change = ended(thin_margin(), OPEN, "North", LATER, WHY)
    assert change is not None
    assert ended(thin_margin(), change.after, "North", LATER + timedelta(hours=1), WHY) is None
