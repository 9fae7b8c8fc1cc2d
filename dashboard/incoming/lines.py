"""One line a file that is on its way, which moves by itself; nothing, and nothing redrawn, while none is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.context import current
from dashboard.incoming import awaited
from dashboard.incoming.words import Ahead, Line, line_ahead, line_of
from dashboard.queries import Situation
from dashboard.text import plain, spoken
from kpi.format import count_of
from storage import leases, progress
from storage.progress import Step

EVERY = "1s"
MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """What the database says about files just now: what the service is at, wishes to cancel, and what is answered."""

    steps: dict[str, Step]
    cancelling: frozenset[str]
    answered: frozenset[str]
    watching: bool


def show(situation: Situation) -> None:
    """The lines, where somebody waits for one or a file takes long."""
    if awaited.waiting() or situation.pulse.busy:
        _lines()


@st.fragment(run_every=EVERY)
def _lines() -> None:
    found = _look()
    lines = _all(found)
    for path, line in list(lines.items())[:MOST_LINES]:
        _draw(path, line)
    if len(lines) > MOST_LINES:
        st.caption(f":material/hourglass_top: and {count_of(len(lines) - MOST_LINES, 'more file')}.")


def _look() -> OnTheWay:
    context, waiting = current(), awaited.waiting()
    now = context.clock()
    with context.database.read() as connection:
        steps = {step.path: step for step in progress.under_way(connection, now)}
        beat = leases.find_beat(connection, progress.LEADER)
        newest = progress.newest_loads_of(connection, list(waiting))
        return OnTheWay(
            steps,
            frozenset(progress.to_be_cancelled(connection, [*steps, *waiting])),
            frozenset(path for path, load in newest.items() if load > waiting[path].newest_load),
            beat is not None and beat.expires_at > now,
        )


def _all(found: OnTheWay) -> dict[str, Line]:
    """A line for each file that is taken long enough to be worth one, or that this visitor waits for, by path."""
    now, mine = current().clock(), awaited.waiting()
    taken = {
        path: line_ahead(Ahead.CANCELLED) if path in found.cancelling else line_of(step, now)
        for path, step in found.steps.items()
        if path in mine or now - step.began_at >= progress.LONG
    }
    ahead = {path: line_ahead(_ahead(path, found)) for path in mine if path not in found.steps}
    return {**taken, **ahead}


def _ahead(path: str, found: OnTheWay) -> Ahead:
    if path in found.answered:
        return Ahead.PAUSED if st.session_state.get("paused") else Ahead.DONE
    if path in found.cancelling:
        return Ahead.CANCELLED
    if not found.watching:
        return Ahead.NOBODY
    return Ahead.TURN if found.steps else Ahead.STILL


def _draw(path: str, line: Line) -> None:
    name, mark = Path(path).name, progress.path_hash(path)[:12]
    with st.container(horizontal=True, vertical_alignment="center", key=f"coming_{mark}"):
        st.progress(line.share, f"**{plain(name)}** {plain(line.text)}", width="stretch")
        if line.may_cancel:
            st.button(
                "Cancel",
                key=f"cancel_{mark}",
                icon=":material/close:",
                type="tertiary",
                help=f"Do not load {spoken(name)}. It stays in the inbox.",
                on_click=_cancel,
                args=(path,),
            )


def _cancel(path: str) -> None:
    context = current()
    with context.database.begin() as connection:
        progress.wish_to_cancel(connection, path, context.clock())
