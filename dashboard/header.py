"""The top of the page: what it is about, and how fresh it is."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import alert_queries, queries, reported, upload
from dashboard.context import current
from dashboard.queries import Situation
from dashboard.reported import Shown
from dashboard.text import plain
from kpi.format import count_of, format_count
from storage.datasets import Dataset
from storage.loads import Load


def show(situation: Situation) -> Shown | None:
    """The title row and the status strip; the dataset that is chosen, as it is to be shown, None where there is none."""
    names = [dataset.name for dataset in situation.datasets]
    with st.container(horizontal=True, vertical_alignment="bottom", key="head"):
        st.title("KPI dashboard", anchor=False, width="stretch")
        chosen = _choose(names)
        moment = reported.choose(chosen) if chosen else None
        if names:  # else it is one of the ways to begin, further down
            upload.show()
        st.toggle("Pause", key="paused", help="Stop following the data; what is shown stays as it is.")
    dataset = next((one for one in situation.datasets if one.name == chosen), None)
    if dataset is None:
        return None
    shown = reported.shown(dataset, moment)
    held = queries.loads_held(shown.dataset)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="status"):
        st.markdown(f":small[{_status(shown.dataset, held, situation)}]", width="content")
        _to_the_rejected(held)
    return shown


def _choose(names: list[str]) -> str | None:
    """The dataset's menu. The address always names the choice: the first of the names changes as datasets come."""
    if not names:
        return None
    asked = st.session_state.get("dataset", st.query_params.get("dataset"))
    st.session_state["dataset"] = asked if asked in names else names[0]
    chosen = st.selectbox("Dataset", names, key="dataset", width=240)
    if chosen is not None and st.query_params.get("dataset") != chosen:
        st.query_params["dataset"] = chosen
    return chosen


def _to_the_rejected(held: Sequence[Load]) -> None:
    """The way to why rows were rejected; nothing where none were."""
    load = next((one for one in held if one.rows.rejected), None)
    if load is not None:
        st.button(
            ":small[See what was rejected]",
            key="to_rejected",
            type="tertiary",
            icon=":material/rule:",
            help="The ledger of every file stands on the Data tab, each row with its cell and reason.",
            on_click=_go_to_load,
            args=(load.id, load.dataset),
        )


def _go_to_load(load_id: int, dataset: str) -> None:
    """Open the Data tab at the next run, with that load."""
    st.session_state["tab"] = "Data"
    if any(one.id == load_id for one in queries.latest_loads(dataset)):  # else it is not in the menu
        st.session_state["load"] = load_id


def _rows(held: Sequence[Load]) -> str:
    """`22 rows, 2 rejected`."""
    loaded, rejected = (sum(getattr(one.rows, name) for one in held) for name in ("loaded", "rejected"))
    return count_of(loaded, "row") + (f", :orange[{format_count(rejected)} rejected]" if rejected else "")


def _status(dataset: Dataset, held: Sequence[Load], situation: Situation) -> str:
    """How old the data are and whether anything happens by itself. Fixed times, so that the text moves only with the data."""
    zone = current().timezone
    load = next(iter(queries.latest_loads(dataset.name, 1)), None)
    firing = sum(bool(judged.firing) for judged in alert_queries.judged(dataset.name))
    parts = [
        f"Data to **{dataset.last_day:%-d %b %Y}**",
        _rows(held),
        f"updated {dataset.updated_at.astimezone(zone):%-d %b %H:%M}",
        f"version {dataset.version}",
        f":orange[**{firing} firing**]" if firing else "nothing fires",
        "watching the inbox" if situation.pulse.watching else ":orange[**nobody watches the inbox**]",
    ]
    if dataset.currencies:
        several = ", never added" if len(dataset.currencies) > 1 else ""
        parts.insert(1, f"in {plain(', '.join(dataset.currencies))}{several}")
    if load is not None and load.error is not None:
        parts.append(f":orange[the latest file, {plain(load.source)}, was refused]")
    return " · ".join(parts)
