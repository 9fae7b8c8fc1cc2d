"""Following the data: the browser asks for the pulse, and has the page drawn anew only where it has changed.

It asks a route of its own, not the page's script: twenty pages that only wait cost a process nothing that can be felt.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.pulse import PLACE
from dashboard.queries import Situation

NAME = "kpi_follow"
KEY = "follow"  # also of the style that takes it off the page: it shows nothing

_mount = st.components.v2.component(NAME, js=Path(__file__).with_suffix(".js").read_text("utf-8"))


def follow(situation: Situation) -> None:
    """Tell the browser what this run shows, so that it can see the moment when that is no longer true."""
    paused = bool(st.session_state.get("paused"))
    told = {"place": PLACE, "shown": situation.pulse.mark, "paused": paused}
    _mount(key=KEY, data=told, on_moved_change=_draw_anew)


def _draw_anew() -> None:
    """Nothing but the run of the page that comes with it."""
