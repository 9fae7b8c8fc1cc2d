"""Everything people set about alerts as one file: to keep under version control, and to take in again."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import alert_queries, book_file
from storage.alert_book.book import Changed

NAME = "alerting.toml"
BOOK = "book"  # what the keys of the field begin with
OPEN = "book_in"  # whether what takes a file in stands open


def show() -> None:
    st.markdown(
        "**As a file** :gray[rules, routes, destinations, silences and targets, to keep and to carry elsewhere]"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download",
            alert_queries.export,
            NAME,
            "application/toml",
            icon=":material/download:",
            key="book_out",
        )
        done = book_file.taken(BOOK)
        if done:
            st.session_state[OPEN] = False  # it was taken: what it changed is to be read
        with st.popover("Take a file in…", icon=":material/upload_file:", key=OPEN, on_change="rerun"):
            book_file.show(BOOK, _take)
    if done:
        st.success(done, icon=":material/check:")


def _take(text: str, *, replace: bool, dry_run: bool = False) -> tuple[Sequence[Changed], Sequence[str]]:
    return alert_queries.take_in(text, replace=replace, dry_run=dry_run), ()
