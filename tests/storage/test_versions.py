from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kpi.report import Cadence
from storage.database import Database
from storage.datasets import Dataset, save_dataset
from storage.versions import Cause, Version, first_version, list_versions, record_version, version_at
from tests.moments import NOON

HOUR = timedelta(hours=1)


def made(database: Database, *at: datetime) -> list[Version]:
    """Versions of the shop that were made at these moments, in this order."""
    found = [Version("shop", number, moment, Cause.TARGETS) for number, moment in enumerate(at, 1)]
    with database.begin() as connection:
        for version in found:
            today = version.at.date()
            save_dataset(connection, Dataset("shop", version.number, (), today, today, Cadence.DAY, NOON))
            record_version(connection, version)
    return found


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        pytest.param(NOON, 1, id="from the moment it was made"),
        pytest.param(NOON + HOUR - timedelta(microseconds=1), 1, id="until the next one was"),
        pytest.param(NOON + HOUR, 2, id="which holds from then"),
        pytest.param(NOON + 100 * HOUR, 2, id="for ever, if it is the last"),
    ],
)
def test_a_version_holds_until_the_next(database: Database, moment: datetime, number: int) -> None:
    versions = made(database, NOON, NOON + HOUR)
    with database.read() as connection:
        assert version_at(connection, "shop", moment) == versions[number - 1]


def test_before_the_first_version_there_is_none(database: Database) -> None:
    (first,) = made(database, NOON)
    with database.read() as connection:
        assert version_at(connection, "shop", NOON - HOUR) is None
        assert (first_version(connection, "shop"), first_version(connection, "other")) == (first, None)
        assert list_versions(connection, "other") == []


def test_a_version_begins_after_its_predecessor_whatever_the_clocks_say(database: Database) -> None:
    first, second, third = made(database, NOON, NOON - HOUR, NOON + HOUR)
    moved = replace(second, at=NOON + timedelta(microseconds=1))
    with database.read() as connection:
        assert list_versions(connection, "shop") == [first, moved, third]
        assert version_at(connection, "shop", NOON) == first
        assert version_at(connection, "shop", moved.at) == moved
