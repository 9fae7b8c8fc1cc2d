"""A scheduled report in words: what was drawn of a dataset, as a message. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from alerts.message import Message, Provenance, mark
from alerts.rules import Kind
from alerts.telling.phrases import age, cell

NO_DATA = "There are no data of it yet."


@dataclass(frozen=True, slots=True)
class Drawn:
    """What there is to say of a dataset at a moment: a line for each KPI, and the trend as a PNG, empty without one.

    `until` is the last day that has data, `today` the day it is where the business is. `notes` stand before the lines:
    how it is looked at, and what of that is not there any more. `address`: what of the page its link opens, as keys and
    values; none for the Overview.
    """

    dataset: str
    period: str
    lines: tuple[str, ...]
    picture: bytes = b""
    version: int | None = None
    until: date | None = None
    today: date | None = None
    notes: tuple[str, ...] = ()
    address: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """All lines, in their order."""
        return (*self.notes, *self.lines)

    @property
    def age(self) -> str:
        """`2 days old (until 30 Nov 2025)`, as alerts say it; empty without data."""
        return "" if self.until is None or self.today is None else age(self.until, self.today)

    @property
    def key(self) -> str:
        """Under which its picture is kept: the same for the same picture; empty without one."""
        return hashlib.sha256(self.picture).hexdigest() if self.picture else ""


def nothing_yet(dataset: str, today: date) -> Drawn:
    """Of a dataset without data: whoever waits for the report is told so."""
    return Drawn(dataset, "", (NO_DATA,), today=today)


def report_message(name: str, drawn: Drawn, due: datetime, link: str = "", zone: str = "UTC") -> Message:
    """`NAME: DATASET, PERIOD`, and below it the lines. Messages of one report and time have the same reference."""
    about = f"{drawn.dataset}, {drawn.period}" if drawn.period else drawn.dataset
    return Message(
        kind=Kind.REPORT,
        reference=mark("R", name, due.isoformat()),
        severity="info",
        dataset=drawn.dataset,
        kpi=f"Report {name}",
        member="",
        period=drawn.period,
        value="",
        limit="",
        finding=f"here: {drawn.lines[0]}" if drawn.lines else "here",
        headline=f"{cell(name, 120)}: {cell(about, 170)}",
        provenance=Provenance(version=drawn.version, data_until=drawn.until),
        age=drawn.age,
        link=link,
        items=drawn.said,
        count=len(drawn.said),
        zone=zone,
        picture=drawn.key,
    )
