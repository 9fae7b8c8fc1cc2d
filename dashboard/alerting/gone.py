"""What a stored rule rests on and these data give no more. It is shown as gone: a form never picks another by itself."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from alerts.rules import Rule
from dashboard.definition_queries import why_silent
from dashboard.text import plain, spoken
from dashboard.view import View

GONE = "gone from these data"


def choices(named: Mapping[str, str], held: str | None) -> dict[str, str]:
    """What can be chosen and how it is called; a stored one that is not among it stands first, as gone."""
    if held is None or held in named:
        return dict(named)
    return {held: f"{spoken(held)} ({GONE})"} | dict(named)


def say(view: View, held: Rule, what: str) -> str:
    """Below the field: why it cannot be judged, and that nothing is chosen for anybody. What it says, in a line."""
    why = why_silent(view.dataset, [held])[held.id] or f"{what} is {GONE}"
    st.warning(
        f"{plain(why)}.  \nNothing is changed by itself: choose another {what} here, or cancel and leave the rule as it is.",
        icon=":material/block:",
    )
    return f"Its {what} is {GONE}."
