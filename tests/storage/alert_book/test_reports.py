"""Scheduled reports in a book of alerting."""

from __future__ import annotations

import pytest

from alerts.book.toml import BookError
from storage.alert_book.book import export_book, import_book
from storage.alert_book.parts import Here
from storage.scheduled_reports import list_reports
from tests.moments import NOON
from wiring import System

BOOK = """[[report]]
name = "Monday"
dataset = "shop"
schedule = "monday at 08:00"
to = ["console"]
"""


@pytest.fixture
def here(system: System) -> Here:
    return Here(system.calculator, ("console", "slack"), system.road.desk.destinations, 20, "cli")


def taken(system: System, here: Here, text: str, *, replace: bool = False) -> list[tuple[str, str, str]]:
    with system.database.begin() as connection:
        changes = import_book(connection, here, text, NOON, replace=replace)
    return [(one.effect.value, one.name, one.detail) for one in changes]


def test_a_book_sets_changes_and_removes_reports(system: System, here: Here) -> None:
    assert taken(system, here, BOOK) == [("added", "Monday", "")]
    assert taken(system, here, BOOK) == []
    paused = BOOK.replace("monday", "tuesday") + "paused = true\n"
    how = "schedule monday at 08:00 -> tuesday at 08:00, paused none -> True"
    assert taken(system, here, paused) == [("changed", "Monday", how)]
    assert taken(system, here, "") == []
    assert taken(system, here, "", replace=True) == [("removed", "Monday", "")]


def test_what_is_written_out_is_taken_as_the_same(system: System, here: Here) -> None:
    taken(system, here, BOOK)
    with system.database.read() as connection:
        text = export_book(connection, system.calculator, NOON)
        before = list_reports(connection)
        assert "[[report]]" not in export_book(connection, system.calculator, NOON, "another")
    assert text.endswith(BOOK)
    taken(system, here, "", replace=True)
    taken(system, here, text)
    with system.database.read() as connection:
        again = list_reports(connection)
    assert [(one.name, one.dataset, one.schedule, one.channels) for one in again] == [
        (one.name, one.dataset, one.schedule, one.channels) for one in before
    ]


def test_a_report_of_a_saved_view_is_kept_though_the_view_is_still_to_come(
    system: System, here: Here
) -> None:
    taken(system, here, BOOK)
    of_view = BOOK + 'view = "By week"\n'
    assert taken(system, here, of_view) == [("changed", "Monday", "view none -> By week")]
    assert taken(system, here, of_view) == []
    with system.database.read() as connection:
        assert export_book(connection, system.calculator, NOON).endswith(of_view)
        assert [one.view for one in list_reports(connection)] == ["By week"]


def test_what_cannot_be_sent_is_told_with_its_line(system: System, here: Here) -> None:
    wrong = BOOK.replace("monday at", "now and then").replace("console", "nobody")
    with pytest.raises(BookError) as caught, system.database.begin() as connection:
        import_book(connection, here, wrong + BOOK.replace("Monday", "Monday 2"), NOON)
    told = str(caught.value).splitlines()
    assert told[0].startswith("line 4, report \"Monday\", key `schedule`: found 'now and then 08:00', wanted")
    assert told[1].startswith('line 5, report "Monday", key `to`: there is no channel or destination')
