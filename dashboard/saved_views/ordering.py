"""The order in which saved views stand in their menu."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.saved_views import queries
from storage.saved_views import SavedView


def show(found: Sequence[SavedView], one: SavedView) -> None:
    """Two buttons that move a view by one place; nothing where there is only one."""
    if len(found) == 1:
        return
    with st.container(horizontal=True):
        for label, icon, by in (("Earlier", "arrow_upward", -1), ("Later", "arrow_downward", 1)):
            st.button(
                label,
                icon=f":material/{icon}:",
                key=f"views_{label.lower()}",
                help=f"One place {label.lower()} in the list above",
                disabled=one == found[0 if by < 0 else -1],
                on_click=_move,
                args=(found, one, by),
            )


def _move(found: Sequence[SavedView], one: SavedView, by: int) -> None:
    names = [each.name for each in found if each.name != one.name]
    names.insert([each.name for each in found].index(one.name) + by, one.name)
    queries.arrange(one.dataset, names)
