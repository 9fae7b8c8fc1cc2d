"""What was read and what became of it: ledgers, issues, and the rows themselves."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.context import current
from dashboard.view import View
from storage.loads import Load

PAGE = 500
COUNTS = ("rows read", "loaded", "rejected", "set aside")


def show(view: View) -> None:
    loads = queries.latest_loads(view.dataset.name)
    st.markdown(
        "**Files, newest first** · every row read was loaded, rejected with a reason, or set aside with a reason"
    )
    counts = {name: st.column_config.NumberColumn(format="localized") for name in COUNTS}
    st.dataframe(
        _ledger(loads),
        hide_index=True,
        key="loads",
        column_config={**counts, "what was wrong": st.column_config.TextColumn(width="large")},
        alt="Loads with their row ledgers",
    )
    if loads:
        _details(loads)
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


def _details(loads: list[Load]) -> None:
    """Sheets, columns and issues of one load."""
    names = {
        load.id: f"{load.source}, {load.at.astimezone(current().timezone):%Y-%m-%d %H:%M:%S}"
        for load in loads
    }
    chosen = st.selectbox(
        "Details of", list(names), format_func=lambda key: names[key], key="load", width=420
    )
    load = next((one for one in loads if one.id == chosen), None)
    if load is None:
        return
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Sheets**")
        st.dataframe(
            _sheets(load),
            hide_index=True,
            key="sheets",
            column_config={name: st.column_config.NumberColumn(format="localized") for name in COUNTS},
            alt="Sheets, and why some were left",
        )
    with right:
        st.markdown("**Columns**")
        found = "Columns and what they were read as"
        wide = {name: st.column_config.TextColumn(width="medium") for name in ("column", "read as")}
        st.dataframe(_columns(load), hide_index=True, key="columns", column_config=wide, alt=found)
    _issues(load)


def _sheets(load: Load) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "sheet": sheet.name,
                "used": "yes" if sheet.used else "no",
                "header row": str(sheet.header_row or ""),
                "rows read": sheet.rows.read,
                "loaded": sheet.rows.loaded,
                "why not": sheet.reason,
            }
            for sheet in load.report.sheets
        ]
    )


def _columns(load: Load) -> pd.DataFrame:
    return pd.DataFrame(
        [
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
    )


def _issues(load: Load) -> None:
    found = queries.issues(load.id)
    st.markdown(f"**Issues** · {len(found):,}{' or more' if len(found) == queries.MOST_ISSUES else ''}")
    if found.empty:
        st.caption("None: every cell was understood as it stands.")
    else:
        st.dataframe(found, hide_index=True, key="issues", alt="Issues with their cells")


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
    frame = pd.DataFrame(page.rows, columns=_titles(view, page.names))
    st.dataframe(frame, hide_index=True, height=420, key="rows", alt="The rows as they were read")


def _titles(view: View, names: tuple[str, ...]) -> list[str]:
    """Columns as the workbook calls them; by their own names where two are called alike."""
    called = {field.name: field.header or field.name for field in view.dataset.fields}
    called |= {"_sheet": "sheet", "_row": "row"}
    shown = [called.get(name, name) for name in names]
    return [title if shown.count(title) == 1 else name for title, name in zip(shown, names, strict=True)]
