"""What two who write at once do to each other is told apart from real faults, on three databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from storage.alerting.schema import acknowledgements, lanes
from storage.database import Database
from storage.races import insert_unless_there, lost_a_race
from tests.moments import NOON
from tests.servers import KINDS, fresh_database

LANE = {"channel": "slack", "address": "C1", "free_at": NOON, "broken_count": 0}
NOBODYS = {"threshold_id": 7, "member": "", "episode": 1, "by": "Ada", "note": "", "at": NOON}


@pytest.fixture(params=KINDS)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


def test_a_row_that_is_there_is_left_and_any_other_fault_is_raised(anywhere: Database) -> None:
    with anywhere.begin() as connection:
        assert [insert_unless_there(connection, lanes, LANE) for _ in range(2)] == [True, False]
        with pytest.raises(IntegrityError):
            insert_unless_there(connection, acknowledgements, NOBODYS)
        assert insert_unless_there(connection, lanes, {**LANE, "address": "C2"})


def test_a_statement_that_is_wrong_is_no_lost_race(anywhere: Database) -> None:
    with pytest.raises((OperationalError, ProgrammingError)) as caught, anywhere.begin() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))
    assert not lost_a_race(caught.value)


@pytest.mark.parametrize(
    "said", [(1213, "Deadlock found"), (1205, "Lock wait timeout"), ("database is locked",)]
)
def test_a_deadlock_and_a_wait_that_was_too_long_are_lost_races(said: tuple[object, ...]) -> None:
    assert lost_a_race(DBAPIError("UPDATE", None, Exception(*said)))
