"""Following the data: a small question every two seconds, and a new drawing only where the answer has changed."""

from __future__ import annotations

import streamlit as st

from dashboard import queries
from dashboard.queries import Situation

EVERY = "2s"


def follow(situation: Situation) -> None:
    """Remember what this run shows, and watch for the moment it is no longer true."""
    st.session_state["shown"] = situation.pulse
    _watch()


@st.fragment(run_every=EVERY)
def _watch() -> None:
    """Writes nothing itself, so nothing on the page moves while the data do not."""
    if st.session_state.get("paused"):
        return
    if queries.shared_pulse() != st.session_state.get("shown"):
        st.rerun()
