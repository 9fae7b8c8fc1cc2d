"""How far a file is, in one line and as a share of the way: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kpi.format import count_of, format_count
from kpi.reading.reach import Reach
from storage.progress import Phase, Step

STILL, READING, FIGURES, SAVING = 0.03, 0.06, 0.85, 0.95  # where each phase begins on the way


class Ahead(StrEnum):
    """What happens to a file about which the service says nothing."""

    STILL = "waits until nothing writes to it any more"
    TURN = "waits for its turn"
    NOBODY = "waits: nobody watches the inbox at the moment"
    CANCELLED = "is being cancelled"
    DONE = "was read; the page follows in a moment"
    PAUSED = "was read; take Pause away to see it"


@dataclass(frozen=True, slots=True)
class Line:
    """What is said about a file, how much of the way it has made, and whether it can still be cancelled."""

    text: str
    share: float
    may_cancel: bool = True


def line_ahead(ahead: Ahead) -> Line:
    share = {Ahead.DONE: 1.0, Ahead.PAUSED: 1.0, Ahead.CANCELLED: 0.0}.get(ahead, STILL)
    return Line(ahead.value, share, may_cancel=ahead in (Ahead.STILL, Ahead.TURN, Ahead.NOBODY))


def line_of(step: Step, now: datetime) -> Line:
    """The line of a file that is taken."""
    passed = max(0, round((now - step.began_at).total_seconds()))
    match step.phase:
        case Phase.READING:
            text, share = _reading(step.reach), READING + (FIGURES - READING) * (done_of(step.reach) or 0.0)
        case Phase.FIGURES:
            text, share = "was read; its figures are being worked out", FIGURES
        case Phase.SAVING:
            text, share = "is being put on the page", SAVING
    return Line(
        f"{text} · {format_count(passed)} s", round(share, 3), may_cancel=step.phase is not Phase.SAVING
    )


def done_of(reach: Reach) -> float | None:
    """The share of the file's sheets that was read; None where that is not known."""
    if not reach.sheets:
        return reach.share
    return min(1.0, (reach.number - 1 + (reach.share or 0.0)) / reach.sheets)


def _reading(reach: Reach) -> str:
    if not reach.sheet:
        return "is being read"
    of = f" ({reach.number} of {reach.sheets})" if reach.sheets > 1 else ""
    rows = f", {count_of(reach.rows, 'row')}" if reach.rows else ""
    if reach.share is not None and reach.share >= 1 and reach.rows:
        return f"sheet {reach.sheet}{of}{rows}: their dates and numbers are being checked"
    share = f", {reach.share:.0%}" if reach.share else ""
    return f"sheet {reach.sheet}{of} is being read{share}{f'{rows} so far' if rows else ''}"
