"""A transition in words: what fired, by how much, against what, since when, and what moved it. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.message import Message, Mover, Provenance, reference
from alerts.rules import Kind, Transition
from alerts.telling.findings import REACHED, Case, Finding, firing, resolved, unwatched
from alerts.telling.numbers import Numbers
from alerts.telling.phrases import age, duration, moment
from kpi.definitions import Definition

UTC = ZoneInfo("UTC")
NOWHERE = Provenance()
MOVERS = 3
LINK = re.compile(r"https?://[\w.~:/?#\[\]@!$&()*+,;=%-]+", re.ASCII)
LONGEST_LINK = 2_000  # Slack takes no more than 3,000 characters


@dataclass(frozen=True, slots=True)
class Moved:
    """A member's part in a change: `amount` in the KPI's unit, `share` of the whole change (0.4 for 40 %); None: unknown."""

    dimension: str
    member: str
    amount: float | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What the words need besides the transition; every part may be missing.

    `period` and `earlier` (what a change, and what moved it, is measured against) in words; `movers` with the greatest first, of which three
    are named; `expected`: the band of an anomaly; `file` and `reason`: which file cannot be read, and why. `today` is a
    day in `zone`.
    """

    definition: Definition | None = None
    currency: str = ""
    period: str = ""
    provenance: Provenance = NOWHERE
    movers: tuple[Moved, ...] = ()
    link: str = ""
    zone: ZoneInfo = UTC
    today: date | None = None
    earlier: str = ""
    expected: tuple[float, float] | None = None
    file: str = ""
    reason: str = ""


def write(transition: Transition, about: About) -> Message:
    """What people are told of a transition: that it fires while its episode is open afterwards, else that it is over."""
    rule, definition = transition.rule, about.definition
    case = Case(
        rule=rule,
        member=transition.member,
        verdict=transition.verdict,
        at=transition.at,
        numbers=Numbers.of(definition, about.currency),
        label=definition.label if definition else rule.kpi,
        period=about.period,
        earlier=about.earlier,
        expected=about.expected,
        file=about.file,
        reason=about.reason or transition.after.reason,
        fired_at=transition.after.fired_at or transition.before.fired_at,
    )
    if transition.after.open:
        return _message(transition, about, Kind.FIRING, firing(case))
    over = unwatched if transition.verdict is None else resolved
    return _message(transition, about, Kind.RESOLVED, over(case, transition.after.worst))


def _message(transition: Transition, about: About, kind: Kind, found: Finding) -> Message:
    rule, verdict, numbers = transition.rule, transition.verdict, Numbers.of(about.definition, about.currency)
    since, over = _since(transition), kind is Kind.RESOLVED
    fired_at = transition.after.fired_at or transition.before.fired_at
    return Message(
        kind=kind,
        reference=reference(rule.id, transition.member, transition.after.episode),
        severity=rule.severity,
        dataset=rule.dataset,
        kpi=found.kpi,
        member=found.member,
        period=found.period,
        value=found.value,
        limit=found.limit,
        finding=found.finding,
        provenance=about.provenance,
        lasted=duration(transition.at - fired_at) if over and fired_at else "",
        dimension=rule.dimension or "",
        by_how_much=found.by_how_much,
        since=moment(since, about.zone.key),
        worst=found.worst,
        movers=tuple(_mover(one, numbers, place) for place, one in enumerate(about.movers[:MOVERS])),
        moved_against=about.earlier if about.movers else "",
        age=_age(about),
        owner=rule.owner,
        link=_link(about.link),
        headline=found.headline,
        rule=rule.name,
        labels=tuple(sorted(rule.labels.items())),
        reason=found.reason,
        zone=about.zone.key,
        amount=_finite(verdict.value) if verdict else None,
        bound=_finite(verdict.limit) if verdict and verdict.value is not None else None,
    )


def _since(transition: Transition) -> datetime:
    """Since when it breaches: before it fired it may have been pending for a while."""
    if not transition.after.open:
        return transition.after.fired_at or transition.before.fired_at or transition.at
    return transition.before.held_since or transition.after.fired_at or transition.at


def _mover(one: Moved, numbers: Numbers, place: int) -> Mover:
    """`−3.1 pp (62 % of the change)`; the ones after the first need not say again of what their share is."""
    moved = "" if one.amount is None else numbers.change(one.amount)
    share = "" if one.share is None else f"{REACHED.value(one.share)}{'' if place else ' of the change'}"
    return Mover(one.dimension, one.member, f"{moved} ({share})" if moved and share else moved or share)


def _finite(number: float | None) -> float | None:
    """What databases can keep as JSON."""
    return number if number is not None and math.isfinite(number) else None


def _age(about: About) -> str:
    until = about.provenance.data_until
    return "" if until is None or about.today is None else age(until, about.today)


def _link(link: str) -> str:
    """The link where it is one that a reader's program can take; it comes from a setting, members in it are encoded."""
    return link if len(link) <= LONGEST_LINK and LINK.fullmatch(link) else ""
