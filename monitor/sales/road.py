"""What a run of the sales warehouse needs, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kpi.calendar import Calendar
from kpi.sales.options import Options
from monitor.commit import Committing
from monitor.sandbox import SandboxLimits
from storage.database import Database
from storage.engines.contract import Budget


@dataclass(frozen=True, slots=True)
class SalesRoad:
    """All that a run needs. `source` and `options` are those of the settings, for whoever asks without naming any."""

    committing: Committing
    warehouse: Path
    staging: Path
    source: Path
    options: Options
    limits: SandboxLimits
    budget: Budget

    @property
    def database(self) -> Database:
        return self.committing.database

    @property
    def calendar(self) -> Calendar:
        return self.committing.desk.calculator.calendar
