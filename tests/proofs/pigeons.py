"""Channels whose moods are set from outside, and that remember every message they were given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from alerts.delivery import PATIENCE, DeliveryError, Letter, Recall, Result, Scope
from storage.alerting.outbox import SENDING
from storage.database import Database
from storage.schema import deliveries

SEEN_AFTER = timedelta(seconds=5)  # until what was taken can be found


class Mood(StrEnum):
    WELL = "well"
    FAILING = "failing"  # it says that it has not taken it
    SWALLOWING = "swallowing"  # it takes it and says nothing
    MUTE = "mute"  # it does not take it and says nothing
    BUSY = "busy"  # come again in a minute
    BROKEN = "broken"  # somebody has to mend it


FAILURES = {
    Mood.FAILING: DeliveryError(Result.RETRY, "hawk"),
    Mood.SWALLOWING: DeliveryError(Result.RETRY, "fog", unsure=True),
    Mood.MUTE: DeliveryError(Result.RETRY, "fog", unsure=True),
    Mood.BUSY: DeliveryError(Result.DEFERRED, "full loft", timedelta(minutes=1), Scope.ADDRESS),
    Mood.BROKEN: DeliveryError(Result.BROKEN, "no loft", scope=Scope.CHANNEL),
}


@dataclass(frozen=True, slots=True)
class Carried:
    """One message as it was given to a channel: when, whereto, and the ids of the rows that it stood for."""

    at: datetime
    channel: str
    address: str
    key: str
    rows: tuple[int, ...]
    taken: bool
    marked: bool  # it says that it may be a repeat


@dataclass(slots=True)
class Pigeon:
    """One channel; `way` is how it can tell what it took."""

    name: str
    way: Recall
    database: Database
    clock: Callable[[], datetime]
    carried: list[Carried]
    mood: Mood = Mood.WELL
    needs: str = "set PIGEON"
    pace: timedelta = timedelta(seconds=1)
    patience: timedelta = PATIENCE
    wants_proof: bool = False
    to: tuple[str, ...] = field(default=("loft",))

    def addresses(self) -> tuple[str, ...]:
        return self.to

    def recall(self, address: str) -> Recall:
        return self.way

    def send(self, letter: Letter) -> str:
        taken = self.mood in {Mood.WELL, Mood.SWALLOWING}
        marked = "possible repeat" in letter.message.note
        rows = self._in_hand(letter.address)
        self.carried.append(
            Carried(self.clock(), self.name, letter.address, letter.key, rows, taken=taken, marked=marked)
        )
        if self.mood in FAILURES:
            raise FAILURES[self.mood]
        return f"ring {len(self.carried)}"

    def find(self, letter: Letter) -> str | None:
        if self.mood in {Mood.FAILING, Mood.MUTE, Mood.BUSY, Mood.BROKEN}:
            raise FAILURES[self.mood]
        for number, one in enumerate(self.carried, 1):
            mine = (one.channel, one.address, one.key) == (self.name, letter.address, letter.key)
            if mine and one.taken and one.at + SEEN_AFTER <= self.clock():
                return f"ring {number}"
        return None

    def _in_hand(self, address: str) -> tuple[int, ...]:
        """What is being sent there: one message at a time, whatever it stands for."""
        here = (deliveries.c.channel == self.name) & (deliveries.c.address == address)
        sending = select(deliveries.c.id).where(here, deliveries.c.state == SENDING).order_by(deliveries.c.id)
        with self.database.read() as connection:
            return tuple(connection.execute(sending).scalars())
