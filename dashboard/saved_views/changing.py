"""Keeping what is shown as a view, and changing those that there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard import toasts
from dashboard.boards.layout import unfit_name
from dashboard.saved_views import ordering, queries
from dashboard.saved_views.address import VIEW, chosen
from dashboard.text import plain
from dashboard.view import Stretch
from kpi.calendar import Grain
from storage.saved_views import SavedView, ViewError

NEW, PICKED, RENAMED, ASKED = "views_new", "views_picked", "views_renamed", "views_asked"  # fields
BEGUN = {"period": Stretch.LATEST.value, "grain": Grain.MONTH.value}  # with what most data begin
DONE, WRONG = "saved_views.done", "saved_views.wrong"  # in the session: what is to be said


def keep(dataset: str, found: Sequence[SavedView]) -> None:
    """What is shown, under a new name."""
    with st.form("views_keep", border=False):
        st.text_input(
            "Save what is shown as",
            key=NEW,
            max_chars=120,
            placeholder="North, by week",
            help="Period, grain, comparison, filters, tab and dashboard as they stand in the address now.",
        )
        st.form_submit_button("Save", icon=":material/bookmark_add:", on_click=_keep, args=(dataset,))
    if said := st.session_state.pop(WRONG, ""):
        st.error(plain(said))
    elif not found:
        st.caption("A view is for everyone who opens this page. One can be made the one that it opens with.")


def change(dataset: str, found: Sequence[SavedView], named: str) -> None:
    """Overwrite, rename, make the default, remove. `named`: the view that the address names."""
    names = [one.name for one in found]
    if st.session_state.get(PICKED) not in names:
        st.session_state[PICKED] = named if named in names else names[0]
    with st.expander("Change a view"):
        picked = st.selectbox("View", names, key=PICKED)
        one = next(each for each in found if each.name == picked)
        if st.session_state.get(ASKED) == one.name:
            _really(one)
            return
        with st.container(horizontal=True):
            st.button("Overwrite with what is shown", key="views_overwrite", on_click=_overwrite, args=(one,))
            label = "Open without it" if one.is_default else "Open the page with it"
            st.button(label, key="views_default", on_click=_default, args=(dataset, one))
        ordering.show(found, one)
        st.text_input("New name", one.name, key=f"{RENAMED}.{one.name}", max_chars=120)
        with st.container(horizontal=True):
            st.button("Rename", key="views_rename", on_click=_rename, args=(one,))
            st.button("Remove…", key="views_remove", on_click=_ask, args=(one.name,))


def tell() -> None:
    """What was done by the click before."""
    if said := st.session_state.pop(DONE, ""):
        toasts.tell(plain(said), ":material/bookmark:")


def _really(one: SavedView) -> None:
    st.markdown(f"Remove the view **{plain(one.name)}** for everyone? Links to it go on showing the same.")
    if used := queries.reports_of(one):
        st.markdown(
            f"Scheduled reports of it, which then say the latest period of all rows: {plain(', '.join(used))}."
        )
    with st.container(horizontal=True):
        st.button("Remove", key="views_removal", type="primary", on_click=_remove, args=(one,))
        st.button("Keep it", key="views_keep_it", on_click=_ask, args=("",))


def _keep(dataset: str) -> None:
    name = str(st.session_state.get(NEW, "")).strip()
    if why := unfit_name(name):
        st.session_state[WRONG] = f"The name: {why}."
        return
    try:
        queries.save(_shown(dataset, name))
    except ViewError as error:
        st.session_state[WRONG] = _sentence(error)
        return
    st.session_state[NEW] = ""
    _done(name, f"Saved as {name}.")


def _overwrite(one: SavedView) -> None:
    shown = _shown(one.dataset, one.name)
    queries.save(replace(shown, is_default=one.is_default), overwrite=True)
    _done(one.name, f"{one.name} is what is shown now.")


def _rename(one: SavedView) -> None:
    new = str(st.session_state.get(f"{RENAMED}.{one.name}", "")).strip()
    if why := unfit_name(new):
        st.session_state[WRONG] = f"The new name: {why}."
        return
    try:
        queries.rename(one, new)
    except ViewError as error:
        st.session_state[WRONG] = _sentence(error)
        return
    st.session_state[PICKED] = new
    if st.query_params.get(VIEW) == one.name:
        st.query_params[VIEW] = new
    st.session_state[DONE] = f"{one.name} is called {new} now."


def _default(dataset: str, one: SavedView) -> None:
    try:
        queries.make_default(dataset, "" if one.is_default else one.name)
    except ViewError as error:
        st.session_state[WRONG] = _sentence(error)
        return
    how = "as at first" if one.is_default else f"with {one.name}"
    st.session_state[DONE] = f"Who opens {dataset} and chooses nothing sees it {how}."


def _ask(name: str) -> None:
    st.session_state[ASKED] = name


def _remove(one: SavedView) -> None:
    queries.remove(one)
    st.session_state[ASKED] = ""
    if st.query_params.get(VIEW) == one.name:
        del st.query_params[VIEW]
    st.session_state[DONE] = f"{one.name} is removed."


def _shown(dataset: str, name: str) -> SavedView:
    """What the browser's address says at the click, and by which period and grain that is, which it may leave out: what data
    begin with changes as they grow.
    """
    begun = {key: str(st.session_state.get(key, usual)) for key, usual in BEGUN.items()}
    unusual = {key: [value] for key, value in begun.items() if value != BEGUN[key]}
    here = {**unusual, **{key: st.query_params.get_all(key) for key in st.query_params}}
    return SavedView(dataset, name, chosen(dataset, here))


def _done(name: str, said: str) -> None:
    st.query_params[VIEW] = name
    st.session_state[DONE] = said


def _sentence(error: ViewError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
