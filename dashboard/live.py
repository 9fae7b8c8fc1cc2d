"""Following the data: the browser asks for the pulse, and has the page drawn anew only where it has changed.

It asks a route of its own, not the page's script: twenty pages that only wait cost a process nothing that can be felt.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.pulse import PLACE

NAME = "kpi_follow"
SELDOM = "1h"
KEY = "follow"  # also of the style that takes it off the page: it shows nothing

_mount = st.components.v2.component(NAME, js=Path(__file__).with_suffix(".js").read_text("utf-8"))


def follow(mark: str) -> None:
    """Tell the browser what this run shows, so that it can see the moment when that is no longer true.

    An empty mark for a run that could show nothing: it is repeated as soon as there is a pulse.
    """
    paused = bool(st.session_state.get("paused"))
    _mount(key=KEY, data={"place": PLACE, "shown": mark, "paused": paused}, on_moved_change=_draw_anew)
    _stay()


@st.fragment(run_every=SELDOM)
def _stay() -> None:
    """Nothing. A browser whose connection was lost has a page run anew for its new session only where that has a timer."""


def _draw_anew() -> None:
    """Nothing but the run of the page that comes with it."""
