"""Several alerts as one message, what is worst first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from alerts.message import Message, mark
from alerts.rules import Kind
from alerts.telling.phrases import alerts_counted, cell
from kpi.format import format_count

MAX_ITEMS = 20  # the page has them all
CALM = (Kind.RESOLVED, Kind.TEST, Kind.REPORT)
SEVERITIES = {"critical": 0, "warning": 1, "info": 2}


def digest_message(messages: Sequence[Message], note: str = "") -> Message:
    """Several messages, in the order of their cause, as one: what is worst first. ValueError for none.

    Of each episode only the latest counts. The same messages have the same reference, `note` says why they come together.
    """
    latest = {one.reference: one for one in messages}
    if not latest:
        raise ValueError("found no messages, wanted those to sum up")
    worst_first = sorted(latest.values(), key=_urgency)
    opened = sum(one.kind not in CALM for one in worst_first)
    whole = format_count(len(latest))
    count = whole if opened == len(latest) else f"{format_count(opened)} of {whole}"
    first = worst_first[0]
    return Message(
        kind=Kind.DIGEST,
        reference=mark("D", *sorted(latest)),
        severity=first.severity,
        dataset=first.dataset if len({one.dataset for one in worst_first}) == 1 else "",
        kpi="KPI alerts",
        member="",
        period="",
        value=count,
        limit="",
        finding=f"in need of attention: {first.title}",
        headline=alerts_counted(opened, len(latest), count),
        link=urlsplit(first.link)._replace(query="", fragment="").geturl(),
        note=note,
        items=tuple(_item(one) for one in worst_first[:MAX_ITEMS]),
        count=len(latest),
        zone=first.zone,
    )


def _urgency(message: Message) -> tuple[bool, int, bool]:
    """Sorts what nobody has taken care of first."""
    return message.kind in CALM, SEVERITIES.get(message.severity, 1), message.kind is not Kind.ESCALATION


def _item(message: Message) -> str:
    known = (message.lasted,) if message.kind is Kind.RESOLVED else (message.value, message.period)
    told = ", ".join(part for part in known if part)
    return cell(f"{message.title} ({told})" if told else message.title, 250)
