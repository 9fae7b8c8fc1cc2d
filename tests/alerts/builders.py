"""Rules, changes and messages that the tests of alerts and of their storage share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from alerts.judging.conditions import Direction, Limit
from alerts.judging.verdicts import judge
from alerts.manager import AlertManager
from alerts.message import Message, Provenance, reference
from alerts.rules import Hold, Kind, Reading, Rule, Standing, State, Transition, Verdict
from alerts.sending.routing import Destination, Route
from tests.moments import NOON

SEPTEMBER, OCTOBER, NOVEMBER = date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1)
FINANCE = Provenance("finance.xlsx", 3)
CONSOLE = Destination("console", "console", "console")
SLACK = Destination("slack", "slack", "C1")
WHATSAPP = Destination("whatsapp", "whatsapp", "+4915100000001")
WHATSAPP_2 = Destination("whatsapp 2", "whatsapp", "+4915100000002")
NO_SLACK = Destination("slack", "slack", "", "set SLACK_BOT_TOKEN")
EVERYWHERE = (CONSOLE, SLACK, WHATSAPP, WHATSAPP_2)
BELOW_15 = Limit(Direction.BELOW, 0.15, 0.18)


def thin_margin(**changes: Any) -> Rule:
    """Fires below 15 %, recovers at 18 %. `direction`, `limit`, `recovery` and `periods` change its limit and its hold."""
    condition = {name: changes.pop(name) for name in ("direction", "limit", "recovery") if name in changes}
    hold = {"periods": changes.pop("periods")} if "periods" in changes else {}
    plain = {"id": 1, "name": "Thin margin", "dataset": "finance", "kpi": "net_margin", "grain": "month"}
    plain |= {"condition": replace(BELOW_15, **condition), "hold": Hold(**hold)}
    return Rule(**{**plain, **changes})


def months(*values: float | None) -> tuple[Reading, ...]:
    """Readings of months that end with October 2025."""
    places = range(9 - len(values) + 1, 10)
    return tuple(
        Reading(date(2025 + place // 12, place % 12 + 1, 1), value)
        for place, value in zip(places, values, strict=True)
    )


def verdicts(*values: float | None, condition: Limit = BELOW_15) -> tuple[Verdict, ...]:
    """What the condition, 15 % by default, says of months that end with October 2025."""
    return judge(condition, months(*values))


def firing(
    value: float | None = 0.124, episode: int = 1, at: datetime = NOON, period: date = OCTOBER
) -> Standing:
    """How a rule stands that has just fired."""
    return Standing(
        State.FIRING, episode, since=at, period=period, open=True, fired_at=at, worst=value, value=value
    )


def change(
    state: State = State.FIRING,
    *,
    value: float | None = None,
    episode: int = 1,
    at: datetime = NOON,
    fired_at: datetime | None = None,
    period: date = OCTOBER,
    rule: Rule | None = None,
    member: str = "",
) -> Transition:
    """A breach at 12.4 % that begins at noon, or with `State.NORMAL` the end, at 30 %, of one that began at `fired_at`."""
    rule = rule or thin_margin()
    if state is State.FIRING:
        found = 0.124 if value is None else value
        before, after = Standing(episode=episode - 1), firing(found, episode, at, period)
    else:
        found = 0.3 if value is None else value
        before = firing(episode=episode, at=fired_at or at, period=period)
        after = replace(before, state=State.NORMAL, since=at, open=False, value=found)
    (verdict,) = judge(BELOW_15, (Reading(period, found),))
    return Transition(rule, member, before, after, verdict, at)


def message(transition: Transition | None = None, **changes: Any) -> Message:
    """What is said of a change, in a few plain words."""
    said = transition or change()
    fired = said.after.open
    value = said.verdict.value if said.verdict else None
    plain = Message(
        kind=Kind.FIRING if fired else Kind.RESOLVED,
        reference=reference(said.rule.id, said.member, said.after.episode),
        severity=said.rule.severity,
        dataset=said.rule.dataset,
        kpi="Net margin",
        member=said.member,
        period="October 2025",
        value="–" if value is None else f"{100 * value:.1f} %",
        limit="15.0 %",
        finding="below its limit" if fired else "back to normal",
        provenance=FINANCE,
    )
    return replace(plain, **changes)


def manager(*destinations: Destination, routes: tuple[Route, ...] = ()) -> AlertManager:
    return AlertManager(destinations or EVERYWHERE, routes, message)
