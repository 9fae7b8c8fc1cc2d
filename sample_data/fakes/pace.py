"""How fast each provider may be written to, and who wrote faster."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

LEAST = {"slack": 1.0, "webhook": 1.0, "whatsapp": 6.0}  # seconds between two messages to one address
SLACK_OF_CLOCKS = 0.02  # seconds that two clocks, or two threads, may be apart


@dataclass
class Pace:
    """`scale`: how many real seconds a second of the providers takes, 0.01 for a hundred times as fast."""

    clock: Callable[[], float]
    scale: float = 1.0
    violations: list[str] = field(default_factory=list)
    _latest: dict[tuple[str, str], float] = field(default_factory=dict)
    _not_before: dict[tuple[str, str], float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arrived(self, provider: str, address: str, *, accepted: bool) -> None:
        """Write down where it came too early: too soon after the message before, or before it was asked to come."""
        with self._lock:
            now, lane = self.clock(), (provider, address)
            early = self._not_before.get(lane, now) - now
            if early > SLACK_OF_CLOCKS * self.scale:
                self._blame(lane, f"{early / self.scale:.2f} s before the time that Retry-After said")
            if not accepted:
                return
            least, since = LEAST.get(provider, 0.0), now - self._latest.get(lane, -1e9)
            if since < (least - SLACK_OF_CLOCKS) * self.scale:
                said = f"{since / self.scale:.2f} s after the one before, wanted {least:g} s"
                self._blame(lane, said)
            self._latest[lane] = now

    def told_to_wait(self, provider: str, address: str, seconds: float) -> None:
        with self._lock:
            self._not_before[provider, address] = self.clock() + seconds * self.scale

    def _blame(self, lane: tuple[str, str], said: str) -> None:
        self.violations.append(f"{lane[0]} {lane[1]}: {said}")
