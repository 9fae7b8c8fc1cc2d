"""What is said, in fields; the forms of the channels are in `alerts.forms`. Pure.

Names, members and reasons come from cells of workbooks, so each rendering treats them as data: nothing in them can
mention people, add markup, become a link, or break out of the line it stands in.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Self

from alerts.rules import Kind
from alerts.telling.phrases import NOTHING, cell, moment
from kpi.format import format_count

TRIAL = "Test message from the KPI dashboard"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers came from; empty where no load caused it. `data_until` is the last day that has data."""

    workbook: str = ""
    version: int | None = None
    sheet: str = ""
    loaded_at: datetime | None = None
    data_until: date | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """A member that moved the KPI, and by how much, written for people: `South`, `−3.1 pp`."""

    dimension: str
    member: str
    moved: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is said about one transition, in fields; `title`, `text` and the channels' forms derive from them.

    `reference` is the same for all messages of one episode. `finding` says what the subject is: `below its limit`;
    `headline` is the title where `SUBJECT is FINDING` would not do. `by_how_much`: `2.6 pp below`. `lasted` is set when
    resolved, and where it goes on; `worst` when resolved. `reason`: why a file or a destination does not work. `note`:
    what to know about the message itself: a possible repeat, a late delivery. `items`: of a digest, the titles of what
    it sums up, worst first, and `count` of how many; of a report its lines, and in `picture` the key of its PNG.
    `amount` and `bound` are value and limit for machines.
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
    finding: str
    provenance: Provenance = Provenance()
    lasted: str = ""
    dimension: str = ""
    by_how_much: str = ""
    since: str = ""
    worst: str = ""
    movers: tuple[Mover, ...] = ()
    age: str = ""  # of the data: `2 days old (until 30 Nov 2025)`
    owner: str = ""
    link: str = ""
    note: str = ""
    items: tuple[str, ...] = ()
    count: int = 1
    headline: str = ""
    rule: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    zone: str = "UTC"  # in which its moments are written
    amount: float | None = None
    bound: float | None = None
    moved_against: str = ""  # the period, in words, since which the movers moved it
    picture: str = ""

    @property
    def subject(self) -> str:
        """The KPI, and the member where the rule has a dimension; or the file or destination it is about."""
        kpi = cell(self.kpi, 120)
        return f"{kpi} ({cell(self.member, 120)})" if self.member else kpi

    @property
    def title(self) -> str:
        return cell(self.headline, 300) if self.headline else f"{self.subject} is {cell(self.finding, 200)}"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What is known, as label and text, in the order of reading; none where the title or the items say it all."""
        if self.kind in (Kind.TEST, Kind.DIGEST, Kind.REPORT):
            return ()
        if self.kind is Kind.BROKEN:
            return (("Reason", cell(self.reason, 300)), ("Since", cell(self.since, 300)))
        return tuple((label, cell(text, 300)) for label, text in self._judged() if text)

    def _judged(self) -> tuple[tuple[str, str], ...]:
        member = f"{self.member} ({self.dimension})" if self.dimension and self.member else ""
        return (
            ("Value", self.measured),
            ("Limit", self.limit),
            ("Period", self.period),
            ("Member", member),
            ("Reason", self.reason),
            ("Since", self.since),
            ("Lasted" if self.kind is Kind.RESOLVED else "Open for", self.lasted),
            ("Worst value", self.worst),
            ("Severity", self.severity),
            ("Owner", self.owner),
            ("Dataset", self.dataset),
        )

    @property
    def measured(self) -> str:
        """The value, and how far it is beyond its limit: `12.4 % (2.6 pp below)`."""
        return f"{self.value} ({self.by_how_much})" if self.by_how_much else self.value

    @property
    def origin(self) -> tuple[tuple[str, str], ...]:
        """The workbook, and how old its data are, as label and text; each only where it is known."""
        rows = (("Source", self.source), ("Data", self.age))
        return tuple((label, cell(text, 300)) for label, text in rows if text)

    @property
    def moved(self) -> tuple[str, ...]:
        """The members that moved it most, each on a line of its own: `South −3.1 pp`."""
        return tuple(f"{cell(one.member, 120)} {cell(one.moved, 60)}" for one in self.movers)

    @property
    def moved_by(self) -> str:
        """What stands before them: `Moved most against Sep 2025 by`."""
        against = f" against {cell(self.moved_against, 80)}" if self.moved_against else ""
        return f"Moved most{against} by"

    @property
    def summed_up(self) -> tuple[str, ...]:
        """The lines of a digest, and how many more there are; those of a report."""
        more = self.count - len(self.items)
        lines = tuple(cell(item, 250) for item in self.items)
        return (*lines, f"and {format_count(more)} more") if self.items and more > 0 else lines

    @property
    def source(self) -> str:
        """The workbook, sheet and version that the value was computed from, or nothing."""
        came = self.provenance
        sheet = f"sheet {came.sheet}" if came.sheet else ""
        version = "" if came.version is None else f"version {came.version}"
        return ", ".join(part for part in (came.workbook, sheet, version) if part)

    @property
    def text(self) -> str:
        """The whole message in one line of plain text, its link at the end."""
        parts = [f"{label.lower()} {text}" for label, text in (*self.facts, *self.origin)]
        if self.moved:
            parts.append(f"m{self.moved_by[1:]} {', '.join(self.moved)}")
        told = "; ".join((*self.summed_up, *parts))
        note = cell(self.note, 200) if self.note else ""
        link = f" {self.link}" if self.link else ""
        said = f"{self.title}{';' if ': ' in self.title else ':'} {told}" if told else self.title
        reference = f"Reference {cell(self.reference, 40)}{f' ({note})' if note else ''}."
        return f"{said}. {reference}{link}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `from_dict` gives the same message back."""
        plain, came = asdict(self), self.provenance
        plain["provenance"] |= {
            "loaded_at": came.loaded_at and came.loaded_at.isoformat(),
            "data_until": came.data_until and came.data_until.isoformat(),
        }
        return plain

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Self:
        """The message that `to_dict` wrote, in this version or one before; what only later ones know is left out."""
        names = (one.name for one in fields(cls) if one.name in plain)
        values = _before(plain) | {name: plain[name] for name in names}
        values["kind"] = Kind(plain["kind"])
        values["provenance"] = _provenance(plain["provenance"])
        values["movers"] = tuple(Mover(**one) for one in plain.get("movers", ()))
        values["items"] = tuple(plain.get("items", ()))
        values["labels"] = tuple((name, text) for name, text in plain.get("labels", ()))
        return cls(**values)


