"""The chart on the page, by Streamlit's components: plotly.js draws the figure and redraws it in the same place.

`st.plotly_chart` makes a new chart of every change of a figure, so that zoom and selection are lost each time the data
move (docs/decisions/0029). The script comes with Python's plotly; `api.assets` serves it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.offline import get_plotlyjs_version

HERE = Path(__file__).parent
SCRIPT = f"assets/plotly-{get_plotlyjs_version()}.min.js"  # beside the page, as `api.assets` serves it
NAME = "kpi_chart"

_mount = st.components.v2.component(
    NAME,
    html='<div class="kpi-chart"></div>',
    css=(HERE / "chart.css").read_text("utf-8"),
    js=(HERE / "chart.js").read_text("utf-8"),
    isolate_styles=False,  # plotly.js writes its styles into the head of the page
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A mark that was clicked: the how manieth of its trace, where it stands on the axes, and which trace it is of."""

    index: int
    x: Any
    y: Any
    series: int = 0


def draw(
    figure: str,
    key: str,
    finding: str,
    *,
    name: str = "",
    view: str = "",
    on_point: Callable[[Hit], None] | None = None,
) -> None:
    """The figure, as `as_json` writes it, under its `key`; `finding` says in words what it shows, for whoever cannot see it.

    `name` is that of a picture that is saved. While `view` stays, zoom and hidden series stay, whatever the data do.
    `on_point` is called with the mark that was clicked, before the page is drawn anew.
    """
    content = {
        "figure": figure,
        "script": SCRIPT,
        "says": finding,
        "name": name or finding,
        "view": view,
        "clicks": on_point is not None,
    }
    if on_point is None:
        _mount(key=key, data=content)
        return
    told = on_point

    def clicked() -> None:
        state: Mapping[str, Any] = st.session_state[key]
        if point := state.get("point"):
            told(Hit(int(point["index"]), point["x"], point["y"], int(point.get("series", 0))))

    _mount(key=key, data=content, on_point_change=clicked)


def as_json(figure: go.Figure) -> str:
    """Without Plotly's own template: the page's colours are put in where it is drawn, in the theme of the reader."""
    told = json.loads(figure.to_json())
    told["layout"].pop("template", None)
    return json.dumps(told, sort_keys=True)
