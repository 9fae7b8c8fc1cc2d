"""A destination that cannot be reached is told of elsewhere, once, and never through itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.delivery import DeliveryError, Result, Scope, destinations
from alerts.manager import Owed, owed_trial
from alerts.message import broken_message
from alerts.rules import Kind
from alerts.sending.routing import Destination
from monitor.alerting.dispatch import deliver_owed
from storage.alerting import outbox
from storage.alerting.destinations import save_destination
from storage.alerting.lanes import list_lanes, resume
from storage.database import Database, sqlite_url
from tests.alerts.builders import message
from tests.moments import NOON
from tests.monitor.alerting.pigeons import SECOND, Clock, Pigeon

MEND = timedelta(minutes=5)
REVOKED = DeliveryError(Result.BROKEN, "token revoked", scope=Scope.CHANNEL)
ARCHIVED = DeliveryError(Result.BROKEN, "is_archived", scope=Scope.ADDRESS)


@dataclass(slots=True)
class Office:
    """Two channels and a console over one database, and a clock."""

    database: Database
    pigeon: Pigeon = field(default_factory=Pigeon)
    runner: Pigeon = field(default_factory=lambda: Pigeon(name="runner", to=("gate",)))
    console: Pigeon = field(default_factory=lambda: Pigeon(name="console", to=("console",)))
    clock: Clock = field(default_factory=Clock)

    def owe(self, *keys: str, channel: str = "pigeon", address: str = "loft") -> None:
        with self.database.begin() as connection:
            owed = [Owed(channel, address, key, message()) for key in keys]
            outbox.owe(connection, None, owed, self.clock.now)

    def turn(self, later: timedelta = timedelta()) -> None:
        self.clock.now += later
        channels = [self.console, self.pigeon, self.runner]
        deliver_owed(self.database, channels, destinations(channels), self.clock)

    def notices(self) -> list[tuple[str, str]]:
        """To which address each notice is owed, and its state, oldest first."""
        with self.database.read() as connection:
            found = outbox.recent_deliveries(connection)[::-1]
        return [(row.address, row.state) for row in found if row.kind is Kind.BROKEN]

    def broken(self) -> dict[str, datetime]:
        with self.database.read() as connection:
            return {lane.address: lane.broken_since for lane in list_lanes(connection) if lane.broken_since}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Database.open(sqlite_url(tmp_path / "kpi.db"))
    yield Office(opened)
    opened.dispose()


def test_a_recipient_that_does_not_exist_is_told_of_though_nothing_waits_for_it(office: Office) -> None:
    office.owe("one")
    office.pigeon.answers = [DeliveryError(Result.DEAD, "nobody of that name", scope=Scope.ADDRESS)]
    office.turn()
    assert (office.notices(), list(office.broken())) == ([("gate", "sent")], ["loft"])


def test_who_can_be_reached_hears_of_it_in_the_same_turn_and_once(office: Office) -> None:
    office.owe("one", "two")
    office.pigeon.answers = [REVOKED]
    office.turn()
    office.turn(SECOND)
    assert office.notices() == [("gate", "sent")]
    assert [letter.message.title for letter in office.runner.letters] == [
        broken_message("pigeon:loft", "token revoked", NOON, 2).title
    ]
    assert office.broken() == {"loft": NOON}


def test_a_message_that_is_refused_again_and_again_is_told_elsewhere_once_and_others_go_on(
    office: Office,
) -> None:
    office.owe("one")
    strange = DeliveryError(Result.BROKEN, "stale_moon", code="stale_moon")
    office.pigeon.answers = [strange, strange, strange, strange, None, strange]
    for number in range(4):
        office.turn(MEND)
        assert office.notices() == ([("gate", "sent")] if number > 1 else [])
    office.owe("two")
    office.turn()
    assert office.pigeon.carried == ["one", "one", "one", "one", "two", "one"]
    assert office.notices() == [("gate", "sent")]


def test_a_refused_proof_is_told_elsewhere_and_what_waits_for_it_stays_owed(office: Office) -> None:
    office.pigeon.wants_proof = True
    office.owe("one")
    office.pigeon.answers = [DeliveryError(Result.DEAD, "nobody has this number")]
    office.turn()
    office.turn(SECOND)
    assert (office.notices(), office.broken()) == ([("gate", "sent")], {"loft": NOON})
    with office.database.begin() as connection:
        outbox.owe(connection, None, owed_trial(destinations([office.pigeon])[0], NOON), NOON)
    office.turn(MEND)
    assert (office.pigeon.carried[-1], office.broken()) == ("one", {})


def test_what_is_kept_goes_out_once_it_is_mended_and_nobody_hears_of_it_again(office: Office) -> None:
    office.owe("one", "two")
    office.pigeon.answers = [REVOKED, REVOKED]
    office.turn()
    office.turn(MEND)  # still broken: the same break
    assert (office.notices(), office.broken()) == ([("gate", "sent")], {"loft": NOON})
    office.turn(MEND)
    assert (office.pigeon.carried, office.broken()) == (["one", "one", "one", "two"], {})
    assert office.notices() == [("gate", "sent")]


def test_the_next_break_is_told_again(office: Office) -> None:
    office.owe("one", "two")
    office.pigeon.answers = [REVOKED, None, REVOKED]
    office.turn()
    office.turn(MEND)
    assert office.notices() == [("gate", "sent"), ("gate", "sent")]


def test_where_several_addresses_break_together_people_hear_of_it_once(office: Office) -> None:
    office.pigeon.to = ("loft", "tower", "barn")
    for address in office.pigeon.to:
        office.owe(f"to {address}", address=address)
    office.pigeon.answers = [REVOKED, REVOKED, REVOKED]
    office.turn()
    office.turn(MEND)
    office.owe("one more", address="nest")
    assert office.notices() == [("gate", "sent")]
    assert set(office.broken()) == {"loft", "tower", "barn"}


def test_another_address_of_the_same_channel_is_told_before_the_console(office: Office) -> None:
    office.runner.to, office.pigeon.to = (), ("loft", "tower")
    office.owe("earlier", address="tower")
    office.turn()
    office.owe("one")
    office.pigeon.answers = [ARCHIVED]
    office.turn()
    assert office.notices() == [("tower", "sent")]


def test_the_console_is_told_where_there_is_nobody_else_and_whoever_is_mended_after_it(
    office: Office,
) -> None:
    office.owe("one")
    office.owe("two", channel="runner", address="gate")
    office.pigeon.answers, office.runner.answers = [REVOKED], [REVOKED, REVOKED]
    office.turn()
    assert sorted(office.notices()) == [("console", "sent"), ("console", "sent"), ("gate", "pending")]
    office.runner.answers = []
    with office.database.begin() as connection:
        resume(connection, "runner", office.clock.now + SECOND)
    office.turn(SECOND)
    assert ("gate", "sent") in office.notices()


def test_where_all_are_broken_notices_wait_and_none_is_about_a_notice(office: Office) -> None:
    office.console.to = ()
    office.owe("one")
    office.owe("two", channel="runner", address="gate")
    office.pigeon.answers, office.runner.answers = [REVOKED] * 3, [REVOKED] * 3
    for _ in range(20):
        office.turn(SECOND)
    assert len(office.notices()) <= 2
    assert {state for _, state in office.notices()} <= {"pending"}
    office.runner.answers = []
    office.turn(MEND)
    assert ("gate", "sent") in office.notices()


def test_a_notice_that_nobody_has_heard_is_dropped_once_it_works_again(office: Office) -> None:
    office.console.to = ()
    office.owe("one")
    office.owe("two", channel="runner", address="gate")
    office.pigeon.answers, office.runner.answers = [REVOKED], [REVOKED]
    office.turn()
    with office.database.begin() as connection:
        resume(connection, "pigeon", office.clock.now)
    office.runner.answers = [REVOKED]
    office.turn(SECOND)
    assert office.broken() == {"gate": NOON}
    assert ("gate", "pending") not in office.notices()


def test_a_destination_that_was_never_proved_is_told_after_a_test_message_where_there_is_no_other(
    office: Office,
) -> None:
    office.runner.wants_proof = True
    office.owe("one")
    office.pigeon.answers = [REVOKED]
    office.turn()
    assert [letter.message.kind for letter in office.runner.letters] == [Kind.TEST, Kind.BROKEN]
    assert office.notices() == [("gate", "sent")]


def test_where_the_test_message_is_refused_the_console_is_told(office: Office) -> None:
    office.runner.wants_proof = True
    office.owe("one")
    office.pigeon.answers = [REVOKED]
    office.runner.answers = [DeliveryError(Result.DEAD, "nobody has this number")]
    office.turn()
    office.turn(SECOND)
    assert office.notices() == [("gate", "pending"), ("console", "sent"), ("console", "sent")]


def test_whoever_is_proved_is_told_before_whoever_is_not(office: Office) -> None:
    office.runner.wants_proof, office.pigeon.to = True, ("loft", "tower")
    office.owe("earlier", address="tower")
    office.turn()
    office.owe("one")
    office.pigeon.answers = [ARCHIVED]
    office.turn()
    assert (office.notices(), office.runner.letters) == ([("tower", "sent")], [])


def test_what_people_saved_counts_as_well(office: Office) -> None:
    office.runner.to = ()
    with office.database.begin() as connection:
        save_destination(connection, Destination("guard", "runner", "tower", standard=False), NOON)
    office.owe("one")
    office.pigeon.answers = [REVOKED]
    office.turn()
    assert office.notices() == [("tower", "sent")]
