"""What needs a person: files that wait, were refused, or must be asked about. The last good data stay meanwhile."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import upload
from dashboard.context import current
from dashboard.queries import Situation
from dashboard.text import plain
from kpi.report import Status
from storage import loads
from storage.datasets import Dataset
from storage.loads import Load, Source


def show(situation: Situation, newest: list[Load], dataset: Dataset | None) -> None:
    """One notice a file, for files whose latest answer is not a good one.

    A refusal is spelled out to whoever uploaded the file or looks at its dataset; to others it is one line to open.
    """
    st.session_state["newest_load"] = max((load.id for load in newest), default=0)
    latest = {(load.dataset, load.path): load for load in newest}
    for source in situation.sources:
        load = latest.get((source.dataset, source.path))
        if source.waiting_since is not None:
            st.info(
                f"**{plain(source.name)}** waits: {plain(source.waiting_for or '')}.",
                icon=":material/schedule:",
            )
        elif load is not None and load.status is Status.REJECTED:
            mine = dataset is None or source.dataset == dataset.name or upload.was_mine(source.name)
            _refused(source, load, spelled_out=mine)
        elif load is not None and load.status is Status.REVIEW:
            _asked(source, load)


def _refused(source: Source, load: Load, *, spelled_out: bool) -> None:
    message = load.error.message if load.error else ""
    code = load.error.code if load.error else ""
    kept = " The numbers of its last good version stay." if source.load_id else ""
    title = f"**{plain(source.name)}** was refused ({plain(code)})"
    if spelled_out:
        st.error(f"{title}  \n{plain(message)}{kept}", icon=":material/block:")
    else:
        with st.expander(title, icon=":material/block:"):
            st.markdown(f"{plain(message)}{kept}")


def _asked(source: Source, load: Load) -> None:
    with st.container(border=True):
        st.markdown(
            f":material/help: **{plain(source.name)}** was read, but something must be asked before it is loaded:"
        )
        for question in load.report.questions:
            place = f"{plain(question.sheet)} {plain(question.cell)}".strip()
            choices = ", ".join(plain(candidate) for candidate in question.candidates)
            st.markdown(f"- {plain(question.question)} ({place}) Best guess first: {choices}")
        if source.accept:
            st.caption("The best guesses are accepted; the file is read again in a moment.")
        elif not Path(source.path).is_relative_to(current().inbox):
            st.caption(
                "It was loaded from outside the inbox: load it again with --accept to take the best guesses."
            )
        else:
            st.button(
                "Accept the best guesses", key=f"accept{source.id}", on_click=_accept, args=(source.id,)
            )


def _accept(source_id: int) -> None:
    with current().database.begin() as connection:
        loads.accept_guesses(connection, source_id)
