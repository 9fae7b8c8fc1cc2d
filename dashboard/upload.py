"""Handing in workbooks: the page puts them into the inbox and does nothing else with them."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.context import current
from dashboard.text import plain
from kpi.report import Status
from storage.inbox import put, safe_file_name
from storage.loads import Load

TYPES = ["xlsx", "xlsm", "xls", "ods", "csv", "tsv"]
KEY, SEEN, WAITING = "workbooks", "handed_in", "awaited"


def show() -> None:
    """The button and what stands behind it."""
    with st.popover("Upload workbook", icon=":material/upload_file:", type="primary"):
        st.file_uploader(
            "Excel, OpenDocument or CSV. A file of the same name takes the place of the earlier one.",
            type=TYPES,
            accept_multiple_files=True,
            key=KEY,
            on_change=_hand_in,
        )
        st.caption(f"Or save files into {plain(str(current().inbox))}")
    for name in _awaited():
        st.caption(f":material/hourglass_top: {plain(name)} waits to be read …")


def choose_what_came_in(newest: list[Load]) -> None:
    """Once an uploaded file was answered, wait no longer; where it was loaded, show its dataset."""
    awaited = _awaited()
    for load in newest:
        handed_in = awaited.get(load.source)
        if handed_in is not None and load.id > handed_in:
            del awaited[load.source]
            if load.status in (Status.LOADED, Status.UNCHANGED):
                st.session_state["dataset"] = load.dataset


def _hand_in() -> None:
    files: list[UploadedFile] = st.session_state[KEY] or []
    seen: set[str] = st.session_state.setdefault(SEEN, set())
    for file in files:
        if (
            file.file_id not in seen
        ):  # the list holds earlier files too, and a newer version may lie in the inbox by now
            seen.add(file.file_id)
            put(current().inbox, file.name, file.getvalue())
            _awaited()[safe_file_name(file.name)] = st.session_state.get("newest_load", 0)


def _awaited() -> dict[str, int]:
    """Names of files handed in by this visitor, with the newest load there was at the time."""
    waiting: dict[str, int] = st.session_state.setdefault(WAITING, {})
    return waiting
