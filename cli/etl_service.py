"""How the service has runs of the sales warehouse carried out: by `kpi etl run`, in a process of its own."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line's help must not wait for these
    from monitor.sales.loop import SalesService
    from wiring import System

COMMAND = (sys.executable, "-m", "cli", "etl", "run", "--run")  # and its number


def sales_service(system: System) -> SalesService:
    """What the service needs to know; the environment is handed on as it is."""
    from kpi.schedule_words import read_schedule
    from monitor.sales.loop import SalesService
    from monitor.sales.schedule import Timetable

    sales, settings = system.sales, system.settings
    schedule = read_schedule(settings.sales_schedule)
    wanted = (str(sales.source), sales.options.mark)
    timetable = Timetable(schedule, settings.timezone, *wanted) if schedule else None
    return SalesService(sales, COMMAND, timetable)
