"""Everything people set about alerts as one file: to keep under version control, and to take in again."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from alerts.book.toml import BookError
from dashboard import alert_queries
from dashboard.text import plain
from kpi.format import count_of, format_count
from storage.alert_book.book import Changed

NAME = "alerting.toml"
LARGEST = 2_000_000  # bytes; a thousand rules are a tenth of it
SHOWN = "alerting.exchange"  # in the session: what taking the file in changed
ROUND = "alerting.exchange.round"  # how often a file was taken in
OPEN = "book_in"  # whether what takes a file in stands open
MOST_LINES = 12


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
        done = st.session_state.pop(SHOWN, None)
        if done is not None:
            st.session_state[OPEN] = False  # it was taken: what it changed is to be read
        with st.popover("Take a file in…", icon=":material/upload_file:", key=OPEN, on_change="rerun"):
            _take()
    if done is not None:
        st.success(_said(done), icon=":material/check:")


def _take() -> None:
    given = st.file_uploader(
        "A file as the download makes it", type="toml", key=f"book.{st.session_state.get(ROUND, 0)}"
    )
    replace = st.checkbox("Remove what is not in it", key="book_replace")
    if given is None:
        return
    raw = given.getvalue()
    if len(raw) > LARGEST:
        st.error(
            f"The file has {format_count(len(raw))} bytes; at most {format_count(LARGEST)} are taken. Nothing was changed."
        )
        return
    try:
        text = raw.decode("utf-8")
        changes = alert_queries.take_in(text, replace=replace, dry_run=True)
    except UnicodeDecodeError:
        st.error("The file is no text in UTF-8. Nothing was changed.")
        return
    except BookError as error:
        st.error("\n\n".join(plain(line) for line in str(error).split("\n")[:MOST_LINES]))
        st.caption("Nothing was changed.")
        return
    if not changes:
        st.info("It says what is set already; there is nothing to take in.")
        return
    st.markdown("\n".join(f"- {_line(one)}" for one in changes[:MOST_LINES]))
    if len(changes) > MOST_LINES:
        st.caption(f"and {len(changes) - MOST_LINES} more")
    if st.button(f"Make {count_of(len(changes), 'change')}", type="primary", key="book_take"):
        st.session_state[SHOWN] = alert_queries.take_in(text, replace=replace)
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
        st.rerun()


def _line(one: Changed) -> str:
    detail = f": {plain(one.detail)}" if one.detail else ""
    return f"{plain(one.effect.value)} {plain(one.table)} **{plain(one.name)}**{detail}"


def _said(changes: Sequence[Changed]) -> str:
    return f"Taken in: {count_of(len(changes), 'change')}."
