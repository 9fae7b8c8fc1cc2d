"""The catalogue's KPIs as the product works them out: as a load does at five grains, and as a page asks for a slice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sales_facts import FIELDS, FIRST, LAST, SLICES  # type: ignore[import-not-found]  # the script beside this one

from kpi.calculator import KPICalculator, KpiValue, Slice
from kpi.definitions import Catalog, load_catalog
from kpi.report import Cadence
from monitor.alerting.evaluation import Desk, WorkedOut, work_out
from storage.datasets import Dataset
from storage.engines.contract import Budget, Engine
from storage.engines.on_duckdb import DuckDB
from storage.figures import figures_over

AT = datetime(2026, 2, 1, tzinfo=UTC)  # all periods are over
SHOP = Dataset("shop", 1, FIELDS, FIRST, LAST, Cadence.DAY, AT)


def duckdb(path: Path, mebibytes: int = 512) -> DuckDB:
    """The engine as it is set up by default, or with another memory."""
    return DuckDB(Budget(memory=f"{mebibytes}MiB", spill=path.parent / "spill"))


def answers(path: Path, catalog: Catalog | None = None, engine: Engine | None = None) -> WorkedOut:
    """Every KPI of the catalogue, the one that ships where none is given, in every period of every grain."""
    desk = Desk(
        KPICalculator(catalog or load_catalog()), path.parent, ZoneInfo("UTC"), (), engine or duckdb(path)
    )
    return work_out(desk, SHOP, [path], (), AT)


def by_spot(answer: WorkedOut) -> dict[tuple[str, str, str], float | None]:
    """The values by KPI, grain and first day of the period."""
    return {(one.kpi, one.grain.value, str(one.period)): one.value for one in answer.values}


def slice_of(kind: str) -> Callable[[Path], Sequence[KpiValue]]:
    """One KPI by month and by a dimension."""
    kpi, by, where = SLICES[kind]
    asked = Slice((kpi,), by=by, where=where)

    def answer(path: Path) -> Sequence[KpiValue]:
        with figures_over(SHOP, [path], KPICalculator(load_catalog()), AT.date(), duckdb(path)) as figures:
            return figures.values(asked)

    return answer


def slice_by_spot(answer: Sequence[KpiValue]) -> dict[tuple[str, str], float | None]:
    """The values by first day of the month and member."""
    return {(str(one.period), one.member): one.value for one in answer}
