"""Whether what is shown keeps up with the files; where it does not, the cards turn grey, and it is said in words."""

from __future__ import annotations

import streamlit as st

from dashboard import queries
from dashboard.queries import Situation
from storage.datasets import Dataset

GREY = (
    '<style>[class*="st-key-tile_"], [class*="st-key-card_"] { filter: grayscale(1); opacity: 0.6; }</style>'
)


def is_kept_up(situation: Situation, dataset: Dataset) -> bool:
    """Somebody watches the inbox, and the newest file of the dataset was taken in."""
    latest = queries.latest_loads(dataset.name, 1)
    return situation.pulse.watching and not any(load.error for load in latest)


def grey_out() -> None:
    """Every card of the dashboard, for as long as it is not kept up."""
    st.html(GREY)
