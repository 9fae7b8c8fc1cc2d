"""A transition in words: plain text, Slack blocks, WhatsApp template parameters. Pure.

Names and members come from cells of workbooks, so each rendering treats them as data: nothing in them can
mention people, add markup, or break out of the line it stands in.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from alerts.rules import Direction, State, Transition

NOTHING = "–"
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters by category, yet nothing is seen of them


class Kind(StrEnum):
    FIRING = "firing"
    RESOLVED = "resolved"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Wording:
    """How a transition's KPI, value, limit and period are written for people, units included."""

    kpi: str
    value: str
    limit: str
    period: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers came from: the workbook's name and the dataset's version; empty where no load caused it."""

    workbook: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What is said about one transition, in fields; `title`, `text` and the channels' forms derive from them.

    `reference` is the same for the firing and the resolved message of one breach. `lasted` is set when resolved.
    """

    kind: Kind
    reference: str
    severity: str
    dataset: str
    kpi: str
    member: str
    period: str
    value: str
    limit: str
    direction: str
    provenance: Provenance = Provenance()
    lasted: str = ""

    @property
    def subject(self) -> str:
        """The KPI, and the member where the rule has a dimension."""
        kpi = template_param(self.kpi, 120)
        return f"{kpi} ({template_param(self.member, 120)})" if self.member else kpi

    @property
    def finding(self) -> str:
        """What the subject is: `below its limit`, `back to normal`."""
        if self.kind is Kind.TEST:
            return "only a test"
        return "back to normal" if self.kind is Kind.RESOLVED else f"{self.direction} its limit"

    @property
    def title(self) -> str:
        if self.kind is Kind.TEST:
            return "Test message from the KPI dashboard"
        return f"{self.subject} is {self.finding}"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What is known, as label and text, in the order of reading; none for a test message."""
        if self.kind is Kind.TEST:
            return ()
        rows = (
            ("Value", self.value),
            ("Limit", self.limit),
            ("Period", self.period),
            ("Lasted", self.lasted),
            ("Severity", self.severity),
            ("Dataset", self.dataset),
            ("Source", self.source),
        )
        return tuple((label, template_param(text, 200)) for label, text in rows if text)

    @property
    def source(self) -> str:
        """The workbook and version that the value was computed from, or nothing."""
        version = "" if self.provenance.version is None else f"version {self.provenance.version}"
        return ", ".join(part for part in (self.provenance.workbook, version) if part)

    @property
    def text(self) -> str:
        """The whole message in one line of plain text."""
        facts = "; ".join(f"{label.lower()} {text}" for label, text in self.facts)
        return f"{self.title}{f': {facts}' if facts else ''}. Reference {self.reference}."

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `from_dict` gives the same message back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Self:
        return cls(**{**plain, "kind": Kind(plain["kind"]), "provenance": Provenance(**plain["provenance"])})


def message_of(transition: Transition, wording: Wording, provenance: Provenance) -> Message:
    rule = transition.rule
    fired = transition.state is State.FIRING
    return Message(
        kind=Kind.FIRING if fired else Kind.RESOLVED,
        reference=reference(rule.id, transition.member, transition.episode),
        severity=rule.severity,
        dataset=rule.dataset,
        kpi=wording.kpi,
        member=transition.member,
        period=wording.period,
        value=wording.value,
        limit=wording.limit,
        direction=rule.direction.value,
        provenance=provenance,
        lasted="" if fired or transition.since is None else duration(transition.at - transition.since),
    )


def trial_message(at: datetime) -> Message:
    """A message that proves a channel works and says that nothing is the matter."""
    mark = reference(0, at.isoformat(), 0)
    return Message(
        Kind.TEST, mark, "info", NOTHING, "Test message", "", NOTHING, NOTHING, NOTHING, Direction.ABOVE
    )


def reference(rule_id: int, member: str, episode: int) -> str:
    """A short name for one breach, such as `A-3F09C1`, that people can quote to each other."""
    breach = json.dumps([rule_id, member, episode])  # JSON, so that no member can imitate another's breach
    return f"A-{hashlib.sha256(breach.encode()).hexdigest()[:6].upper()}"


def duration(length: timedelta) -> str:
    """`under a minute`, `40 min`, `2 h 5 min`, `3 days 4 h`."""
    minutes = max(0, int(length.total_seconds())) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        parts = [f"{days} day{'s' if days > 1 else ''}", f"{hours} h" if hours else ""]
    else:
        parts = [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]
    return " ".join(part for part in parts if part) or "under a minute"


def template_param(text: str, limit: int) -> str:
    """One line of at most `limit` characters that WhatsApp takes as a template parameter; a dash for nothing.

    WhatsApp refuses newlines, tabs, more than four spaces in a row and empty parameters. Control, bidirectional
    and zero-width characters go too: they would let a cell reverse or hide what the message says.
    """
    line = " ".join("".join(_visible(char) for char in text).split(" ")).strip()
    line = " ".join(part for part in line.split(" ") if part)
    if len(line) > limit:
        line = line[: limit - 1].rstrip(" ") + "…"
    return line or NOTHING


def _visible(char: str) -> str:
    if char.isspace():
        return " "
    return "" if char in BLANKS or unicodedata.category(char) in {"Cc", "Cf", "Cs"} else char


def slack_payload(message: Message, key: str) -> dict[str, Any]:
    """The body of chat.postMessage and of an incoming webhook, all but the channel.

    `key` rides along as metadata, by which a message that may or may not have arrived can be found again.
    """
    return {
        "text": _slack(message.text, 3000),
        "blocks": slack_blocks(message),
        "metadata": {
            "event_type": "kpi_alert",
            "event_payload": {"delivery": key, "reference": message.reference},
        },
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def slack_blocks(message: Message) -> list[dict[str, Any]]:
    """A header, the facts in two columns, and where they come from; nothing in it is read as markup."""
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(message.title, 150)}]
    if message.facts:
        fields = [_plain(f"{label}\n{text}", 500) for label, text in message.facts]
        blocks.append({"type": "section", "fields": fields})
    blocks.append({"type": "context", "elements": [_plain(f"Reference {message.reference}", 200)]})
    return blocks


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": _slack(text, limit), "emoji": False}


def _slack(text: str, limit: int) -> str:
    """Escaped as Slack asks, and cut so that no escape is halved."""
    escapes = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
    pieces = [escapes.get(char, char) for char in text]
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    kept, room = [], limit - 1
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept) + "…"


def whatsapp_parameters(message: Message) -> tuple[str, ...]:
    """The body parameters of the approved template: six for an alert or a test, five for a resolved message.

    Alert: "KPI alert: {{1}} is {{2}}. The value is {{3}} and the limit is {{4}} for {{5}}. Reference {{6}}, …"
    Resolved: "KPI back to normal: {{1}} is {{2}} (limit {{3}}) after {{4}}. Reference {{5}}, …"
    """
    subject, value, limit = template_param(message.subject, 160), message.value, message.limit
    short = (template_param(value, 60), template_param(limit, 60))
    mark = template_param(message.reference, 40)
    if message.kind is Kind.RESOLVED:
        return (subject, *short, template_param(message.lasted, 40), mark)
    where = f"{message.period} ({message.source})" if message.source else message.period
    return (subject, template_param(message.finding, 60), *short, template_param(where, 200), mark)
