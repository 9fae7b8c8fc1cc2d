"""A small dataset written as a table in the test, and the two engines that answer about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Column, Date, Double, MetaData, String, Table, create_engine, insert
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeEngine

from kpi.calculator import Against, Comparison, Explanation, KPICalculator, KpiValue, Slice
from kpi.calendar import Calendar, DateRow, Grain
from kpi.catalogue.definition import Definition
from kpi.definitions import load_catalog
from kpi.report import FactField, Kind
from kpi.statements.relation import DATES
from kpi.values import Executor, Statement
from storage.engines.on_duckdb import duckdb_executor

MEASURES = (
    "revenue",
    "cogs",
    "operating_expenses",
    "other_income",
    "interest",
    "tax",
    "discount",
    "refund",
    "target",
)
MORE_MEASURES = ("quantity", "profit", "gross_profit", "hours", "stock")
IDENTIFIERS = ("order_id", "customer_id", "product_id")
Row = dict[str, Any]
LATER = date(2030, 1, 1)  # a clock that is past all data


@dataclass(frozen=True, slots=True)
class Shop:
    """What a test asks. `upto` is the day that counts as now."""

    run: Executor
    fields: tuple[FactField, ...]
    upto: date = LATER
    calculator: KPICalculator = field(default_factory=lambda: KPICalculator(load_catalog()))

    def knowing(self, *definitions: Definition) -> Self:
        """The same with KPIs of its own."""
        catalog = self.calculator.catalog.with_own(definitions)
        return replace(self, calculator=replace(self.calculator, catalog=catalog))

    def values(self, *kpis: str, grain: Grain = Grain.MONTH, **cut: Any) -> list[KpiValue]:
        return self.calculator.values(self.run, self.fields, Slice(kpis, grain, **cut), self.upto)

    def by_period(self, kpi: str, grain: Grain = Grain.MONTH, **cut: Any) -> dict[str, float | None]:
        return {value.period.isoformat(): value.value for value in self.values(kpi, grain=grain, **cut)}

    def by_member(self, kpi: str, by: str, grain: Grain = Grain.TOTAL, **cut: Any) -> dict[str, float | None]:
        return {value.member: value.value for value in self.values(kpi, grain=grain, by=by, **cut)}

    def total(self, kpi: str, **cut: Any) -> float | None:
        (value,) = self.values(kpi, grain=Grain.TOTAL, **cut)
        return value.value

    def compare(
        self, *kpis: str, grain: Grain = Grain.MONTH, against: Against = Against.PREVIOUS, **cut: Any
    ) -> list[Comparison]:
        return self.calculator.compare(self.run, self.fields, Slice(kpis, grain, **cut), self.upto, against)

    def explain(self, kpi: str, period: date, grain: Grain = Grain.MONTH, **cut: Any) -> Explanation | None:
        return self.calculator.explain(self.run, self.fields, Slice((kpi,), grain, **cut), period, self.upto)


def rows_of(table: str) -> list[Row]:
    """Rows of a table with a header line; `.` is an empty cell."""
    header, *lines = [line.split() for line in table.strip().splitlines()]
    return [
        {name: _cell(name, text) for name, text in zip(header, line, strict=True)} for line in lines if line
    ]


def fields_of(rows: Sequence[Row]) -> tuple[FactField, ...]:
    return tuple(FactField(name, kind_of(name), name.replace("_", " ").title()) for name in rows[0])


def kind_of(name: str) -> Kind:
    if name == "date":
        return Kind.DATE
    if name in MEASURES + MORE_MEASURES:
        return Kind.MEASURE
    return Kind.IDENTIFIER if name in IDENTIFIERS else Kind.DIMENSION


def write_parquet(rows: Sequence[Row], path: Path) -> Path:
    types = {Kind.DATE: pa.date32(), Kind.MEASURE: pa.float64()}
    columns = {
        name: pa.array([row[name] for row in rows], types.get(kind_of(name), pa.string())) for name in rows[0]
    }
    pq.write_table(pa.table(columns), path)
    return path


def dates_of(rows: Sequence[Row], calendar: Calendar) -> list[DateRow]:
    days = [row["date"] for row in rows]
    return calendar.rows(min(days), max(days))


@contextmanager
def on_duckdb(rows: Sequence[Row], calendar: Calendar, folder: Path) -> Iterator[Executor]:
    with duckdb_executor([write_parquet(rows, folder / "facts.parquet")], dates_of(rows, calendar)) as run:
        yield run


@contextmanager
def on_sqlite(rows: Sequence[Row], calendar: Calendar, folder: Path) -> Iterator[Executor]:
    """The same two relations as tables of a database: what runs here unchanged is portable."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata = MetaData()
    types: dict[Kind, TypeEngine[Any]] = {Kind.DATE: Date(), Kind.MEASURE: Double()}
    facts = Table("facts", metadata, *(Column(name, types.get(kind_of(name), String())) for name in rows[0]))
    dates = Table("dates", metadata, *(Column(one.name, one.type) for one in DATES.columns))
    days = [asdict(day) for day in dates_of(rows, calendar)]
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.execute(insert(facts), list(rows))
        connection.execute(insert(dates), days)

        def run(statement: Statement) -> Sequence[Sequence[Any]]:
            return connection.execute(statement).all()

        yield run
    engine.dispose()


ENGINES: dict[str, Callable[..., Any]] = {"duckdb": on_duckdb, "sqlite": on_sqlite}


def _cell(name: str, text: str) -> date | float | str | None:
    if text == ".":
        return None
    kind = kind_of(name)
    if kind is Kind.DATE:
        return date.fromisoformat(text)
    return float(text) if kind is Kind.MEASURE else text
