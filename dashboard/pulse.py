"""What the page is drawn anew for, and one answer to it for all open pages: a hundred ask no more often than one."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

PLACE = "pulse"  # beside the page, as `api.pulse` answers it
AGE = 0.5  # seconds; of the two after which an open page asks


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the page must be drawn anew for: other data, another run of the sales warehouse, a service that came or
    went, another day.
    """

    token: str
    sales: str
    watching: bool
    today: date
    busy: bool = False  # a file takes so long that everybody is told

    @property
    def mark(self) -> str:
        """The same in sixteen characters, which tell nobody anything."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


class SharedPulse:
    """The newest answer. Whoever asks once it is `age` seconds old reads it for all; the others wait for that."""

    def __init__(self, age: float = AGE, now: Callable[[], float] = time.monotonic) -> None:
        self._age = age
        self._now = now
        self._lock = threading.Lock()
        self._newest: tuple[float, Pulse] | None = None  # when its reading began

    def ask(self, read: Callable[[], Pulse]) -> Pulse:
        """The newest answer, at most `age` seconds old. What `read` raises is raised, and nothing is kept."""
        with self._lock:
            if self._newest is None or self._now() - self._newest[0] >= self._age:
                began = self._now()
                self._newest = (began, read())
            return self._newest[1]

    def now(self, read: Callable[[], Pulse]) -> Pulse:
        """What is true now, whatever was known; the others get it from here on."""
        began = self._now()
        answer = read()
        with self._lock:
            if self._newest is None or self._newest[0] <= began:
                self._newest = (began, answer)
        return answer
