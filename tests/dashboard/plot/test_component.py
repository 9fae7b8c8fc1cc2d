"""What a chart is told: the same figure says the same, and the colours are the reader's own."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from tests.dashboard.pages import charts


def a_page(*, clickable: bool = False) -> AppTest:
    def script(clickable: bool) -> None:  # noqa: FBT001 - AppTest passes it on by position
        import plotly.graph_objects as go  # noqa: PLC0415 - the script has only its own names
        import streamlit as st  # noqa: PLC0415

        from dashboard.plot.component import as_json, draw  # noqa: PLC0415

        figure = go.Figure(go.Bar(x=[3, 1], y=["North", "South"]))
        on_point = st.session_state.setdefault("hits", []).append if clickable else None
        draw(as_json(figure), "sales", "North leads with 3", name="Sales", view="all", on_point=on_point)

    return AppTest.from_function(script, args=(clickable,)).run()


def test_it_is_told_the_figure_its_finding_its_name_and_what_is_looked_at() -> None:
    (told,) = charts(a_page())
    assert {name: told[name] for name in ("says", "name", "view", "clicks")} == {
        "says": "North leads with 3",
        "name": "Sales",
        "view": "all",
        "clicks": False,
    }
    assert json.loads(told["figure"])["data"] == [{"type": "bar", "x": [3, 1], "y": ["North", "South"]}]


def test_a_figure_brings_no_colours_of_its_own() -> None:
    assert "template" not in json.loads(charts(a_page())[0]["figure"])["layout"]


def test_drawn_twice_it_is_told_the_same() -> None:
    page = a_page(clickable=True)
    assert charts(page) == charts(page.run())
