"""Who is at the page: there are no accounts, so people say their name once, and it is remembered while the page is open."""

from __future__ import annotations

import streamlit as st

NAME = "alerting.who"


def ask(key: str) -> str:
    """The field; what was typed elsewhere on the page stands in it already."""
    typed = st.text_input("Your name", str(st.session_state.get(NAME, "")), key=f"{key}.who", max_chars=120)
    return typed.strip()


def remember(name: str) -> None:
    st.session_state[NAME] = name
