"""A scheduled report goes out at its time, by itself, whatever holds alerts back."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from alerts.rules import Kind
from alerts.sending.hours import Hours
from alerts.sending.planning import plan
from alerts.sending.waiting import LaneState, Waiting
from alerts.telling.reporting import report_message
from tests.alerts.builders import SLACK
from tests.alerts.forms.cases import DRAWN
from tests.alerts.sending.lanes import HOUR, MINUTE, row, silence
from tests.moments import NOON


def report(number: int = 2, **changes: object) -> Waiting:
    plain = {"rule_id": None, "episode": None, "message": report_message("Monday", DRAWN, NOON)}
    return row(number, Kind.REPORT, **{**plain, **changes})


def test_neither_silence_nor_hours_nor_a_used_up_budget_hold_it() -> None:
    nights = Hours((0, 1, 2, 3, 4, 5, 6), time(20), time(6), "UTC")
    to = replace(SLACK, hours=nights, budget=1)
    everything = silence(NOON - HOUR, NOON + HOUR)
    lane = LaneState(to, sent_at=(NOON - MINUTE,), silences=(everything,))
    decided = plan([row(1), report()], lane, NOON)
    assert (decided.batch, [one.id for one in decided.held]) == ((2,), [1])


def test_it_is_in_nobodys_digest_and_says_that_it_is_late() -> None:
    rows = [report(1), row(2), row(3, rule_id=2), row(4, rule_id=3)]
    decided = plan(rows, LaneState(SLACK), NOON + 2 * HOUR)
    assert decided.batch == (1,)
    assert decided.message is not None
    assert (decided.message.kind, decided.message.title) == (Kind.REPORT, "Monday: finance, Oct 2025")
    assert decided.message.note != ""


def test_it_waits_for_the_proof_of_its_destination() -> None:
    decided = plan([report()], LaneState(replace(SLACK, proved=False)), NOON + timedelta(seconds=1))
    assert (decided.batch, len(decided.held)) == ((), 1)
