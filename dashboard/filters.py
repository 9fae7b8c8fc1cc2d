"""The bar of filters. Everything chosen is in the address, so that a link shows the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from dashboard import queries
from dashboard.context import current
from dashboard.reported import Shown
from dashboard.text import plain
from dashboard.view import MOST_FILTERS, Asked, Stretch, View
from kpi.calendar import PERIODS, Grain
from kpi.definitions import Definition, Unit
from kpi.report import NOT_STATED
from kpi.values import BLANK, CURRENCY, Partial
from storage.datasets import Dataset

PARTIALS = {one.value.replace("_", " "): one for one in Partial}  # as people read them
MOST_MEMBERS = 500  # in one menu; a longer list is no menu


def show(shown: Shown) -> View:
    """The bar, and the view that its choices make."""
    context, dataset, reported = current(), shown.dataset, shown.reported
    today = min(context.today, reported.date()) if reported else context.today
    given = queries.definitions(Asked(dataset.name, dataset.version, today, reported))
    bare = View(
        dataset=dataset,
        calendar=context.calculator.calendar,
        definitions=_in_currency(given, dataset.currency_of()),
        today=today,
        stretch=Stretch.ALL,
        grain=Grain.MONTH,
        reported=reported,
        lost=shown.lost,
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        stretch = st.selectbox(
            "Period", [one.value for one in Stretch], key="period", bind="query-params", width=165
        )
        grains = [grain.value for grain in PERIODS]
        grain = st.selectbox(
            "By", grains, index=grains.index("month"), key="grain", bind="query-params", width=120
        )
        partial = _partial()
        custom = _custom(dataset) if stretch == Stretch.CUSTOM else None
        currency = _currency(bare)
        where = _filters(bare)
    return replace(
        bare,
        definitions=_in_currency(bare.definitions, currency) if currency else bare.definitions,
        stretch=Stretch(stretch or Stretch.LATEST),
        grain=Grain(grain or Grain.MONTH),
        where=((CURRENCY, currency), *where) if currency else where,
        custom=custom,
        partial=partial,
    )


def _partial() -> Partial:
    """What becomes of the period that is not over."""
    chosen = st.selectbox(
        "Running period",
        list(PARTIALS),
        key="running",
        bind="query-params",
        width=150,
        help="A period that is not over: its value **to date** against the same part of the earlier one; only "
        "**complete** periods; its value so far against the **full** earlier one; or what it is **projected** to come "
        "to, by what such weekdays brought in the weeks before.",
    )
    return PARTIALS.get(chosen or "", Partial.TO_DATE)


def _in_currency(definitions: Sequence[Definition], currency: str) -> tuple[Definition, ...]:
    """The definitions with what their amounts are in, where that is a currency."""
    shown = "" if currency in (NOT_STATED, BLANK) else currency
    return tuple(replace(one, currency=shown) if one.unit is Unit.CURRENCY else one for one in definitions)


def _currency(view: View) -> str:
    """The currency whose amounts are shown, that of most revenue at first; empty unless there are several.

    There is no choice of all: amounts in several currencies are not added.
    """
    if len(view.dataset.currencies) <= 1 or not view.plain_definitions or view.lost:
        return ""
    members = queries.members(view, CURRENCY)
    named = sorted(members, key=lambda member: member not in view.dataset.currencies)
    chosen = st.selectbox(
        "Currency",
        named,
        key=f"{view.dataset.name}.{CURRENCY}",
        bind="query-params",
        width=140,
        help="Amounts in several currencies are not added. Put exchange rates into the workbook to have them in one.",
    )
    return chosen or named[0]


def _custom(dataset: Dataset) -> tuple[date, date]:
    """Two days within the data; while only the first is chosen, up to the last."""
    chosen = st.date_input(
        "From – to",
        (dataset.first_day, dataset.last_day),
        min_value=dataset.first_day,
        max_value=dataset.last_day,
        key=f"{dataset.name}.days",
        bind="query-params",
        format="YYYY-MM-DD",
        width=240,
    )
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    return (
        (days[0], days[-1]) if len(days) > 1 else (days[0] if days else dataset.first_day, dataset.last_day)
    )


def narrow(dataset: str, dimension: str, members: Sequence[str]) -> None:
    """Choose these members in the bar, all by none; for what is clicked on. Before the bar is drawn."""
    st.session_state[f"{dataset}.{dimension}"] = list(members)


def _filters(view: View) -> tuple[tuple[str, str], ...]:
    """The first few dimensions, and every other one that is narrowed."""
    where: list[tuple[str, str]] = []
    if not view.plain_definitions or view.lost:
        return ()
    for place, field in enumerate(view.dimensions):
        key = f"{view.dataset.name}.{field.name}"
        asked_for = {*st.session_state.get(key, ()), *st.query_params.get_all(key)}
        if place >= MOST_FILTERS and not asked_for:
            continue
        members = queries.members(view, field.name)
        if asked_for or 1 < len(members) <= MOST_MEMBERS:
            chosen = st.multiselect(
                plain(field.header or field.name),
                [one for number, one in enumerate(members) if number < MOST_MEMBERS or one in asked_for],
                key=key,
                bind="query-params",
                placeholder="All",
                width=165,
            )
            where += [(field.name, str(member)) for member in chosen]
    return tuple(where)
