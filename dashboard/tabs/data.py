"""What was read and what became of it: ledgers, issues, and the rows themselves."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.context import current
from dashboard.text import plain
from dashboard.view import View
from storage.loads import Load

PAGE = 500


def show(view: View) -> None:
    loads = queries.latest_loads(view.dataset.name)
    st.markdown(
        "**Files, newest first** · every row read was loaded, rejected with a reason, or set aside with a reason"
    )
    st.dataframe(_ledger(loads), hide_index=True, key="loads", alt="Loads with their row ledgers")
    if loads:
        _sheets(loads)
    _rows(view)


def _ledger(loads: list[Load]) -> pd.DataFrame:
    zone = current().timezone
    return pd.DataFrame(
        [
            {
                "file": load.source,
                "at": load.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
                "result": load.status.value,
                "rows read": load.rows.read,
                "loaded": load.rows.loaded,
                "rejected": load.rows.rejected,
                "set aside": load.rows.set_aside,
                "version": load.version,
                "seconds": round(load.seconds, 2),
                "what was wrong": load.error.message if load.error else "",
            }
            for load in loads
        ]
    )


def _sheets(loads: list[Load]) -> None:
    """Sheets, columns and issues of one load."""
    names = {
        load.id: f"{load.source}, {load.at.astimezone(current().timezone):%Y-%m-%d %H:%M:%S}"
        for load in loads
    }
    chosen = st.selectbox(
        "Details of", list(names), format_func=lambda key: plain(names[key]), key="load", width=420
    )
    load = next((one for one in loads if one.id == chosen), None)
    if load is None:
        return
    sheets = [
        {
            "sheet": sheet.name,
            "used": "yes" if sheet.used else "no",
            "why not": sheet.reason,
            "header row": sheet.header_row,
            "rows read": sheet.rows.read,
            "loaded": sheet.rows.loaded,
        }
        for sheet in load.report.sheets
    ]
    columns = [
        {
            "sheet": sheet.name,
            "column": c.header,
            "read as": c.field or "left out",
            "type": c.type,
            "sure": f"{c.confidence:.0%}",
        }
        for sheet in load.report.sheets
        for c in sheet.columns
    ]
    left, right = st.columns(2, gap="medium")
    left.markdown("**Sheets**")
    left.dataframe(pd.DataFrame(sheets), hide_index=True, key="sheets", alt="Sheets, and why some were left")
    right.markdown("**Columns**")
    right.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        height=220,
        key="columns",
        alt="Columns and what they were read as",
    )
    found = queries.issues(load.id)
    st.markdown(f"**Issues** · {len(found):,}{' or more' if len(found) == 1000 else ''}")  # noqa: PLR2004 - the most that is asked for
    if found.empty:
        st.caption("None: every cell was understood as it stands.")
    else:
        st.dataframe(found, hide_index=True, height=220, key="issues", alt="Issues with their cells")


def _rows(view: View) -> None:
    first = queries.fact_page(view.dataset, 0, PAGE)
    pages = max(1, math.ceil(first.total / PAGE))
    st.markdown(f"**Rows as they were read** · {first.total:,} in all, {PAGE} at a time, by sheet and row")
    number = (
        st.number_input("Page", 1, pages, 1, key=f"page_{view.dataset.name}", width=160) if pages > 1 else 1
    )
    page = first if number == 1 else queries.fact_page(view.dataset, (number - 1) * PAGE, PAGE)
    begin = (number - 1) * PAGE
    st.caption(f"Rows {begin + 1:,} to {begin + len(page.rows):,} of {page.total:,}")
    titles = {"_sheet": "sheet", "_row": "row"}
    frame = pd.DataFrame(page.rows, columns=[titles.get(name, name) for name in page.names])
    st.dataframe(frame, hide_index=True, height=420, key="rows", alt="The rows as they were read")
