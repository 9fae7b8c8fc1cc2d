"""What is needed to work out and judge figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from alerts.sending.routing import Destination
from kpi.calculator import KPICalculator
from storage.engines.contract import Engine
from storage.engines.on_duckdb import DUCKDB


@dataclass(frozen=True, slots=True)
class Desk:
    """By what figures are worked out, and whom to tell of them.

    `destinations` are those that the environment sets up; `page_url` is where the page is, empty where nobody has said.
    """

    calculator: KPICalculator
    snapshots: Path
    zone: ZoneInfo
    destinations: tuple[Destination, ...]
    engine: Engine = DUCKDB
    page_url: str = ""

    def by(self, calculator: KPICalculator) -> Self:
        """The same, by the definitions of one version of a dataset."""
        return replace(self, calculator=calculator)

    def today(self, at: datetime) -> date:
        """The day it is where the business is."""
        return at.astimezone(self.zone).date()
