"""Everything the page reads. Figures are cached by dataset, version, day and slice: what cannot have changed is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ParamSpec, TypeVar

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from dashboard.context import current
from dashboard.pulse import Pulse
from dashboard.shares import MOST_LINES, Share, largest_first, shares
from dashboard.view import Asked, View
from kpi.calculator import Comparison, KpiValue, Slice
from kpi.calendar import Grain
from kpi.definitions import Definition
from kpi.figures.ranking import Ranked
from kpi.loading.difference import Difference
from kpi.report import Issue
from kpi.values import Against
from storage import datasets, fact_rows, leases, loads, progress, undos, versions
from storage.alerting.token import alerting_token
from storage.dashboards import boards_token
from storage.datasets import Dataset
from storage.difference import difference_of
from storage.editions import Edition, edition_at
from storage.evidence import Evidence, evidence_of
from storage.figures import Figures, figures_of
from storage.loads import Load, Source
from storage.saved_views import views_token
from storage.versions import Version
from storage.warehouse import runs
from storage.warehouse import versions as warehouse_versions

KEPT = 200  # answers of each kind
# Streamlit would walk through these field by field, at each question.
BY_TEXT: dict[str | type[Any], Callable[[Any], str]] = {Asked: repr, Slice: repr}
P = ParamSpec("P")
R = TypeVar("R")


def kept(most: int = KEPT) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """For what answers by its arguments alone: each answer is worked out once, for everybody who asks."""
    return st.cache_data(max_entries=most, show_spinner=False, hash_funcs=BY_TEXT)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the whole page depends on; read anew at each run, in a few small queries."""

    pulse: Pulse
    datasets: tuple[Dataset, ...]
    sources: tuple[Source, ...]


def pulse() -> Pulse:
    """As it is now: a few reads by primary key or index."""
    return current().pulse.now(_read_pulse)


def shared_pulse() -> Pulse:
    """What every open page asks every two seconds. One reads it for all: it may be half a second old."""
    return current().pulse.ask(_read_pulse)


def _read_pulse() -> Pulse:
    with current().database.read() as connection:
        return _pulse(connection)


def situation() -> Situation:
    known = pulse()
    with current().database.read() as connection:
        return Situation(
            pulse=known,
            datasets=tuple(datasets.list_datasets(connection)),
            sources=tuple(loads.list_sources(connection)),
        )


def _pulse(connection: Connection) -> Pulse:
    context = current()
    now, beat = context.clock(), leases.find_beat(connection, progress.LEADER)
    alive = beat is not None and beat.expires_at > now
    busy = beat is not None and alive and progress.takes_long(connection, beat.owner, now)
    kept = f"{boards_token(connection)}-{views_token(connection)}"
    token = f"{datasets.data_token(connection)}-{alerting_token(connection)}-{kept}"
    return Pulse(token, _sales_token(connection), alive, context.today, busy)


def _sales_token(connection: Connection) -> str:
    """Changes when a run is asked for, begins or ends, and when a version comes; not while rows are counted."""
    latest = runs.list_runs(connection, 1)
    version = warehouse_versions.newest(connection)
    run = f"{latest[0].id}-{latest[0].status}" if latest else ""
    return f"{run}-{version.version if version else 0}"


def latest_loads(dataset: str | None = None, limit: int = 50) -> list[Load]:
    with current().database.read() as connection:
        return loads.recent_loads(connection, dataset, limit)


def newest_loads() -> list[Load]:
    """The latest load of every source, whatever came of it."""
    with current().database.read() as connection:
        return loads.newest_by_source(connection)


def loads_held(dataset: Dataset) -> list[Load]:
    """The loads of whose rows the figures of that version of the dataset are made."""
    with current().database.read() as connection:
        return loads.holding_loads(connection, dataset.name, dataset.version)


def first_report(dataset: str) -> datetime | None:
    """When the first version of the dataset came."""
    with current().database.read() as connection:
        first = versions.first_version(connection, dataset)
    return first.at if first else None


def versions_of_day(dataset: str, day: date) -> list[Version]:
    """The versions of the dataset that came on a day of the business, oldest first."""
    zone = current().timezone
    with current().database.read() as connection:
        found = versions.list_versions(connection, dataset)
    return [one for one in found if one.at.astimezone(zone).date() == day]


def edition(dataset: str, reported: datetime) -> Edition | None:
    """The dataset as it was reported then; NothingReportedError where it had no rows."""
    with current().database.read() as connection:
        return edition_at(connection, dataset, reported, current().snapshots)


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


