"""The JSON of a generic webhook, for programs: a schema that only grows. Its fields are in `FIELDS`.

A receiver tells what belongs together by `reference`, what it has had before by `key`, and what to do by `kind`.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from alerts.message import Message
from alerts.rules import Kind
from alerts.telling.phrases import cell

VERSION = 1
LONG = 300
STATUS: Mapping[Kind, str] = MappingProxyType(
    {Kind.RESOLVED: "resolved", Kind.TEST: "test", Kind.REPORT: "report"}
)
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "version": "of this schema: 1",
        "event": "always kpi_alert",
        "key": "unique to this message to this address; a repetition has the same",
        "kind": "firing, repeat, escalation, resolved, test, broken, digest or report",
        "status": "open, resolved, test or report",
        "reference": "the same for all messages of one breach",
        "rule": "the rule's name",
        "severity": "info, warning or critical",
        "labels": "the rule's own, by name",
        "owner": "who looks after the rule",
        "dataset": "the dataset",
        "kpi": "the KPI's name, or the file or destination that it is about",
        "dimension": "of the member; empty for the whole",
        "member": "whom it is about; empty for the whole",
        "period": "in words",
        "value": "with its unit",
        "value_number": "in the KPI's unit, 0.3 for 30 %; null where there is none",
        "limit": "in words",
        "limit_number": "what was held against it; null where there is none",
        "finding": "what the subject is: below its limit",
        "by_how_much": "how far it is beyond its limit",
        "since": "since when",
        "lasted": "how long, when it is over or goes on",
        "worst": "the worst value, when it is over",
        "reason": "why a file or a destination does not work",
        "movers": "at most three, each with dimension, member and moved",
        "moved_against": "the period, in words, since which the movers moved it",
        "items": "of a digest, the worst first; of a report, its lines",
        "count": "of a digest, how many there are",
        "source": "workbook, sheet, version, data_until (a date or null) and age",
        "link": "the view of the page; empty where it has no address",
        "note": "whether this is late or a possible repeat",
        "title": "the message in a sentence",
        "text": "the whole message in a line",
        "picture": "of a report, its chart as image/png in base64; empty where there is none",
    }
)


def webhook_body(message: Message, key: str, picture: bytes = b"") -> dict[str, Any]:
    """What is posted, in plain JSON types; texts are on one line and cut where they are very long. `picture`: a PNG."""
    return {
        "version": VERSION,
        "event": "kpi_alert",
        "key": key,
        "kind": message.kind.value,
        "status": STATUS.get(message.kind, "open"),
        "reference": message.reference,
        **{name: _text(getattr(message, name)) for name in TEXTS},
        "labels": {_text(name): _text(text) for name, text in message.labels},
        "value_number": _number(message.amount),
        "limit_number": _number(message.bound),
        "movers": [
            {"dimension": _text(one.dimension), "member": _text(one.member), "moved": _text(one.moved)}
            for one in message.movers
        ],
        "moved_against": _text(message.moved_against if message.movers else ""),
        "items": [_text(item) for item in message.items],
        "count": message.count,
        "source": _source(message),
        "link": message.link,
        "title": message.title,
        "text": message.text,
        "picture": base64.b64encode(picture).decode("ascii"),
    }


TEXTS = (
    "rule",
    "severity",
    "owner",
    "dataset",
    "kpi",
    "dimension",
    "member",
    "period",
    "value",
    "limit",
    "finding",
    "by_how_much",
    "since",
    "lasted",
    "worst",
    "reason",
    "note",
)


def _source(message: Message) -> dict[str, Any]:
    came = message.provenance
    return {
        "workbook": _text(came.workbook),
        "sheet": _text(came.sheet),
        "version": came.version,
        "data_until": _iso(came.data_until),
        "age": _text(message.age),
    }


def _text(text: str) -> str:
    """A missing text stays empty: programs know no dash."""
    return cell(text, LONG) if text else ""


def _number(number: float | None) -> float | None:
    """JSON has no infinity."""
    return number if number is not None and math.isfinite(number) else None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
