"""The scheduled reports of a book, taken in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from alerts.book.entries import WrittenReport
from alerts.book.reading import Entry
from storage.alert_book.parts import Changed, Effect, Taking, differences
from storage.scheduled_reports import (
    ScheduledReport,
    WantedReport,
    check_wanted,
    list_reports,
    remove_report,
    save_report,
)

REPORT = "report"


def take_reports(taking: Taking, entries: Sequence[Entry[WrittenReport]]) -> Iterator[Changed]:
    """By their names. A dataset may be still to come, as with rules, and so may a saved view."""
    connection, at, door = taking.connection, taking.at, taking.here.origin
    held = {one.name: one for one in list_reports(connection)}
    for name in sorted(held.keys() - {entry.written.name for entry in entries}) if taking.replace else ():
        remove_report(connection, name, door, at)
        yield Changed(Effect.REMOVED, REPORT, name)
    for entry in entries:
        with taking.telling(entry.place):
            said = entry.written
            wanted = WantedReport(said.name, said.dataset, said.schedule, said.to, said.paused, said.view)
            fit = check_wanted(connection, wanted, taking.here.standard, may_come=True)
            before = held.get(fit.name)
            if before is not None and written_report(before) == written_report(fit):
                continue
            save_report(connection, fit, door, at)
            how = differences(written_report(before), written_report(fit)) if before else ""
            yield Changed(Effect.CHANGED if before else Effect.ADDED, REPORT, fit.name, how)


def written_report(one: ScheduledReport | WantedReport) -> dict[str, Any]:
    """As a book has it."""
    plain = {"name": one.name, "dataset": one.dataset, "schedule": one.schedule, "to": list(one.channels)}
    of = {"view": one.view} if one.view else {}
    return {**plain, **of, "paused": True} if one.paused else {**plain, **of}
