"""Reports that are sent by the clock: what, when and to whom, and what one of their times makes us owe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, delete, select, update

from alerts.book.entries import EntryError
from alerts.manager import owed_report
from alerts.sending.routing import Destination, named
from alerts.telling.links import overview_link, view_link
from alerts.telling.reporting import Drawn, report_message
from kpi.schedule_words import Schedule, ScheduleError, next_time, read_schedule
from storage import audit
from storage.alerting.destinations import everywhere
from storage.alerting.outbox import owe
from storage.alerting.rule_checks import RuleError
from storage.alerting.rule_fitting import check_name, unproved, wants_proof
from storage.datasets import list_datasets
from storage.pictures import keep_picture
from storage.races import insert_unless_there
from storage.report_schema import scheduled_reports
from storage.saved_views import find_view, list_views

SAVED, PAUSED, RESUMED, REMOVED, SENT = (
    "report saved",
    "report paused",
    "report resumed",
    "report removed",
    "report sent",
)
LONGEST_NAME, LONGEST_SCHEDULE = 120, 500
TOO_OLD = timedelta(days=1)  # of a time that was missed


@dataclass(frozen=True, slots=True)
class WantedReport:
    """What a person asks for. `channels`: names of destinations, channels, or channel:address.

    `view` is the name of a saved view of the dataset; empty for its latest period, all rows.
    """

    name: str
    dataset: str
    schedule: str
    channels: tuple[str, ...]
    paused: bool = False
    view: str = ""


@dataclass(frozen=True, slots=True)
class ScheduledReport:
    """A report as it is kept. Its times up to `last_due` are seen to: sent, or not wanted."""

    id: int
    name: str
    dataset: str
    schedule: str
    channels: tuple[str, ...]
    paused: bool
    created_at: datetime
    last_due: datetime
    view: str = ""

    @property
    def times(self) -> Schedule | None:
        """None where its words are understood no longer: then nothing is due."""
        try:
            return read_schedule(self.schedule)
        except ScheduleError:
            return None

    def next_time(self, after: datetime, zone: ZoneInfo) -> datetime | None:
        """When it is sent next; None while it is paused."""
        times = self.times
        return None if self.paused or times is None else next_time(times, after, zone)


@dataclass(frozen=True, slots=True)
class Sending:
    """Who asks for a report, or finds it due, and what its links, times and names are told by.

    `standard` are the destinations that the environment sets up.
    """

    standard: Sequence[Destination]
    page_url: str
    zone: ZoneInfo
    actor: str


def list_reports(connection: Connection) -> list[ScheduledReport]:
    """All of them, by name."""
    found = connection.execute(select(scheduled_reports).order_by(scheduled_reports.c.name))
    return [_report(row) for row in found]


def find_report(connection: Connection, name: str) -> ScheduledReport | None:
    row = connection.execute(select(scheduled_reports).where(_called(name))).one_or_none()
    return _report(row) if row else None


def check_wanted(
    connection: Connection,
    wanted: WantedReport,
    standard: Sequence[Destination],
    *,
    may_come: bool = False,
) -> WantedReport:
    """The same, trimmed; EntryError says by key what is missing, or is nothing that there is here.

    `may_come`: its dataset and its view may be still to come.
    """
    name, schedule, view = wanted.name.strip(), wanted.schedule.strip(), wanted.view.strip()
    faults: dict[str, str] = {}
    if not name or len(name) > LONGEST_NAME:
        faults["name"] = f"found {len(name)} characters, wanted 1 to {LONGEST_NAME}"
    datasets = [one.name for one in list_datasets(connection)]
    if wanted.dataset not in datasets and not may_come:
        faults["dataset"] = (
            f"there is no dataset {wanted.dataset!r}; there is: {', '.join(datasets) or 'none'}"
        )
    if why := _no_view(connection, wanted.dataset, view, may_come=may_come or "dataset" in faults):
        faults["view"] = why
    if why := _no_schedule(schedule):
        faults["schedule"] = why
    channels = tuple(dict.fromkeys(word.strip() for word in wanted.channels if word.strip()))
    if not channels:
        faults["to"] = "it is missing; name at least one destination"
    there = everywhere(connection, standard)
    try:
        for word in channels:
            check_name(word, there)
    except RuleError as error:
        faults["to"] = str(error)
    if faults:
        raise EntryError(faults)
    return WantedReport(name, wanted.dataset, schedule, channels, wanted.paused, view)


def hints_for(connection: Connection, wanted: WantedReport, standard: Sequence[Destination]) -> list[str]:
    """What a person should know first: where a test message goes before the report does."""
    return [wants_proof(name) for name in unproved(wanted.channels, everywhere(connection, standard))]


def save_report(connection: Connection, wanted: WantedReport, actor: str, at: datetime) -> ScheduledReport:
    """Keep it under its name; one of that name is changed. `wanted` has passed `check_wanted`.

    Times before now are not made up for where the report is new, was paused, or had another schedule.
    """
    there = find_report(connection, wanted.name)
    values: dict[str, Any] = {
        "dataset": wanted.dataset,
        "view": wanted.view,
        "schedule": wanted.schedule,
        "channels": list(wanted.channels),
        "paused": wanted.paused,
    }
    if there is None or there.paused or there.schedule != wanted.schedule:
        values["last_due"] = at
    new = {"name": wanted.name, "created_at": at, **values}
    if there is not None or not insert_unless_there(connection, scheduled_reports, new):
        connection.execute(update(scheduled_reports).where(_called(wanted.name)).values(**values))
    plain = {"dataset": wanted.dataset, "schedule": wanted.schedule, "to": list(wanted.channels)}
    detail = {**plain, "view": wanted.view} if wanted.view else plain
    audit.record(connection, audit.Entry(at, actor, SAVED, wanted.name, detail))
    row = connection.execute(select(scheduled_reports).where(_called(wanted.name))).one()
    return _report(row)


def pause_report(connection: Connection, name: str, actor: str, at: datetime, *, paused: bool) -> bool:
    """Stop it, or let it go on with its next time; False where there is none of that name."""
    changed = update(scheduled_reports).where(_called(name)).values(paused=paused, last_due=at)
    if connection.execute(changed).rowcount == 0:
        return False
    audit.record(connection, audit.Entry(at, actor, PAUSED if paused else RESUMED, name, {}))
    return True


def remove_report(connection: Connection, name: str, actor: str, at: datetime) -> bool:
    """Forget it; False where there is none of that name. What is owed already is still sent."""
    if connection.execute(delete(scheduled_reports).where(_called(name))).rowcount == 0:
        return False
    audit.record(connection, audit.Entry(at, actor, REMOVED, name, {}))
    return True


def mark_due(connection: Connection, report: ScheduledReport, due: datetime) -> bool:
    """Its times up to this one are seen to; False where somebody else saw to them, or changed the report, meanwhile."""
    mine = scheduled_reports.c.id == report.id
    row = connection.execute(select(scheduled_reports).where(mine).with_for_update()).one_or_none()
    if row is None or row.paused or _report(row) != report:
        return False
    connection.execute(update(scheduled_reports).where(mine).values(last_due=due))
    return True


def owe_report(
    connection: Connection,
    report: ScheduledReport,
    drawn: Drawn,
    due: datetime,
    sending: Sending,
    at: datetime,
) -> int:
    """Owe what was drawn to all whom the report names, with its picture; how many messages are new.

    `due` is the time that it is sent for: the same again owes nothing more.
    """
    if drawn.key:
        keep_picture(connection, drawn.key, drawn.picture, at)
    there = everywhere(connection, sending.standard)
    link = view_link(sending.page_url, drawn.address) or overview_link(sending.page_url, report.dataset)
    message = report_message(report.name, drawn, due, link, sending.zone.key)
    to = [one for word in report.channels for one in named(word, there)]
    made = owe(connection, None, owed_report(report.id, due, message, to), at)
    audit.record(connection, audit.Entry(at, sending.actor, SENT, report.name, {"messages": made}))
    return made


def lost_view(connection: Connection, report: ScheduledReport) -> bool:
    """Whether it is of a saved view that is there no more: it is sent without one, and says so."""
    return bool(report.view) and find_view(connection, report.dataset, report.view) is None


def reports_of(connection: Connection, dataset: str, view: str) -> list[str]:
    """The names of the reports of a saved view."""
    mine = (scheduled_reports.c.dataset == dataset) & (scheduled_reports.c.view == view)
    found = select(scheduled_reports.c.name).where(mine).order_by(scheduled_reports.c.name)
    return list(connection.execute(found).scalars())


def _no_view(connection: Connection, dataset: str, name: str, *, may_come: bool) -> str:
    """Why that can be no view of the dataset; empty where it is one, or none is wanted."""
    if len(name) > LONGEST_NAME:
        return f"found {len(name)} characters, wanted at most {LONGEST_NAME}"
    if not name or may_come or find_view(connection, dataset, name) is not None:
        return ""
    there = ", ".join(one.name for one in list_views(connection, dataset))
    return f"there is no view {name!r} of {dataset}; there is: {there or 'none'}"


def _no_schedule(text: str) -> str:
    """Why the text names no times; empty where it does."""
    if len(text) > LONGEST_SCHEDULE:
        return f"found {len(text)} characters, wanted at most {LONGEST_SCHEDULE}"
    try:
        return "" if read_schedule(text) else "it is missing; such as 'monday at 08:00' or '0 8 * * 1'"
    except ScheduleError as error:
        return str(error)


def _called(name: str) -> Any:
    return scheduled_reports.c.name == name


def _report(row: Row[Any]) -> ScheduledReport:
    return ScheduledReport(
        id=row.id,
        name=row.name,
        dataset=row.dataset,
        schedule=row.schedule,
        channels=tuple(row.channels),
        paused=row.paused,
        created_at=row.created_at,
        last_due=row.last_due,
        view=row.view,
    )
