"""Sending what is owed: everything once, in order, however often somebody dies, dawdles or helps."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.delivery import Attempt, DeliveryError, Recall, Result, Scope, destinations
from alerts.manager import Owed
from alerts.sending.routing import Destination
from monitor.alerting.dispatch import Manner, deliver_owed
from storage.alerting import outbox
from storage.alerting.claims import LEASE
from storage.alerting.lanes import Share
from storage.database import Database, sqlite_url
from tests.alerts.builders import message
from tests.moments import NOON
from tests.monitor.alerting.pigeons import SECOND, Clock, Pigeon
from tests.servers import KINDS, fresh_database

LOFT = (Destination("pigeon", "pigeon", "loft"),)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(sqlite_url(tmp_path / "kpi.db"))
    yield opened
    opened.dispose()


@pytest.fixture(params=KINDS)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


def owe(database: Database, *keys: str, address: str = "loft", channel: str = "pigeon") -> None:
    with database.begin() as connection:
        outbox.owe(connection, None, [Owed(channel, address, key, message()) for key in keys], NOON)


def send(
    database: Database,
    pigeon: Pigeon,
    clock: Clock | None = None,
    reached: Callable[[str], None] = lambda _seam: None,
    go_on: Callable[[], bool] = lambda: True,
) -> list[Attempt]:
    return deliver_owed(database, [pigeon], destinations([pigeon]), clock or Clock(), reached, go_on)


def states(database: Database) -> list[tuple[str, int, str | None]]:
    """Of each message, oldest first: its state, attempts and provider id."""
    with database.read() as connection:
        return [
            (one.state, one.attempts, one.provider_id) for one in outbox.recent_deliveries(connection)[::-1]
        ]


def test_all_that_is_due_is_sent_oldest_first_and_only_once(database: Database) -> None:
    owe(database, "one", "two", "three")
    pigeon = Pigeon()
    done = [send(database, pigeon) for _ in range(2)]
    assert ([one.result for one in done[0]], done[1], pigeon.carried) == (
        [Result.SENT] * 3,
        [],
        ["one", "two", "three"],
    )
    assert states(database) == [("sent", 1, f"ring {number}") for number in (1, 2, 3)]


def test_one_address_is_not_told_faster_than_its_pace_and_keeps_no_other_waiting(database: Database) -> None:
    owe(database, "one", "two")
    owe(database, "three", address="tower")
    pigeon, clock = Pigeon(pace=6 * SECOND, to=("loft", "tower")), Clock()
    send(database, pigeon, clock)
    assert sorted(pigeon.carried) == ["one", "three"]
    clock.now += 5 * SECOND
    assert send(database, pigeon, clock) == []
    clock.now += SECOND
    assert len(send(database, pigeon, clock)) == 1


def test_a_failed_message_comes_back_later_and_keeps_no_other_from_going(database: Database) -> None:
    owe(database, "one", "two")
    pigeon, clock = Pigeon([DeliveryError(Result.RETRY, "hawk")]), Clock()
    send(database, pigeon, clock)
    assert [state for state, *_ in states(database)] == ["pending", "sent"]
    clock.now += timedelta(hours=1)
    send(database, pigeon, clock)
    assert (states(database)[0], pigeon.carried) == (("sent", 2, "ring 3"), ["one", "two", "one"])


def test_a_channel_that_is_broken_is_asked_once_and_not_for_every_message(database: Database) -> None:
    owe(database, "one", "two", "three")
    pigeon = Pigeon([DeliveryError(Result.BROKEN, "no loft", scope=Scope.CHANNEL)])
    send(database, pigeon)
    assert (pigeon.carried, [state for state, *_ in states(database)]) == (["one"], ["pending"] * 3)


def test_a_message_for_a_channel_that_is_not_here_is_kept(database: Database) -> None:
    owe(database, "one", channel="telegraph")
    attempt, notice = send(database, Pigeon())
    assert (attempt.result, notice.result, states(database)[0]) == (
        Result.BROKEN,
        Result.SENT,
        ("pending", 1, None),
    )


def test_a_message_that_waited_for_its_channel_goes_to_all_its_addresses(database: Database) -> None:
    owe(database, "one", address="")
    assert send(database, Pigeon(to=())) == []
    assert len(send(database, Pigeon(to=("loft", "tower")))) == 2


def test_a_channel_that_breaks_down_in_an_unforeseen_way_loses_nothing_and_stops_nobody(
    database: Database,
) -> None:
    owe(database, "one", "two")
    pigeon, clock = Pigeon([RuntimeError("the pigeon explodes")]), Clock()
    with pytest.raises(RuntimeError):
        send(database, pigeon, clock)
    send(database, pigeon, clock)
    assert [state for state, *_ in states(database)] == ["pending", "sent"]
    clock.now += timedelta(minutes=15)
    send(database, pigeon, clock)
    assert [state for state, *_ in states(database)] == ["sent", "sent"]


def test_what_a_sender_that_died_had_in_hand_is_looked_for_before_it_is_sent_again(
    database: Database,
) -> None:
    owe(database, "one", "two")
    with pytest.raises(KeyboardInterrupt):
        send(database, Pigeon(), Clock(), die)
    clock, pigeon = Clock(NOON + LEASE), Pigeon(asks=Recall.ASK, arrived={"one": "ring 9"})
    send(database, pigeon, clock)
    assert pigeon.carried == ["two"]
    assert states(database) == [("sent", 2, "ring 9"), ("sent", 1, "ring 1")]


def die(seam: str) -> None:
    if seam == "after_post_before_mark":
        raise KeyboardInterrupt


def test_where_nobody_can_be_asked_it_goes_once_more_and_says_so(database: Database) -> None:
    owe(database, "one")
    with pytest.raises(KeyboardInterrupt):
        send(database, Pigeon(), Clock(), die)
    pigeon = Pigeon()
    send(database, pigeon, Clock(NOON + LEASE))
    assert [letter.message.note for letter in pigeon.letters] == [f"possible repeat of {message().reference}"]


def test_an_answer_that_comes_after_the_lease_has_gone_to_another_is_not_written(database: Database) -> None:
    """The other process has sent a copy meanwhile; its id stands."""
    owe(database, "one")
    clock, other = Clock(), Pigeon()

    def dawdle(seam: str) -> None:
        if seam == "after_post_before_mark":
            clock.now += LEASE + SECOND
            send(database, other, clock)

    send(database, Pigeon(answers=[None]), clock, dawdle)
    assert states(database) == [("sent", 2, "ring 1")]


def test_a_channel_that_may_take_long_has_its_lease_for_as_long(database: Database) -> None:
    owe(database, "one")
    clock, other = Clock(), Pigeon(patience=timedelta(minutes=8))

    def dawdle(seam: str) -> None:
        if seam == "after_post_before_mark":
            clock.now += timedelta(minutes=8)
            send(database, other, clock)

    send(database, Pigeon(patience=timedelta(minutes=8)), clock, dawdle)
    assert (states(database), other.carried) == ([("sent", 1, "ring 1")], [])


def test_several_that_send_at_once_send_every_message_once(anywhere: Database) -> None:
    keys = [f"key {number}" for number in range(40)]
    for number, key in enumerate(keys):
        owe(anywhere, key, address=f"loft {number % 5}")
    pigeons = [Pigeon(to=tuple(f"loft {number}" for number in range(5))) for _ in range(4)]

    def work(pigeon: Pigeon) -> None:
        for _ in range(200):
            send(anywhere, pigeon)
            if sum(len(one.letters) for one in pigeons) >= len(keys):
                return

    threads = [threading.Thread(target=work, args=(pigeon,)) for pigeon in pigeons]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(key for pigeon in pigeons for key in pigeon.carried) == sorted(keys)
    assert {state for state, *_ in states(anywhere)} == {"sent"}


def test_two_processes_send_every_message_once(tmp_path: Path) -> None:
    keys = [f"key {number}" for number in range(60)]
    with fresh_database("postgresql", tmp_path) as database:
        for number, key in enumerate(keys):
            owe(database, key, address=f"loft {number % 6}")
        spawn, url = multiprocessing.get_context("spawn"), str(database.engine.url)
        with ProcessPoolExecutor(2, mp_context=spawn) as pool:  # a worker that breaks is told, not waited for
            carried = list(pool.map(worker, [url, url]))
    assert sorted(key for one in carried for key in one) == sorted(keys)


def worker(url: str) -> list[str]:
    """Sends until nothing is left; in a process of its own."""
    database, pigeon = Database.open(url), Pigeon(to=tuple(f"loft {number}" for number in range(6)))
    try:
        for _ in range(200):
            send(database, pigeon)
            if all(state == "sent" for state, *_ in states(database)):
                break
    finally:
        database.dispose()
    return pigeon.carried


def test_an_orderly_end_waits_for_the_message_in_hand_and_not_for_all(database: Database) -> None:
    owe(database, "one", "two", "three")
    done = send(database, Pigeon(), go_on=at_most(1))
    assert (len(done), [state for state, *_ in states(database)]) == (1, ["sent", "pending", "pending"])


def test_the_seams_of_one_message_come_in_order(database: Database) -> None:
    owe(database, "one")
    seams: list[str] = []
    assert len(send(database, Pigeon(), reached=seams.append)) == 1
    assert seams == ["after_claim", "before_post", "after_post_before_mark", "after_mark"]


def test_each_channel_can_be_sent_to_by_itself(database: Database) -> None:
    owe(database, "one")
    owe(database, "two", channel="telegraph")
    pigeon, telegraph = Pigeon(), Pigeon(name="telegraph")
    channels = [pigeon, telegraph]
    manner = Manner(Share(only=("telegraph",)))
    deliver_owed(database, channels, destinations(channels), Clock(), manner=manner)
    assert (pigeon.carried, telegraph.carried) == ([], ["two"])


def test_where_proof_is_wanted_a_test_goes_first_and_messages_wait_until_it_was_accepted(
    database: Database,
) -> None:
    owe(database, "one")
    pigeon, clock = Pigeon(wants_proof=True), Clock()
    pigeon.answers = [DeliveryError(Result.RETRY, "busy")]
    assert [attempt.result for attempt in send(database, pigeon, clock)] == [Result.RETRY]
    clock.now += timedelta(minutes=1)
    assert len(send(database, pigeon, clock)) == 2
    assert pigeon.carried[2] == "one"


def at_most(times: int) -> Callable[[], bool]:
    left = iter([True] * times)
    return lambda: next(left, False)
