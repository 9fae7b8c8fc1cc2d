"""Handing in files of sales: the page puts them into the source folder and does nothing else with them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.context import current
from dashboard.text import plain
from storage.inbox import put, safe_file_name

TYPES = ["csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods", "parquet"]
KEY, SEEN = "sales_files", "sales_handed_in"
MOST_MIB = 200  # of one file; it passes through this process's memory
MOST_NAMED = 5


def show() -> None:
    """The field, and what lies in the folder by now; nothing to choose where the source is a single file."""
    source = current().sales.source
    if _is_one_file(source):
        st.caption(f"The source is one file: {plain(str(source))}. Save a newer one in its place, then run.")
        return
    st.file_uploader(
        "Files of customers, products and sales",
        type=TYPES,
        accept_multiple_files=True,
        key=KEY,
        on_change=_hand_in,
        max_upload_size=MOST_MIB,
        help="CSV, Excel, OpenDocument or Parquet. They are told apart by their columns, not by their names. A file of "
        "the same name takes the place of the earlier one.",
    )
    st.caption(f"Or save them into {plain(str(source))}  \n{plain(_lying(source))}")


def _is_one_file(source: Path) -> bool:
    return source.is_file() or (not source.is_dir() and source.suffix[1:].lower() in TYPES)


def _lying(source: Path) -> str:
    """`In the folder: customers.csv, sales.csv.`"""
    names = sorted(path.name for path in source.iterdir() if _may_be_read(path)) if source.is_dir() else []
    if not names:
        return "The folder is empty."
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"In the folder: {', '.join(names[:MOST_NAMED])}{more}."


def _may_be_read(path: Path) -> bool:
    return path.suffix[1:].lower() in TYPES and not path.name.startswith((".", "~$"))


def _hand_in() -> None:
    files: list[UploadedFile] = st.session_state[KEY] or []
    seen: set[str] = st.session_state.setdefault(SEEN, set())
    for file in files:  # earlier ones too, of which a newer version may lie there by now
        name = safe_file_name(file.name)
        if file.file_id not in seen and Path(name).suffix[1:].lower() in TYPES:
            seen.add(file.file_id)
            put(current().sales.source, name, file.getvalue())
