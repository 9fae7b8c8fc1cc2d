"""AlertManager: readings and standings in, transitions and owed messages out. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.message import Message, Provenance, Wording, message_of, trial_message
from alerts.rules import Reading, Rule, Standing, Transition, evaluate

CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Series:
    """What a rule judges for one member ("" without a dimension): complete periods only, oldest first."""

    rule: Rule
    member: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel and whom it reaches; without addresses it is not set up, and `needs` says what to set."""

    channel: str
    addresses: tuple[str, ...]
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """One message owed to one address; an empty address waits, for `reason`, until the channel is set up."""

    channel: str
    address: str
    dedup_key: str
    message: Message
    reason: str = ""


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
    """Judges series against their rules. `wording` writes a transition's numbers as the page writes them."""

    destinations: tuple[Destination, ...]
    wording: Callable[[Transition], Wording]

    def judge(
        self,
        series: Iterable[Series],
        standings: Mapping[tuple[int, str], Standing],
        provenance: Provenance,
        at: datetime,
    ) -> Outcome:
        """What changes now, in the order of `series`. A rule and member without a standing is ok so far.

        Only the latest complete periods are judged: the first import of a long history says nothing of its past.
        """
        changes = (
            evaluate(
                one.rule, standings.get((one.rule.id, one.member), Standing()), one.readings, one.member, at
            )
            for one in series
        )
        return Outcome(tuple(self._event(change, provenance) for change in changes if change is not None))

    def _event(self, transition: Transition, provenance: Provenance) -> Event:
        message = message_of(transition, self.wording(transition), provenance)
        change: list[int | str] = [
            transition.rule.id,
            transition.member,
            transition.episode,
            transition.state.value,
        ]
        chosen = _chosen(transition.rule, self.destinations)
        return Event(transition, tuple(owed for to in chosen for owed in _owed(to, message, change)))


def owed_trial(destination: Destination, at: datetime) -> tuple[Owed, ...]:
    """A test message to every address of the channel; one that waits where the channel is not set up."""
    return _owed(destination, trial_message(at), ["test", at.isoformat()])


def addressed(key: str, address: str) -> str:
    """The deduplication key of a message at one address, from the key of the same message without an address.

    So a message that waited for its channel gets the key it would have had, had the channel been set up.
    """
    return hashlib.sha256(json.dumps([key, address]).encode()).hexdigest() if address else key


def _chosen(rule: Rule, destinations: tuple[Destination, ...]) -> list[Destination]:
    """Where the rule speaks: the channels it names, else the console and all that is set up."""
    if not rule.channels:
        return [to for to in destinations if to.addresses or to.channel == CONSOLE]
    known = {to.channel: to for to in destinations}
    return [known.get(name) or _unknown(name, known) for name in dict.fromkeys(rule.channels)]


def _unknown(name: str, known: Iterable[str]) -> Destination:
    return Destination(
        name, (), f"there is no channel named {name!r}, only {', '.join(known)}; correct the rule's channels"
    )


def _owed(to: Destination, message: Message, change: list[int | str]) -> tuple[Owed, ...]:
    # JSON and not a joined text: a member may hold any character, and two changes must never share a key
    key = hashlib.sha256(json.dumps([*change, to.channel]).encode()).hexdigest()
    if not to.addresses:
        return (Owed(to.channel, "", key, message, to.needs),)
    return tuple(Owed(to.channel, one, addressed(key, one), message) for one in dict.fromkeys(to.addresses))
