"""Everything the page reads. Figures are cached by dataset, version, day and slice: what cannot have changed is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from alerts.rules import Rule, Standing, State
from dashboard.charts import Share
from dashboard.context import current
from dashboard.view import View
from kpi.calculator import Comparison, KpiValue, Slice
from kpi.calendar import Grain
from kpi.difference import Difference
from kpi.report import Issue
from storage import alert_log, datasets, fact_rows, leases, loads, outbox, thresholds, undos
from storage.alert_log import AlertRow
from storage.datasets import Dataset
from storage.difference import difference_of
from storage.figures import Figures, figures_of
from storage.loads import Load, Source
from storage.outbox import DeliveryRow

KEPT = 200  # answers of each kind
REST = "All others"


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the page must be drawn anew for: other data, a service that came or went, another day."""

    token: str
    watching: bool
    today: date


@dataclass(frozen=True, slots=True)
class Situation:
    """What the whole page depends on; read anew at each run, in a few small queries."""

    pulse: Pulse
    datasets: tuple[Dataset, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule and how it stands, with the members that breach it."""

    rule: Rule
    firing: tuple[str, ...]


def pulse() -> Pulse:
    """What an open page asks every two seconds: a few reads by primary key or index."""
    with current().database.read() as connection:
        return _pulse(connection)


def situation() -> Situation:
    with current().database.read() as connection:
        return Situation(
            pulse=_pulse(connection),
            datasets=tuple(datasets.list_datasets(connection)),
            sources=tuple(loads.list_sources(connection)),
        )


def _pulse(connection: Connection) -> Pulse:
    context = current()
    beat = leases.find_beat(connection, "service")
    alive = beat is not None and beat.expires_at > context.clock()
    return Pulse(datasets.data_token(connection), alive, context.today)


def latest_loads(dataset: str | None = None, limit: int = 50) -> list[Load]:
    with current().database.read() as connection:
        return loads.recent_loads(connection, dataset, limit)


def newest_loads() -> list[Load]:
    """The latest load of every source, whatever came of it."""
    with current().database.read() as connection:
        return loads.newest_by_source(connection)


def rows_held(dataset: Dataset) -> int:
    """How many rows the dataset's figures are made of."""
    with current().database.read() as connection:
        return sum(load.rows.loaded for load in loads.holding_loads(connection, dataset.name))


@st.cache_data(max_entries=20, show_spinner=False)
def issues(load_id: int) -> list[Issue]:
    """Every issue of a load; they never change."""
    with current().database.read() as connection:
        return loads.issues_of(connection, load_id, None)


@st.cache_data(max_entries=20, show_spinner=False)
def difference(load_id: int) -> Difference | None:
    """What a load changed when it came."""
    with current().database.read() as connection:
        return difference_of(connection, current().snapshots, loads.find_load(connection, load_id))


def taken_back(found: Sequence[Load]) -> list[undos.Undo]:
    """The undoings among these loads."""
    with current().database.read() as connection:
        return undos.list_undos(connection, [load.id for load in found])


def undo_request(load_id: int) -> undos.Request | None:
    with current().database.read() as connection:
        return undos.find_request(connection, load_id)


def judged(dataset: str) -> list[Judged]:
    """The dataset's rules and which of them fire."""
    with current().database.read() as connection:
        rules = thresholds.list_rules(connection, dataset)
        stands: Mapping[tuple[int, str], Standing] = alert_log.standings(
            connection, [rule.id for rule in rules]
        )
    firing: dict[int, list[str]] = {}
    for (rule_id, member), standing in stands.items():
        if standing.state is State.FIRING:
            firing.setdefault(rule_id, []).append(member)
    return [Judged(rule, tuple(sorted(firing.get(rule.id, ())))) for rule in rules]


def alerts(dataset: str) -> list[AlertRow]:
    with current().database.read() as connection:
        return alert_log.list_alerts(connection, dataset)


def deliveries() -> list[DeliveryRow]:
    with current().database.read() as connection:
        return outbox.recent_deliveries(connection)


def comparisons(view: View) -> dict[str, Comparison]:
    """The value of each KPI over the view's stretch and its comparable earlier one, by KPI."""
    found = _compare(view.dataset.name, view.dataset.version, view.today, view.slice_of_tiles)
    return {one.kpi: one for one in found}


def series(view: View, kpis: tuple[str, ...] = (), by: str | None = None) -> pd.DataFrame:
    """Values by period: columns kpi, period, member, value, complete; oldest first."""
    return _frame(
        view.dataset.name, view.dataset.version, view.today, replace(view.slice_of_series, kpis=kpis, by=by)
    )


def days(view: View, kpi: str) -> pd.DataFrame:
    """One KPI by day over the window; the columns of `series`."""
    cut = replace(view.slice_of_window, kpis=(kpi,), grain=Grain.DAY)
    return _frame(view.dataset.name, view.dataset.version, view.today, cut)


def members(view: View, dimension: str) -> list[str]:
    """The members of a dimension over all data, largest first by the dataset's first KPI."""
    first = view.plain_definitions[:1]
    cut = Slice(tuple(one.key for one in first), Grain.TOTAL, by=dimension)
    found = _values(view.dataset.name, view.dataset.version, view.today, cut)
    return [one.member for one in sorted(found, key=lambda one: (-(one.value or 0.0), one.member))]


def breakdown(view: View, kpi: str, by: str, top: int) -> list[Share]:
    """The largest members and the rest as one, worked out over the rest's own rows: ratios and counts stay right."""
    cut = replace(view.slice_of_window, kpis=(kpi,), by=by)
    found = [
        Share(one.member, one.value)
        for one in _values(view.dataset.name, view.dataset.version, view.today, cut)
    ]
    ranked = sorted(found, key=lambda share: (share.value is None, -(share.value or 0.0), share.member))
    shown, others = ranked[:top], ranked[top:]
    if not others:
        return shown
    where = tuple((dimension, member) for dimension, member in view.where if dimension != by)
    rest = replace(cut, by=None, where=(*where, *((by, share.member) for share in others)))
    found_rest = _values(view.dataset.name, view.dataset.version, view.today, rest)
    value = found_rest[0].value if found_rest else None
    return [*shown, Share(f"{REST} ({len(others)})", value, rest=True)]


def fact_page(dataset: Dataset, offset: int, limit: int) -> fact_rows.RowPage:
    """Rows as they were read."""
    return _fact_page(dataset.name, dataset.version, offset, limit)


@contextmanager
def _figures(name: str, today: date) -> Iterator[Figures]:
    context = current()
    with (
        context.database.read() as connection,
        figures_of(connection, name, context.snapshots, context.calculator, today) as figures,
    ):
        yield figures


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _compare(name: str, version: int, today: date, cut: Slice) -> list[Comparison]:  # noqa: ARG001 - part of the key
    with _figures(name, today) as figures:
        return figures.compare(cut)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _values(name: str, version: int, today: date, cut: Slice) -> list[KpiValue]:  # noqa: ARG001 - part of the key
    with _figures(name, today) as figures:
        return figures.values(cut)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _frame(name: str, version: int, today: date, cut: Slice) -> pd.DataFrame:
    names = ["kpi", "period", "member", "value", "complete"]
    found = _values(name, version, today, cut)
    return pd.DataFrame([[getattr(value, name) for name in names] for value in found], columns=names)


@st.cache_data(max_entries=20, show_spinner=False)
def _fact_page(name: str, version: int, offset: int, limit: int) -> fact_rows.RowPage:  # noqa: ARG001 - part of the key
    with _figures(name, current().today) as figures:
        return fact_rows.row_page(figures.run, figures.dataset.fields, offset, limit)
