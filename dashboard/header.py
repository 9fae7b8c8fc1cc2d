"""The top of the page: what it is about, how fresh it is, and how to begin where there is nothing yet."""

from __future__ import annotations

import streamlit as st

from dashboard import queries, reported, upload
from dashboard.context import current
from dashboard.queries import Situation
from dashboard.reported import Shown
from dashboard.text import plain
from storage.datasets import Dataset


def show(situation: Situation) -> Shown | None:
    """The title row and the status strip; the dataset that is chosen, as it is to be shown, None where there is none."""
    names = [dataset.name for dataset in situation.datasets]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title("KPI dashboard", anchor=False, width="stretch")
        chosen = _choose(names)
        moment = reported.choose(chosen) if chosen else None
        upload.show()
        st.toggle("Pause", key="paused", help="Stop following the data; what is shown stays as it is.")
    dataset = next((one for one in situation.datasets if one.name == chosen), None)
    if dataset is None:
        return None
    shown = reported.shown(dataset, moment)
    st.markdown(f":small[{_status(shown.dataset, situation)}]")
    return shown


def show_how_to_begin() -> None:
    """The page of an empty database."""
    st.subheader("There are no numbers yet", anchor=False)
    st.markdown(
        "Upload a workbook with a **date** column and at least one column of **numbers**, such as Revenue or Quantity. "
        "Within seconds its KPIs are here for everyone, and rules that you set are told in Slack and WhatsApp."
    )
    st.markdown(f"Files that are saved into this folder are read by themselves: `{current().inbox}`")


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


def _status(dataset: Dataset, situation: Situation) -> str:
    """How old the data are and whether anything happens by itself. Fixed times, so that the text moves only with the data."""
    zone = current().timezone
    load = next(iter(queries.latest_loads(dataset.name, 1)), None)
    firing = sum(bool(judged.firing) for judged in queries.judged(dataset.name))
    parts = [
        f"Data to **{dataset.last_day:%-d %b %Y}**",
        f"{queries.rows_held(dataset):,} rows",
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