@kept()
def definitions(asked: Asked) -> tuple[Definition, ...]:
    """The KPIs that a version of a dataset gives, by the definitions that it was worked out by."""
    with open_figures(asked) as (_, figures):
        return figures.definitions()


def comparisons(view: View) -> dict[str, Comparison]:
    """The value of each KPI over the view's stretch and its comparable earlier one, by KPI."""
    found = _compare(view.asked, view.slice_of_tiles, view.versus.against)
    return {one.kpi: one for one in found}


def series(view: View, kpis: tuple[str, ...] = (), by: str | None = None) -> pd.DataFrame:
    """Values by period: columns kpi, period, member, value, complete; oldest first."""
    return _frame(view.asked, replace(view.slice_of_series, kpis=kpis, by=by))


def courses(view: View) -> dict[str, list[float]]:
    """The values of whole periods by KPI, oldest first: half a month beside full ones looks like a collapse."""
    return _courses(view.asked, view.slice_of_series)


def days(view: View, kpi: str) -> pd.DataFrame:
    """One KPI by day over the window; the columns of `series`."""
    cut = replace(view.slice_of_window, kpis=(kpi,), grain=Grain.DAY)
    return _frame(view.asked, cut)


def members(view: View, dimension: str) -> list[str]:
    """The members of a dimension over all data, largest first by the dataset's first KPI."""
    first = view.plain_definitions[:1]
    cut = Slice(tuple(one.key for one in first), Grain.TOTAL, by=dimension)
    return _members(view.asked, cut)


def breakdown(view: View, kpi: str, by: str, top: int | None) -> list[Share]:
    """The members over the view's window, the largest first; with `top`, all others after them as one."""
    cut = replace(view.slice_of_window, kpis=(kpi,), by=by)
    return shares(_ranked(view.asked, cut, top))


def largest(view: View, kpi: str, by: str) -> list[str]:
    """The members that a chart of lines shows: those of the largest value over all of its periods together."""
    cut = replace(view.slice_of_series, kpis=(kpi,), by=by)
    return largest_first(_ranked(view.asked, cut, MOST_LINES))


def evidence(view: View, cut: Slice, period: date) -> Evidence | None:
    """What one value rests on."""
    return _evidence(view.asked, cut, period)


def fact_page(view: View, offset: int, limit: int, search: str = "") -> fact_rows.RowPage:
    """Rows as they were read, of those that hold what is searched for."""
    return _fact_page(view.asked, offset, limit, search)


@contextmanager
def open_figures(asked: Asked) -> Iterator[tuple[Connection, Figures]]:
    context = current()
    with (
        context.database.read() as connection,
        figures_of(
            connection,
            asked.dataset,
            context.snapshots,
            context.calculator,
            asked.today,
            reported=asked.reported,
            engine=context.engine,
        ) as figures,
    ):
        yield connection, figures


@kept()
def _compare(asked: Asked, cut: Slice, against: Against) -> list[Comparison]:
    with open_figures(asked) as (_, figures):
        return figures.compare(cut, against)


@kept()
def _values(asked: Asked, cut: Slice) -> list[KpiValue]:
    with open_figures(asked) as (_, figures):
        return figures.values(cut)


@kept()
def _members(asked: Asked, cut: Slice) -> list[str]:
    found = _values(asked, cut)
    return [one.member for one in sorted(found, key=lambda one: (-(one.value or 0.0), one.member))]


@kept()
def _courses(asked: Asked, cut: Slice) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for one in _values(asked, cut):
        if one.complete and one.value is not None:
            found.setdefault(one.kpi, []).append(one.value)
    return found


@kept()
def _ranked(asked: Asked, cut: Slice, top: int | None) -> list[Ranked]:
    with open_figures(asked) as (_, figures):
        return figures.ranked(cut, top)


@kept()
def _frame(asked: Asked, cut: Slice) -> pd.DataFrame:
    names = ["kpi", "period", "member", "value", "complete"]
    found = _values(asked, cut)
    return pd.DataFrame([[getattr(value, name) for name in names] for value in found], columns=names)


@kept(20)
def _evidence(asked: Asked, cut: Slice, period: date) -> Evidence | None:
    with open_figures(asked) as (connection, figures):
        return evidence_of(connection, figures, current().snapshots, cut, period)


@kept(20)
def _fact_page(asked: Asked, offset: int, limit: int, search: str) -> fact_rows.RowPage:
    with open_figures(asked) as (_, figures):
        return fact_rows.row_page(figures.run, figures.dataset.fields, offset, limit, search)
