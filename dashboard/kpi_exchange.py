"""Definitions carried from one place to another: people's own as TOML, out and in."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import definition_queries
from dashboard.definition_queries import Defined
from dashboard.kpi_saving import Trouble, try_to_save
from dashboard.kpi_saving import show as show_trouble
from dashboard.view import View
from kpi.catalogue.catalog_file import CatalogError
from kpi.values import SliceError
from storage import defining
from storage.definitions import Effect


def show(view: View, defined: Defined) -> None:
    """Definitions out and in, as TOML."""
    text = definition_queries.export()
    st.download_button(
        "Export",
        text,
        "kpis.toml",
        "application/toml",
        disabled=not text,
        icon=":material/download:",
        help="People's own definitions as TOML." if text else "Nobody has defined a KPI yet.",
        on_click="ignore",
    )
    with st.popover("Import", icon=":material/upload:"):
        _import(view, defined)


def _import(view: View, defined: Defined) -> None:
    file = st.file_uploader(
        "Definitions as TOML, tables like [kpi.refund_share]", type=["toml"], key="kpi_import"
    )
    owner = st.text_input("Who answers for those that name nobody", key="kpi_import_owner")
    if file is None:
        return
    try:
        wishes = defining.wishes_of(file.getvalue().decode("utf-8", "replace"), owner.strip())
        shown = definition_queries.preview(view, defined.newest, wishes, view.grain)
    except (CatalogError, SliceError) as error:
        show_trouble(Trouble("", str(error)))
        return
    rows = [
        {
            "KPI": one.wish.key,
            "becomes": one.effect.value,
            "version": one.version,
            "in these data": here(one.missing),
        }
        for one in shown
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key="kpi_import_preview", alt="What the import would change"
    )
    count = sum(one.effect is not Effect.UNCHANGED for one in shown)
    nobody = any(not one.wish.owner for one in shown)
    if nobody:
        st.caption("Say who answers for those that name nobody.")
    if st.button(
        f"Import {count} of {len(shown)}", type="primary", disabled=nobody or not count, key="kpi_import_save"
    ):
        try_to_save(wishes, f"{count} definitions were imported.")


def here(missing: str) -> str:
    """Whether the data give a KPI, as a cell of a table says it."""
    return missing.replace("`", "") or "yes"
