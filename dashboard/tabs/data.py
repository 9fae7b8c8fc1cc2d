"""What was read and what became of it: ledgers, issues, and the rows themselves."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from dashboard import queries, review
from dashboard.context import current
from dashboard.reviewing import found
from dashboard.tabs import load_details
from dashboard.text import plain
from dashboard.view import View
from kpi.format import format_count
from storage.loads import Load

PAGE = 500


def show(view: View) -> None:
    loads = queries.latest_loads(view.dataset.name)
    st.markdown(
        "**Files, newest first** · every row read was loaded, rejected with a reason, or set aside with a reason"
    )
    counts = {name: st.column_config.NumberColumn(format="localized") for name in load_details.COUNTS}
    st.dataframe(
        _ledger(loads),
        hide_index=True,
        key="loads",
        column_config={**counts, "what was said": st.column_config.TextColumn(width="large")},
        alt="Loads with their row ledgers",
    )
    if loads:
        _details(loads)
    _rows(view)


def _ledger(loads: list[Load]) -> pd.DataFrame:
    zone, said = current().timezone, _said(loads)
    return pd.DataFrame(
        [
            {
                "load": load.id,
                "file": load.source,
                "at": load.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
                "result": load.status.value,
                "rows read": load.rows.read,
                "loaded": load.rows.loaded,
                "rejected": load.rows.rejected,
                "set aside": load.rows.set_aside,
                "version": load.version,
                "holds": "yes" if load.holds else "",
                "seconds": round(load.seconds, 2),
                "what was said": load.error.message if load.error else said.get(load.id, ""),
            }
            for load in loads
        ]
    )


def _said(loads: list[Load]) -> dict[int, str]:
    """What undoings say about loads, by their numbers."""
    said = {}
    for one in queries.taken_back(loads):
        then = f"load {one.restored_id} holds again" if one.restored_id else "nothing held before it"
        said[one.load_id] = f"load {one.undone_id} was undone: {then}"
        said[one.undone_id] = f"undone by load {one.load_id}"
    return said


def _details(loads: list[Load]) -> None:
    """One load, chosen among the latest."""
    names = {
        load.id: f"Load {load.id}: {load.source}, {load.at.astimezone(current().timezone):%Y-%m-%d %H:%M:%S}"
        for load in loads
    }
    chosen = st.selectbox(
        "Details of", list(names), format_func=lambda key: names[key], key="load", width=420
    )
    load = next((one for one in loads if one.id == chosen), None)
    if load is not None:
        load_details.show(load)
        found.show_again(load)
        review.offer_change(load)


def _rows(view: View) -> None:
    """Each search begins on its first page."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Search in the rows",
            key="search_rows",
            icon=":material/search:",
            placeholder="a text, a number or a day",
            help="Rows that have this text in one of their texts, or exactly this number or day (2025-10-31).",
            width=300,
        )
        first = queries.fact_page(view, 0, PAGE, search)
        pages = max(1, math.ceil(first.total / PAGE))
        key = f"page_{view.dataset.name}_{search}"
        number = st.pagination(pages, key=key) if pages > 1 else 1
    begin = (number - 1) * PAGE
    page = queries.fact_page(view, begin, PAGE, search) if begin else first
    kept = f" with {plain(search.strip())}" if search.strip() else ""
    if not page.total:
        st.info(f"No rows{kept}. Clear the search to see all.")
        return
    st.markdown(
        f"**Rows as they were read{kept}** · {format_count(begin + 1)} to {format_count(begin + len(page.rows))} of {format_count(page.total)}, "
        "by sheet and row"
    )
    frame = pd.DataFrame(page.rows, columns=_titles(view, page.names))
    st.dataframe(frame, hide_index=True, height=420, key="rows", alt="The rows as they were read")


def _titles(view: View, names: tuple[str, ...]) -> list[str]:
    """Columns as the workbook calls them; by their own names where two are called alike."""
    called = {field.name: field.header or field.name for field in view.dataset.fields}
    called |= {"_sheet": "sheet", "_row": "row"}
    shown = [called.get(name, name) for name in names]
    return [title if shown.count(title) == 1 else name for title, name in zip(shown, names, strict=True)]
