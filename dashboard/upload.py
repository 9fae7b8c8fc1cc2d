"""Handing in workbooks: the page puts them into the inbox and does nothing else with them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.context import current
from dashboard.text import plain
from kpi.reading.formats import may_be_locked
from kpi.reading.refused import Refused
from kpi.report import Status
from storage.inbox import put, safe_file_name
from storage.loads import Load

WORKBOOKS = ["xlsx", "xlsm", "xlsb", "xls", "ods", "xml"]
TYPES = [*WORKBOOKS, "csv", "tsv", "txt", "parquet", "html", "htm", "mhtml", "mht"]
KEY, SEEN, WAITING, ANSWERED, LOCKED = "workbooks", "handed_in", "awaited", "answered", "locked"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file that waits for its answer: its bytes, and the newest load of any file when it came."""

    sha256: str
    newest_load: int


@dataclass(frozen=True, slots=True)
class Locked:
    """An uploaded file that waits for its password, and what became of the last one that was tried."""

    name: str
    tries: int = 0
    answer: str = ""


def show() -> None:
    """The button and what stands behind it."""
    with st.popover("Upload workbook", icon=":material/upload_file:", type="primary"):
        st.file_uploader(
            "Excel, OpenDocument, CSV, Parquet or a web page with tables. A file of the same name takes the place of the earlier one.",
            type=TYPES,
            accept_multiple_files=True,
            key=KEY,
            on_change=_hand_in,
        )
        st.caption(f"Or save files into {plain(str(current().inbox))}")
    for name in _awaited():
        st.caption(f":material/hourglass_top: {plain(name)} waits to be read …")
    for file_id, locked in _locked().items():
        _ask_for_password(file_id, locked)


def _ask_for_password(file_id: str, locked: Locked) -> None:
    """A field of its own for each try, so that nothing typed into an earlier one is left anywhere."""
    key = f"password.{file_id}.{locked.tries}"
    st.text_input(
        f":material/lock: {plain(locked.name)} is locked. Its password",
        type="password",
        key=key,
        on_change=_unlock,
        args=(file_id, key),
        help="It is used once, to open the workbook, and kept nowhere.",
    )
    if locked.answer:
        st.caption(f":orange[{plain(locked.answer)}]")


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


def wait_for(name: str) -> None:
    """Wait for the next answer about a file that lies in the inbox already, and show its dataset then."""
    _awaited()[name] = HandedIn("", st.session_state.get("newest_load", 0))


def _hand_in() -> None:
    files: list[UploadedFile] = st.session_state[KEY] or []
    seen: set[str] = st.session_state.setdefault(SEEN, set())
    for gone in _locked().keys() - {file.file_id for file in files}:
        del _locked()[gone]
    for file in files:  # earlier ones too, of which a newer version may lie in the inbox by now
        if file.file_id not in seen:
            seen.add(file.file_id)
            if _needs_password(file.getvalue()):
                _locked()[file.file_id] = Locked(file.name)
            else:
                _take(file.name, file.getvalue())


def _needs_password(content: bytes) -> bool:
    if not may_be_locked(content):
        return False
    try:
        current().unlocked(content, "")
    except Refused as refused:
        return refused.code == "encrypted"  # any other refusal is for the load to tell
    return False


def _unlock(file_id: str, key: str) -> None:
    """Put the workbook without its lock into the inbox; the password leaves the session before anything else happens."""
    password: str = st.session_state.pop(key)
    file = next((one for one in st.session_state[KEY] or [] if one.file_id == file_id), None)
    if file is None or not password:
        return
    try:
        content = current().unlocked(file.getvalue(), password)
    except Refused as refused:
        _locked()[file_id] = Locked(file.name, _locked()[file_id].tries + 1, refused.message)
    else:
        del _locked()[file_id]
        _take(file.name, content)


def _take(name: str, content: bytes) -> None:
    put(current().inbox, name, content)
    _awaited()[safe_file_name(name)] = HandedIn(
        hashlib.sha256(content).hexdigest(), st.session_state.get("newest_load", 0)
    )


def _awaited() -> dict[str, HandedIn]:
    """Files handed in by this visitor and not answered yet, by name."""
    waiting: dict[str, HandedIn] = st.session_state.setdefault(WAITING, {})
    return waiting


def _locked() -> dict[str, Locked]:
    """Files handed in by this visitor that wait for their password, by the key of the upload."""
    locked: dict[str, Locked] = st.session_state.setdefault(LOCKED, {})
    return locked
