from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from alerts.delivery import Attempt, DeliveryError, Result, Scope
from alerts.manager import Owed
from alerts.message import Message
from monitor.dispatch import LEASE, deliver_owed
from storage import outbox
from storage.database import Database
from tests.alerts.builders import message
from tests.moments import NOON
from wiring import System

SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Pigeon:
    """A channel whose answers are scripted: None accepts, an exception is raised; afterwards it accepts all."""

    answers: list[Exception | None] = field(default_factory=list)
    to: tuple[str, ...] = ("loft",)
    carried: list[str] = field(default_factory=list)
    name: str = "pigeon"
    needs: str = "set PIGEON"

    def addresses(self) -> tuple[str, ...]:
        return self.to

    def send(self, message: Message, address: str, key: str) -> str:
        self.carried.append(key)
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        return f"ring {len(self.carried)}"


@dataclass(slots=True)
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def database(system: System) -> Database:
    return system.database


def owe(database: Database, *keys: str, address: str = "loft", channel: str = "pigeon") -> None:
    with database.begin() as connection:
        outbox.owe(connection, None, [Owed(channel, address, key, message()) for key in keys], NOON)


def states(database: Database) -> list[tuple[str, int, str | None]]:
    """Of each message, oldest first: its state, attempts and provider id."""
    with database.read() as connection:
        return [
            (one.state, one.attempts, one.provider_id) for one in outbox.recent_deliveries(connection)[::-1]
        ]


def test_all_that_is_due_is_sent_oldest_first_and_only_once(database: Database) -> None:
    owe(database, "one", "two", "three")
    pigeon = Pigeon()
    done = [deliver_owed(database, [pigeon], Clock()) for _ in range(2)]
    assert ([one.result for one in done[0]], done[1], pigeon.carried) == (
        [Result.SENT] * 3,
        [],
        ["one", "two", "three"],
    )
    assert states(database) == [("sent", 1, f"ring {number}") for number in (1, 2, 3)]


def test_a_failed_message_comes_back_later_and_keeps_no_other_from_going(database: Database) -> None:
    owe(database, "one", "two")
    pigeon, clock = Pigeon([DeliveryError(Result.RETRY, "hawk")]), Clock()
    deliver_owed(database, [pigeon], clock)
    assert [state for state, *_ in states(database)] == ["pending", "sent"]
    clock.now += timedelta(hours=1)
    deliver_owed(database, [pigeon], clock)
    assert (states(database)[0], pigeon.carried) == (("sent", 2, "ring 3"), ["one", "two", "one"])


def test_a_channel_that_is_broken_is_asked_once_and_not_for_every_message(database: Database) -> None:
    owe(database, "one", "two", "three")
    pigeon = Pigeon([DeliveryError(Result.BROKEN, "no loft", scope=Scope.CHANNEL)])
    deliver_owed(database, [pigeon], Clock())
    assert (pigeon.carried, [state for state, *_ in states(database)]) == (["one"], ["pending"] * 3)


def test_a_message_for_a_channel_that_is_not_here_is_kept(database: Database) -> None:
    owe(database, "one", channel="telegraph")
    (attempt,) = deliver_owed(database, [Pigeon()], Clock())
    assert (attempt.result, states(database)) == (Result.BROKEN, [("pending", 1, None)])


def test_a_message_that_waited_for_its_channel_goes_to_all_its_addresses(database: Database) -> None:
    owe(database, "one", address="")
    assert deliver_owed(database, [Pigeon(to=())], Clock()) == []
    pigeon = Pigeon(to=("loft", "tower"))
    assert len(deliver_owed(database, [pigeon], Clock())) == 2


def test_a_channel_that_breaks_down_in_an_unforeseen_way_loses_nothing(database: Database) -> None:
    owe(database, "one", "two")
    pigeon, clock = Pigeon([RuntimeError("the pigeon explodes")]), Clock()
    with pytest.raises(RuntimeError):
        deliver_owed(database, [pigeon], clock)
    deliver_owed(database, [pigeon], clock)
    assert [state for state, *_ in states(database)] == ["sending", "sent"]
    clock.now += LEASE
    deliver_owed(database, [pigeon], clock)
    assert [state for state, *_ in states(database)] == ["sent", "sent"]


def test_an_answer_that_comes_after_the_lease_has_gone_to_another_is_not_written(database: Database) -> None:
    """The other process has sent a copy meanwhile; its id stands."""
    owe(database, "one")
    clock, other = Clock(), Pigeon(answers=[], carried=["earlier"])

    def dawdle(seam: str) -> None:
        if seam == "after_post_before_mark":
            clock.now += LEASE + SECOND
            deliver_owed(database, [other], clock)

    deliver_owed(database, [Pigeon()], clock, dawdle)
    assert states(database) == [("sent", 2, "ring 2")]


def test_two_that_send_at_once_send_every_message_once(database: Database) -> None:
    keys = [f"key {number}" for number in range(40)]
    owe(database, *keys)
    pigeon, other = Pigeon(), Pigeon()

    def share(seam: str) -> None:
        if seam == "before_post":
            deliver_owed(database, [other], Clock(), go_on=at_most(3))

    deliver_owed(database, [pigeon], Clock(), share)
    assert sorted(pigeon.carried + other.carried) == sorted(keys)
    assert (len(pigeon.carried), len(other.carried)) == (10, 30)


def test_an_orderly_end_waits_for_the_message_in_hand_and_not_for_all(database: Database) -> None:
    owe(database, "one", "two", "three")
    done = deliver_owed(database, [Pigeon()], Clock(), go_on=at_most(1))
    assert (len(done), [state for state, *_ in states(database)]) == (1, ["sent", "pending", "pending"])


def test_the_seams_of_one_message_come_in_order(database: Database) -> None:
    owe(database, "one")
    seams: list[str] = []
    attempts: list[Attempt] = deliver_owed(database, [Pigeon()], Clock(), seams.append)
    assert len(attempts) == 1
    assert seams == ["after_claim", "before_post", "after_post_before_mark", "after_mark"]


def at_most(times: int) -> Callable[[], bool]:
    left = iter([True] * times)
    return lambda: next(left, False)
