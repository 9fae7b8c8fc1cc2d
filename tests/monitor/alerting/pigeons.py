"""A channel whose answers are scripted, and a clock that is set, for tests of sending."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.delivery import PATIENCE, Letter, Recall
from tests.moments import NOON

SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Pigeon:
    """None accepts, an exception is raised; afterwards it accepts all. `arrived`: what `find` knows, by key."""

    answers: list[Exception | None] = field(default_factory=list)
    to: tuple[str, ...] = ("loft",)
    letters: list[Letter] = field(default_factory=list)
    name: str = "pigeon"
    needs: str = "set PIGEON"
    pace: timedelta = timedelta()
    patience: timedelta = PATIENCE
    asks: Recall = Recall.NONE
    wants_proof: bool = False
    arrived: dict[str, str] = field(default_factory=dict)

    @property
    def carried(self) -> list[str]:
        return [letter.key for letter in self.letters]

    def addresses(self) -> tuple[str, ...]:
        return self.to

    def recall(self, address: str) -> Recall:
        return self.asks

    def send(self, letter: Letter) -> str:
        self.letters.append(letter)
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        return f"ring {len(self.letters)}"

    def find(self, letter: Letter) -> str | None:
        return self.arrived.get(letter.key)


@dataclass(slots=True)
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now
