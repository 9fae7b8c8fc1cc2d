"""One message of every kind, as the program itself words it: what the snapshots of the forms are of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.judging.conditions import Condition, Direction, Freshness, Limit, SourceError
from alerts.message import Message, Provenance, broken_message, trial_message
from alerts.rules import Rule, Standing, State, Transition, Verdict
from alerts.telling.digest import digest_message
from alerts.telling.reporting import Drawn, report_message
from alerts.telling.retelling import coalesced_message, escalation_message, possible_repeat, repeat_message
from alerts.telling.wording import About, Moved, write
from kpi.definitions import Definition, Favourable, Unit

PARIS = ZoneInfo("Europe/Paris")
OCTOBER = date(2025, 10, 1)
MONDAY = datetime(2025, 11, 3, 9, 0, tzinfo=PARIS)
LATER = MONDAY + timedelta(days=2, hours=4)
PAGE = "https://kpi.example.com/?dataset=finance&tab=Trends&finance.trends=Net%20margin"
MARGIN = Definition("net_margin", "Net margin", "", "", Unit.PERCENT, Favourable.UP, 1)
REVENUE = Definition("revenue", "Revenue", "", "", Unit.CURRENCY, Favourable.UP, 0, currency="EUR")
FINANCE = Provenance("finance.xlsx", 3, "Monthly", MONDAY, date(2025, 10, 31))
MOVERS = (
    Moved("region", "South", -0.031, 0.62),
    Moved("region", "North", -0.012, 0.24),
    Moved("region", "West", 0.004),
    Moved("region", "East", -0.001),
)
DRAWN = Drawn(
    "finance",
    "Oct 2025",
    (
        "Revenue: 1.2 M EUR, +4.2 % vs Sep 2025, better; 96 % of its target",
        "Net margin: 12.4 %, −3.1 pp vs Sep 2025, worse",
        "Units <b>& *more*: 310",
    ),
    b"\x89PNG",
    3,
    date(2025, 10, 31),
    date(2025, 11, 3),
)
THIN = Limit(Direction.BELOW, 0.15, 0.18)


def rule(condition: Condition = THIN, **changes: Any) -> Rule:
    plain = {"id": 1, "name": "Thin margin", "dataset": "finance", "kpi": "", "grain": ""}
    if not isinstance(condition, Freshness | SourceError):
        plain |= {"kpi": "net_margin", "grain": "month"}
    plain |= {"severity": "critical", "owner": "Ana", "labels": {"team": "finance"}}
    return Rule(**{**plain, **changes}, condition=condition)


def verdict(value: float | None, quantity: float | None = None, limit: float = 0.15, **more: Any) -> Verdict:
    judged = value if quantity is None else quantity
    return Verdict(
        **{"period": OCTOBER, "breaches": True, "clears": False, **more},
        value=value,
        quantity=judged,
        limit=limit,
    )


def begins(
    judged: Rule, found: Verdict | None, member: str = "", at: datetime = MONDAY, reason: str = ""
) -> Transition:
    after = Standing(State.FIRING, 1, at, OCTOBER, open=True, fired_at=at, reason=reason)
    return Transition(judged, member, Standing(), after, found, at)


def ends(judged: Rule, found: Verdict | None, worst: float | None, member: str = "") -> Transition:
    before = Standing(State.FIRING, 1, MONDAY, OCTOBER, open=True, fired_at=MONDAY, worst=worst)
    after = Standing(State.NORMAL, 1, LATER, OCTOBER, fired_at=MONDAY, worst=worst)
    return Transition(judged, member, before, after, found, LATER)


def about(definition: Definition | None = MARGIN, **changes: Any) -> About:
    plain: dict[str, Any] = {"period": "Oct 2025", "provenance": FINANCE, "movers": MOVERS, "link": PAGE}
    plain |= {"zone": PARIS, "today": date(2025, 11, 3), "earlier": "Sep 2025"}
    return About(definition, **{**plain, **changes})


def said(
    condition: Condition, found: Verdict | None, definition: Definition | None = REVENUE, **more: Any
) -> Message:
    return write(begins(rule(condition), found), about(definition, **more))


def told(message: Message) -> tuple[str, str, str, str, str]:
    """The title, what WhatsApp says that it is, the value, by how much, and the limit."""
    return message.title, message.finding, message.value, message.by_how_much, message.limit


def fired(member: str = "", **changes: Any) -> Message:
    dimension = "region" if member else None
    return write(begins(rule(dimension=dimension), verdict(0.124), member), about(**changes))


def over(member: str = "") -> Message:
    dimension = "region" if member else None
    return write(ends(rule(dimension=dimension), verdict(0.201), 0.082, member), about(movers=()))


def missing() -> Message:
    """A file that was expected by nine and half an hour later was not there."""
    fresh = Freshness("sales.xlsx", (0, 1, 2, 3, 4), time(9), "Europe/Paris")
    found = verdict(None, 1.0, 0.0, period=date(2025, 11, 3))
    where = about(None, period="", movers=(), provenance=Provenance("sales.xlsx", 7))
    return write(begins(rule(fresh), found, at=MONDAY + timedelta(minutes=30)), where)


def digest() -> Message:
    many = [
        write(begins(rule(id=number), verdict(0.124), f"Shop {number}"), about()) for number in range(1, 1001)
    ]
    return digest_message([*many, missing(), over("North")], "more than 20 messages in an hour")


def report() -> Message:
    overview = "https://kpi.example.com/?dataset=finance&tab=Overview"
    return report_message("Monday *morning*", DRAWN, MONDAY, overview, "Europe/Paris")


def coalesced() -> Message:
    ended = MONDAY + timedelta(minutes=40)
    return coalesced_message(fired(), over(), MONDAY, ended, MONDAY + timedelta(minutes=55))


CASES: Mapping[str, Callable[[], Message]] = {
    "firing": fired,
    "firing_of_a_member": lambda: fired("North & <South>"),
    "missing_file": missing,
    "repeat": lambda: repeat_message(fired(), MONDAY, LATER),
    "escalation": lambda: escalation_message(fired(), MONDAY, MONDAY + timedelta(minutes=15)),
    "resolved": over,
    "test": lambda: trial_message(MONDAY),
    "broken": lambda: broken_message(
        "slack:C1", "Slack answered token_revoked", MONDAY, 3, PAGE, "Europe/Paris"
    ),
    "digest": digest,
    "report": report,
    "coalesced": coalesced,
    "possible_repeat": lambda: possible_repeat(fired()),
}
