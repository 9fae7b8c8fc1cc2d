"""Runs of the warehouse in words: what is being done, how much is left, and how one ended. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from kpi.format import count_of, format_count
from kpi.report import Ledger
from storage.warehouse.runs import Phase, Progress, Run, Status

PHASES = {
    Phase.WAITING: "Waiting for the service to begin",
    Phase.FINDING: "Looking for files",
    Phase.READING: "Reading the files",
    Phase.TYPING: "Telling numbers and days from text",
    Phase.CONFORMING: "Making customers, products, days and sales",
    Phase.LOADING: "Loading the tables",
    Phase.COMMITTING: "Putting the new tables in place",
    Phase.ENDED: "Done",
}
STEPS = tuple(PHASES)  # in the order in which a run goes through them
ENDINGS = {
    Status.ASKED: "waiting",
    Status.RUNNING: "running",
    Status.DONE: "done",
    Status.UNCHANGED: "nothing new",
    Status.REFUSED: "refused",
    Status.FAILED: "failed",
}
MINUTE, HOUR = 60, 3600


def progress(now: Progress) -> str:
    """`Loading the tables · 1,200 of 3,000 rows · about 2 min left`."""
    parts = [PHASES[now.phase]]
    if now.total:
        parts.append(f"{format_count(now.done)} of {count_of(now.total, 'row')}")
    elif now.done:
        parts.append(count_of(now.done, "row"))
    if now.seconds_left is not None:
        parts.append(f"about {duration(now.seconds_left)} left")
    return " · ".join(parts)


def share(now: Progress) -> float:
    """How much of the run lies behind it, from 0 to 1: its phases count alike, and rows within one."""
    within = min(now.done / now.total, 1.0) if now.total else 0.0
    return min((STEPS.index(now.phase) + within) / (len(STEPS) - 1), 1.0)


def duration(seconds: float) -> str:
    """`4 s`, `2 min`, `1 h 5 min`; never nothing."""
    if seconds < MINUTE:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / MINUTE)
    if seconds < HOUR:
        return f"{minutes} min"
    return f"{minutes // MINUTE} h {minutes % MINUTE} min"


def outcome(run: Run, zone: tzinfo) -> str:
    """How it ended, in a sentence: `Run 3 ended at 14:02: 1,000 rows loaded, 12 rejected, in 4 s.`"""
    at = f" on {run.ended_at.astimezone(zone):%-d %b %Y, %H:%M}" if run.ended_at else ""
    if run.error is not None:
        return f"Run {run.id} {'was refused' if run.status is Status.REFUSED else 'failed'}{at}. {run.error.message}"
    if run.status is Status.UNCHANGED:
        return f"Run {run.id}{at} found nothing new; the warehouse stays as it is."
    whole = added(run.ledger.values())
    return (
        f"Run {run.id} ended{at} after {duration(run.seconds)}: of {count_of(whole.read, 'row')} "
        f"{count_of(whole.loaded, 'was loaded', 'were loaded')}, {format_count(whole.rejected)} rejected and {format_count(whole.set_aside)} set aside."
    )


def added(ledgers: Iterable[Ledger]) -> Ledger:
    return sum(ledgers, Ledger())
