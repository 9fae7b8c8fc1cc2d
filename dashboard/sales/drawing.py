"""A chart of the Sales tab on the page: heading, figure, sentence, and its data to look at and to save."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.drawing import looked_at
from dashboard.plot.component import Hit, as_json, draw
from dashboard.sales.panels import Drawn
from dashboard.text import plain


def show(
    key: str, title: str, said: str, drawn: Drawn, on_point: Callable[[Hit], None] | None = None
) -> None:
    """The heading with its unit, the sentence, and the figure, which says the same to whoever cannot see it."""
    st.markdown(f"**{plain(title)}** · :gray[{plain(said)}]  \n{plain(drawn.says)}")
    alt = f"{title}, {said}. {drawn.says}"
    draw(as_json(drawn.figure), key, alt, name=title, view=looked_at(), on_point=on_point)
