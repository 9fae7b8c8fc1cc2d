"""Headings and charts as every tab draws them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import queries
from dashboard.plot.component import Hit, as_json, draw
from dashboard.tables import LOCALIZED, PERCENT, Row, show_data, told_apart
from dashboard.text import plain
from kpi.definitions import Definition, Unit

OVER_TIME = ["period", "value", "complete"]  # columns of the data behind a trend
UNITS = {
    Unit.CURRENCY: "in workbook currency",
    Unit.NUMBER: "in workbook units",
    Unit.COUNT: "number",
    Unit.PERCENT: "in percent",
    Unit.DAYS: "in days",
    Unit.HOURS: "in hours",
}


def heading(text: str, kpi: Definition, unit: str = "") -> None:
    """What a chart shows, and its unit: the KPI's, or the one that is named."""
    unit = unit or (f"in {plain(kpi.currency)}" if kpi.currency else UNITS[kpi.unit])
    st.markdown(f"**{plain(text)}** · :gray[{unit}]")


def chart(
    make: Callable[[], go.Figure],
    key: str,
    finding: str,
    on_point: Callable[[Hit], None] | None = None,
    *,
    of: tuple[object, ...] = (),
) -> None:
    """The figure that `make` gives; `finding` says in words what it shows, for whoever cannot see it.

    `of` is all that the figure depends on: of the same it is made once, for everybody who looks. Empty: at each run.
    `on_point` is called with the mark that was clicked. What was zoomed stays so while the same is looked at.
    """
    figure = _made_once(of, make) if of else as_json(make())
    draw(figure, key, finding, view=looked_at(), on_point=on_point)


@queries.kept()
def _made_once(of: tuple[object, ...], _make: Callable[[], go.Figure]) -> str:  # noqa: ARG001 - the key of what is kept
    return as_json(_make())


def data(key: str, title: str, one: Definition, frame: pd.DataFrame) -> None:
    """The numbers behind a chart of a KPI, below it: a table, and the same as files. Column value holds the KPI."""
    names, rows = table_of(one, frame)
    form = PERCENT if one.unit is Unit.PERCENT else LOCALIZED
    show_data(key, title, names, rows, {names[list(frame.columns).index("value")]: form})


def table_of(one: Definition, frame: pd.DataFrame) -> tuple[list[str], list[Row]]:
    """The headings, of which no two are alike, and the rows by them; a cell without a value is None."""
    names = told_apart([one.label if name == "value" else str(name) for name in frame.columns])
    rows = (
        [None if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False, name=None)
    )
    return names, [dict(zip(names, row, strict=True)) for row in rows]


def looked_at() -> str:
    """What decides the axes of a chart besides the data: everything chosen is in the address."""
    return "&".join(f"{name}={st.query_params.get_all(name)}" for name in sorted(st.query_params))
