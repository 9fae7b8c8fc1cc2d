from __future__ import annotations

from datetime import timedelta

from storage.audit import Entry, recent, record
from storage.database import Database
from tests.moments import NOON


def entry(number: int, subject: str = "rule 1") -> Entry:
    at = NOON + timedelta(microseconds=number)
    return Entry(at, "page", "rule added", subject, {"number": number, "text": "<b>'; --"})


def test_entries_are_read_back_as_they_were_written_the_newest_first(database: Database) -> None:
    with database.begin() as connection:
        for number in range(4):
            record(connection, entry(number))
    with database.read() as connection:
        assert recent(connection, limit=3) == [entry(3), entry(2), entry(1)]


def test_a_subject_that_is_too_long_is_cut_and_not_refused(database: Database) -> None:
    with database.begin() as connection:
        record(connection, entry(1, "x" * 1000))
        assert [len(one.subject) for one in recent(connection)] == [255]
