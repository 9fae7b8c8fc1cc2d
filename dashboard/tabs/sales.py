"""The sales warehouse: what is in it, the ten charts, what goes further, its rows, and the runs that make it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import streamlit as st

from dashboard.context import current
from dashboard.sales import controls, deeper, history, picking, queries, rows, running, runs_read, ten
from dashboard.sales.controls import Looked
from dashboard.sales.queries import Star
from dashboard.sales.runs_read import Standing
from dashboard.text import plain
from kpi.format import format_count
from storage.warehouse.reading import NoWarehouseError
from storage.warehouse.versions import WarehouseVersion


def show() -> None:
    standing = runs_read.standing()
    if standing.version is None:
        _show_how_to_begin(standing)
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="sales_bar"):
        looked = controls.show(standing.version)
        running.show_button(standing)
    st.markdown(f":small[{_status(standing.version)}]")
    running.show_state(standing)
    try:
        with queries.star(standing.version) as star:
            looked = replace(looked, picks=picking.picks(star.name_of))
            _show_what_is_in_it(looked, star)
    except NoWarehouseError as error:  # its files were taken away
        st.error(plain(str(error)), icon=":material/block:")
    with _behind("Runs", "sales_runs_opened") as opened:
        if opened:
            history.show(standing)


def _show_what_is_in_it(looked: Looked, star: Star) -> None:
    picking.show_chips(looked.picks)
    ten.show(looked, star)
    deeper.show(looked, star)
    with _behind("Rows", "sales_rows_opened") as opened:
        if opened:
            rows.show(star)


@contextmanager
def _behind(title: str, key: str) -> Iterator[bool]:
    """A part that is asked and drawn once it is opened."""
    part = st.expander(title, key=key, on_change="rerun")
    with part:
        yield bool(part.open)


def _show_how_to_begin(standing: Standing) -> None:
    st.subheader("There is no sales warehouse yet", anchor=False)
    st.markdown(
        "Hand in tables of **customers**, **products** and **sales**, or one export of order lines that carries all "
        "three, and run: they become a star schema of clean rows, and these charts."
    )
    running.show_state(standing)
    with st.container(border=True):
        running.show_form(standing)
    if standing.latest:
        with st.expander("Runs"):
            history.show(standing)


def _status(version: WarehouseVersion) -> str:
    """How much there is and how old it is. Fixed times, so that the text moves only with the data."""
    at = version.at.astimezone(current().timezone)
    parts = [
        f"**{format_count(version.rows.get('fact_sales', 0))}** sales",
        f"{version.first_day:%-d %b %Y} to **{version.last_day:%-d %b %Y}**",
        f"{format_count(version.rows.get('dim_customer', 0))} customers",
        f"{format_count(version.rows.get('dim_product', 0))} products",
        f"made {at:%-d %b %Y, %H:%M}",
        f"version {version.version}",
        plain(f"from {current().sales.source}"),
    ]
    return " · ".join(parts)
