"""A KPI as a tile: value, change, target, rule and course, in the same places on every tile of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard import explaining, pacing, sparkline
from dashboard.alert_queries import Judged
from dashboard.alerting.words import breach
from dashboard.boards.change import change_of
from dashboard.boards.reading import Figures
from dashboard.text import amount, plain
from kpi.calculator import Comparison
from kpi.definitions import Definition
from kpi.format import format_range, format_short, format_value
from kpi.values import CURRENCY

NAMED = 2  # members that a tile names


def show(figures: Figures, one: Definition, key: str, title: str = "") -> None:
    """The tile of a KPI; an empty one says why there is no figure."""
    compared = figures.compared.get(one.key)
    if compared is None:
        st.metric(plain(title or one.label), "\N{EN DASH}", help="No rows give it a value here.")
        return
    pace = figures.paces.get(one.key)
    change = change_of(one, compared, pace, figures.view.versus)
    st.metric(
        plain(title or one.label),
        amount(format_short(compared.current.value, one.unit, one.decimals, one.currency)),
        amount(change.text) if change else None,
        delta_color=change.tone if change else "off",
        delta_arrow=change.arrow if change else "off",
        help=_help(one, compared),
    )
    _draw_course(figures, one)
    if figures.paces:
        aimed = pacing.badge(one, pace) if pace and pace.so_far is not None else ":gray-badge[no target]"
        st.markdown(aimed)
    about = [each for each in figures.judged or () if each.rule.kpi == one.key]
    if why := _why(one, about):
        st.markdown(f":small[{why}]")
    _foot(figures, one, about, key)


def _foot(figures: Figures, one: Definition, about: Sequence[Judged], key: str) -> None:
    """What rules say, and what can be done, at the foot of each tile of a row. Nobody sets a rule on a wall: there it is
    not said that there is none.
    """
    compared = figures.compared[one.key]
    silent = figures.judged is None or (figures.still and not about)
    said = f"{'' if silent else _state(about)}{badge(compared)}"
    if figures.still and not said:
        return
    st.space("stretch")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(said, width="content")
        if not figures.still:
            explaining.offer(figures.view, one, figures.view.slice_of_tiles, compared.current.period, key)


def badge(compared: Comparison) -> str:
    """What a value is that must not be taken for that of a whole period; nothing for one compared like with like."""
    if compared.current.projected:
        return " :violet-badge[projection]"
    return "" if compared.to_date or compared.current.complete else " :orange-badge[partial]"


def _draw_course(figures: Figures, one: Definition) -> None:
    values = figures.courses.get(one.key, ())[-sparkline.PERIODS :]
    if drawn := sparkline.image(
        values, f"{one.label}, {sparkline.in_words(one, figures.view.grain, values)}"
    ):
        st.html(drawn)


def _help(one: Definition, compared: Comparison) -> str:
    good = format_range(one)
    return plain(
        f"{one.description} Formula: {one.formula}. {f'Good from {good}. ' if good else ''}"
        f"In full: {format_value(compared.current.value, one.unit, one.decimals, one.currency)}"
        f"{f'. No projection: {compared.current.why}.' if compared.current.why else ''}"
    )


def _state(about: Sequence[Judged]) -> str:
    """Whether a rule about the KPI fires."""
    if any(each.firing for each in about):
        return ":orange-badge[:material/warning: firing]"
    if about:
        return f":blue-badge[:material/check: ok, {len(about)} rule{'s' if len(about) > 1 else ''}]"
    return ":gray-badge[no rule]"


def _why(one: Definition, about: Sequence[Judged]) -> str:
    """What the first rule that fires says: `North and 2 more: last full month is below 30.0 %`; else nothing."""
    firing = [each for each in about if each.firing]
    if not firing:
        return ""
    rule = firing[0].rule
    currency = "" if rule.dimension == CURRENCY else one.currency
    said = breach(rule.condition, replace(one, currency=currency), write=format_short)
    return f"{_whose(firing[0])}last full {rule.grain} {plain(said)}"


def _whose(judged: Judged) -> str:
    """The first members that breach, and how many more do; nothing for a rule about the whole."""
    members = [member for member in judged.firing if member]
    if not members:
        return ""
    named, more = members[:NAMED], len(members) - NAMED
    return f"{plain(', '.join(named))}{f' and {more} more' if more > 0 else ''}: "
