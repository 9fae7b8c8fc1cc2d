"""The KPIs: all that there are, and people's own, which are added, changed, retired and carried elsewhere here."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import definition_queries, kpi_exchange, kpi_form, kpi_preview, kpi_saving, queries
from dashboard.definition_queries import Defined
from dashboard.kpi_form import NEW, Draft
from dashboard.kpi_saving import NEXT, SAID, SHOWN, TROUBLE, Trouble
from dashboard.text import plain
from dashboard.view import View
from kpi.catalogue.catalog_file import CatalogError
from kpi.values import SliceError
from storage.catalogs import Listed
from storage.definitions import Change, MeanwhileError, Wish

CHOICE = "kpi_choice"


def show(view: View) -> None:
    defined = definition_queries.defined(view.dataset)
    _table(view, defined)
    left, right = st.columns([2, 3], gap="large")
    with left:
        held = _choose(defined)
        draft = kpi_form.show(view, defined, held)
        if held is not None and held.entry is not None:
            _offer_to_retire(held)
    with right:
        _answer(view, defined, draft)


def _table(view: View, defined: Defined) -> None:
    """Every KPI, people's own first."""
    kpis = sorted(defined.kpis, key=lambda one: one.change is None)
    own = sum(one.change is not None for one in kpis)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**KPIs** · {len(kpis)}, {own} of them people's own", width="stretch")
        kpi_exchange.show(view, defined)
    st.dataframe(
        pd.DataFrame([_row(one) for one in kpis]),
        hide_index=True,
        height=320,
        key="kpis",
        column_config={
            "KPI": st.column_config.TextColumn(width="medium"),
            "formula": st.column_config.TextColumn(width="medium"),
            "in these data": st.column_config.TextColumn(width="medium"),
        },
        alt=f"KPIs, and what {view.dataset.name} lacks for them",
    )
    if defined.retired:
        st.caption(
            f"Retired: {plain(', '.join(one.key for one in defined.retired))}. Their values stay in the history."
        )


def _row(one: Listed) -> dict[str, object]:
    entry = dict((one.change.entry if one.change else None) or {})
    told = one.definition
    return {
        "KPI": told.label if told else entry.get("label", one.key),
        "key": one.key,
        "formula": told.formula if told else entry.get("formula", ""),
        "unit": told.unit.value if told else entry.get("unit", ""),
        "form": told.form if told else "",
        "owner": one.change.owner if one.change else "ships",
        "version": one.change.version if one.change else 1,
        "in these data": kpi_exchange.here(one.missing),
    }


def _when() -> str:
    """When the figures follow what was defined."""
    if queries.pulse().watching:
        return "The definitions have changed. The figures of this page follow in a moment."
    return (
        "The definitions have changed, and no service is running that works the figures out anew: start `kpi serve` "
        "or `kpi watch`."
    )


def _choose(defined: Defined) -> Change | None:
    """The KPI that the form is about: one of people's own, a retired one, or a new one (None)."""
    own = {one.key: one.change for one in defined.kpis if one.change is not None}
    own |= {change.key: change for change in defined.retired}
    names = {one.key: one.definition.label for one in defined.kpis if one.definition}
    if NEXT in st.session_state:
        st.session_state[CHOICE] = st.session_state.pop(NEXT) or NEW
    if st.session_state.get(CHOICE, NEW) not in own:
        st.session_state[CHOICE] = NEW
    said = {
        key: f"{names.get(key, key)} ({'retired' if change.entry is None else key})"  # two may be called alike
        for key, change in own.items()
    }
    chosen = st.selectbox(
        "Add or change", [NEW, *own], format_func=lambda key: said.get(key, key), key=CHOICE
    )
    return own.get(chosen or NEW)


def _offer_to_retire(held: Change) -> None:
    with st.popover("Retire", icon=":material/archive:"):
        st.markdown(
            f"**{plain(held.key)}** gets no values any more. Those it had stay in the history; rules about it keep "
            "their state and say that it is retired."
        )
        if st.button("Retire it", type="primary", key="kpi_retire"):
            kpi_saving.try_to_save(
                [Wish(held.key, None, held.owner, held.version)], f"{held.key} is retired."
            )


def _answer(view: View, defined: Defined, draft: Draft) -> None:
    """What was asked of the form: that it is saved, what it gives, or what is wrong with it."""
    if draft.pressed:
        st.session_state[SHOWN] = draft
        st.session_state.pop(SAID, None)
        st.session_state.pop(TROUBLE, None)
    if draft.pressed == "save":
        _save(draft)
    if said := st.session_state.get(SAID):
        st.success(plain(said), icon=":material/check:")
    if defined.behind:
        st.info(_when(), icon=":material/hourglass_top:")
    trouble: Trouble | None = st.session_state.get(TROUBLE)
    if trouble is not None and trouble.key == draft.key:
        kpi_saving.show(trouble)
        return
    asked: Draft | None = st.session_state.get(SHOWN)
    if asked is None or asked.key != draft.key:
        st.caption("**Preview** shows here what the KPI gives over these data, before it is saved.")
        return
    try:
        wish = asked.wish()
        (shown,) = definition_queries.preview(view, defined.newest, [wish], kpi_preview.grain_of(view, wish))
    except (CatalogError, SliceError) as error:
        kpi_saving.show(kpi_saving.trouble_of(asked.key, error, asked.entry))
    else:
        kpi_preview.show(view, shown)


def _save(draft: Draft) -> None:
    """Save it, or keep what is wrong with it in sight until something else is asked."""
    if not draft.owner:
        st.session_state[TROUBLE] = Trouble(draft.key, "Say who answers for it: a name, or a team.")
        return
    try:
        kpi_saving.save([draft.wish()], f"{draft.entry['label']} is saved.", draft.key)
    except (CatalogError, MeanwhileError) as error:
        st.session_state[TROUBLE] = kpi_saving.trouble_of(draft.key, error, draft.entry)
