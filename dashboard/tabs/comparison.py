"""One KPI by the members of a dimension, or level by level down a hierarchy: its value, share and rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
import streamlit as st

from dashboard import members, queries
from dashboard.boards.cards import NO_ROWS
from dashboard.charts import Visualizer
from dashboard.context import current
from dashboard.downloads import FOR_EXCEL
from dashboard.drawing import chart, heading
from dashboard.shares import Share
from dashboard.tables import told_apart
from dashboard.text import plain
from dashboard.view import View, key_of
from kpi.catalogue.hierarchies import level
from kpi.definitions import Definition
from kpi.format import format_value
from kpi.safe_csv import csv_lines

TOPS = ("5", "10", "20", "50")
DOWN = " › "
OF_ALL = "share of total"
MEMBER = 1  # its place among the columns
TABLE = 720  # pixels: four columns that the eye can follow


def show(view: View) -> None:
    if not view.dimensions:
        st.info("These data have no text column with few enough different values to compare by.")
        return
    called = {field.name: field.header or field.name for field in view.dimensions}
    hierarchies = current().calculator.catalog.levels(view.dataset.fields)
    with st.container(horizontal=True):
        labels = {one.key: one.label for one in view.plain_definitions}
        kpi = _chosen(view, "KPI", "compared", labels, 280)
        ways = {name: DOWN.join(called[one] for one in levels) for name, levels in hierarchies.items()}
        by = _chosen(view, "Compare by", "by", {**called, **ways}, 280)
        top = _chosen(view, "Largest", "top", {one: one for one in TOPS}, 110, first=1)
    if not kpi or not by or not top:
        return
    one, levels = view.definition(kpi), hierarchies.get(by, ())
    if levels:
        by = level(levels, view.where)
    _drawn(view, one, by, called[by], int(top), levels[levels.index(by) + 1 :] if levels else ())


def _chosen(
    view: View, label: str, name: str, options: dict[str, str], width: int, first: int = 0
) -> str | None:
    return st.selectbox(
        label,
        list(options),
        index=first,
        format_func=lambda key: options[key],
        key=key_of(view.dataset.name, name),
        bind="query-params",
        width=width,
    )


def _drawn(view: View, one: Definition, by: str, called: str, top: int, below: Sequence[str]) -> None:
    """Bars, and the same as a table under them; `called` is the dimension's name in the workbook."""
    shares = queries.breakdown(view, one.key, by, top)
    heading(f"{one.label} by {called}, {view.words}", one)
    if not shares:
        st.info(NO_ROWS)
        return
    finding = f"{one.label} by {by}; the largest is {shares[0].member}"
    narrows = members.on_bar(view, by, shares)
    of = ("comparison", view.asked, view.slice_of_window, one.key, by, top)
    chart(lambda: Visualizer(one).bars(shares), "comparison", finding, narrows, of=of)
    if below:
        st.caption(f"Click on a bar to see what it is made of, or filter by one {plain(called)}.")
    elif narrows:
        st.caption("Click on a bar to narrow the whole page to it.")
    names, right = _headings(called, one), st.column_config.TextColumn(alignment="right")
    table = pd.DataFrame([_row(one, share) for share in shares], columns=names)
    if all(share.part is None for share in shares):
        table = table.drop(columns=names[-1])
    st.dataframe(
        table,
        hide_index=True,
        key="comparison_table",
        width=TABLE,
        column_config={name: right for place, name in enumerate(names) if place != MEMBER},
        alt=f"{one.label} by {by}",
    )
    _save(view, one, by, called)


def _headings(called: str, one: Definition) -> list[str]:
    """Of the rank, the member, the value and its share: the workbook's own words may be any of them."""
    return told_apart(["rank", called, one.label, OF_ALL])


def _row(one: Definition, share: Share) -> list[str]:
    value = format_value(share.value, one.unit, one.decimals, one.currency)
    return [str(share.rank or ""), share.member, value, share.of_the_whole]


def _save(view: View, one: Definition, by: str, called: str) -> None:
    """Every member, with plain numbers."""

    def lines() -> Iterator[str]:
        rows = (
            [each.rank, each.member, each.value, each.part]
            for each in queries.breakdown(view, one.key, by, None)
        )
        return csv_lines(_headings(called, one), rows)

    st.download_button(
        "Download all members",
        lambda: FOR_EXCEL + "".join(lines()),
        f"{view.dataset.name} {one.key} by {by}.csv",
        "text/csv",
        key="comparison_csv",
        on_click="ignore",
        icon=":material/download:",
    )
