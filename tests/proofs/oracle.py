"""What people should hear, worked out from what happened and nothing else: no table is read, no code of ours decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
BREACHES_BELOW, CLEARS_FROM = 0.15, 0.18
Spot = tuple[int, str]  # a rule and a member
Subject = tuple[int, str, int]  # and the how manieth breach


@dataclass(slots=True)
class Breach:
    fired_at: datetime
    over_at: datetime | None = None
    seen_at: datetime | None = None  # when somebody acknowledged it


@dataclass(slots=True)
class Quiet:
    """A silence: of one member, one rule, or everything."""

    start: datetime
    end: datetime
    rule: int | None
    member: str | None


@dataclass(slots=True)
class Oracle:
    """The breaches of each member, and when nobody was to be told of it."""

    breaches: dict[Spot, list[Breach]] = field(default_factory=dict)
    quiets: dict[int, Quiet] = field(default_factory=dict)

    def figure(self, spot: Spot, value: float | None, at: datetime) -> None:
        latest = self.latest(spot)
        is_open = latest is not None and latest.over_at is None
        if value is None:
            return
        if latest is not None and is_open and value >= CLEARS_FROM:
            latest.over_at = at
        if not is_open and value < BREACHES_BELOW:
            self.breaches.setdefault(spot, []).append(Breach(at))

    def latest(self, spot: Spot) -> Breach | None:
        return self.breaches[spot][-1] if self.breaches.get(spot) else None

    def breach(self, subject: Subject) -> Breach | None:
        """None where there never was such a one."""
        rule, member, number = subject
        known = self.breaches.get((rule, member), [])
        return known[number - 1] if 0 < number <= len(known) else None

    def heard_of(self, spot: Spot) -> list[tuple[str, int, datetime]]:
        """Every change that people hear of, as it was, number and time."""
        return [
            said for number, one in enumerate(self.breaches.get(spot, []), 1) for said in _said(number, one)
        ]

    def subjects(self) -> Iterator[Subject]:
        for (rule, member), known in self.breaches.items():
            for number in range(1, len(known) + 1):
                yield rule, member, number

    def is_over(self, subject: Subject, at: datetime) -> bool:
        one = self.breach(subject)
        return one is not None and one.over_at is not None and one.over_at <= at

    def is_seen(self, subject: Subject, at: datetime) -> bool:
        one = self.breach(subject)
        return one is not None and one.seen_at is not None and one.seen_at <= at

    def is_quiet(self, subject: Subject, at: datetime) -> bool:
        rule, member, _ = subject
        return any(
            one.start <= at < one.end and one.rule in {None, rule} and one.member in {None, member}
            for one in self.quiets.values()
        )


def at_work(at: datetime) -> bool:
    """Monday to Friday, nine to five in Paris."""
    local = at.astimezone(PARIS)
    return local.weekday() < 5 and time(9) <= local.time() < time(17)


def _said(number: int, one: Breach) -> Iterator[tuple[str, int, datetime]]:
    yield "firing", number, one.fired_at
    if one.over_at is not None:
        yield "ok", number, one.over_at
