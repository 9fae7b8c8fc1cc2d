"""What an open episode owes as time goes by: repeats, and the second destination where nobody acknowledged. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.manager import Owed, Saying, owed_to
from alerts.message import Message
from alerts.rules import Rule, Severity
from alerts.sending.routing import Destination, Recipient, Route, labels_of, named
from alerts.telling.retelling import escalation_message, repeat_message


@dataclass(frozen=True, slots=True)
class OpenEpisode:
    """One breach that is not over. `message` is what was said when it fired."""

    rule: Rule
    member: str
    episode: int
    fired_at: datetime
    message: Message
    recipients: tuple[Recipient, ...]
    acknowledged: bool
    file: str = ""


def follow_ups(
    episodes: Sequence[OpenEpisode], destinations: Sequence[Destination], now: datetime
) -> tuple[tuple[OpenEpisode, Owed], ...]:
    """What is owed now besides what was; of repeats only the latest, never those that were missed.

    The same again has the same dedup_key, so that asking more often owes nothing more. An acknowledged episode owes
    nothing; whether a message is silenced or outside somebody's hours is decided when it is sent.
    """
    return tuple(
        (one, owed)
        for one in episodes
        if not one.acknowledged
        for owed in (*_repeats(one, now), *_escalations(one, destinations, now))
    )


def _repeats(one: OpenEpisode, now: datetime) -> Iterator[Owed]:
    for recipient in one.recipients:
        route = recipient.route
        if route is not None and route.repeat:
            number = (now - one.fired_at) // route.repeat
            if number > 0:
                message = repeat_message(one.message, one.fired_at, now)
                yield owed_to(recipient, _saying(one, message, now, number))


def _escalations(one: OpenEpisode, destinations: Sequence[Destination], now: datetime) -> Iterator[Owed]:
    """To each second destination once, though several routes may lead there."""
    if one.rule.severity != Severity.CRITICAL:
        return
    seconds = {
        (to.channel, to.address): Recipient(to, route)
        for route in _routes(one)
        if route.second and now - one.fired_at >= route.second_after
        for to in named(route.second, destinations)
    }
    for recipient in seconds.values():
        yield owed_to(recipient, _saying(one, escalation_message(one.message, one.fired_at, now), now))


def _routes(one: OpenEpisode) -> Iterator[Route]:
    for recipient in one.recipients:
        if recipient.route is not None:
            yield recipient.route


def _saying(one: OpenEpisode, message: Message, at: datetime, number: int = 0) -> Saying:
    subject = (one.rule.id, one.member, one.episode)
    labels = labels_of(one.rule, one.member, one.file)
    return Saying(subject, message.kind, message, labels, at, number)
