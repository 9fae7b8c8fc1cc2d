"""AlertManager: verdicts and standings in, transitions and owed messages out. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from alerts.judging.ending import ended
from alerts.message import Message, trial_message
from alerts.rules import NO_LABELS, Kind, Rule, Standing, Transition, Verdict, evaluate
from alerts.sending.routing import Destination, Recipient, Route, group_key, labels_of, recipients

Episode = tuple[int, str, int]  # of a rule, a member, and the how manieth
Place = tuple[str, str]  # a channel, and an address of it
NOBODY: Mapping[Episode, Sequence[Place]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Series:
    """What a rule judges for one member ("" without a dimension): complete periods only, oldest first.

    `problem` says why it cannot be judged now, empty where it can; `file` is the workbook that the figures came from;
    `over` why there is nothing any more that could be judged.
    """

    rule: Rule
    member: str
    verdicts: tuple[Verdict, ...]
    problem: str = ""
    file: str = ""
    over: str = ""


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said of an episode to all who hear of it; `number` tells repeats apart, from 1."""

    subject: Episode
    kind: Kind
    message: Message
    labels: Mapping[str, str]
    at: datetime
    number: int = 0


@dataclass(frozen=True, slots=True)
class Owed:
    """One message owed to one address; an empty address waits, for `reason`, until the channel is set up."""

    channel: str
    address: str
    dedup_key: str
    message: Message
    reason: str = ""
    kind: Kind = Kind.FIRING
    rule_id: int | None = None
    member: str = ""
    episode: int | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: NO_LABELS)
    group_key: str = ""
    due_at: datetime | None = None  # not before; None: at once


@dataclass(frozen=True, slots=True)
class Event:
    """A transition and the messages it makes us owe: they are stored together or not at all."""

    transition: Transition
    owed: tuple[Owed, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    events: tuple[Event, ...] = ()

    @property
    def transitions(self) -> tuple[Transition, ...]:
        return tuple(event.transition for event in self.events)

    @property
    def owed(self) -> tuple[Owed, ...]:
        return tuple(owed for event in self.events for owed in event.owed)


@dataclass(frozen=True, slots=True)
class AlertManager:
    """Judges series against their rules. `writing` says a transition in words; it is asked of those only that tell."""

    destinations: tuple[Destination, ...]
    routes: tuple[Route, ...]
    writing: Callable[[Transition], Message]

    def judge(
        self,
        series: Iterable[Series],
        standings: Mapping[tuple[int, str], Standing],
        at: datetime,
        told: Mapping[Episode, Sequence[Place]] = NOBODY,
    ) -> Outcome:
        """What changes now, in the order of `series`. A rule and member without a standing is normal so far.

        Only the latest complete periods are judged: the first import of a long history says nothing of its past.
        `told`: where an open episode was told or is still to be told; there its end is told, too, wherever the routes
        lead by now. An episode that is not in it ends where it would be told today.
        """
        events = []
        for one in series:
            was = standings.get((one.rule.id, one.member), Standing())
            change = (
                ended(one.rule, was, one.member, at, one.over)
                if one.over
                else evaluate(one.rule, was, one.verdicts, one.member, at, problem=one.problem)
            )
            if change is not None:
                events.append(Event(change, self._owed(change, one.file, told)))
        return Outcome(tuple(events))

    def _owed(
        self, change: Transition, file: str, told: Mapping[Episode, Sequence[Place]]
    ) -> tuple[Owed, ...]:
        if change.tells is None:
            return ()
        labels = labels_of(change.rule, change.member, file)
        to = recipients(change.rule, labels, self.routes, self.destinations)
        if change.tells is Kind.RESOLVED:
            to = _those_who_know(to, told.get((change.rule.id, change.member, change.after.episode), ()))
        if not to:
            return ()
        subject = (change.rule.id, change.member, change.after.episode)
        said = Saying(subject, change.tells, self.writing(change), labels, change.at)
        return tuple(owed_to(one, said) for one in to)


def owed_to(recipient: Recipient, said: Saying) -> Owed:
    """What one recipient is owed; what its route groups waits for its like."""
    to, route, kind = recipient.destination, recipient.route, said.kind
    name = f"{kind.value}:{said.number}" if said.number else kind.value
    group = "" if kind is Kind.ESCALATION else group_key(route, said.labels, to)
    together = route is not None and group and kind in (Kind.FIRING, Kind.RESOLVED)
    return Owed(
        channel=to.channel,
        address=to.address,
        dedup_key=_key([*said.subject, name], to),
        message=said.message,
        reason=to.needs if not to.address else "",
        kind=kind,
        rule_id=said.subject[0],
        member=said.subject[1],
        episode=said.subject[2],
        labels=said.labels,
        group_key=group,
        due_at=said.at + route.wait if route is not None and together else None,
    )


def owed_trial(destination: Destination, at: datetime) -> tuple[Owed, ...]:
    """A test message to the destination; one that waits where it has no address yet."""
    key, reason = (
        _key(["test", at.isoformat()], destination),
        "" if destination.address else destination.needs,
    )
    trial = trial_message(at)
    return (Owed(destination.channel, destination.address, key, trial, reason, Kind.TEST),)


def owed_proof(destination: Destination, at: datetime) -> tuple[Owed, ...]:
    """The first test message to a destination, before any alert goes there: the same however many processes see the need."""
    (trial,) = owed_trial(destination, at)
    return (replace(trial, dedup_key=_key(["proof"], destination)),)


def owed_report(
    report: int, due: datetime, message: Message, destinations: Iterable[Destination]
) -> tuple[Owed, ...]:
    """The message of a scheduled report at one of its times, once to each address however many names lead there.

    The same report and time have the same keys, so that owing it twice owes it once.
    """
    places = {(one.channel, one.address): one for one in destinations}
    return tuple(
        Owed(
            channel=to.channel,
            address=to.address,
            dedup_key=_key(["report", report, due.isoformat()], to),
            message=message,
            reason=to.needs if not to.address else "",
            kind=Kind.REPORT,
        )
        for to in places.values()
    )


def addressed(key: str, address: str) -> str:
    """The deduplication key of a message at one address, from the key of the same message without an address.

    So a message that waited for its channel gets the key it would have had, had the channel been set up.
    """
    return hashlib.sha256(json.dumps([key, address]).encode()).hexdigest() if address else key


def _key(subject: Sequence[int | str], to: Destination) -> str:
    # JSON and not a joined text: a member may hold any character, and two changes must never share a key
    key = hashlib.sha256(json.dumps([*subject, to.channel]).encode()).hexdigest()
    return addressed(key, to.address)


def _those_who_know(today: Sequence[Recipient], places: Sequence[Place]) -> tuple[Recipient, ...]:
    """Those who were told, with what a route says of them where one still leads there; without any, those of today."""
    if not places:
        return tuple(today)
    known = {(one.destination.channel, one.destination.address): one for one in today}
    return tuple(known.get(place) or former(place) for place in dict.fromkeys(places))


def former(place: Place) -> Recipient:
    """Somebody who was told before, by whatever route that was."""
    channel, address = place
    return Recipient(Destination(f"{channel}:{address}", channel, address, standard=False))
