"""The console: one line a message, for a machine without accounts and for whoever watches the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TextIO

from alerts.delivery import PATIENCE, DeliveryError, Letter, Recall, Result
from alerts.forms.plain import line
from alerts.sending.routing import CONSOLE


@dataclass(frozen=True, slots=True)
class Console:
    """Always set up. Its provider id is `console`: a line that was written has arrived."""

    stream: TextIO
    name: str = CONSOLE
    needs: str = ""
    pace: timedelta = timedelta()
    patience: timedelta = PATIENCE
    wants_proof: bool = False

    def addresses(self) -> tuple[str, ...]:
        return (CONSOLE,)

    def recall(self, address: str) -> Recall:  # noqa: ARG002 - the interface's
        return Recall.NONE

    def find(self, letter: Letter) -> str | None:  # noqa: ARG002 - the interface's
        """Nobody can be asked what they have read."""
        return None

    def send(self, letter: Letter) -> str:
        encoding = self.stream.encoding or "utf-8"
        written = f"{line(letter.message)}\n".encode(encoding, "replace").decode(encoding)
        try:
            self.stream.write(written)
            self.stream.flush()
        except (OSError, ValueError) as error:  # a closed pipe; a closed file
            detail = f"the console cannot be written to ({type(error).__name__}); start the service with an open stderr"
            raise DeliveryError(Result.RETRY, detail) from error
        return CONSOLE
