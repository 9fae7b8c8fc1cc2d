"""Are we on track, and what moved: tiles, one trend, one breakdown, and every figure in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from dashboard import queries, theme
from dashboard.charts import Visualizer
from dashboard.drawing import chart, heading
from dashboard.queries import Judged
from dashboard.text import plain
from dashboard.view import View
from kpi.calculator import Comparison
from kpi.definitions import Definition, Favourable
from kpi.format import format_change, format_short, format_value
from kpi.values import CURRENCY

MOST_TILES = 8
SPARKS = 13  # periods of a sparkline
TOP = 6
NAMED = 2  # members that a tile names


def show(view: View) -> None:
    compared = queries.comparisons(view)
    tiles = [one for one in view.plain_definitions if one.key in compared][:MOST_TILES]
    if not tiles:
        st.info("No rows lie in this period with these filters. Choose a longer period, or clear a filter.")
        return
    st.markdown(_against(view, compared[tiles[0].key]))
    series = queries.series(view)
    judged = queries.judged(view.dataset.name)
    with st.grid(4, min_column_width=160, key="tiles"):
        for one in tiles:
            _tile(one, compared[one.key], series[series["kpi"] == one.key], judged)
    _hero(view, tiles[0], series)
    with st.expander("All figures"):
        _table(view, compared)


def _against(view: View, compared: Comparison) -> str:
    """What the tiles show, and what their change is measured against, in words."""
    if compared.earlier is None:
        return f"**{plain(view.words)}** · :gray[there is nothing earlier to compare with]"
    shown, against = (plain(part) for part in compared.label.split(" vs ", 1))
    part = f" :gray-badge[{view.grain_of_tiles} not over]" if compared.to_date else ""
    alike = ", the same part of it" if compared.to_date else ""
    filters = f" · {plain(view.filters)}" if view.filters else ""
    return f"**{shown}**{part} :gray[against {against}{alike}]{filters}"


def _tile(one: Definition, compared: Comparison, series: pd.DataFrame, judged: Sequence[Judged]) -> None:
    over = series[series["complete"]]["value"].dropna()  # half a month beside full ones looks like a collapse
    sparks = [float(value) for value in over.tail(SPARKS)]
    with st.container(border=True, key=f"tile_{one.key}", gap="small", height="stretch"):
        st.metric(
            plain(one.label),
            format_short(compared.current.value, one.unit, one.decimals, one.currency),
            _delta(one, compared),
            delta_color=_colour(one, compared),
            delta_arrow=_arrow(compared),
            help=f"{plain(one.description)} Formula: {plain(one.formula)}. "
            f"In full: {plain(format_value(compared.current.value, one.unit, one.decimals, one.currency))}",
            chart_data=sparks if len(sparks) > 1 else None,
            chart_type="line",
        )
        st.markdown(_state(one, judged))


def _delta(one: Definition, compared: Comparison) -> str:
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
    if (
        not compared.difference
        or one.favourable is Favourable.NONE
        or format_change(compared.change, one.unit) == "no change"
    ):
        return None
    return (compared.difference > 0) == (one.favourable is Favourable.UP)


def _colour(one: Definition, compared: Comparison) -> theme.Tone:
    good = _is_good(one, compared)
    return theme.QUIET if good is None else theme.GOOD if good else theme.BAD


def _arrow(compared: Comparison) -> Literal["up", "down", "off"]:
    if not compared.difference:
        return "off"
    return "up" if compared.difference > 0 else "down"


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
        figure = Visualizer(one, view.grain).trend(mine, so_far=view.so_far)
        chart(figure, "hero", f"{one.label} by {view.grain}, {len(mine)} periods")
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
