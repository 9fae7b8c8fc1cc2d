"""The console: one line a message, for a machine without accounts and for whoever watches the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

from alerts.delivery import DeliveryError, Result
from alerts.manager import CONSOLE
from alerts.message import Message


@dataclass(frozen=True, slots=True)
class Console:
    """Always set up. Its provider id is `console`: a line that was written has arrived."""

    stream: TextIO
    name: str = CONSOLE
    needs: str = ""

    def addresses(self) -> tuple[str, ...]:
        return (CONSOLE,)

    def send(self, message: Message, address: str, key: str) -> str:  # noqa: ARG002 - the interface's
        encoding = self.stream.encoding or "utf-8"
        line = f"[{message.kind}] {message.text}\n".encode(encoding, "replace").decode(encoding)
        try:
            self.stream.write(line)
            self.stream.flush()
        except (OSError, ValueError) as error:  # a closed pipe; a closed file
            detail = f"the console cannot be written to ({type(error).__name__}); start the service with an open stderr"
            raise DeliveryError(Result.RETRY, detail) from error
        return CONSOLE
