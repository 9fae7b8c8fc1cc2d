"""Rules, what fired, and what became of each message."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from alerts.manager import Destination, owed_trial
from alerts.rules import Direction, Rule
from dashboard import queries
from dashboard.context import current
from dashboard.definition_queries import why_silent
from dashboard.text import plain
from dashboard.view import View
from kpi.calendar import PERIODS
from kpi.definitions import Definition, Unit
from kpi.format import format_value
from storage import outbox, thresholds
from storage.catalogs import calculator_of
from storage.datasets import find_dataset

WHOLE = "the whole"


def show(view: View) -> None:
    left, right = st.columns([2, 3], gap="large")
    with left:
        _form(view)
    with right:
        _rules(view)
    _history(view)
    _deliveries()


@dataclass(frozen=True, slots=True)
class Wish:
    """A rule as it is typed into the form; limits of percentages as people say them, 30 for 30 %."""

    direction: str | None
    limit: float | None
    recovery: float | None
    grain: str | None
    dimension: str | None
    channels: tuple[str, ...]


def _form(view: View) -> None:
    st.markdown("**New rule**")
    labels = {one.key: one.label for one in view.definitions}
    key = st.selectbox(
        "KPI", list(labels), format_func=lambda kpi: labels[kpi], key=f"rule_kpi_{view.dataset.name}"
    )
    if key is None:
        return
    one = view.definition(key)
    with st.form("rule", border=False):
        wish = _fields(view, one)
        if not st.form_submit_button("Set rule", type="primary"):
            return
        try:
            _add(_rule(view, one, wish))
        except (ValueError, thresholds.RuleError) as error:
            st.error(plain(str(error)))
            return
    st.rerun()


def _fields(view: View, one: Definition) -> Wish:
    unit = " (percent)" if one.unit is Unit.PERCENT else ""
    side, bound, back = st.columns(3)
    direction = side.selectbox("Fires when", [each.value for each in Direction])
    limit = bound.number_input(f"Limit{unit}", value=None, format="%g")
    recovery = back.number_input(f"Clears at{unit}", value=None, format="%g", placeholder="the limit")
    grain, by, to = st.columns(3)
    grains = [each.value for each in PERIODS if each in one.grains]
    every = grain.selectbox("Each full", grains, index=grains.index("month") if "month" in grains else 0)
    dimension = by.selectbox("For", [WHOLE, *view.dimensions_of_rules])
    channels = to.multiselect(
        "Tell", [each.channel for each in current().destinations], placeholder="all set up"
    )
    return Wish(direction, limit, recovery, every, None if dimension == WHOLE else dimension, tuple(channels))


def _rule(view: View, one: Definition, wish: Wish) -> Rule:
    """The rule that was wished for; ValueError says what is missing or cannot be."""
    if wish.limit is None:
        raise ValueError("Give the limit: the value beyond which the rule fires.")
    percent = one.unit is Unit.PERCENT
    scale = 100 if percent else 1
    return Rule(
        id=0,
        name=f"{one.label} {wish.direction} {wish.limit:g}{' %' if percent else ''}",
        dataset=view.dataset.name,
        kpi=one.key,
        grain=wish.grain or "month",
        direction=Direction(wish.direction or Direction.BELOW),
        limit=wish.limit / scale,
        recovery=(wish.limit if wish.recovery is None else wish.recovery) / scale,
        dimension=wish.dimension,
        channels=wish.channels,
    )


def _rules(view: View) -> None:
    judged = queries.judged(view.dataset.name)
    st.markdown(f"**Rules** · {len(judged)}")
    if not judged:
        st.caption(
            "None yet. A rule watches one KPI and tells Slack, WhatsApp or the console once when it goes beyond its limit."
        )
    silences = why_silent(view.dataset, [each.rule for each in judged])
    for each in judged:
        limit = _written(view, each.rule.kpi, each.rule.limit)
        state = ":orange[:material/warning: **firing**]" if each.firing else ":material/check: ok"
        silent = silences[each.rule.id]
        state = ":orange[:material/block: **no data**]" if silent else state
        per = f" per {plain(each.rule.dimension)}" if each.rule.dimension else ""
        to = plain(", ".join(each.rule.channels) or "all channels that are set up")
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            what = f"{plain(_label(view, each.rule.kpi))} {each.rule.direction} {plain(limit)}, each full {each.rule.grain}{per}"
            title = f"{state} · **{plain(each.rule.name)}**"
            why = f"  \n:orange[{plain(silent)}]" if silent else ""
            st.markdown(f"{title}  \n:gray[{what} · tells {to}]{why}", width="stretch")
            st.button(
                "Remove",
                key=f"remove{each.rule.id}",
                on_click=_retire,
                args=(each.rule.id,),
                icon=":material/delete:",
            )


def _history(view: View) -> None:
    found = queries.alerts(view.dataset.name)
    st.markdown("**What fired and what cleared**, newest first")
    if not found:
        st.caption("Nothing yet.")
        return
    zone = current().timezone
    rows = [
        {
            "at": alert.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
            "rule": alert.rule,
            "member": alert.member,
            "became": alert.state.value,
            "each": alert.grain,
            "period": alert.period.isoformat(),
            "value": _written(view, alert.kpi, alert.value),
            "limit": _written(view, alert.kpi, alert.limit),
            "messages": ", ".join(f"{sent.destination} {sent.state}" for sent in alert.deliveries),
        }
        for alert in found
    ]
    right = st.column_config.TextColumn(alignment="right")
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key="history",
        column_config={"value": right, "limit": right},
        alt="Alerts with their values and messages",
    )


def _label(view: View, kpi: str) -> str:
    return next((each.label for each in view.definitions if each.key == kpi), kpi)


def _written(view: View, kpi: str, value: float | None) -> str:
    """The value in the KPI's unit; plain where these data no longer give the KPI."""
    one = next((each for each in view.definitions if each.key == kpi), None)
    if one is None or value is None:
        return "" if value is None else f"{value:g}"
    return format_value(value, one.unit, one.decimals, view.dataset.currency_of())


