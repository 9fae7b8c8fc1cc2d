"""What a rehearsal found, as the page shows it: breaches with their begin and end, and the points of each member. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from alerts.manager import Series
from alerts.message import Message
from alerts.rules import Kind, Standing, State, Transition
from dashboard.context import Rehearsal


@dataclass(frozen=True, slots=True)
class Point:
    """One period of one member: its value, what was judged of it, and whether the rule was firing then."""

    period: date
    value: float | None
    quantity: float | None
    firing: bool


@dataclass(frozen=True, slots=True)
class Breach:
    """One time that it would have fired; `over` None: it still would be."""

    member: str
    fired: date
    over: date | None


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """Breaches, oldest first; the points of each member, oldest first; what would have been said the last time.

    `at_once`: how its members would stand as soon as it is saved, of those for which that changes anything, and
    `told_at_once` what people would get then, of the first of them that fires.
    """

    breaches: tuple[Breach, ...]
    points: dict[str, tuple[Point, ...]]
    message: Message | None
    problem: str = ""
    at_once: Mapping[str, Standing] = field(default_factory=dict)
    told_at_once: Message | None = None

    @property
    def periods(self) -> int:
        """How many periods were looked at."""
        return max((len(found) for found in self.points.values()), default=0)

    def become(self, state: State) -> tuple[str, ...]:
        """The members that would be so as soon as it is saved."""
        return tuple(member for member, found in self.at_once.items() if found.state is state)


def summed_up(found: Rehearsal) -> Rehearsed:
    """What the page shows of it; plain values, which can be kept."""
    breaches = _breaches(found.transitions)
    points = {one.member: _points(one, breaches) for one in found.series}
    at_once = {change.member: change.after for change in found.at_once}
    return Rehearsed(breaches, points, found.message, found.problem, at_once, found.told_at_once)


def _breaches(transitions: Sequence[Transition]) -> tuple[Breach, ...]:
    found: list[Breach] = []
    open_at: dict[str, int] = {}
    for change in transitions:
        period = change.verdict.period if change.verdict else change.after.period
        if period is None:
            continue
        if change.tells is Kind.FIRING:
            open_at[change.member] = len(found)
            found.append(Breach(change.member, period, None))
        elif change.tells is Kind.RESOLVED and change.member in open_at:
            at = open_at.pop(change.member)
            found[at] = Breach(change.member, found[at].fired, period)
    return tuple(sorted(found, key=lambda one: (one.fired, one.member)))


def _points(series: Series, breaches: Sequence[Breach]) -> tuple[Point, ...]:
    mine = [one for one in breaches if one.member == series.member]
    return tuple(
        Point(
            verdict.period,
            verdict.value,
            verdict.quantity,
            any(
                one.fired <= verdict.period and (one.over is None or verdict.period < one.over)
                for one in mine
            ),
        )
        for verdict in series.verdicts
    )
