"""Handing in workbooks: the page puts them into the inbox and does nothing else with them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.context import current
from dashboard.text import plain
from kpi.report import Status
from storage.inbox import put, safe_file_name
from storage.loads import Load

TYPES = ["xlsx", "xlsm", "xls", "ods", "csv", "tsv"]
KEY, SEEN, WAITING, ANSWERED = "workbooks", "handed_in", "awaited", "answered"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file that waits for its answer: its bytes, and the newest load of any file when it came."""

    sha256: str
    newest_load: int


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
    """Once an uploaded file was answered, wait no longer; where it was loaded, show its dataset.

    Bytes that are the latest answer's own get no other: nobody reads them again.
    """
    awaited = _awaited()
    for load in newest:
        handed_in = awaited.get(load.source)
        if handed_in is None or not (load.id > handed_in.newest_load or load.sha256 == handed_in.sha256):
            continue
        del awaited[load.source]
        st.session_state.setdefault(ANSWERED, set()).add(load.source)
        if load.status in (Status.LOADED, Status.UNCHANGED):
            st.session_state["dataset"] = load.dataset
            same = load.id <= handed_in.newest_load or load.status is Status.UNCHANGED
            what = "is loaded already; nothing changes" if same else f"is loaded, {load.rows.loaded:,} rows"
            st.toast(f"**{plain(load.source)}** {what}", icon=":material/check:")


def was_mine(name: str) -> bool:
    """Whether this visitor handed in a file of that name."""
    return name in st.session_state.get(ANSWERED, ())


def _hand_in() -> None:
    files: list[UploadedFile] = st.session_state[KEY] or []
    seen: set[str] = st.session_state.setdefault(SEEN, set())
    for file in files:  # earlier ones too, of which a newer version may lie in the inbox by now
        if file.file_id not in seen:
            seen.add(file.file_id)
            content = file.getvalue()
            put(current().inbox, file.name, content)
            _awaited()[safe_file_name(file.name)] = HandedIn(
                hashlib.sha256(content).hexdigest(), st.session_state.get("newest_load", 0)
            )


def _awaited() -> dict[str, HandedIn]:
    """Files handed in by this visitor and not answered yet, by name."""
    waiting: dict[str, HandedIn] = st.session_state.setdefault(WAITING, {})
    return waiting