def _deliveries() -> None:
    found = queries.deliveries()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Messages**, newest first", width="stretch")
        for to in current().destinations:
            st.button(
                f"Test {to.channel}",
                key=f"test_{to.channel}",
                help=_about_test(to),
                on_click=_send_test,
                args=(to.channel,),
            )
    if not found:
        st.caption("No message was owed yet.")
        return
    rows = [
        {
            "to": one.destination,
            "about": one.title,
            "state": one.state,
            "attempts": one.attempts,
            "sent": one.sent_at.astimezone(current().timezone).strftime("%Y-%m-%d %H:%M:%S")
            if one.sent_at
            else "",
            "provider's id": one.provider_id or "",
            "what was wrong": one.error or "",
        }
        for one in found
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key="messages", alt="Messages, their state and what was wrong"
    )


def _about_test(to: Destination) -> str:
    waits = to.needs and not to.addresses
    return (
        f"{plain(to.needs)}. A test waits until then." if waits else f"Send a test message to {to.channel}."
    )


def _add(rule: Rule) -> None:
    """Store the rule; the service judges it by itself within seconds."""
    context = current()
    with context.database.begin() as connection:
        known = find_dataset(connection, rule.dataset)
        names = [each.channel for each in context.destinations]
        catalog = calculator_of(connection, context.calculator, rule.dataset).catalog
        thresholds.check_rule(rule, known, catalog, names)
        thresholds.add_rule(connection, rule, context.clock())


def _retire(rule_id: int) -> None:
    with current().database.begin() as connection:
        thresholds.retire_rule(connection, rule_id, current().clock())


def _send_test(channel: str) -> None:
    """Owe a test message; the service sends it, and the table shows what became of it."""
    context = current()
    (to,) = [each for each in context.destinations if each.channel == channel]
    with context.database.begin() as connection:
        outbox.owe(connection, None, owed_trial(to, context.clock()), context.clock())
