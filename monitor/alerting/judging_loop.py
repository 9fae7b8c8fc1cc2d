"""The turns in which a running service judges: what time brings, and what was loaded without being judged at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from monitor.alerting.evaluation import judge_clock, judge_now, judging_tokens
from monitor.pipeline import Road, place
from storage.alerting import unjudged

Guarded = Callable[[str, Callable[[], object]], bool]


@dataclass(slots=True)
class JudgingLoop:
    """Of the process that is called `me`. `coming()` are the files that it is to take soon; None: it may be any.

    `guarded(what, act)` does something and answers whether it went well.
    """

    road: Road
    me: str
    clock: Callable[[], datetime]
    coming: Callable[[], Collection[Path] | None]
    guarded: Guarded
    _judged: dict[str, str] = field(default_factory=dict)

    def turn(self) -> None:
        """Judge which files are due or broken; and figures again when something about them wants it.

        That is a rule, a dataset or the day: a period ends without any file being saved. A dataset that cannot be judged
        is tried again each time, and keeps no other from being judged. One of which more files are to come waits for
        them.
        """
        self.guarded("judge files", self._judge_files)
        with self.road.database.read() as connection:
            wanted = judging_tokens(connection, self.road.desk, self.clock())
            later = unjudged.list_unjudged(connection)
        coming = self.coming()
        here = wanted if coming is None else {self._dataset(path) for path in coming}
        early = {one.dataset for one in later if one.waits(self.clock(), self.me, here)}
        left = {one.dataset for one in later} - early
        for name, seen in wanted.items():
            new = name in left or self._judged.get(name) != seen
            if new and name not in early and self.guarded(f"judge {name}", partial(self._judge, name)):
                self._judged[name] = seen

    def later(self, path: Path) -> str:
        """As `Job.later` of the file: who judges its dataset once other files of it are in, empty where none are to come."""
        others = (one for one in self.coming() or () if one != path)
        dataset = self._dataset(path)
        return self.me if any(self._dataset(one) == dataset for one in others) else ""

    def give_up(self) -> None:
        """This process takes no more files: what it meant to judge after them is for whoever judges next."""
        with self.road.database.begin() as connection:
            unjudged.give_up(connection, self.me, self.clock())

    def _judge_files(self) -> None:
        judge_clock(self.road.database, self.road.desk, self.clock())

    def _judge(self, name: str) -> None:
        judge_now(self.road.database, self.road.desk, name, self.clock())

    def _dataset(self, path: Path) -> str:
        return place(self.road, path)[0]
