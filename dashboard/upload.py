"""Handing in workbooks: the page puts them into the inbox and does nothing else with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.context import current
from dashboard.incoming import awaited
from dashboard.incoming.folder import in_words, sort_out
from dashboard.text import plain
from kpi.reading.formats import may_be_locked
from kpi.reading.refused import Refused
from storage import progress
from storage.inbox import put

WORKBOOKS = ["xlsx", "xlsm", "xlsb", "xls", "ods", "xml"]
TYPES = [*WORKBOOKS, "csv", "tsv", "txt", "parquet", "html", "htm", "mhtml", "mht"]
KEY, SEEN, LOCKED = "workbooks", "handed_in", "locked"
OPEN = "upload"  # whether what takes files stands open
FOLDER, ROUND, TOGETHER, LEFT = "folder", "folder_round", "folder_together", "folder_left"
BY_ITSELF = "is locked: upload it by itself, and its password is asked"


@dataclass(frozen=True, slots=True)
class Locked:
    """An uploaded file that waits for its password, and what became of the last one that was tried."""

    name: str
    tries: int = 0
    answer: str = ""


def show(*, first: bool = True) -> None:
    """The button and what stands behind it: single files, or a whole folder. `first`: nothing is nearer at hand."""
    kind: Literal["primary", "secondary"] = "primary" if first else "secondary"
    with st.popover("Upload workbook", icon=":material/upload_file:", type=kind, key=OPEN, on_change="rerun"):
        st.file_uploader(
            "Excel, OpenDocument, CSV, Parquet or a web page with tables. A file of the same name takes the place of the earlier one.",
            type=TYPES,
            accept_multiple_files=True,
            key=KEY,
            on_change=_hand_in,
        )
        _folder()
        st.caption(f"Or save files into {plain(str(current().inbox))}")
    for file_id, locked in _locked().items():
        _ask_for_password(file_id, locked)


def say_what_was_left_out() -> None:
    """About the folder that was handed in last; nothing where all of it was taken."""
    if left := st.session_state.get(LEFT, ""):
        st.caption(f":material/info: {plain(left)}")


def _folder() -> None:
    """The field is a new one after each folder, so that the files of the last one leave the memory of this process."""
    key = f"{FOLDER}.{st.session_state.get(ROUND, 0)}"
    st.file_uploader(
        "Or a whole folder, with the folders in it. Files of other types are left out.",
        accept_multiple_files="directory",
        key=key,
        on_change=_hand_in_folder,
        args=(key,),
    )
    st.toggle(
        "The files of the folder belong together",
        value=True,
        key=TOGETHER,
        help="They become one dataset that is called as the folder is, such as the months of a year. Otherwise each "
        "file is a dataset of its own.",
    )


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


def take(name: str, content: bytes, folder: Path = Path(), *, shown: bool = True, own: bool = True) -> None:
    """Put a file into the inbox, or a folder in it, and wait for its answer. Whoever hands it in wants it loaded."""
    context = current()
    path = put(context.inbox / folder, name, content)
    with context.database.begin() as connection:
        progress.withdraw(connection, str(path.absolute()))
    awaited.wait_for_bytes(path, content, shown=shown, own=own)


def _hand_in() -> None:
    files: list[UploadedFile] = st.session_state[KEY] or []
    seen: set[str] = st.session_state.setdefault(SEEN, set())
    st.session_state.pop(LEFT, None)
    if files:
        _close()
    for gone in _locked().keys() - {file.file_id for file in files}:
        del _locked()[gone]
    for file in files:  # earlier ones too, of which a newer version may lie in the inbox by now
        if file.file_id not in seen:
            seen.add(file.file_id)
            if _needs_password(file.getvalue()):
                _locked()[file.file_id] = Locked(file.name)
            else:
                take(file.name, file.getvalue())


def _hand_in_folder(key: str) -> None:
    files: list[UploadedFile] = st.session_state[key] or []
    found = sort_out([file.name for file in files], TYPES, together=st.session_state.get(TOGETHER, True))
    said = [in_words(found.skipped)]
    for position, place in found.places.items():
        content = files[position].getvalue()
        if _needs_password(content):
            said.append(f"{place.name} {BY_ITSELF}")
        else:
            take(place.name, content, place.parent)
    if files and not found.places:
        said.append("There is no workbook in the folder: nothing was handed in")
    st.session_state[LEFT] = ". ".join(filter(None, said))
    if files:
        _close()
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def _close() -> None:
    """What becomes of the files is said below, and the figures come there: they are to be seen."""
    st.session_state[OPEN] = False


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
        take(file.name, content)


def _locked() -> dict[str, Locked]:
    """Files handed in by this visitor that wait for their password, by the key of the upload."""
    locked: dict[str, Locked] = st.session_state.setdefault(LOCKED, {})
    return locked
