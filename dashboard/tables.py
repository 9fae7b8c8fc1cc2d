"""Tables on the page, each with the whole of it as files: what a chart shows, for whoever wants the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd
import streamlit as st

from dashboard.downloads import XLSX, csv_text, xlsx_bytes
from dashboard.text import plain
from kpi.format import format_count

Form = Literal["percent", "localized"]
Forms = Mapping[str, Form]
Row = Mapping[str, Any]
PERCENT: Form = "percent"
LOCALIZED: Form = "localized"
PARTS = {"retention", "share", "cumulative_share", "support", "confidence", "confidence_back"}
NUMBERS = {"revenue", "units", "orders", "customers", "lines", "size", "amount", "average_price", "average_order_value",
           "average_recency_days", "average_orders", "average_revenue", "lift"}  # fmt: skip
FEW, TALL = 10, 320  # rows that are shown whole; pixels of a table of more
MOST_SHOWN = 2_000  # rows of the table below a chart; the files have all


def show_data(
    key: str, title: str, names: Sequence[str], rows: Sequence[Row], forms: Forms = MappingProxyType({})
) -> None:
    """The rows behind a figure, once they are asked for."""
    data = st.expander("Data", key=f"{key}_data", on_change="rerun", icon=":material/table:")
    if not data.open:
        return
    with data:
        show_table(f"{key}_table", title, names, rows, forms)
        st.caption("The bar at the chart's top right saves the picture as PNG or SVG.")


def show_table(
    key: str, title: str, names: Sequence[str], rows: Sequence[Row], forms: Forms = MappingProxyType({})
) -> None:
    """A table, and the whole of it as files; `forms` says how columns of numbers are written."""
    frame = pd.DataFrame(
        [[row[name] for name in names] for row in rows[:MOST_SHOWN]], columns=_headings(names)
    )
    st.dataframe(
        frame,
        hide_index=True,
        key=key,
        alt=title,
        height="auto" if len(frame) < FEW else TALL,
        placeholder="",
        column_config=_forms(names, forms),
    )
    if len(rows) > MOST_SHOWN:
        st.caption(f"{format_count(MOST_SHOWN)} of {format_count(len(rows))} rows; the files have all.")
    cells = [[row[name] for name in names] for row in rows]
    with st.container(horizontal=True):
        st.download_button(
            "CSV",
            lambda: csv_text(names, cells),
            f"{title}.csv",
            "text/csv",
            key=f"{key}_csv",
            on_click="ignore",
            icon=":material/download:",
            help=f"Save {plain(title)} as CSV",
        )
        st.download_button(
            "XLSX",
            lambda: xlsx_bytes(title, names, cells),
            f"{title}.xlsx",
            XLSX,
            key=f"{key}_xlsx",
            on_click="ignore",
            icon=":material/download:",
            help=f"Save {plain(title)} as an Excel workbook",
        )


def _forms(names: Sequence[str], given: Forms) -> dict[str, Any]:
    """How columns are written: parts in percent, numbers with their thousands; text and days as they are."""
    known = {name: PERCENT if name in PARTS else LOCALIZED for name in names if name in PARTS | NUMBERS}
    forms = {name: st.column_config.NumberColumn(format=form) for name, form in {**known, **given}.items()}
    return dict(zip(_headings(list(forms)), forms.values(), strict=True))


def told_apart(names: Sequence[str]) -> list[str]:
    """Headings of which no two are alike, as a table wants them: what stands there already gets a number behind it."""
    found: list[str] = []
    for name in names:
        numbered = (name, *(f"{name} {number}" for number in range(2, len(names) + 1)))
        found.append(next(one for one in numbered if one not in found))
    return found


def _headings(names: Sequence[str]) -> list[str]:
    return [name.replace("_", " ") for name in names]
