"""What a definition would give, before it is saved: as a chart, and beside what it gives now."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.charts import Visualizer
from dashboard.drawing import chart, heading
from dashboard.text import plain
from dashboard.view import View
from kpi.calendar import Grain
from kpi.definitions import Definition, read_definition
from kpi.format import format_value
from storage.defining import Preview
from storage.definitions import Effect, Wish


def grain_of(view: View, wish: Wish) -> Grain:
    """The page's grain, or one that the KPI has values by."""
    grains = read_definition(wish.key, wish.entry or {}).grains
    return (
        view.grain
        if view.grain in grains or not grains
        else Grain.MONTH
        if Grain.MONTH in grains
        else grains[-1]
    )


def show(view: View, shown: Preview) -> None:
    """The values as a chart and a table, beside those that the KPI has now."""
    one = read_definition(shown.wish.key, shown.wish.entry or {})
    one = replace(one, currency=view.dataset.currency_of())
    grain = grain_of(view, shown.wish)
    heading(f"{one.label} by {grain}", one)
    saved = shown.effect is Effect.UNCHANGED
    state = (
        f"as it is saved, version {shown.version}"
        if saved
        else f"not saved; would be version {shown.version}"
    )
    st.caption(f"{state} · key {plain(one.key)}")
    if shown.missing:
        st.info(f"{plain(view.dataset.name)} does not give it: {plain(shown.missing)}")
        return
    names = ["period", "value", "complete"]
    frame = pd.DataFrame([[getattr(value, name) for name in names] for value in shown.gives], columns=names)
    if frame.empty:
        st.info("No rows lie in this period with these filters.")
        return
    title = f"{one.label} by {grain}, as it would be"
    picture = Visualizer(one, grain, view.calendar)
    chart(lambda: picture.trend(frame, so_far=view.so_far), "kpi_preview", title)
    right = st.column_config.TextColumn(alignment="right")
    st.dataframe(
        _beside(view, one, shown, grain),
        hide_index=True,
        key="kpi_values",
        column_config={"would be": right, "is now": right},
        alt=title,
    )


def _beside(view: View, one: Definition, shown: Preview, grain: Grain) -> pd.DataFrame:
    """Newest first: what would be said, and what is said now."""
    now: dict[object, float | None] = {}
    if any(known.key == one.key for known in view.definitions) and grain == view.grain:
        said = queries.series(view, (one.key,))
        now = dict(zip(said["period"], said["value"], strict=True))

    def written(value: float | None) -> str:
        known = None if value is None or pd.isna(value) else value
        return format_value(known, one.unit, one.decimals, one.currency)

    over = all(value.complete for value in shown.gives)
    rows = [
        {
            "period": value.period.isoformat(),
            "would be": written(value.value),
            **({"is now": written(now.get(value.period))} if now else {}),
            **({} if over else {"": "" if value.complete else "not over yet"}),
        }
        for value in reversed(shown.gives)
    ]
    return pd.DataFrame(rows)
