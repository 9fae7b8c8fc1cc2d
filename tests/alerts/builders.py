"""Rules, changes and messages that the tests of alerts and of their storage share."""

from __future__ import annotations

from datetime import date
from typing import Any

from alerts.manager import AlertManager, Destination
from alerts.message import Message, Provenance, Wording, message_of
from alerts.rules import Direction, Reading, Rule, State, Transition
from tests.moments import NOON

SEPTEMBER, OCTOBER, NOVEMBER = date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1)
FINANCE = Provenance("finance.xlsx", 3)
CONSOLE = Destination("console", ("console",))
SLACK = Destination("slack", ("C1",), "set SLACK_BOT_TOKEN")
WHATSAPP = Destination("whatsapp", ("+4915100000001", "+4915100000002"), "set WHATSAPP_TOKEN")
NO_SLACK = Destination("slack", (), "set SLACK_BOT_TOKEN")


def thin_margin(**changes: Any) -> Rule:
    """Fires below 15 %, recovers at 18 %."""
    plain = {"id": 1, "name": "Thin margin", "dataset": "finance", "kpi": "net_margin", "grain": "month"}
    plain |= {"direction": Direction.BELOW, "limit": 0.15, "recovery": 0.18}
    return Rule(**{**plain, **changes})


def months(*values: float | None) -> tuple[Reading, ...]:
    """Readings of months that end with October 2025."""
    first = 10 - len(values) + 1
    return tuple(Reading(date(2025, first + place, 1), value) for place, value in enumerate(values))


def change(state: State = State.FIRING, **changes: Any) -> Transition:
    plain = {"rule": thin_margin(), "member": "", "state": state, "episode": 1}
    plain |= {"reading": Reading(OCTOBER, 0.124), "at": NOON}
    return Transition(**{**plain, **changes})


def wording(transition: Transition) -> Wording:
    return Wording("Net margin", f"{100 * (transition.reading.value or 0):.1f} %", "15.0 %", "October 2025")


def message(transition: Transition | None = None) -> Message:
    said = transition or change()
    return message_of(said, wording(said), FINANCE)


def manager(*destinations: Destination) -> AlertManager:
    return AlertManager(destinations or (CONSOLE, SLACK, WHATSAPP), wording)
