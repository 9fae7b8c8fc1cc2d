"""Catalogues of any number of KPIs and inputs, for the curves; and the catalogue that ships within a small memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import kpis_in_ours  # type: ignore[import-not-found]  # the scripts beside this one
from sales_facts import DIMENSIONS, IDENTIFIERS, MEASURES  # type: ignore[import-not-found]

from kpi.calendar import DateRow
from kpi.definitions import Catalog, read_catalog
from kpi.values import Executor, Statement
from storage.engines.on_duckdb import DuckDB

HEAD = f"""
[fields]
measures = {list(MEASURES)}
rates = []
texts = {[*IDENTIFIERS, *DIMENSIONS]}
[fallbacks]
"""
INPUTS = (*(f"sum({name})" for name in MEASURES), *(f"count_distinct({name})" for name in IDENTIFIERS))


@dataclass(frozen=True, slots=True)
class Timed:
    """DuckDB, and how long it took to answer."""

    engine: DuckDB
    taken: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(self.taken)

    @contextmanager
    def over(self, snapshots: Sequence[Path], dates: Sequence[DateRow]) -> Iterator[Executor]:
        with self.engine.over(snapshots, dates) as run:

            def timed(statement: Statement) -> Sequence[Sequence[Any]]:
                started = time.perf_counter()
                rows = run(statement)
                self.taken.append(time.perf_counter() - started)
                return rows

            yield timed

    def prepare(self, snapshots: Sequence[Path], at: datetime) -> None:
        """Nothing, as it is with DuckDB."""

    def tidy(self, at: datetime) -> None:
        """Nothing, as it is with DuckDB."""

    def describe(self) -> str:
        return self.engine.describe()


def way(name: str) -> Callable[[Path], Timed]:
    """`rows`: the catalogue that ships; `memory/256`: that within so many MiB; `kpis/40`: so many KPIs of the same two
    inputs; `inputs/10`: so many KPIs of one input each.
    """
    kind, _, count = name.partition("/")
    if kind == "rows":
        return timed
    if kind == "memory":
        return lambda path: timed(path, mebibytes=int(count))
    catalog = same_inputs(int(count)) if kind == "kpis" else distinct_inputs(int(count))
    return lambda path: timed(path, catalog)


def timed(path: Path, catalog: Catalog | None = None, mebibytes: int = 512) -> Timed:
    """Work all out, with an engine that spills what takes more memory than this, and tell how long that took."""
    here = Timed(kpis_in_ours.duckdb(path, mebibytes))
    kpis_in_ours.answers(path, catalog, here)
    return here


def same_inputs(count: int) -> Catalog:
    """So many KPIs of revenue and orders."""
    return _catalog([f"{number + 1} * sum(revenue) / count_distinct(order_id)" for number in range(count)])


def distinct_inputs(count: int) -> Catalog:
    """As many KPIs as inputs: sums first, then distinct counts."""
    return _catalog(INPUTS[:count])


def _catalog(formulas: Sequence[str]) -> Catalog:
    entries = (
        f"""
[kpi.made_{number}]
label = "Made {number}"
formula = "{formula}"
unit = "number"
favourable = "none"
decimals = 2
description = "For the curve."
"""
        for number, formula in enumerate(formulas)
    )
    return read_catalog(HEAD + "".join(entries))
