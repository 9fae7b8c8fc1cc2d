"""The ten charts, two beside each other. A click on a mark filters all the others by it."""

from __future__ import annotations

import streamlit as st

from dashboard import tables
from dashboard.sales import drawing, picking, queries
from dashboard.sales.controls import Looked
from dashboard.sales.panels import PANELS, Panel, Seen
from dashboard.sales.queries import Star


def show(looked: Looked, star: Star) -> None:
    for left in range(0, len(PANELS), 2):
        for place, panel in zip(st.columns(2, gap="medium"), PANELS[left : left + 2], strict=True):
            with place, st.container(key=f"sales_{panel.analysis}"):
                _show(panel, looked, star)


def _show(panel: Panel, looked: Looked, star: Star) -> None:
    asked = looked.question(looked.top or panel.top if panel.top else None, but=panel.dimension)
    rows = star.rows(panel.analysis, asked)
    key = f"sales_{panel.analysis}"
    if not rows:
        st.markdown(f"**{panel.title}**")
        st.info("No sales lie in these days with what is picked. Choose other days, or take a filter away.")
        return
    whole = star.revenue(looked.question(but=panel.dimension))
    drawn = panel.draw(Seen(rows, whole, looked.top, looked.picked(panel.dimension), looked.is_whole))
    on_point = picking.on_click(panel.dimension, drawn.marks)
    said = " · ".join(filter(None, (panel.measure.said, looked.words(but=panel.dimension))))
    drawing.show(f"{key}_chart", panel.title, said, drawn, on_point)
    tables.show_data(key, panel.title, queries.columns(panel.analysis), rows)
