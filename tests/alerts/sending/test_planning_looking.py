"""What may have arrived, is needed no more, and decides whether its end is: it is looked for where that is possible."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

from alerts.rules import Kind
from alerts.sending.hours import Hours
from alerts.sending.waiting import Dropped, Held, Plan, Waiting
from tests.alerts.builders import SLACK
from tests.alerts.sending.lanes import HOUR, SECOND, planned, row, said, silence
from tests.moments import NOON

ESCALATION, RESOLVED = Kind.ESCALATION, Kind.RESOLVED
OFFICE = Hours((0, 1, 2, 3, 4), time(9), time(17), "UTC")
ESCALATED = row(1, ESCALATION, batch="b", unsure_since=NOON, over=True)
END = row(2, RESOLVED, over=True)
WHY = Dropped(1, "it is over by now")


def asked(*rows: Waiting, **state: Any) -> Plan:
    return planned(rows, askable=True, **state)


def test_where_the_provider_can_be_asked_it_is_looked_for_before_the_end_goes() -> None:
    assert asked(ESCALATED, END) == Plan((1,), said(ESCALATION), sought=(WHY,))


def test_it_is_looked_for_before_it_is_dropped_though_no_end_waits_yet() -> None:
    heard = replace(ESCALATED, over=False, heard=True)
    why = Dropped(1, "somebody has acknowledged it by now")
    assert asked(heard) == Plan((1,), said(ESCALATION), sought=(why,))


def test_the_end_waits_until_it_can_be_there() -> None:
    later = NOON + 10 * SECOND
    why = "goes after the message before it, which waits until 2025-11-21 12:00 UTC"
    made = asked(replace(ESCALATED, due_at=later), END)
    assert made == Plan(held=(Held(2, later, why),))


def test_where_something_else_of_it_was_told_nobody_has_to_ask() -> None:
    dropped = Dropped(1, "it is over by now; whether it had arrived before is not known")
    made = asked(replace(ESCALATED, told=True), replace(END, told=True))
    assert made == Plan((2,), said(RESOLVED), dropped=(dropped,))


def test_neither_a_silence_nor_hours_nor_a_budget_keep_from_asking() -> None:
    evening = NOON.replace(hour=20)
    to = replace(SLACK, hours=OFFICE, budget=1)
    quiet = silence(NOON, evening + HOUR)
    made = asked(ESCALATED, now=evening, destination=to, sent_at=(evening,), silences=(quiet,))
    assert (made.batch, made.sought, made.held) == ((1,), (WHY,), ())


def test_what_went_together_is_looked_for_together() -> None:
    south = replace(ESCALATED, id=2, member="South", told=True)
    made = asked(ESCALATED, south)
    assert (made.batch, made.sought, made.dropped) == ((1, 2), (WHY, replace(WHY, id=2)), ())


def test_where_it_is_certain_that_it_has_not_arrived_the_end_is_dropped() -> None:
    dropped = Dropped(2, "over before anybody here was told")
    assert asked(replace(END, uncalled=True)) == Plan(dropped=(dropped,))


def test_where_something_else_has_or_may_have_it_goes() -> None:
    assert asked(replace(END, uncalled=True, told=True)).batch == (2,)
