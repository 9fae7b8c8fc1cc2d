"""Processes that are there at once and can be killed at once: forked from one that has imported all they need.

What one of them fails with fails the test, too, in its own words: what it prints may be shown with another test, or not.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

KILLED = -signal.SIGKILL
PATIENCE = 120.0  # seconds that a process may take to end by itself
WORDS = 20_000  # characters that fit into a pipe which nobody reads yet
IMPORTED = ("pytest", "tests.proofs.work", "tests.proofs.work_of_loads")


@dataclass(frozen=True, slots=True)
class ScaledClock:
    """A clock that all processes of this machine read alike; `scale` is how many real seconds one of its own takes."""

    began: float  # by time.monotonic()
    start: datetime
    scale: float = 1.0

    @classmethod
    def from_now(cls, scale: float) -> ScaledClock:
        return cls(time.monotonic(), datetime.now(UTC), scale)

    def __call__(self) -> datetime:
        return self.start + timedelta(seconds=(time.monotonic() - self.began) / self.scale)

    def seconds(self) -> float:
        """Since 1970."""
        return self().timestamp()


@dataclass(frozen=True, slots=True)
class Started:
    """A process, and where it says what it fails with."""

    process: ForkServerProcess
    said: Connection


def start(target: Callable[..., None], *arguments: Any) -> Started:
    """The function in a process of its own; it must be of a module, and what it is given must be plain values."""
    said, saying = _context().Pipe(duplex=False)
    process = _context().Process(target=_work, args=(saying, target, arguments), daemon=True)
    process.start()
    saying.close()
    return Started(process, said)


def all_ended(started: Sequence[Started], patience: float = PATIENCE) -> list[int]:
    """Their exit codes, once they have ended by themselves; they are killed where that takes too long.

    Fails where one of them has failed, and says with what.
    """
    until = time.monotonic() + patience
    for one in started:
        one.process.join(max(0.0, until - time.monotonic()))
    over = [_over(one) for one in started]
    if failures := [said for _code, said in over if said]:
        raise AssertionError("a process has failed:\n" + "\n".join(failures))
    return [code for code, _said in over]


def ended(started: Started, patience: float = PATIENCE) -> int:
    return all_ended([started], patience)[0]


def run(target: Callable[..., None], *arguments: Any) -> int:
    return ended(start(target, *arguments))


def killed(started: Started) -> bool:
    """Whether it was still at work when the signal came, from which nobody can hide."""
    return all_ended([started], 0.0) == [KILLED]


def wait_until(happened: Callable[[], bool], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            raise AssertionError("it did not happen in time")
        time.sleep(0.001)


def _work(saying: Connection, target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    try:
        target(*arguments)
    except BaseException:
        saying.send(traceback.format_exc()[-WORDS:])
        raise


def _over(started: Started) -> tuple[int, str]:
    """The exit code, and what the process has failed with; it is killed where it is still there."""
    process, said = started.process, ""
    process.kill()
    process.join()
    with started.said, suppress(EOFError):
        said = started.said.recv()
    code = process.exitcode
    process.close()
    return -1 if code is None else code, said


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(IMPORTED))
    return context
