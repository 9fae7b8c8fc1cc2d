"""The bar of filters. Everything chosen is in the address, so that a link shows the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from dashboard import members, queries, trail, unknown
from dashboard.context import current
from dashboard.reported import Shown
from dashboard.saved_views import menu
from dashboard.view import PARTIALS, WITH, Asked, Stretch, Versus, View, beginning, key_of
from kpi.calendar import PERIODS, Grain
from kpi.definitions import Definition, Unit
from kpi.report import NOT_STATED
from kpi.values import BLANK, CURRENCY, Partial
from storage.datasets import Dataset

BEGAN = "began"  # in the session: what a menu began with in the run before
CHOSEN = "chosen"  # likewise: whether somebody chose from it


def show(shown: Shown) -> View:
    """The bar, and the view that its choices make."""
    bare = _unfiltered(shown)
    unknown.note(bare)
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        begins = beginning(bare.dataset)
        stretch = _begun("Period", "period", [one.value for one in Stretch], begins.stretch.value, 165)
        grain = _begun("By", "grain", [one.value for one in PERIODS], begins.grain.value, 120)
        partial = _partial()
        versus = _versus()
        custom = _custom(bare.dataset) if stretch == Stretch.CUSTOM else None
        currency = _currency(bare)
        where = members.choose(bare)
        menu.offer(bare)
    trail.show(bare, where)
    unknown.say(bare, where, menu.say_what_is_gone(bare))
    return replace(
        _in(bare, currency, where),
        stretch=Stretch(stretch),
        grain=Grain(grain),
        custom=custom,
        partial=partial,
        versus=versus,
    )


def without(shown: Shown) -> View:
    """The view of a tab that no filter narrows: all of the data, amounts in the currency that the bar begins with."""
    bare = _unfiltered(shown)
    return _in(bare, next(iter(_currencies(bare)), ""), ())


def _unfiltered(shown: Shown) -> View:
    """All of the data, whatever the amounts are in."""
    context, dataset, reported = current(), shown.dataset, shown.reported
    today = min(context.today, reported.date()) if reported else context.today
    given = queries.definitions(Asked(dataset.name, dataset.version, today, reported))
    return View(
        dataset=dataset,
        calendar=context.calculator.calendar,
        definitions=_in_currency(given, dataset.currency_of()),
        today=today,
        stretch=Stretch.ALL,
        grain=beginning(dataset).grain,
        reported=reported,
        lost=shown.lost,
    )


def _in(view: View, currency: str, where: tuple[tuple[str, str], ...]) -> View:
    """What lies in the filters, and in the currency where there are several."""
    if not currency:
        return replace(view, where=where)
    definitions = _in_currency(view.definitions, currency)
    return replace(view, definitions=definitions, where=((CURRENCY, currency), *where))


def _begun(label: str, key: str, options: Sequence[str], begins: str, width: int) -> str:
    """A menu from which nobody has chosen moves with the dataset; what somebody has chosen stays."""
    known, chosen = f"{key}:{BEGAN}", f"{key}:{CHOSEN}"
    before = st.session_state.get(known, begins)
    free = key not in st.query_params and not st.session_state.get(chosen)
    if free and begins != before == st.session_state.get(key):
        st.session_state[key] = begins
    st.session_state[known] = begins
    found = st.selectbox(
        label,
        options,
        index=options.index(begins),
        key=key,
        bind="query-params",
        width=width,
        on_change=_note_choice,
        args=(chosen,),
    )
    return found or begins


def _note_choice(chosen: str) -> None:
    st.session_state[chosen] = True


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


def _versus() -> Versus:
    """What the tiles are compared with."""
    chosen = st.selectbox(
        "Compare with",
        list(Versus),
        format_func=WITH.__getitem__,
        key="versus",
        bind="query-params",
        width=160,
    )
    return chosen or Versus.PREVIOUS


def _in_currency(definitions: Sequence[Definition], currency: str) -> tuple[Definition, ...]:
    """The definitions with what their amounts are in, where that is a currency."""
    shown = "" if currency in (NOT_STATED, BLANK) else currency
    return tuple(replace(one, currency=shown) if one.unit is Unit.CURRENCY else one for one in definitions)


def _currency(view: View) -> str:
    """The currency whose amounts are shown, that of most revenue at first; empty unless there are several.

    There is no choice of all: amounts in several currencies are not added.
    """
    named = _currencies(view)
    if not named:
        return ""
    chosen = st.selectbox(
        "Currency",
        named,
        key=f"{view.dataset.name}.{CURRENCY}",
        bind="query-params",
        width=140,
        help="Amounts in several currencies are not added. Put exchange rates into the workbook to have them in one.",
    )
    return chosen or named[0]


def _currencies(view: View) -> list[str]:
    """What there is to choose from; none unless the amounts are in several."""
    if len(view.dataset.currencies) <= 1 or not view.plain_definitions or view.lost:
        return []
    return sorted(queries.members(view, CURRENCY), key=lambda member: member not in view.dataset.currencies)


def _custom(dataset: Dataset) -> tuple[date, date]:
    """Two days within the data; while only the first is chosen, up to the last."""
    chosen = st.date_input(
        "From – to",
        (dataset.first_day, dataset.last_day),
        min_value=dataset.first_day,
        max_value=dataset.last_day,
        key=key_of(dataset.name, "days"),
        bind="query-params",
        format="YYYY-MM-DD",
        width=240,
    )
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    return (
        (days[0], days[-1]) if len(days) > 1 else (days[0] if days else dataset.first_day, dataset.last_day)
    )