def _provenance(plain: dict[str, Any]) -> Provenance:
    loaded, until = plain.get("loaded_at"), plain.get("data_until")
    return Provenance(
        workbook=plain["workbook"],
        version=plain["version"],
        sheet=plain.get("sheet", ""),
        loaded_at=datetime.fromisoformat(loaded) if loaded else None,
        data_until=date.fromisoformat(until) if until else None,
    )


def _before(plain: dict[str, Any]) -> dict[str, Any]:
    """What the first version did not write: it knew limits only, and kept their direction."""
    if plain["kind"] == Kind.TEST:
        return {"finding": "only a test", "headline": TRIAL}
    resolved = plain["kind"] == Kind.RESOLVED
    return {"finding": "back to normal" if resolved else f"{plain.get('direction', 'beyond')} its limit"}


def trial_message(at: datetime) -> Message:
    """A message that proves a channel works and says that nothing is the matter."""
    mark, none = reference(0, at.isoformat(), 0), (NOTHING,) * 3
    return Message(Kind.TEST, mark, "info", NOTHING, "Test message", "", *none, "only a test", headline=TRIAL)


def broken_message(
    destination: str, reason: str, since: datetime, waiting: int, link: str = "", zone: str = "UTC"
) -> Message:
    """That a destination such as `slack:C1` cannot be reached, for those who hear of it elsewhere.

    `waiting`: how many messages are kept for it. The same break has the same reference.
    """
    owed = f"{format_count(waiting)} message{'' if waiting == 1 else 's'} waiting"
    return Message(
        kind=Kind.BROKEN,
        reference=mark("B", destination, since.isoformat()),
        severity="critical",
        dataset="",
        kpi=destination,
        member="",
        period=moment(since, zone),
        since=moment(since, zone),
        value=owed,
        limit="none",
        finding=f"out of reach: {reason}",
        headline=f"{cell(destination, 120)} cannot be reached ({owed})",
        reason=reason,
        link=link,
        zone=zone,
    )


def reference(rule_id: int, member: str, episode: int) -> str:
    """A short name for one breach, such as `A-3F09C1`, that people can quote to each other."""
    return mark("A", rule_id, member, episode)


def mark(letter: str, *of: str | int) -> str:
    """A short name for what `of` says, such as `A-3F09C1`: the same for the same."""
    named = json.dumps(of)  # JSON, so that no member can imitate another's breach
    return f"{letter}-{hashlib.sha256(named.encode()).hexdigest()[:6].upper()}"
