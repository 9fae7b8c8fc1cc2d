"""The first rows of a load's sheets on the page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.context import current
from dashboard.reviewing.preview import preview_html
from kpi.format import count_of
from kpi.report import Issue
from storage.loads import Load
from storage.previews import previews_of

MOST_SHEETS = 6  # whose first rows are shown


def first_rows(load: Load, issues: Sequence[Issue]) -> None:
    """How the sheets begin, with what is wrong in them; the used ones first."""
    with current().database.read() as connection:
        previews = previews_of(connection, load.id)
    if not previews:
        st.caption("How its sheets begin was not kept with this load.")
        return
    sheets = {sheet.name: sheet for sheet in reversed(load.report.sheets)}
    ordered = sorted(previews, key=lambda one: not (one.sheet in sheets and sheets[one.sheet].used))
    for preview in ordered[:MOST_SHEETS]:
        st.html(preview_html(preview, sheets.get(preview.sheet), issues))
    if len(previews) > MOST_SHEETS:
        st.caption(
            f"{count_of(len(previews) - MOST_SHEETS, 'more sheet was', 'more sheets were')} looked at: see the "
            "list of sheets."
        )
