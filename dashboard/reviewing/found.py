"""What was found in a file that was handed in, until its person says that it looks right; and again on the Data tab."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import queries, review
from dashboard.context import current
from dashboard.incoming import awaited
from dashboard.reviewing.rows import first_rows
from dashboard.reviewing.tables import columns_frame, sheets_frame, summary
from dashboard.text import plain
from kpi.format import count_of
from storage import loads
from storage.loads import Load

ROWS, COLUMNS, SHEETS, CHANGE = "First rows", "Columns", "Sheets", "Change"
LOOK = "Look at what was found"


def show() -> None:
    """The panel at the top of the page, for the files that this visitor handed in and has not looked at yet."""
    numbers = awaited.to_review()
    if numbers:
        _panel()


def show_again(load: Load) -> None:
    """Below the details of a load, for whoever wants to see it once more."""
    if st.toggle("What was found", key=f"again_{load.id}"):
        _views(load, "again", (ROWS, COLUMNS, SHEETS))


@st.fragment
def _panel() -> None:
    """A fragment: looking around in it draws nothing below it anew."""
    numbers = awaited.to_review()
    if not numbers:
        return
    with current().database.read() as connection:
        waiting = {number: loads.find_load(connection, number) for number in numbers}
    with st.container(border=True, key="found", gap="xsmall"):
        load = waiting[_choose(waiting)]
        st.caption(plain(summary(load)))
        rejected = count_of(load.rows.rejected, "row was rejected", "rows were rejected")
        title = f"{LOOK}: :orange[{rejected}]" if load.rows.rejected else LOOK
        look = st.expander(
            title, key=f"look_{load.id}", on_change="rerun"
        )  # figures stay on the first screen
        if look.open:
            with look:
                _views(load, "found", (ROWS, COLUMNS, SHEETS, CHANGE))


def _choose(waiting: dict[int, Load]) -> int:
    """The title with its button; of several files, which of them is looked at."""
    numbers = list(waiting)[::-1]  # what came last is what the page has just turned to
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = numbers[0]
        if len(numbers) > 1:
            st.markdown(f":material/fact_check: **What was found in** {len(numbers)} files", width="content")
            chosen = st.selectbox(
                "File",
                numbers,
                format_func=lambda number: waiting[number].source,
                key="found_file",
                label_visibility="collapsed",
                width=320,
            )
            st.space("stretch")
            st.button("All look right", key="all_right", type="tertiary", on_click=_close, args=(numbers,))
        else:
            st.markdown(
                f":material/fact_check: **What was found in {plain(waiting[chosen].source)}**",
                width="stretch",
            )
        st.button(
            "Looks right", key=f"right_{chosen}", icon=":material/check:", on_click=_close, args=([chosen],)
        )
    return chosen


def _close(numbers: Sequence[int]) -> None:
    left = [number for number in awaited.to_review() if number not in numbers]
    st.session_state[awaited.TO_REVIEW] = left
    st.session_state.pop("found_file", None)


def _views(load: Load, place: str, names: Sequence[str]) -> None:
    """One of the views at a time: only that one is drawn."""
    key = f"{place}_{load.id}"
    view = st.segmented_control(
        "Show", names, default=ROWS, key=f"view_{key}", required=True, label_visibility="collapsed"
    )
    if view == CHANGE:
        review.change_here(load, place)
    elif view == COLUMNS:
        frame = columns_frame(load.report)
        st.dataframe(
            frame,
            hide_index=True,
            key=f"columns_{key}",
            alt="Columns, what they were read as, and how sure that is",
        )
    elif view == SHEETS:
        frame = sheets_frame(load.report)
        st.dataframe(
            frame, hide_index=True, key=f"sheets_{key}", alt="Sheets, their rows, and why some were left"
        )
    else:
        first_rows(load, queries.issues(load.id))
