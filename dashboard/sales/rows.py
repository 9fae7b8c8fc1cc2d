"""The rows of the star's tables, a page at a time; found, sorted and counted where they lie."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from dashboard.sales.queries import Star
from kpi.format import format_count
from kpi.sales.raw_rows import PAGE, TABLES, columns_of

BY_KEY = "its key"
TALL = 420


def show(star: Star) -> None:
    """Which table, a search and a sort, then the page of rows."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tables = list(TABLES)
        table = st.selectbox(
            "Table", tables, index=len(tables) - 1, key="sales-table", bind="query-params", width=170
        )
        table = table or tables[-1]
        search = st.text_input(
            "Search in its texts", key="sales_search", placeholder="in any case", width=260
        )
        columns = columns_of(table)
        sort = st.selectbox("Sort by", [BY_KEY, *columns], key=f"sales_sort_{table}", width=170)
        descending = st.toggle("Largest first", key="sales_descending")
    ordered = (sort, descending) if sort in columns else None
    total = star.count_rows(table, search)
    pages = max(1, math.ceil(total / PAGE))
    st.markdown(f"**{format_count(total)}** rows{' with that text' if search else ''}, {PAGE} at a time")
    if not total:
        return
    key = f"sales_page_{table}_{search}_{ordered}"
    number = st.pagination(pages, key=key) if pages > 1 else 1
    begin = (number - 1) * PAGE
    found = star.page_of_rows(table, begin, ordered, search)
    st.caption(
        f"Rows {format_count(begin + 1)} to {format_count(begin + len(found))} of {format_count(total)}"
    )
    frame = pd.DataFrame(found, columns=list(columns))
    st.dataframe(
        frame, hide_index=True, height=TALL, key="sales_rows", placeholder="", alt=f"Rows of {table}"
    )
