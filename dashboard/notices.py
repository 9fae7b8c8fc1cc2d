"""What needs a person: files that wait, were refused, or must be asked about. The last good data stay meanwhile."""

from __future__ import annotations

import streamlit as st

from dashboard import review, upload
from dashboard.context import current
from dashboard.incoming import awaited, lines
from dashboard.queries import Situation
from dashboard.reviewing import found
from dashboard.text import plain
from kpi.report import Status
from storage import progress
from storage.datasets import Dataset
from storage.loads import Load, Source
from storage.waiting_files import ask_for


def show(situation: Situation, newest: list[Load], dataset: Dataset | None) -> None:
    """The files on their way, what was found in those that came, and one notice a file whose latest answer is not a good one.

    It is spelled out to whoever uploaded the file or looks at its dataset; to others it is one line to open.
    """
    st.session_state["newest_load"] = max((load.id for load in newest), default=0)
    upload.say_what_was_left_out()
    lines.show(situation)
    found.show()
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
            mine = dataset is None or source.dataset == dataset.name or awaited.was_mine(source.path)
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


def _cancelled(source: Source) -> None:
    """It is said as long as the file lies there like this; one button has it read after all."""
    kept = " The numbers of its last good version stay." if source.load_id else ""
    with st.container(horizontal=True, vertical_alignment="center", key=f"cancelled{source.id}"):
        st.info(
            f"Loading **{plain(source.name)}** was cancelled. Nothing was loaded, and the file stays in the "
            f"inbox.{kept} It is read again once it changes or is uploaded again.",
            icon=":material/cancel:",
        )
        st.button("Read it after all", key=f"after_all{source.id}", on_click=_read_after_all, args=(source,))


def _read_after_all(source: Source) -> None:
    with current().database.begin() as connection:
        progress.withdraw(connection, source.path)
        ask_for(connection, source.id)
    awaited.wait_for(source.path)


def _refused(source: Source, load: Load, *, spelled_out: bool) -> None:
    if awaited.is_cancelled(load):
        if spelled_out and not source.read_again:
            _cancelled(source)
        return
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
