"""What the service tells the page about the file in its hands, and what it hears: that a person wants it cancelled."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from kpi.reading.reach import NOWHERE, Reach
from kpi.report import FileReport, Ledger, Refusal, Status
from storage import progress
from storage.database import Database
from storage.progress import CANCELLED, Phase, Step

EVERY = 0.5  # seconds between two rows

log = logging.getLogger(__name__)

Told = Callable[
    [Phase, Reach], None
]  # how far a file is; raises CancelledError where nobody wants it any more


class CancelledError(Exception):
    """A person does not want the file loaded; nothing of it was committed."""


def tell_nobody(_phase: Phase, _reach: Reach) -> None:
    """Where nobody waits and nobody can cancel."""


def cancelled(name: str) -> FileReport:
    """The refusal of a file that a person has cancelled."""
    message = (
        f"{name}: its loading was cancelled on the page. Nothing was loaded, and the file stays in the inbox. It is not "
        "read again until it changes, is uploaded again, or somebody has it read after all."
    )
    return FileReport(Status.REJECTED, Ledger(), error=Refusal(CANCELLED, message))


@dataclass(slots=True)
class FileProgress:
    """One file that the service takes. What cannot be written is not told: the file is loaded all the same."""

    database: Database
    path: Path
    owner: str
    clock: Callable[[], datetime]
    _began: datetime | None = None
    _phase: Phase | None = None
    _due: float = field(default=0.0)

    def tell(self, phase: Phase, reach: Reach = NOWHERE) -> None:
        """Say how far the file is, at most about twice a second; raises CancelledError where it is to be cancelled."""
        now = time.monotonic()
        if phase is self._phase and now < self._due:
            return
        self._phase, self._due = phase, now + EVERY
        self._began = self._began or self.clock()
        if self._write(Step(self._where, phase, self._began, reach)):
            raise CancelledError(self._where)

    def done(self, *, for_good: bool) -> None:
        """Nothing more is told of it. `for_good`: it does not come back by itself, and no wish about it is left."""
        try:
            with self.database.read() as connection:
                wanted = progress.is_to_be_cancelled(connection, self._where)
            if self._began is None and not (wanted and for_good):
                return
            with self.database.begin() as connection:
                progress.forget(connection, self._where)
                if for_good:
                    progress.withdraw(connection, self._where)
        except SQLAlchemyError:
            log.exception("What was told about %s could not be taken back.", self.path.name)

    @property
    def _where(self) -> str:
        return str(self.path.absolute())

    def _write(self, step: Step) -> bool:
        """Whether somebody wants the file cancelled."""
        try:
            with self.database.begin() as connection:
                progress.tell(connection, self.owner, step)
                return progress.is_to_be_cancelled(connection, step.path)
        except SQLAlchemyError as error:
            log.warning("How far %s is could not be told: %s", self.path.name, type(error).__name__)
            return False
