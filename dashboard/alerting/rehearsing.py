"""Asking what a rule would have said over the stored history: once a rule and version, and kept."""

from __future__ import annotations

import streamlit as st

from alerts.rules import Rule
from dashboard.alerting.replayed import Rehearsed, summed_up
from dashboard.context import current
from dashboard.view import Asked


@st.cache_data(max_entries=60, show_spinner=False)
def rehearse(asked: Asked, rule: Rule, token: str) -> Rehearsed:  # noqa: ARG001 - version and token are part of the key
    """One round of questions to the figures; the same rule over the same data is not asked again.

    `token` changes with what else it rests on: how the rule stands, and which files cannot be read.
    """
    return summed_up(current().rehearse(rule))
