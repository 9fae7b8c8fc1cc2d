"""What arrives at the fake, and what it answers."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """One POST that arrived, `accepted` where it was taken, whether or not the answer said so.

    `provider` is slack, webhook (Slack's incoming ones), whatsapp, or hook (anybody's). `at`: seconds since 1970.
    """

    provider: str
    path: str
    body: Body
    accepted: bool
    provider_id: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A POST as the fakes look at it: the fields of its form, or of its JSON; `raw` for signatures."""

    path: str
    headers: dict[str, str]  # by names in lower case
    body: Body
    raw: bytes

    @property
    def bearer(self) -> str:
        return self.headers.get("authorization", "")


class Journal:
    """Everything that arrived, in order; with a file it is on the disk before anybody hears that it has arrived."""

    def __init__(self, file: Path | None) -> None:
        self.received: list[Received] = []
        self._lock = threading.Lock()
        self._file = file

    def keep(self, received: Received) -> None:
        with self._lock:
            self.received.append(received)
            if self._file is not None:
                with self._file.open("a", encoding="utf-8") as journal:
                    journal.write(json.dumps(asdict(received)) + "\n")
                    journal.flush()
                    os.fsync(journal.fileno())
