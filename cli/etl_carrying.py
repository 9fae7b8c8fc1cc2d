"""Carrying a run of the sales warehouse out in this process, or waiting for the one that does; progress on stderr."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from cli.output import REFUSED, now, say

if TYPE_CHECKING:  # the command line's help must not wait for these
    from rich.progress import Progress, TaskID

    from storage.database import Database
    from storage.warehouse.runs import Run
    from wiring import System

LOOK_EVERY = 0.5  # seconds
GRACE = 5.0  # seconds from the request to stop to the end
LONGEST_FINISH = 120.0  # seconds


class ToldToStop(KeyboardInterrupt):
    """A signal to stop. Of a class of its own: where a plain KeyboardInterrupt has passed through text that is executed,
    as while a dataclass is made, CPython ends the process by SIGINT in the end, whatever exit code was meant.
    """


class StoppedError(Exception):
    """Somebody stopped this process while it carried the run out."""


def carried_out(system: System, run_id: int, *, waits_again: bool) -> Run:
    """The run after its end. Where it waits, this process carries it out; else the one that is at it is waited for.

    Stopped meanwhile, it waits for another process again, or has failed: `StoppedError` either way.
    """
    from monitor.sales.lease import LeaseTakenError
    from monitor.sales.run import carry_out
    from storage.warehouse.asking import clear_away
    from storage.warehouse.carriers import carrier_name
    from storage.warehouse.runs import Status

    owner = carrier_name()
    with _progress_shown(system.database, run_id):
        while (run := _found(system.database, run_id)).active:
            if run.status is Status.ASKED:
                try:
                    give_up = partial(_give_up, system.database, run_id, waits_again=waits_again)
                    with told_to_stop(give_up) as is_stopped:
                        return carry_out(system.sales, run_id, owner, now, is_stopped)
                except LeaseTakenError:  # another process was quicker
                    pass
                except KeyboardInterrupt as error:
                    give_up()
                    raise StoppedError from error
            time.sleep(LOOK_EVERY)
            clear_away(system.database, now())
        _let_finish(system.database)
    return run


def _let_finish(database: Database) -> None:
    """Wait until whoever carried the run out has put everything in its place, too."""
    from storage.leases import find_beat
    from storage.warehouse.runs import LEASE, active_run

    until = time.monotonic() + LONGEST_FINISH
    while time.monotonic() < until:
        with database.read() as connection:
            lease, next_run = find_beat(connection, LEASE), active_run(connection)
        if next_run is not None or lease is None or lease.expires_at <= now():
            return
        time.sleep(LOOK_EVERY)


def _give_up(database: Database, run_id: int, *, waits_again: bool) -> None:
    from kpi.report import Refusal
    from storage.warehouse import runs
    from storage.warehouse.runs import Outcome, Status

    error = Refusal("stopped", "it was stopped; the warehouse stands as it was before. Run it again.")
    with database.begin() as connection:
        if waits_again:
            runs.ask_again(connection, run_id)
        else:
            runs.end(connection, run_id, Outcome(Status.FAILED, error=error), now())


@contextmanager
def told_to_stop(give_up: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """SIGTERM ends what is under way as Ctrl-C does, so that everything is cleared away; asked, it says if one came.

    A library may swallow what a handler raises, or wait for ever after it: whoever is not gone by `GRACE` is ended
    from outside, as safely as by a kill.
    """
    stopped = threading.Event()
    last_resort = threading.Timer(GRACE, _end_now, [give_up])
    last_resort.daemon = True

    def stop(*_: object) -> NoReturn:
        if not stopped.is_set():
            stopped.set()
            last_resort.start()
        raise ToldToStop

    before = {which: signal.signal(which, stop) for which in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped.is_set
    finally:
        last_resort.cancel()
        for which, handler in before.items():
            signal.signal(which, handler)


def _end_now(give_up: Callable[[], None]) -> None:
    try:
        give_up()
        say("stopped; the warehouse stands as it was before")
    finally:
        os._exit(REFUSED)


def _found(database: Database, run_id: int) -> Run:
    from storage.warehouse.runs import find_run

    with database.read() as connection:
        run = find_run(connection, run_id)
    if run is None:
        raise LookupError(f"there is no run {run_id}")
    return run


@contextmanager
def _progress_shown(database: Database, run_id: int) -> Iterator[None]:
    """A bar for people who look: what is done, how many rows, the time that is left."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"))
    over = threading.Event()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("waiting", total=None, said="")
        follower = threading.Thread(target=_follow, args=(database, run_id, bars, task, over), daemon=True)
        follower.start()
        try:
            yield
        finally:
            over.set()
            follower.join()


def _follow(database: Database, run_id: int, bars: Progress, task: TaskID, over: threading.Event) -> None:
    from sqlalchemy.exc import DBAPIError

    while not over.wait(LOOK_EVERY):
        try:
            run = _found(database, run_id)
        except DBAPIError:  # the bar stands still; the run itself says what is wrong
            continue
        how = run.progress
        bars.update(task, description=how.phase.value, total=how.total, completed=how.done, said=_said(run))


def _said(run: Run) -> str:
    how = run.progress
    of = f" of {how.total:,}" if how.total is not None else ""
    rows = f"{how.done:,}{of} rows" if how.done or of else ""
    left = f"about {how.seconds_left:,.0f} s left" if how.seconds_left is not None else ""
    return ", ".join(filter(None, (rows, left)))
