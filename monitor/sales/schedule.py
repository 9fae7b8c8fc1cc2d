"""Asking for runs of the sales warehouse at the times that the operator named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kpi.sales.options import Mode
from kpi.schedule_words import Schedule, next_time
from storage.database import Database
from storage.warehouse import runs
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import BusyError, Run, Wish

ORIGIN = "schedule"


@dataclass(frozen=True, slots=True)
class Timetable:
    """What is asked for, when, by whose clocks."""

    schedule: Schedule
    zone: ZoneInfo
    source: str
    options: str

    @property
    def wish(self) -> Wish:
        return Wish(ORIGIN, self.source, Mode.MERGE, self.options)


def ask_when_due(database: Database, timetable: Timetable, since: datetime | None, now: datetime) -> datetime:
    """Ask for a run if a time of the timetable has come since then; the moment up to which that is settled.

    `since` is None at the start. What was missed by then is made good by one run, unless one was asked for
    afterwards by anybody; where nobody ever asked for one, the first is at the next time. While another run is under
    way, the time stays due.
    """
    if since is None:
        since = _last_asked(database) or now
    if next_time(timetable.schedule, since, timetable.zone) > now:
        return since
    try:
        ask_for(database, timetable.wish, now)
    except BusyError:
        return since
    return now


def _last_asked(database: Database) -> datetime | None:
    with database.read() as connection:
        latest: list[Run] = runs.list_runs(connection, 1)
    return latest[0].asked_at if latest else None
