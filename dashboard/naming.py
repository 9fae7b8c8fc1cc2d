"""Names of buttons that stand on the page many times: each says what it is about to who hears it, and not to who sees it."""

from __future__ import annotations

import streamlit as st

from dashboard.text import plain

# Out of sight and still read aloud; no other button has emphasis in its label
UNSEEN = (
    "<style>button em{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);"
    "white-space:nowrap}</style>"
)


def named(label: str, about: str) -> str:
    """The label of a button, as Markdown: `Edit`, and out of sight the name of the rule that it edits."""
    return f"{label} *{plain(about)}*" if about.strip() else label


def keep_names_out_of_sight() -> None:
    """Once, on a page with such buttons."""
    st.html(UNSEEN)
