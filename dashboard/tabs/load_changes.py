"""What a load changed against the version of its file before it; worked out when somebody asks."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.definition_queries import catalog_of
from dashboard.text import plain
from kpi.definitions import Definition, Unit
from kpi.format import format_count, format_value
from kpi.loading.difference import Difference, columns_in_words, rows_in_words
from kpi.loading.effects import EFFECTS
from kpi.report import Status
from storage.loads import Load


def show(load: Load) -> None:
    """Nothing for a load that changed no figure."""
    if load.version is None:
        return
    if not st.toggle("What changed", key=f"changed_{load.id}"):
        return
    found = queries.difference(load.id)
    if found is None:
        return
    if found.against is None and load.status is not Status.UNDONE:
        st.caption("It is the first version of its file: everything in it is new.")
    st.markdown(plain("; ".join([rows_in_words(found), *columns_in_words(found.columns)]) + "."))
    left, right = st.columns(2, gap="medium")
    with left:
        _sums(found)
    with right:
        _values(found, load)
    _new_issues(found)


def _sums(found: Difference) -> None:
    st.markdown("**Sums of measures**")
    rows = [
        {
            "measure": one.header or one.field,
            "before": format_value(one.old, Unit.NUMBER),
            "after": format_value(one.new, Unit.NUMBER),
        }
        for one in found.sums
    ]
    _table(pd.DataFrame(rows), "sums_changed", "Sums before and after")


def _values(found: Difference, load: Load) -> None:
    known = {one.key: one for one in catalog_of(load.dataset).available(load.report.fields)}
    of = f" of {format_count(found.moved_in_all)}" if found.moved_in_all > len(found.moved) else ""
    st.markdown(
        f"**Monthly values that moved** · {format_count(len(found.moved))}{of}, the largest change first"
    )
    rows = [
        {
            "KPI": known[one.kpi].label if one.kpi in known else one.kpi,
            "month": f"{one.period:%Y-%m}",
            "before": _shown(one.old, known.get(one.kpi)),
            "after": _shown(one.new, known.get(one.kpi)),
        }
        for one in found.moved
    ]
    _table(pd.DataFrame(rows), "values_moved", "KPI values before and after")


def _new_issues(found: Difference) -> None:
    if not found.issues:
        return
    st.markdown("**Issues that are new**")
    rows = [
        {
            "sheet": one.sheet,
            "column": one.header,
            "problem": one.problem,
            "effect": EFFECTS[one.effect].name,
            "more": one.count,
        }
        for one in found.issues
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="new_issues", alt="Issues that are new")


def _table(frame: pd.DataFrame, key: str, alt: str) -> None:
    if frame.empty:
        st.caption("None.")
        return
    numbers = {name: st.column_config.TextColumn(alignment="right") for name in ("before", "after")}
    st.dataframe(frame, hide_index=True, key=key, column_config=numbers, alt=alt)


def _shown(value: float | None, definition: Definition | None) -> str:
    if definition is None:
        return format_value(value, Unit.NUMBER)
    return format_value(value, definition.unit, definition.decimals)
