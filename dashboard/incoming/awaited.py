"""What this visitor has handed in and waits for, and what came of it: a few names in the session."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard import toasts
from dashboard.text import plain
from kpi.format import count_of
from kpi.report import Status
from storage.loads import Load
from storage.progress import CANCELLED

WAITING, ANSWERED, TO_REVIEW = "awaited", "answered", "to_review"
GOOD = (Status.LOADED, Status.UNCHANGED)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file that waits for its answer: its bytes, and the newest load of any file when it came.

    `shown`: its dataset is shown once it is there. `own`: what was found in it is shown, too.
    """

    name: str
    sha256: str
    newest_load: int
    shown: bool = True
    own: bool = True

    def is_answered_by(self, load: Load) -> bool:
        """Bytes that are the latest answer's own get no other: nobody reads them again, but after a cancelling."""
        if load.id > self.newest_load:
            return True
        return load.sha256 == self.sha256 and not is_cancelled(load)


def wait_for_bytes(path: Path, content: bytes, *, shown: bool = True, own: bool = True) -> None:
    """Wait for the answer about a file that was just put there."""
    sha256 = hashlib.sha256(content).hexdigest()
    waiting()[str(path.absolute())] = HandedIn(path.name, sha256, _newest(), shown, own)


def wait_for(path: str) -> None:
    """Wait for the next answer about a file that lies in the inbox already, and show its dataset then."""
    waiting()[path] = HandedIn(Path(path).name, "", _newest())


def waiting() -> dict[str, HandedIn]:
    """Files handed in by this visitor and not answered yet, by path."""
    found: dict[str, HandedIn] = st.session_state.setdefault(WAITING, {})
    return found


def was_mine(path: str) -> bool:
    """Whether this visitor handed in a file that lay there."""
    return path in st.session_state.get(ANSWERED, ())


def to_review() -> list[int]:
    """The loads of which this visitor has still to see what was found, oldest first."""
    found: list[int] = st.session_state.setdefault(TO_REVIEW, [])
    return found


def choose_what_came_in(newest: list[Load]) -> None:
    """Once a file was answered, wait no longer; where it was loaded, show its dataset and what was found in it."""
    awaited = waiting()
    for load in newest:
        handed_in = awaited.get(load.path)
        if handed_in is None or not handed_in.is_answered_by(load):
            continue
        del awaited[load.path]
        st.session_state.setdefault(ANSWERED, set()).add(load.path)
        if load.status in GOOD:
            _welcome(load, handed_in)


def is_cancelled(load: Load) -> bool:
    return load.error is not None and load.error.code == CANCELLED


def _welcome(load: Load, handed_in: HandedIn) -> None:
    if handed_in.shown:
        st.session_state["dataset"] = load.dataset
    same = load.id <= handed_in.newest_load or load.status is Status.UNCHANGED
    if handed_in.own and not same:
        to_review().append(load.id)
    what = "is loaded already; nothing changes" if same else f"is loaded, {count_of(load.rows.loaded, 'row')}"
    toasts.tell(f"**{plain(load.source)}** {what}")


def _newest() -> int:
    newest: int = st.session_state.get("newest_load", 0)
    return newest
