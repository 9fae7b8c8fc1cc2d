"""Are we on track, and what moved: tiles, one trend, one breakdown, and every figure in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from dashboard import explaining, pacing, queries, target_queries, theme
from dashboard.charts import Visualizer
from dashboard.drawing import chart, heading
from dashboard.queries import Judged
from dashboard.tabs import whole_values
from dashboard.text import plain
from dashboard.view import View
from kpi.calculator import Comparison
from kpi.definitions import Definition
from kpi.format import format_change, format_range, format_short, format_value
from kpi.targeting.pace import Pace
from kpi.values import CURRENCY

MOST_TILES = 8
SPARKS = 13  # periods of a sparkline
TOP = 6
NAMED = 2  # members that a tile names


def show(view: View) -> None:
    if view.lost:
        whole_values.show(view)
        return
    compared = queries.comparisons(view)
    tiles = [one for one in view.plain_definitions if one.key in compared][:MOST_TILES]
    if not tiles:
        st.info("No rows lie in this period with these filters. Choose a longer period, or clear a filter.")
        return
    st.markdown(_against(view, compared[tiles[0].key]))
    series = queries.series(view)
    judged = None if view.reported else queries.judged(view.dataset.name)
    paces = target_queries.paces(view)
    with st.grid(4, min_column_width=160, key="tiles"):
        for one in tiles:
            mine = series[series["kpi"] == one.key]
            _tile(view, one, compared[one.key], mine, _standing(one, judged, paces.get(one.key)))
    _hero(view, tiles[0], series)
    with st.expander("All figures"):
        _table(view, compared)
        _ask(view, compared)


def _against(view: View, compared: Comparison) -> str:
    """What the tiles show, and what their change is measured against, in words."""
    if compared.earlier is None:
        return f"**{plain(view.words)}** · :gray[there is nothing earlier to compare with]"
    shown, against = (plain(part) for part in compared.label.split(" vs ", 1))
    alike = ", the same part of it" if compared.to_date else ", the whole of it" if _badge(compared) else ""
    part = f" :gray-badge[{view.grain_of_tiles} not over]" if compared.to_date else _badge(compared)
    filters = f" · {plain(view.filters)}" if view.filters else ""
    return f"**{shown}**{part} :gray[against {against}{alike}]{filters}"


def _badge(compared: Comparison) -> str:
    """What a value is that must not be taken for that of a whole period; nothing for one compared like with like."""
    if compared.current.projected:
        return " :violet-badge[projection]"
    return "" if compared.to_date or compared.current.complete else " :orange-badge[partial]"


def _tile(view: View, one: Definition, compared: Comparison, series: pd.DataFrame, standing: str) -> None:
    over = series[series["complete"]]["value"].dropna()  # half a month beside full ones looks like a collapse
    sparks = [float(value) for value in over.tail(SPARKS)]
    why = f". No projection: {compared.current.why}." if compared.current.why else ""
    with st.container(border=True, key=f"tile_{one.key}", gap="small", height="stretch"):
        st.metric(
            plain(one.label),
            format_short(compared.current.value, one.unit, one.decimals, one.currency),
            _delta(one, compared),
            delta_color=_colour(one, compared),
            delta_arrow=_arrow(compared),
            help=f"{plain(one.description)} Formula: {plain(one.formula)}. {plain(_range(one))}"
            f"In full: {plain(format_value(compared.current.value, one.unit, one.decimals, one.currency))}"
            f"{plain(why)}",
            chart_data=sparks if len(sparks) > 1 else None,
            chart_type="line",
        )
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"{standing}{_badge(compared)}", width="content")
            explaining.offer(view, one, view.slice_of_tiles, compared.current.period, one.key)


def _range(one: Definition) -> str:
    good = format_range(one)
    return f"Good from {good}. " if good else ""


def _delta(one: Definition, compared: Comparison) -> str:
    if compared.current.why:
        return "no projection"
    if compared.change is not None:
        return f"{format_change(compared.change, one.unit)}{_verdict(one, compared)}"
    if compared.difference:
        sign = "+" if compared.difference > 0 else ""
        return f"{sign}{format_short(compared.difference, one.unit, one.decimals, one.currency)}{_verdict(one, compared)}"
    return "no change" if compared.earlier is not None and compared.difference == 0 else "no comparison"


def _verdict(one: Definition, compared: Comparison) -> str:
    """A word beside the colour and the arrow, for whoever sees neither."""
    good = _is_good(one, compared)
    return "" if good is None else ", better" if good else ", worse"


def _is_good(one: Definition, compared: Comparison) -> bool | None:
    if compared.earlier is None or format_change(compared.change, one.unit) == "no change":
        return None
    return one.is_good(compared.earlier.value, compared.current.value)


def _colour(one: Definition, compared: Comparison) -> theme.Tone:
    good = _is_good(one, compared)
    return theme.QUIET if good is None else theme.GOOD if good else theme.BAD


def _arrow(compared: Comparison) -> Literal["up", "down", "off"]:
    if not compared.difference:
        return "off"
    return "up" if compared.difference > 0 else "down"


def _standing(one: Definition, judged: Sequence[Judged] | None, pace: Pace | None) -> str:
    """What a tile says below its figure: how the KPI stands against its target, and whether a rule about it fires.

    Rules judge what is: of what was reported there are none (None).
    """
    aimed = pacing.badge(one, pace) if pace is not None and pace.so_far is not None else ""
    state = _state(one, judged) if judged is not None else ""
    if not aimed or not any(each.rule.kpi == one.key for each in judged or ()):
        return aimed or state
    return f"{aimed}  \n{state}"


def _state(one: Definition, judged: Sequence[Judged]) -> str:
    """Whether a rule about the KPI fires, in words; every tile has this line, so that all are of one height."""
    about = [each for each in judged if each.rule.kpi == one.key]
    firing = [each for each in about if each.firing]
    if firing:
        rule = firing[0].rule
        currency = "" if rule.dimension == CURRENCY else one.currency
        limit = format_short(rule.limit, one.unit, one.decimals, currency)
        why = f"last full {rule.grain} {rule.direction} {plain(limit)}"
        return f":orange-badge[:material/warning: firing] :small[:gray[{_whose(firing[0])}{why}]]"
    if about:
        return f":blue-badge[:material/check: ok, {len(about)} rule{'s' if len(about) > 1 else ''}]"
    return ":gray-badge[no rule]"


def _whose(judged: Judged) -> str:
    """The first members that breach, and how many more do; nothing for a rule about the whole."""
    members = [member for member in judged.firing if member]
    if not members:
        return ""
    named, more = members[:NAMED], len(members) - NAMED
    return f"{plain(', '.join(named))}{f' and {more} more' if more > 0 else ''}: "


def _hero(view: View, one: Definition, series: pd.DataFrame) -> None:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        heading(f"{one.label} by {view.grain}", one)
        mine = series[series["kpi"] == one.key]
        figure = Visualizer(one, view.grain, view.calendar).trend(mine, so_far=view.so_far)
        finding = f"{one.label} by {view.grain}, {len(mine)} periods"
        chart(figure, "hero", finding, explaining.on_point(view, one, "hero"))
    if not view.dimensions:
        return
    by = view.dimensions[0]
    with right:
        heading(f"{one.label} by {by.header or by.name}, {view.words}", one)
        shares = queries.breakdown(view, one.key, by.name, TOP)
        figure = Visualizer(one).bars(shares, theme.CHART_HEIGHT)
        chart(
            figure,
            "hero_breakdown",
            f"{one.label} by {by.name}; the largest is {shares[0].member if shares else 'none'}",
        )


def _table(view: View, compared: Mapping[str, Comparison]) -> None:
    """Every KPI in full, to the last cent."""
    rows = [
        {
            "KPI": one.label,
            "value": format_value(found.current.value, one.unit, one.decimals, one.currency),
            "earlier": format_value(
                found.earlier.value if found.earlier else None, one.unit, one.decimals, one.currency
            ),
            "change": format_change(found.change, one.unit),
            "compared": found.label,
            "unit": one.currency or one.unit.value,
        }
        for one in view.definitions
        if (found := compared.get(one.key)) is not None
    ]
    right = st.column_config.TextColumn(alignment="right")
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key="figures",
        column_config=dict.fromkeys(("value", "earlier", "change"), right),
        alt="Every KPI with its value and change",
    )


def _ask(view: View, compared: Mapping[str, Comparison]) -> None:
    """The panel about any of the figures, also of those that have no tile."""
    labels = {one.key: one.label for one in view.definitions if one.key in compared}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            explaining.QUESTION, list(labels), format_func=labels.__getitem__, key="asked_about", width=320
        )
        one = view.definition(chosen or next(iter(labels)))
        explaining.offer(view, one, view.slice_of_tiles, compared[one.key].current.period, "figures")
