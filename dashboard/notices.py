"""What needs a person: files that wait, were refused, or must be asked about. The last good data stay meanwhile."""

from __future__ import annotations

import streamlit as st

from dashboard import review, upload
from dashboard.queries import Situation
from dashboard.text import plain
from kpi.report import Status
from storage.datasets import Dataset
from storage.loads import Load, Source


def show(situation: Situation, newest: list[Load], dataset: Dataset | None) -> None:
    """One notice a file, for files whose latest answer is not a good one.

    It is spelled out to whoever uploaded the file or looks at its dataset; to others it is one line to open.
    """
    st.session_state["newest_load"] = max((load.id for load in newest), default=0)
    filled = {one.name for one in situation.datasets}
    latest = {(load.dataset, load.path): load for load in newest}
    for source in situation.sources:
        load = latest.get((source.dataset, source.path))
        if source.waiting_since is not None:
            st.info(
                f"**{plain(source.name)}** waits: {plain(source.waiting_for or '')}.",
                icon=":material/schedule:",
            )
        elif load is not None and load.status in (Status.REJECTED, Status.REVIEW):
            mine = dataset is None or source.dataset == dataset.name or upload.was_mine(source.name)
            show_it = _refused if load.status is Status.REJECTED else review.ask
            show_it(source, load, spelled_out=mine)
        elif load is not None and load.status is Status.UNDONE and source.dataset not in filled:
            _emptied(source)


def _emptied(source: Source) -> None:
    st.info(
        f"**{plain(source.name)}** was undone, and nothing is left in the dataset {plain(source.dataset)}: its values "
        "have ended, their history stays. To have it back, upload the file again, or save a corrected one.",
        icon=":material/undo:",
    )


def _refused(source: Source, load: Load, *, spelled_out: bool) -> None:
    message = load.error.message if load.error else ""
    code = load.error.code if load.error else ""
    kept = " The numbers of its last good version stay." if source.load_id else ""
    title = f"**{plain(source.name)}** was refused ({plain(code)})"
    if spelled_out:
        st.error(f"{title}  \n{plain(message)}{kept}", icon=":material/block:")
        review.offer_correction(source, load)
    else:
        with st.expander(title, icon=":material/block:"):
            st.markdown(f"{plain(message)}{kept}")
