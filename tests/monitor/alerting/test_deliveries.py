"""The turns of a running service: each channel by itself, and more than one process where the database allows it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.delivery import DeliveryError, Letter, Result, Scope, destinations
from alerts.manager import Owed
from monitor.alerting.deliveries import Post, all_may_send, turns
from storage.alerting import outbox
from storage.database import Database
from tests.alerts.builders import message
from tests.moments import NOON
from tests.monitor.alerting.pigeons import SECOND, Clock, Pigeon
from tests.servers import KINDS, fresh_database
from wiring import System

REVOKED = DeliveryError(Result.BROKEN, "token revoked", scope=Scope.CHANNEL)


@dataclass(slots=True)
class Snail(Pigeon):
    """It accepts nothing before it is let go."""

    name: str = "snail"
    begun: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def send(self, letter: Letter) -> str:
        self.begun.set()
        self.let_go.wait(20)
        return Pigeon.send(self, letter)


@pytest.fixture
def post(system: System) -> Callable[..., Post]:
    """What sending needs, with these channels, at noon."""

    def made(*channels: Pigeon, clock: Clock | None = None, may_send: bool = True) -> Post:
        desk = replace(system.road.desk, destinations=destinations(channels))
        return Post(system.database, desk, channels, clock or Clock(), lambda _seam: None, lambda: may_send)

    return made


@pytest.fixture
def owe(system: System) -> Callable[[str], None]:
    def one(channel: str) -> None:
        with system.database.begin() as connection:
            outbox.owe(connection, None, [Owed(channel, "loft", f"to {channel}", message())], NOON)

    return one


def test_a_slow_provider_keeps_no_other_waiting(
    post: Callable[..., Post], owe: Callable[[str], None]
) -> None:
    snail, pigeon = Snail(), Pigeon()
    owe("snail")
    owe("pigeon")
    loops = turns(post(snail, pigeon))
    slow = threading.Thread(target=loops["deliver to snail"])
    slow.start()
    assert snail.begun.wait(20)
    loops["deliver to pigeon"]()
    assert (pigeon.carried, snail.carried) == (["to pigeon"], [])
    snail.let_go.set()
    slow.join()
    assert snail.carried == ["to snail"]


def test_the_first_turn_tries_at_once_what_was_broken_before_the_start(
    post: Callable[..., Post], owe: Callable[[str], None]
) -> None:
    owe("pigeon")
    pigeon, clock = Pigeon([REVOKED, REVOKED]), Clock()
    before = turns(post(pigeon, clock=clock))["deliver to pigeon"]
    before()
    clock.now += SECOND
    before()
    assert len(pigeon.letters) == 1
    after = turns(post(pigeon, clock=clock))["deliver to pigeon"]
    after()
    after()
    assert len(pigeon.letters) == 2
    clock.now += timedelta(minutes=5)
    after()
    assert len(pigeon.letters) == 3


def test_what_is_owed_to_a_channel_that_is_not_here_fails_visibly(
    system: System, post: Callable[..., Post], owe: Callable[[str], None]
) -> None:
    owe("telegraph")
    turns(post(Pigeon()))["deliver to others"]()
    with system.database.read() as connection:
        *_, row = outbox.recent_deliveries(connection, state=outbox.PENDING)  # the notice of it comes after
    assert "there is no such channel" in (row.error or "")


def test_who_may_not_send_does_nothing(post: Callable[..., Post], owe: Callable[[str], None]) -> None:
    owe("pigeon")
    pigeon = Pigeon()
    turns(post(pigeon, may_send=False))["deliver to pigeon"]()
    assert pigeon.carried == []


@pytest.mark.parametrize("kind", KINDS)
def test_several_processes_send_where_the_database_lets_several_write(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as opened:
        database: Database = opened
        assert all_may_send(database) is (kind != "sqlite")
