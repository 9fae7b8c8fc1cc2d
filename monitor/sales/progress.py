"""How far a run of the sales warehouse has come: told by its stages, read by whoever writes it down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock

from storage.warehouse.runs import Phase, Progress

# What a row costs in each stage, beside the others; only their ratios matter, for the time that is left.
COST = {Phase.TYPING: 1.0, Phase.CONFORMING: 1.0, Phase.LOADING: 3.0, Phase.COMMITTING: 1.0}
LEAST_DONE = 0.02  # of all work: before that, what is left cannot be told
SAMPLE = 1 << 16


class Meter:
    """The progress of one run. Safe to tell and to read from several threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._began = clock()
        self._phase = Phase.FINDING
        self._done = 0
        self._total: int | None = None
        self._behind: list[Phase] = []

    def begin(self, phase: Phase, total: int | None = None) -> None:
        """A phase begins; `total` rows are expected from now on, as many as before where it is not given."""
        with self._lock:
            self._behind.append(self._phase)
            self._phase, self._done = phase, 0
            self._total = self._total if total is None else total

    def advance(self, rows: int) -> None:
        """So many more rows are done in this phase."""
        with self._lock:
            self._done += rows

    def piece(self) -> Callable[[int], None]:
        """For one piece of this phase's work, which tells again and again how many rows it has done in all."""
        told = 0

        def reached(rows: int) -> None:
            nonlocal told
            self.advance(rows - told)
            told = rows

        return reached

    @property
    def now(self) -> Progress:
        with self._lock:
            total = None if self._total is None else max(self._total, self._done)
            return Progress(self._phase, self._done, total, self._seconds_left(total))

    def _seconds_left(self, total: int | None) -> float | None:
        if not total:
            return None
        done = sum(COST.get(phase, 0.0) for phase in self._behind)
        done += COST.get(self._phase, 0.0) * self._done / total
        share = done / sum(COST.values())
        if share < LEAST_DONE:
            return None
        spent = (self._clock() - self._began).total_seconds()
        return max(spent / share - spent, 0.0)


def likely_rows(path: Path) -> int:
    """How many rows a file of text has, by its first lines; a guess for other files too, from their size alone."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    lines = sample.count(b"\n")
    return int(path.stat().st_size * lines / len(sample)) if lines else 0
