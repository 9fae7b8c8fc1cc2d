"""What the page reads about runs of the warehouse, anew at each drawing: a few rows by primary key or index."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.context import current
from kpi.sales.options import DayOrder, Mode
from storage.warehouse import rejects, runs, versions
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import BusyError, Run, Wish
from storage.warehouse.versions import WarehouseVersion

ORIGIN = "page"
LISTED = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand: the version that holds, the run that is under way, and the latest runs, newest first."""

    version: WarehouseVersion | None
    active: Run | None
    latest: tuple[Run, ...]

    @property
    def last_ended(self) -> Run | None:
        return next((run for run in self.latest if not run.active), None)


def standing() -> Standing:
    with current().database.read() as connection:
        latest = runs.list_runs(connection, LISTED, None)
        return Standing(versions.newest(connection), runs.active_run(connection), tuple(latest))


def count_rejects(run_id: int) -> int:
    """How many rejected rows of the run are kept; those of old runs are not."""
    with current().database.read() as connection:
        return rejects.count(connection, run_id)


def active_run() -> Run | None:
    with current().database.read() as connection:
        return runs.active_run(connection)


def ask_for_run(mode: Mode, days: DayOrder | None = None) -> str:
    """Ask the service for a run; empty, or why it cannot be had now. `days`: for this run, instead of what is set."""
    context = current()
    options = context.sales.options
    chosen = replace(options, days=days) if days else options
    wish = Wish(ORIGIN, str(context.sales.source), mode, chosen.mark)
    try:
        ask_for(context.database, wish, context.clock())
    except BusyError as busy:
        return str(busy)
    return ""
