"""Reports by the clock: which are due, drawn once each, and owed to all whom they name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from alerts.telling.reporting import Drawn
from kpi.schedule_words import next_time
from monitor.alerting.desk import Desk
from storage.database import Database
from storage.pictures import prune_pictures
from storage.scheduled_reports import TOO_OLD, ScheduledReport, Sending, list_reports, mark_due, owe_report

ACTOR = "service"
Draw = Callable[
    [str, datetime, str], Drawn
]  # of a dataset at that moment, as a saved view looks at it, if named
Guarded = Callable[[str, Callable[[], object]], object]


def due_time(report: ScheduledReport, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The newest of its times that has come and is not seen to; None where there is none.

    Of several that were missed only the newest, and none that is a day old or older: nobody waits for it any more.
    """
    times = report.times
    if report.paused or times is None:
        return None
    found, after = None, max(report.last_due, now - TOO_OLD)
    while (after := next_time(times, after, zone)) <= now:
        found = after
    return found


def due_reports(
    reports: Sequence[ScheduledReport], zone: ZoneInfo, now: datetime
) -> list[tuple[ScheduledReport, datetime]]:
    """Those that are due, each with its time."""
    found = ((one, due_time(one, zone, now)) for one in reports)
    return [(one, due) for one, due in found if due is not None]


@dataclass(frozen=True, slots=True)
class ReportingLoop:
    """The turns in which a running service sees to reports. `draw` None: this process cannot draw, and sends none.

    One that cannot be drawn keeps no other from it, and is tried again at the next turn for as long as its time counts.
    """

    database: Database
    desk: Desk
    draw: Draw | None
    clock: Callable[[], datetime]
    guarded: Guarded

    def turn(self) -> None:
        if self.draw is None:
            return
        with self.database.read() as connection:
            held = list_reports(connection)
        for one, due in due_reports(held, self.desk.zone, self.clock()):
            self.guarded(f"report {one.name}", partial(self._send, self.draw, one, due))

    def tidy(self) -> None:
        with self.database.begin() as connection:
            prune_pictures(connection, self.clock())

    def _send(self, draw: Draw, report: ScheduledReport, due: datetime) -> None:
        """Drawn outside any transaction; owed in the one that says that this time is seen to."""
        drawn, at = draw(report.dataset, self.clock(), report.view), self.clock()
        sending = Sending(self.desk.destinations, self.desk.page_url, self.desk.zone, ACTOR)
        with self.database.begin() as connection:
            if mark_due(connection, report, due):
                owe_report(connection, report, drawn, due, sending, at)
