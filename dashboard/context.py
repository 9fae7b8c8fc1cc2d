"""What the page is given: the door installs it once, before the server starts; the page's script takes it from here.

Streamlit runs the page as a script without arguments, so this is the one place for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.manager import Destination
from kpi.calculator import KPICalculator
from storage.database import Database
from storage.engines.contract import Engine
from storage.engines.on_duckdb import DUCKDB
from storage.originals import MarkedCopy


@dataclass(frozen=True, slots=True)
class Context:
    """The parts that the page reads from. `clock` gives an aware moment."""

    database: Database
    inbox: Path
    snapshots: Path
    calculator: KPICalculator
    clock: Callable[[], datetime]
    timezone: ZoneInfo
    destinations: tuple[Destination, ...]
    marked: Callable[[int], MarkedCopy]  # of a load's number; raises NotMarkedError
    unlocked: Callable[[bytes, str], bytes]  # a workbook and its password; raises Refused
    engine: Engine = DUCKDB

    @property
    def today(self) -> date:
        """The day it is where the business is."""
        return self.clock().astimezone(self.timezone).date()


_installed: list[Context] = []


def install(context: Context) -> None:
    """Give the page its parts; a later call takes the place of an earlier one."""
    _installed[:] = [context]


def current() -> Context:
    return _installed[0]
