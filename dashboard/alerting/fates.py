"""What became of a message, and why, in a sentence. Pure; what it gives is data, to be escaped where it is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.rules import Kind
from alerts.sending.turns import Turn
from dashboard.alerting.words import moment
from kpi.format import count_of
from storage.alerting.outbox import DEAD, PENDING, SENDING, SENT, DeliveryRow

SOON = timedelta(minutes=10)  # within which seconds are said
UTC_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC")
SEVERAL = {"waits": "wait", "is being sent": "are being sent"}
FAILED = "failed"  # what WhatsApp says of a message that it took and could not deliver
LINES = {
    "sent": "accepted",
    "retry": "failed, is tried again",
    "deferred": "they said: later",
    "broken": "somebody must mend it",
    "dead": "given up",
    "held": "waits",
    "dropped": "not sent",
    "again": "asked for again",
}
KINDS = {
    Kind.FIRING: "it fired",
    Kind.RESOLVED: "it is over",
    Kind.REPEAT: "it still fires",
    Kind.ESCALATION: "nobody acknowledged it",
    Kind.TEST: "a test",
    Kind.BROKEN: "a destination is broken",
    Kind.DIGEST: "a digest",
    Kind.REPORT: "a scheduled report",
}


@dataclass(frozen=True, slots=True)
class Fate:
    """One message's end or present state: in a word or two, with the reason where there is one; `good` None: still open."""

    word: str
    reason: str
    good: bool | None


def fate_of(one: DeliveryRow, now: datetime, zone: ZoneInfo, turn: Turn | None = None) -> Fate:
    """Sent, waiting until when and why, given up and why, or never sent and why. `turn`: when it goes out, where known."""
    if one.state == SENT and one.status == FAILED:
        return Fate("not delivered", one.error or "its provider says so", good=False)
    if one.state == SENT:
        return Fate("sent", _sent(one, zone), good=True)
    if one.state == DEAD:
        return Fate("given up", one.error or "no reason was noted", good=False)
    if one.state == SENDING:
        return Fate("is being sent", "", good=None)
    if one.state == PENDING:
        return Fate("waits", waits(one, now, zone, turn), good=None)
    return Fate("not sent", one.error or "no reason was noted", good=None)


def _sent(one: DeliveryRow, zone: ZoneInfo) -> str:
    known = one.provider_id if one.provider_id != one.channel else ""
    provider = f", their number for it {known}" if known else ""
    since = f", since then {one.status}" if one.status else ""
    return f"{moment(one.sent_at, zone)}{provider}{since}"


def waits(one: DeliveryRow, now: datetime, zone: ZoneInfo, turn: Turn | None) -> str:
    """When it goes out and what it waits for. What held it back holds until it is due; then its turn decides."""
    if turn is not None and turn.reason:
        return f"{here(turn.reason, zone)}; next look {_at(turn.at, now, zone)}"
    if turn is not None and one.due_at <= now < turn.at:
        others = f", after {count_of(turn.ahead, 'other')}" if turn.ahead else ""
        pace = f": {pace_words(turn.pace)} at most goes there" if turn.pace else ""
        return f"goes out at {_at(turn.at, now, zone)}{others}{pace}"
    if one.due_at <= now:
        return f"its turn is now; before that: {here(one.error, zone)}" if one.error else "its turn is now"
    until = f"next look {_at(one.due_at, now, zone)}"
    return f"{here(one.error, zone)}; {until}" if one.error else until


def pace_words(pace: timedelta) -> str:
    """`one a second`, `one in 6 seconds`; empty where there is none."""
    if not pace:
        return ""
    seconds = pace.total_seconds()
    return "one a second" if seconds == 1 else f"one in {seconds:g} seconds"


def here(reason: str, zone: ZoneInfo) -> str:
    """A reason with its moments, which are kept in UTC, by the clocks of the zone."""
    return UTC_MOMENT.sub(lambda found: moment(_moment_of(found[1]), zone), reason)


def _moment_of(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def _at(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """To the second where it is soon, to the minute else."""
    soon = abs(at - now) < SOON
    return f"{at.astimezone(zone):%H:%M:%S}" if soon else moment(at, zone)


def summary(words: Sequence[str]) -> str:
    """`2 sent, 1 waits`; what needs a person comes first."""
    order = ("given up", "not delivered", "waits", "is being sent", "not sent", "sent")
    found = sorted(set(words), key=order.index)
    return ", ".join(f"{number} {_of(word, number)}" for word in found if (number := words.count(word)))


def _of(word: str, number: int) -> str:
    return SEVERAL.get(word, word) if number > 1 else word
