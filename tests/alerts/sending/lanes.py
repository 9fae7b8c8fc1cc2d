"""Rows that wait for a destination, and a destination on paper: the planner's turns over time, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from alerts.manager import Owed
from alerts.message import Message, reference, trial_message
from alerts.rules import Kind
from alerts.sending.planning import Plan, plan
from alerts.sending.routing import Destination, Route
from alerts.sending.silences import Silence
from alerts.sending.waiting import Dropped, LaneState, Waiting
from tests.alerts.builders import SLACK, message
from tests.moments import NOON

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def said(kind: Kind, member: str = "", episode: int = 1, rule_id: int = 1) -> Message:
    if kind is Kind.TEST:
        return trial_message(NOON)
    mark = reference(rule_id, member, episode)
    finding = "back to normal" if kind is Kind.RESOLVED else "below its limit"
    return replace(message(), kind=kind, member=member, reference=mark, finding=finding)


def row(id: int, kind: Kind = Kind.FIRING, **changes: Any) -> Waiting:  # noqa: A002 - as the field is called
    """A message about the whole of rule 1, owed and due at noon."""
    of_nothing = kind in (Kind.TEST, Kind.BROKEN)
    plain: dict[str, Any] = {
        "rule_id": None if of_nothing else 1,
        "member": "",
        "episode": None if of_nothing else 1,
        "group_key": "",
        "created_at": NOON,
        "attempts": 0,
    }
    plain |= changes
    plain.setdefault("due_at", plain["created_at"])
    plain.setdefault("labels", {"rule": "Thin", "member": plain["member"]})
    about = (plain["member"], plain["episode"] or 1, plain["rule_id"] or 1)
    plain.setdefault("message", said(kind, *about))
    return Waiting(id=id, kind=kind, **plain)


def silence(start: datetime, end: datetime, member: str = "*", reason: str = "stock-taking") -> Silence:
    """Of one member, or of everything."""
    matchers = {"rule": "*"} if member == "*" else {"member": member}
    return Silence(1, start, end, reason, matchers=matchers)


@dataclass(slots=True)
class Sent:
    """One message that went out: when, the rows it stood for, and what it said."""

    at: datetime
    rows: tuple[Waiting, ...]
    message: Message


@dataclass(slots=True)
class PaperLane:
    """One destination as storage would keep it: rows, what was sent, silences; `turn` does what a worker does.

    `askable`: it can be asked what came; `came`: what did though nobody heard.
    """

    destination: Destination = SLACK
    rows: dict[int, Waiting] = field(default_factory=dict)
    owed: dict[int, Waiting] = field(default_factory=dict)  # all that ever were, as they were owed
    silences: list[Silence] = field(default_factory=list)
    last: dict[int, Waiting] = field(default_factory=dict)  # of what was tried, as it was left
    sent: list[Sent] = field(default_factory=list)
    tried: list[Sent] = field(default_factory=list)  # whatever came of it
    dropped: dict[int, str] = field(default_factory=dict)
    held: dict[int, str] = field(default_factory=dict)  # the latest reason of each
    over: set[tuple[Any, ...]] = field(default_factory=set)
    heard: set[tuple[Any, ...]] = field(default_factory=set)
    born: int = 0
    askable: bool = False
    came: set[int] = field(default_factory=set)
    found: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)  # dropped though it may have come

    def owe(self, at: datetime, kind: Kind, **changes: Any) -> int:
        self.born += 1
        one = row(self.born, kind, **({"created_at": at} | changes))
        self.rows[self.born] = self.owed[self.born] = one
        if kind is Kind.RESOLVED:
            self.over.add((one.subject, one.episode))
        return self.born

    def take(self, owed: Owed, at: datetime, route: Route | None) -> None:
        """As storage writes down what is owed, and later reads it with the route that leads here."""
        names = ("rule_id", "member", "episode", "labels", "group_key", "message")
        about = {name: getattr(owed, name) for name in names}
        self.owe(at, owed.kind, due_at=owed.due_at or at, route=route, **about)

    def waiting(self) -> list[Waiting]:
        """As of now: with what is known of their episodes."""
        told = {(each.subject, each.episode) for sent in self.sent for each in sent.rows}
        told |= {about(self.owed[one]) for one in self.found | self.doubtful}
        uncalled = {
            about(self.owed[one])
            for one in self.dropped.keys() - self.doubtful
            if self.owed[one].kind is Kind.ESCALATION
        }
        return [
            replace(
                each,
                over=(each.subject, each.episode) in self.over,
                heard=(each.subject, each.episode) in self.heard,
                told=(each.subject, each.episode) in told,
                uncalled=(each.subject, each.episode) in uncalled,
            )
            for each in self.rows.values()
        ]

    def lane(self, now: datetime) -> LaneState:
        recent = tuple(one.at for one in self.sent if now - one.at < HOUR)
        groups = {each.group_key: one.at for one in self.sent for each in one.rows if each.group_key}
        return LaneState(self.destination, recent, groups, tuple(self.silences), self.askable)

    def turn(self, now: datetime, outcome: str = "sent", wait: timedelta = MINUTE) -> Plan:
        """One turn of a worker: `failed` is tried again after `wait`, so are `lost` and `swallowed`, of which nobody knows
        if they arrived.
        """
        made = plan(self.waiting(), self.lane(now), now)
        self.doubtful |= {one.id for one in made.dropped if self.rows[one.id].pursued}
        self._drop(made.dropped)
        self.held |= {one.id: one.reason for one in made.held}
        if made.message is None or made.sought:
            self._look_for(made.sought)
            return made
        batch = tuple(self.rows[one] for one in made.batch)
        self.tried.append(Sent(now, batch, made.message))
        for each in batch:
            if outcome == "sent":
                del self.rows[each.id]
            else:
                unsure = now if outcome in {"lost", "swallowed"} else each.unsure_since
                again = replace(each, attempts=each.attempts + 1, unsure_since=unsure, due_at=now + wait)
                self.rows[each.id] = replace(again, batch=f"b{batch[0].id}" if len(batch) > 1 else each.batch)
        if outcome == "swallowed":
            self.came |= set(made.batch)
        self.last |= {each.id: self.rows.get(each.id, each) for each in batch}
        if outcome == "sent":
            self.sent.append(Sent(now, batch, made.message))
        return made

    def _look_for(self, sought: Sequence[Dropped]) -> None:
        there = {one.id for one in sought} & self.came
        self.found |= there
        for number in there:
            del self.rows[number]
        self._drop([one for one in sought if one.id not in there])

    def _drop(self, dropped: Sequence[Dropped]) -> None:
        for one in dropped:
            self.dropped[one.id] = one.reason
            del self.rows[one.id]

    def run(self, start: datetime, end: datetime, every: timedelta = MINUTE) -> None:
        """Turns from `start` to `end`, all sent, and at each moment until nothing more can go."""
        for now in moments(start, end, every):
            while self.turn(now).batch:
                pass

    def story(self) -> list[tuple[str, tuple[int, ...]]]:
        """When what was sent, as `12:05` and ids."""
        return [(f"{one.at:%H:%M}", tuple(each.id for each in one.rows)) for one in self.sent]


def about(one: Waiting) -> tuple[Any, ...]:
    """Which episode it is about."""
    return one.subject, one.episode


def moments(start: datetime, end: datetime, every: timedelta) -> Iterator[datetime]:
    now = start
    while now < end:
        yield now
        now += every


def planned(rows: Sequence[Waiting], now: datetime = NOON, **state: Any) -> Plan:
    return plan(rows, LaneState(**({"destination": SLACK} | state)), now)
