"""How far the child has read, in a small file beside its answer: it writes, its parent looks."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from kpi.reading.reach import NOWHERE, Reach

REACH = "reach.json"
EVERY = 0.4  # seconds between two writings


@dataclass(slots=True)
class ReachFile:
    """Hears of every step and writes down some. Threads of one reading may tell at once."""

    path: Path
    _last: Reach = NOWHERE
    _due: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, reach: Reach) -> None:
        """Whoever knows only the sheet leaves standing which of how many it is."""
        now = time.monotonic()
        with self._lock:
            if not reach.number and reach.sheet == self._last.sheet:
                reach = replace(reach, number=self._last.number, sheets=self._last.sheets)
            another, self._last = reach.sheet != self._last.sheet or reach.share == 1.0, reach
            if another or now >= self._due:
                self._due = now + EVERY
                self._write(reach)

    def _write(self, reach: Reach) -> None:
        aside = self.path.with_suffix(".new")
        try:
            aside.write_text(json.dumps(asdict(reach)), encoding="utf-8")
            aside.replace(self.path)
        except (OSError, UnicodeError):
            return  # it is only looked at: the reading goes on


def read_reach(path: Path) -> Reach:
    """What the child said last; nowhere where it has said nothing, or nothing that can be meant."""
    try:
        return Reach(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return NOWHERE
