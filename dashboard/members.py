"""Menus of the members of dimensions: by them, and by clicks on charts, the page is narrowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard import queries
from dashboard.plot.component import Hit
from dashboard.shares import Share
from dashboard.text import plain
from dashboard.view import MOST_FILTERS, View
from kpi.format import format_count
from kpi.report import FactField

MOST_MEMBERS = 500  # in one menu; a longer list wants a search first
WIDTH = 165
Filters = tuple[tuple[str, str], ...]


def choose(view: View) -> Filters:
    """Menus in the bar for the first few dimensions and every other one that is narrowed; the rest behind a button."""
    if not view.plain_definitions or view.lost:
        return ()
    where: list[tuple[str, str]] = []
    behind: list[FactField] = []
    for place, field in enumerate(view.dimensions):
        long = len(queries.members(view, field.name)) > MOST_MEMBERS if place < MOST_FILTERS else True
        if long and not _asked_for(view, field):
            behind.append(field)
        else:
            where += _menu(view, field, WIDTH)
    if behind:
        with st.popover(
            "More filters", icon=":material/filter_list:", key="more_filters", on_change="rerun"
        ) as more:
            where += _behind(view, behind) if more.open else []
    return tuple(where)


def narrow(dataset: str, dimension: str, members: Sequence[str]) -> None:
    """Choose these members in the bar, all by none; for what is clicked on. Before the bar is drawn."""
    st.session_state[f"{dataset}.{dimension}"] = list(members)


def on_bar(view: View, by: str, shares: Sequence[Share]) -> Callable[[Hit], None] | None:
    """For a chart of bars: narrows the page to the member that is clicked; all the others together are none.

    None where the page is narrowed by that dimension already: there is nothing to choose among.
    """
    return _on_click(view, by, lambda hit: "" if shares[hit.index].rest else shares[hit.index].member)


def on_line(view: View, by: str, names: Sequence[str]) -> Callable[[Hit], None] | None:
    """The same for a chart of lines, in the order in which `Visualizer.trends` draws them."""
    return _on_click(view, by, lambda hit: names[hit.series % len(names)])


def _on_click(view: View, by: str, member_of: Callable[[Hit], str]) -> Callable[[Hit], None] | None:
    def clicked(hit: Hit) -> None:
        if member := member_of(hit):
            narrow(view.dataset.name, by, [member])

    return None if any(dimension == by for dimension, _ in view.where) else clicked


def _asked_for(view: View, field: FactField) -> set[str]:
    key = f"{view.dataset.name}.{field.name}"
    return {*st.session_state.get(key, ()), *st.query_params.get_all(key)}


def _behind(view: View, fields: Sequence[FactField]) -> Filters:
    """The menus behind the button: what is chosen in one of them moves it into the bar."""
    st.caption("What you choose here stands in the bar afterwards.")
    where: list[tuple[str, str]] = []
    for field in fields:
        where += _menu(view, field, 300)
    return tuple(where)


def _menu(view: View, field: FactField, width: int) -> Filters:
    """Nothing for a dimension of one member; a search above one of more than a menu can hold."""
    called, members = plain(field.header or field.name), queries.members(view, field.name)
    asked_for = _asked_for(view, field)
    if len(members) < 2 and not asked_for:  # noqa: PLR2004 - there is no choice
        return ()
    if len(members) > MOST_MEMBERS and not asked_for:
        members = _found(view, field, members)
    chosen = st.multiselect(
        called,
        [one for number, one in enumerate(members) if number < MOST_MEMBERS or one in asked_for],
        key=f"{view.dataset.name}.{field.name}",
        bind="query-params",
        placeholder="All",
        width=width,
    )
    return tuple((field.name, str(member)) for member in chosen)


def _found(view: View, field: FactField, members: Sequence[str]) -> list[str]:
    """Those that have the text in them, in whatever case."""
    search = st.text_input(
        f"Search in {plain(field.header or field.name)}",
        key=f"search_{view.dataset.name}.{field.name}",
        placeholder=f"among {format_count(len(members))}",
        width=300,
    )
    return [one for one in members if search.strip().casefold() in one.casefold()]
