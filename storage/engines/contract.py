"""What every engine offers: statements run over the snapshots of a dataset, wherever the work is done."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kpi.calendar import DateRow
from kpi.values import Executor


class EngineUnavailableError(Exception):
    """The engine cannot be asked; the message is one line that says what to do, without any secret."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one use of DuckDB may take. It spills into `spill`; without one it fails instead of spilling."""

    memory: str = "512MB"
    threads: int = 2
    spill: Path | None = None


class Engine(Protocol):
    """One of the places where statements can run. All give the same values.

    Every method raises `EngineUnavailableError` where the engine cannot be reached.
    """

    def over(self, snapshots: Sequence[Path], dates: Sequence[DateRow]) -> AbstractContextManager[Executor]:
        """Run statements over the relations `facts` (all rows of the snapshots) and `dates`, from any thread.

        A column that some or all snapshots lack is empty for their rows, so that no rows answer too.
        """
        ...

    def over_star(self, folder: Path) -> AbstractContextManager[Executor]:
        """Run statements over the relations of `kpi.sales.star`, from any thread.

        `folder` has the Parquet of the version that is asked about. Each statement sees one state of the warehouse.
        """
        ...

    def prepare(self, snapshots: Sequence[Path], at: datetime) -> None:
        """Do what has to be done once for each snapshot before it is asked about; nothing where it was done."""
        ...

    def tidy(self, at: datetime) -> None:
        """Give up what was prepared for snapshots that are no more."""
        ...

    def close(self) -> None:
        """Give up what it holds open; asked again, it opens anew."""
        ...

    def describe(self) -> str:
        """What it is and which version answers, for the operator."""
        ...
