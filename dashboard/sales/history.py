"""Runs of the warehouse, newest first: the ledger of each file, notes, rejected rows, and errors in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.context import current
from dashboard.downloads import FOR_EXCEL
from dashboard.sales import run_words, runs_read
from dashboard.sales.runs_read import Standing
from dashboard.text import plain
from kpi.format import format_count
from storage.warehouse.reject_csv import reject_lines
from storage.warehouse.runs import Run

COUNTS = ("read", "loaded", "rejected", "set aside")


def show(standing: Standing) -> None:
    """One run, chosen among the latest, and the list of them."""
    if not standing.latest:
        st.caption("There was no run yet.")
        return
    st.dataframe(
        _listed(standing.latest),
        hide_index=True,
        key="sales_runs",
        placeholder="",
        column_config=_counts("rows read", "loaded", "rejected", "set aside")
        | {"what was said": st.column_config.TextColumn(width="large")},
        alt="Runs of the sales warehouse",
    )
    names = {run.id: _name(run) for run in standing.latest}
    chosen = st.selectbox(
        "Details of",
        list(names),
        format_func=lambda run_id: names.get(run_id, f"Run {run_id}"),
        key="sales_run_shown",
        width=320,
    )
    run = next((one for one in standing.latest if one.id == chosen), standing.latest[0])
    show_run(run)


def show_run(run: Run) -> None:
    """What became of a run's rows, file by file."""
    said = plain(run_words.outcome(run, current().timezone)) if not run.active else "It is under way."
    st.markdown(said)
    if run.ledger:
        st.markdown("**Files** · every row read was loaded, rejected or set aside")
        st.dataframe(
            _ledgers(run), hide_index=True, key="sales_ledger", column_config=_counts(*COUNTS),
            alt="The ledger of each file",
        )  # fmt: skip
    _show_rejects(run)
    if run.notes:
        st.markdown("**Notes**")
        st.dataframe(
            _notes(run), hide_index=True, key="sales_notes", placeholder="", alt="What is worth knowing"
        )


def _show_rejects(run: Run) -> None:
    kept = runs_read.count_rejects(run.id)
    if not kept:
        if run_words.added(run.ledger.values()).rejected:
            st.caption("The rejected rows of this run are not kept any more.")
        return
    st.download_button(
        f"Download the {format_count(kept)} rejected rows" if kept > 1 else "Download the rejected row",
        lambda: FOR_EXCEL + "".join(reject_lines(current().database, run.id)),
        f"rejected rows of run {run.id}.csv",
        "text/csv",
        key="sales_rejects",
        on_click="ignore",
        icon=":material/download:",
        help="Each with its file, line, reason and what stood there.",
    )


def _listed(latest: tuple[Run, ...]) -> pd.DataFrame:
    return pd.DataFrame([_row(run) for run in latest])


def _row(run: Run) -> dict[str, object]:
    whole = run_words.added(run.ledger.values())
    return {
        "run": run.id,
        "asked": _at(run),
        "by": run.origin,
        "mode": run.mode.value,
        "result": run_words.ENDINGS[run.status],
        "rows read": whole.read,
        "loaded": whole.loaded,
        "rejected": whole.rejected,
        "set aside": whole.set_aside,
        "version": run.version,
        "seconds": round(run.seconds, 1),
        "what was said": run.error.message if run.error else "",
    }


def _ledgers(run: Run) -> pd.DataFrame:
    whole = run_words.added(run.ledger.values())
    rows = {**run.ledger, "all": whole} if len(run.ledger) > 1 else run.ledger
    return pd.DataFrame(
        [
            {
                "file": label,
                "read": ledger.read,
                "loaded": ledger.loaded,
                "rejected": ledger.rejected,
                "set aside": ledger.set_aside,
            }
            for label, ledger in rows.items()
        ]
    )


def _notes(run: Run) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "file": note.file,
                "sheet": note.sheet,
                "column": note.header,
                "found": note.problem,
                "what was done": note.action,
                "rows": note.count,
                "first line": note.first_line or None,
            }
            for note in run.notes
        ]
    )


def _counts(*names: str) -> dict[str, Any]:
    return {name: st.column_config.NumberColumn(format="localized") for name in names}


def _name(run: Run) -> str:
    return f"Run {run.id}, {_at(run)}"


def _at(run: Run) -> str:
    return run.asked_at.astimezone(current().timezone).strftime("%Y-%m-%d %H:%M:%S")
