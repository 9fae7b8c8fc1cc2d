"""A shop's CSV files, loaded into a real database by the real road."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Hold, Rule, Transition
from kpi.calculator import Slice
from kpi.calendar import Grain
from monitor.pipeline import Job, Loaded, process
from storage.alerting import alert_log, thresholds
from storage.alerting.alert_log import AlertRow
from storage.datasets import list_datasets
from storage.figures import figures_of
from tests.moments import NOON
from wiring import System

HEADER = "Date,Region,Revenue,COGS"
AUGUST, SEPTEMBER, OCTOBER = date(2025, 8, 1), date(2025, 9, 1), date(2025, 10, 1)


def save(folder: Path, name: str, *rows: str, header: str = HEADER) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def month(which: int, revenue: float, cogs: float = 0, region: str = "North") -> tuple[str, ...]:
    """Two rows that make a whole month of 2025 with that revenue and these costs."""
    last = 30 if which in (4, 6, 9, 11) else 31
    return (
        f"2025-{which:02}-01,{region},{revenue},{cogs}",
        f"2025-{which:02}-{last},{region},0,0",
    )


def load(system: System, path: Path, dataset: str | None = None, at: datetime = NOON, **how: Any) -> Loaded:
    return process(system.road, Job(path, "cli", dataset, **how), at)


def months(
    system: System, dataset: str = "shop", kpi: str = "revenue", by: str | None = None
) -> dict[tuple[date, str], float | None]:
    """The KPI by month and member, as the page would show it."""
    cut = Slice((kpi,), Grain.MONTH, by)
    with (
        system.database.read() as connection,
        figures_of(
            connection, dataset, system.road.folders.snapshots, system.calculator, system.today(NOON)
        ) as figures,
    ):
        return {(one.period, one.member): one.value for one in figures.values(cut)}


def versions(system: System) -> dict[str, int]:
    with system.database.read() as connection:
        return {one.name: one.version for one in list_datasets(connection)}


def set_rule(system: System, at: datetime = NOON, **changes: Any) -> Rule:
    """Fires where the month's revenue is below 100; clears at 100. `limit`, `recovery` and `periods` change just that."""
    limit = Limit(Direction.BELOW, changes.pop("limit", 100.0), changes.pop("recovery", 100.0))
    hold = Hold(periods=changes.pop("periods", 1))
    plain = {"id": 0, "name": "Low", "dataset": "shop", "kpi": "revenue", "grain": "month"}
    plain |= {"condition": limit, "hold": hold, "channels": ("console",)}
    with system.database.begin() as connection:
        return thresholds.add_rule(connection, Rule(**{**plain, **changes}), at)


def told(change: Transition) -> tuple[date | None, str, int]:
    """What people heard of: of which period, what, in which episode."""
    period = change.verdict.period if change.verdict else None
    return period, str(change.tells), change.after.episode


def alerts(system: System) -> list[AlertRow]:
    """Oldest first."""
    with system.database.read() as connection:
        return alert_log.list_alerts(connection)[::-1]


def said(system: System) -> list[tuple[str, str, date, float | None]]:
    """Each change: member, state, period and value."""
    return [(one.member, one.state.value, one.period, one.value) for one in alerts(system)]
