"""From a dataset's figures to transitions and owed messages: after a load, on the clock, or when somebody checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerts.manager import AlertManager, Destination, Outcome, Series
from alerts.message import Provenance, Wording
from alerts.rules import Reading, Rule, Standing, Transition, evaluate
from kpi.calculator import KPICalculator, KpiValue, Slice
from kpi.calendar import Grain
from kpi.format import format_value
from kpi.periods.windows import whole_period, words
from kpi.report import Kind
from storage import alert_log, datasets, loads, thresholds
from storage.catalogs import calculator_of
from storage.database import Database
from storage.datasets import Dataset
from storage.engines.contract import Engine
from storage.engines.on_duckdb import DUCKDB
from storage.figures import Figures, figures_over


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed to work out and judge figures."""

    calculator: KPICalculator
    snapshots: Path
    zone: ZoneInfo
    destinations: tuple[Destination, ...]
    engine: Engine = DUCKDB

    def by(self, calculator: KPICalculator) -> Self:
        """The same, by the definitions of one version of a dataset."""
        return replace(self, calculator=calculator)


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """All that follows from one version of a dataset: the values to store, and what its rules are judged by."""

    dataset: Dataset
    values: tuple[KpiValue, ...]
    series: tuple[Series, ...]


def work_out(
    desk: Desk, dataset: Dataset, paths: Sequence[Path], rules: Sequence[Rule], at: datetime
) -> WorkedOut:
    """Every KPI at every grain, and the series of every rule. Touches no database."""
    today = at.astimezone(desk.zone).date()
    desk.engine.prepare(paths, at)
    with figures_over(dataset, paths, desk.calculator, today, desk.engine) as figures:
        values = tuple(figures.values_at_every_grain())
        series = tuple(one for rule in rules for one in _series(rule, figures, values))
    return WorkedOut(dataset, values, series)


def record_outcome(
    connection: Connection, desk: Desk, worked: WorkedOut, load: tuple[str, int], at: datetime
) -> Outcome:
    """Judge the rules against what they stood at, and write down what changed. `load`: the file's name and load's id.

    A rule that was retired since the figures were worked out says nothing any more.
    """
    holding = {rule.id for rule in thresholds.list_rules(connection, worked.dataset.name)}
    series = [one for one in worked.series if one.rule.id in holding]
    standings = alert_log.standings(connection, holding)
    manager = AlertManager(desk.destinations, lambda transition: _wording(desk, worked.dataset, transition))
    source, load_id = load
    outcome = manager.judge(series, standings, Provenance(source, worked.dataset.version), at)
    alert_log.record(connection, outcome, load_id, at)
    return outcome


def judge_now(database: Database, desk: Desk, name: str, at: datetime) -> Outcome:
    """Judge a dataset as it stands, and write down what changed: for the clock and for `kpi check`.

    Where a load commits meanwhile nothing is written: it has judged its own, newer figures.
    """
    with database.read() as connection:
        dataset = datasets.find_dataset(connection, name)
        rules = thresholds.list_rules(connection, name)
        held = loads.holding_loads(connection, name)
        desk = desk.by(calculator_of(connection, desk.calculator, name))
    if dataset is None or not rules:
        return Outcome()
    paths = [desk.snapshots / load.snapshot for load in held if load.snapshot]
    today = at.astimezone(desk.zone).date()
    with figures_over(dataset, paths, desk.calculator, today, desk.engine) as figures:
        series = tuple(one for rule in rules for one in _series(rule, figures, ()))
    newest = max(held, key=lambda load: load.id)
    with database.begin() as connection:
        if datasets.version_held(connection, name) != dataset.version:
            return Outcome()
        return record_outcome(
            connection, desk, WorkedOut(dataset, (), series), (newest.source, newest.id), at
        )


def rehearse(database: Database, desk: Desk, rule: Rule, at: datetime) -> list[Transition]:
    """The changes the rule would have gone through, period by period, over the data as they are now, oldest first."""
    with database.read() as connection:
        dataset = datasets.find_dataset(connection, rule.dataset)
        names = datasets.snapshots(connection, rule.dataset)
        desk = desk.by(calculator_of(connection, desk.calculator, rule.dataset))
    if dataset is None:
        return []
    paths = [desk.snapshots / name for name in names]
    today = at.astimezone(desk.zone).date()
    with figures_over(dataset, paths, desk.calculator, today, desk.engine) as figures:
        series = _series(rule, figures, ())
    return sorted(
        (change for one in series for change in replay(rule, one.member, one.readings, at)),
        key=lambda change: (change.reading.period, change.member),
    )


def replay(rule: Rule, member: str, readings: Sequence[Reading], at: datetime) -> Iterator[Transition]:
    """The transitions of one series, judged as if each period had just ended."""
    standing = Standing()
    for count in range(1, len(readings) + 1):
        change = evaluate(rule, standing, readings[:count], member, at)
        if change is not None:
            standing = Standing(change.state, change.episode, at, change.reading.period)
            yield change


def _series(rule: Rule, figures: Figures, known: Sequence[KpiValue]) -> list[Series]:
    """What the rule is judged by: complete periods, oldest first, one series a member.

    None where the data no longer give the rule's KPI or dimension: the rule keeps its state until they do.
    """
    if not _judgeable(rule, figures):
        return []
    grain = Grain(rule.grain)
    values: Sequence[KpiValue] = known
    if rule.dimension is not None or not known:
        values = figures.values(Slice(kpis=(rule.kpi,), grain=grain, by=rule.dimension))
    readings: dict[str, list[Reading]] = {}
    for value in values:
        if value.kpi == rule.kpi and value.grain is grain and value.complete:
            readings.setdefault(value.member, []).append(Reading(value.period, value.value))
    return [Series(rule, member, tuple(found)) for member, found in readings.items()]


def _judgeable(rule: Rule, figures: Figures) -> bool:
    given = {one.key for one in figures.definitions()}
    dimensions = {field.name for field in figures.dataset.fields if field.kind is Kind.DIMENSION}
    return rule.kpi in given and (rule.dimension is None or rule.dimension in dimensions)


def _wording(desk: Desk, dataset: Dataset, transition: Transition) -> Wording:
    """The transition's numbers written as the page writes them."""
    rule, calendar, grain = transition.rule, desk.calculator.calendar, Grain(transition.rule.grain)
    (definition,) = desk.calculator.catalog.find(dataset.fields, (rule.kpi,))
    period = transition.reading.period
    currency = dataset.currency_of(rule.dimension, transition.member)
    return Wording(
        kpi=definition.label,
        value=format_value(transition.reading.value, definition.unit, definition.decimals, currency),
        limit=format_value(rule.limit, definition.unit, definition.decimals, currency),
        period=words(whole_period(calendar, grain, period), calendar),
    )
