"""A file of what people set, taken in: what it would change is listed first, and made by one more press."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import streamlit as st

from alerts.book.toml import BookError
from dashboard.text import plain
from kpi.format import count_of, format_count
from storage.alert_book.parts import Changed

LARGEST = 2_000_000  # bytes; a thousand rules are a tenth of it
MOST_LINES = 12


class Take(Protocol):
    """All of a text or, with BookError, nothing: what that changes, or with `dry_run` would change, and what in it waits
    for data that are not there, a sentence each.
    """

    def __call__(
        self, text: str, *, replace: bool, dry_run: bool = False
    ) -> tuple[Sequence[Changed], Sequence[str]]: ...


def show(key: str, take: Take) -> None:
    """The field for the file and, once there is one, what is in it. A file that was taken leaves the field empty."""
    given = st.file_uploader(
        "A file as the download makes it",
        type="toml",
        key=f"{key}.{st.session_state.get(_round(key), 0)}",
    )
    replace = st.checkbox("Remove what is not in it", key=f"{key}_replace")
    text = _text(given.getvalue()) if given is not None else None
    if text is None:
        return
    try:
        changes, waiting = take(text, replace=replace, dry_run=True)
        if _agreed(key, changes, waiting):
            st.session_state[_taken(key)] = len(take(text, replace=replace)[0])
            st.session_state[_round(key)] = st.session_state.get(_round(key), 0) + 1
            st.rerun()
    except BookError as error:
        _refuse("\n\n".join(plain(line) for line in str(error).split("\n")[:MOST_LINES]))


def taken(key: str) -> str:
    """What was taken in by the press before, to be said once; empty where nothing was."""
    count: int | None = st.session_state.pop(_taken(key), None)
    return f"Taken in: {count_of(count, 'change')}." if count is not None else ""


def _agreed(key: str, changes: Sequence[Changed], waiting: Sequence[str]) -> bool:
    """What it would change, and whether that is wanted."""
    if not changes:
        st.info("It says what is set already; there is nothing to take in.")
        return False
    lines = [*map(_line, changes), *map(plain, waiting)]
    st.markdown("\n".join(f"- {line}" for line in lines[:MOST_LINES]))
    if len(lines) > MOST_LINES:
        st.caption(f"and {len(lines) - MOST_LINES} more")
    return st.button(f"Make {count_of(len(changes), 'change')}", type="primary", key=f"{key}_take")


def _text(raw: bytes) -> str | None:
    """None, and why, where that is no text to be taken."""
    if len(raw) > LARGEST:
        most = format_count(LARGEST)
        _refuse(f"The file has {format_count(len(raw))} bytes; at most {most} are taken.")
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("The file is no text in UTF-8.")
        return None


def _refuse(why: str) -> None:
    st.error(why)
    st.caption("Nothing was changed.")


def _line(one: Changed) -> str:
    detail = f": {plain(one.detail)}" if one.detail else ""
    return f"{plain(one.effect.value)} {plain(one.table)} **{plain(one.name)}**{detail}"


def _taken(key: str) -> str:
    return f"{key}.taken"


def _round(key: str) -> str:
    return f"{key}.round"
