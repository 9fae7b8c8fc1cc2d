"""A text of any length with its buttons at its right; below it on a phone."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

SHARES = (5, 1)
FOR_SEVERAL = (3, 2)  # where several buttons stand beside a text


def beside(text: str, shares: Sequence[int] = SHARES) -> DeltaGenerator:
    """Draws the text, as Markdown, and gives the place of the buttons."""
    left, right = st.columns(list(shares), vertical_alignment="center")
    left.markdown(text)
    return right.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center")
