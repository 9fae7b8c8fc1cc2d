"""What waits for one destination, and what is decided of it: the values that planning takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.message import Message
from alerts.rules import Kind
from alerts.sending.routing import Destination, Route
from alerts.sending.silences import Silence

STAGES = {Kind.FIRING: 0, Kind.RESOLVED: 2}  # of an episode; what follows the alert comes between
Subject = tuple[int | None, str]  # a rule and a member: messages about it keep their order


@dataclass(frozen=True, slots=True)
class Waiting:
    """One owed message of a lane, oldest first by `id`.

    `over`: its episode has been resolved since; `heard`: somebody acknowledged the episode; `told`: something of the
    episode has been sent to this address, or was given up or dropped and may have arrived there; `uncalled`: an
    escalation of the episode was dropped here, and it is certain that it has not arrived; `refused`: how often it was, for
    what a person has to mend. `batch` stays with it until it is sent, unless it is certain that what went out under that key
    has not arrived and nobody will ask for it.
    """

    id: int
    kind: Kind
    rule_id: int | None
    member: str
    episode: int | None
    labels: Mapping[str, str]
    group_key: str
    due_at: datetime
    attempts: int
    created_at: datetime
    message: Message
    route: Route | None = None
    batch: str | None = None  # under which it has been tried, with others or alone
    unsure_since: datetime | None = None
    over: bool = False
    heard: bool = False
    told: bool = False
    uncalled: bool = False
    refused: int = 0

    @property
    def subject(self) -> Subject:
        return self.rule_id, self.member

    @property
    def pursued(self) -> bool:
        """It may have arrived: then it goes again as it went, or it is found where it arrived."""
        return self.batch is not None or self.unsure_since is not None

    @property
    def order(self) -> tuple[int, int, int]:
        """Sorts messages about one subject as things happened: ids may be late, those of an end are not before its alert's."""
        return self.episode or 0, STAGES.get(self.kind, 1), self.id


@dataclass(frozen=True, slots=True)
class LaneState:
    """What is known of the destination now.

    `sent_at`: of the messages of the last hour (a batch counts once); `groups`: when each group was last told;
    `askable`: the provider can be asked whether a message has arrived there.
    """

    destination: Destination
    sent_at: tuple[datetime, ...] = ()
    groups: Mapping[str, datetime] | None = None
    silences: tuple[Silence, ...] = ()
    askable: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Waits until then, for that reason, which people can read."""

    id: int
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Will never be sent, for that reason: its episode was over before anybody could hear of it, and so on."""

    id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send as one message now (`batch`: ids, empty for nothing), what waits, and what is dropped.

    No id is in two of them. What is in none is not due, or its turn comes when the batch has gone. `sought`: the batch is
    only looked for, and where it has not arrived it is dropped, each of it for the reason that stands there.
    """

    batch: tuple[int, ...] = ()
    message: Message | None = None
    held: tuple[Held, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    sought: tuple[Dropped, ...] = ()
