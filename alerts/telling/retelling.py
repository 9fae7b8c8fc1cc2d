"""A message told again, later or with others of its episode: repeats, escalations, what came too late. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.message import Message
from alerts.rules import Kind
from alerts.telling.findings import no_longer_watched
from alerts.telling.phrases import NOTHING, duration, moment


def repeat_message(message: Message, fired_at: datetime, now: datetime) -> Message:
    """What was said when it fired, `fired_at`, said again because it goes on."""
    lasted = duration(now - fired_at)
    return replace(
        message,
        kind=Kind.REPEAT,
        finding=f"still {message.finding}, for {lasted}",
        headline=message.headline and f"Still so after {lasted}: {message.headline}",
        lasted=lasted,
    )


def escalation_message(message: Message, fired_at: datetime, now: datetime) -> Message:
    """What was said when it fired, `fired_at`, for somebody else: nobody has acknowledged it."""
    lasted = duration(now - fired_at)
    unheard = f"nobody has acknowledged it for {lasted}"
    return replace(
        message,
        kind=Kind.ESCALATION,
        finding=f"{message.finding}, and {unheard}",
        headline=message.headline and f"{message.headline}; {unheard}",
        lasted=lasted,
    )


def unwatched_message(message: Message, fired_at: datetime, now: datetime, why: str) -> Message:
    """The end of what was said when it fired, `fired_at`: not because it is better, but for the reason given."""
    return replace(
        message,
        kind=Kind.RESOLVED,
        value=NOTHING,
        by_how_much="",
        finding=no_longer_watched(why),
        headline="",
        reason=why,
        lasted=duration(now - fired_at),
        movers=(),
        note="",
        amount=None,
    )


def coalesced_message(
    fired: Message, resolved: Message, fired_at: datetime, resolved_at: datetime, now: datetime
) -> Message:
    """An episode that was over before anybody could be told of it, as one message."""
    began, ended = (_clock(at, now, resolved.zone) for at in (fired_at, resolved_at))
    told = f"fired {began}, resolved {ended} (delivery was delayed by {duration(now - fired_at)})"
    return _noted(replace(resolved, movers=resolved.movers or fired.movers), told)


def late_message(message: Message, owed_at: datetime, now: datetime) -> Message:
    """The message as it was owed then, saying that it comes late."""
    when = moment(owed_at, message.zone)
    return _noted(message, f"written {when}, delivery was delayed by {duration(now - owed_at)}")


def possible_repeat(message: Message) -> Message:
    """The message once more: nobody knows whether it has arrived. The same where it says so already."""
    said = f"possible repeat of {message.reference}"
    return message if said in message.note else _noted(message, said)


def _noted(message: Message, note: str) -> Message:
    return replace(message, note=f"{message.note}; {note}" if message.note else note)


def _clock(at: datetime, now: datetime, zone: str) -> str:
    """`09:00` of the same day, else with the day: `3 Nov 09:00`."""
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError):
        place = ZoneInfo("UTC")
    local = at.astimezone(place)
    same_day = local.date() == now.astimezone(place).date()
    return f"{local:%H:%M}" if same_day else f"{local.day} {local:%b %H:%M}"
