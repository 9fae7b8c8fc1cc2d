"""One load: its sheets and columns, its issues, what it changed, its marked copy, and taking it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.context import current
from dashboard.downloads import FOR_EXCEL
from dashboard.reviewing.tables import sheets_frame
from dashboard.tabs import load_changes
from dashboard.text import plain
from kpi.format import format_count
from kpi.loading.effects import EFFECTS
from kpi.loading.issue_csv import issues_csv
from kpi.report import Effect, Issue
from storage import undos
from storage.loads import Load
from storage.originals import MarkedCopy, NotMarkedError

COUNTS = ("rows read", "loaded", "rejected", "set aside")
MOST_SHOWN = 1_000  # issues in the table; the CSV has all of them
MARKED = "marked_copy"  # the latest one a visitor asked for, and of which load


def show(load: Load) -> None:
    """Everything about the load, and what can be done with it."""
    found = queries.issues(load.id)
    _actions(load, found)
    load_changes.show(load)
    left, right = st.columns(2, gap="medium")
    with left:
        _sheets(load)
    with right:
        _columns(load)
    _issues(found)


def _actions(load: Load, found: Sequence[Issue]) -> None:
    with st.container(horizontal=True, key="load_actions"):
        if found:
            st.download_button(
                "Issues as CSV",
                FOR_EXCEL + issues_csv(found),
                f"{Path(load.source).stem} issues.csv",
                "text/csv",
                key=f"csv_{load.id}",
                on_click="ignore",
                icon=":material/table_view:",
            )
        _marked(load)
        if load.holds:
            _undo(load)
    _answer(load)


def _marked(load: Load) -> None:
    """Made when it is asked for, not at each drawing; what was made last can be saved."""
    wanted = st.button(
        "Make a marked copy",
        key=f"mark_{load.id}",
        icon=":material/format_ink_highlighter:",
        help="A copy of the workbook in which every problem is coloured and commented.",
    )
    if wanted:
        with st.spinner("Marking …"):
            st.session_state[MARKED] = (load.id, _made(load))
    of, made = st.session_state.get(MARKED, (None, None))
    if of != load.id:
        return
    if isinstance(made, MarkedCopy):
        st.download_button(
            f"Download {made.name}",
            made.content,
            made.name,
            key=f"marked_{load.id}",
            on_click="ignore",
            icon=":material/download:",
        )
    else:
        st.warning(plain(str(made)))


def _made(load: Load) -> MarkedCopy | str:
    try:
        return current().marked(load.id)
    except NotMarkedError as error:
        return str(error)


def _undo(load: Load) -> None:
    """Asked for here; the service does it, as it does every load."""
    with st.popover("Undo this load", icon=":material/undo:"):
        st.markdown(
            f"What held before **{plain(load.source)}** was loaded will hold again, as a new version. Both versions "
            "stay in the history. To take that back, upload the file again."
        )
        st.button("Yes, undo it", key=f"undo_{load.id}", type="primary", on_click=_ask, args=(load.id,))


def _ask(load_id: int) -> None:
    with current().database.begin() as connection:
        undos.request_undo(connection, load_id, current().clock())


def _answer(load: Load) -> None:
    request = queries.undo_request(load.id)
    if request is None:
        return
    if request.refused is None:
        st.caption(":material/hourglass_top: It is being undone; the service does that within seconds.")
    else:
        st.warning(f"It was not undone. {plain(request.refused)}", icon=":material/undo:")


def _sheets(load: Load) -> None:
    st.markdown("**Sheets**")
    counts = {name: st.column_config.NumberColumn(format="localized") for name in COUNTS}
    alt = "Sheets with their row ledgers, and why some were left"
    st.dataframe(sheets_frame(load.report), hide_index=True, key="sheets", column_config=counts, alt=alt)


def _columns(load: Load) -> None:
    st.markdown("**Columns**")
    rows = [
        {
            "sheet": sheet.name,
            "column": column.header,
            "read as": column.field or "left out",
            "type": column.type,
            "sure": f"{column.confidence:.0%}",
        }
        for sheet in load.report.sheets
        for column in sheet.columns
    ]
    wide = {name: st.column_config.TextColumn(width="medium") for name in ("column", "read as")}
    alt = "Columns and what they were read as"
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="columns", column_config=wide, alt=alt)


def _issues(found: Sequence[Issue]) -> None:
    st.markdown(f"**Issues** · {format_count(len(found))}")
    if not found:
        st.caption("None: every cell was understood as it stands.")
        return
    chosen = _effects(found)
    listed = [issue for issue in found if not chosen or issue.effect in chosen]
    if len(listed) > MOST_SHOWN:
        st.caption(
            f"The first {format_count(MOST_SHOWN)} of {format_count(len(listed))}; the CSV has all of them."
        )
    rows = [
        {
            "effect": EFFECTS[issue.effect].name,
            "sheet": issue.sheet,
            "cell": issue.cell,
            "column": issue.header,
            "found": issue.found,
            "problem": issue.problem,
            "what was done": issue.action,
            "count": issue.count,
        }
        for issue in listed[:MOST_SHOWN]
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="issues", alt="Issues with their cells")


def _effects(found: Sequence[Issue]) -> Sequence[Effect]:
    """Which effects to list; all of them while none is chosen."""
    counts = Counter(issue.effect for issue in found)
    present = [effect for effect in EFFECTS if counts[effect]]
    chosen: Sequence[Effect] = st.pills(
        "Show only",
        present,
        selection_mode="multi",
        format_func=lambda effect: f"{EFFECTS[effect].name} {format_count(counts[effect])}",
        key="effects",
        label_visibility="collapsed",
    )
    return chosen
