"""Scheduled reports at rest, and what one of their times makes us owe: on three databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from alerts.book.entries import EntryError
from alerts.sending.routing import Destination
from alerts.telling.reporting import Drawn
from storage import audit
from storage.alerting.outbox import PENDING, recent_deliveries
from storage.alerting.rule_fitting import who_names
from storage.database import Database
from storage.pictures import KEPT, find_picture, keep_picture, prune_pictures
from storage.saved_views import SavedView, remove_view, rename_view, save_view
from storage.scheduled_reports import (
    ScheduledReport,
    Sending,
    WantedReport,
    check_wanted,
    find_report,
    list_reports,
    lost_view,
    mark_due,
    owe_report,
    pause_report,
    remove_report,
    reports_of,
    save_report,
)
from storage.schema import deliveries
from tests.moments import NOON
from tests.servers import KINDS, fresh_database

HOUR = timedelta(hours=1)
UTC = ZoneInfo("UTC")
CONSOLE = Destination("console", "console", "console")
SLACK = Destination("slack", "slack", "C1")
WHATSAPP = Destination("whatsapp", "whatsapp", "", "WhatsApp is not set up: set WHATSAPP_TOKEN")
THERE = (CONSOLE, SLACK, WHATSAPP)
WANTED = WantedReport("Größe 😀", "shop", "every day at 08:00", ("slack", "console"))
BIG = bytes(range(256)) * 400  # more than MySQL's BLOB holds
DRAWN = Drawn("shop", "Oct 2025", ("Revenue: 150",), BIG)
SENDING = Sending(THERE, "https://kpi.example.com", UTC, "service")


NORTH = SavedView("shop", "North 😀", (("shop.region", "North"),))


@pytest.fixture(params=KINDS)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


def kept(database: Database, wanted: WantedReport = WANTED, hours: int = 0) -> ScheduledReport:
    with database.begin() as connection:
        return save_report(connection, wanted, "page", NOON + hours * HOUR)


def test_what_is_saved_is_given_back_as_it_was(anywhere: Database) -> None:
    saved = kept(anywhere)
    assert saved == ScheduledReport(
        saved.id, "Größe 😀", "shop", "every day at 08:00", ("slack", "console"), False, NOON, NOON
    )
    with anywhere.read() as connection:
        assert (list_reports(connection), find_report(connection, "größe 😀")) == ([saved], None)


def test_a_change_keeps_what_was_seen_to_unless_other_times_are_meant(anywhere: Database) -> None:
    first = kept(anywhere)
    other = kept(anywhere, replace(WANTED, channels=("console",)), 1)
    assert (other.id, other.channels, other.created_at, other.last_due) == (
        first.id,
        ("console",),
        NOON,
        NOON,
    )
    assert kept(anywhere, replace(WANTED, schedule="every hour"), 2).last_due == NOON + 2 * HOUR


def test_a_pause_ends_with_the_next_time(anywhere: Database) -> None:
    kept(anywhere)
    with anywhere.begin() as connection:
        assert pause_report(connection, WANTED.name, "page", NOON + HOUR, paused=True)
        paused = find_report(connection, WANTED.name)
        assert pause_report(connection, WANTED.name, "page", NOON + 2 * HOUR, paused=False)
        again = find_report(connection, WANTED.name)
        assert not pause_report(connection, "nobody", "page", NOON, paused=True)
    assert paused is not None
    assert again is not None
    assert (paused.next_time(NOON, UTC), again.last_due) == (None, NOON + 2 * HOUR)


def test_what_is_removed_is_gone_and_the_log_says_by_whom(anywhere: Database) -> None:
    kept(anywhere)
    with anywhere.begin() as connection:
        assert remove_report(connection, WANTED.name, "page", NOON)
        assert not remove_report(connection, WANTED.name, "page", NOON)
        told = [(one.actor, one.action, one.subject) for one in audit.recent(connection)]
    assert told == [("page", "report removed", WANTED.name), ("page", "report saved", WANTED.name)]


def test_of_two_that_see_to_a_time_one_does(anywhere: Database) -> None:
    seen = kept(anywhere)
    with anywhere.begin() as connection:
        assert mark_due(connection, seen, NOON + HOUR)
        assert not mark_due(connection, seen, NOON + HOUR)


def test_one_that_was_paused_meanwhile_is_not_due(anywhere: Database) -> None:
    seen = kept(anywhere)
    with anywhere.begin() as connection:
        pause_report(connection, WANTED.name, "page", NOON, paused=True)
        assert not mark_due(connection, seen, NOON + HOUR)


@pytest.mark.parametrize(
    "changes",
    [
        {"channels": ("console",)},
        {"dataset": "other"},
        {"schedule": "every day at 09:00"},
        {"view": NORTH.name},
    ],
)
def test_one_that_was_edited_while_it_was_drawn_is_drawn_anew(
    anywhere: Database, changes: dict[str, Any]
) -> None:
    seen = kept(anywhere)
    kept(anywhere, replace(WANTED, **changes))
    with anywhere.begin() as connection:
        assert not mark_due(connection, seen, NOON + HOUR)


def test_a_time_is_owed_once_to_each_address_and_its_picture_is_kept(anywhere: Database) -> None:
    one = kept(anywhere, replace(WANTED, channels=("slack", "slack:C1", "console", "whatsapp")))
    made = []
    for due in (NOON, NOON, NOON + HOUR):
        with anywhere.begin() as connection:
            made.append(owe_report(connection, one, DRAWN, due, SENDING, NOON))
    assert made == [3, 0, 3]
    with anywhere.read() as connection:
        assert find_picture(connection, DRAWN.key) == BIG
        owed = recent_deliveries(connection)[3:]
    assert sorted((one.channel, one.address, one.state, one.error) for one in owed) == [
        ("console", "console", PENDING, None),
        ("slack", "C1", PENDING, None),
        ("whatsapp", "", PENDING, WHATSAPP.needs),
    ]


def test_what_is_not_owed_in_the_end_leaves_no_picture_and_no_time_behind(anywhere: Database) -> None:
    one = kept(anywhere)
    with suppress(RuntimeError), anywhere.begin() as connection:
        mark_due(connection, one, NOON + HOUR)
        owe_report(connection, one, DRAWN, NOON + HOUR, SENDING, NOON)
        raise RuntimeError
    with anywhere.read() as connection:
        left = (
            recent_deliveries(connection),
            find_picture(connection, DRAWN.key),
            find_report(connection, one.name),
        )
    assert left == ([], None, one)


def test_a_picture_is_kept_for_two_weeks_after_it_was_last_meant(anywhere: Database) -> None:
    with anywhere.begin() as connection:
        keep_picture(connection, "a", BIG, NOON)
        keep_picture(connection, "b", BIG, NOON)
        keep_picture(connection, "b", BIG, NOON + HOUR)
        assert prune_pictures(connection, NOON + KEPT + HOUR) == 1
        assert (find_picture(connection, "a"), find_picture(connection, "b")) == (None, BIG)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"name": " "}, {"name": "found 0 characters, wanted 1 to 120"}),
        ({"dataset": "shops"}, {"dataset": "there is no dataset 'shops'; there is: none"}),
        ({"schedule": ""}, {"schedule": "it is missing; such as 'monday at 08:00' or '0 8 * * 1'"}),
        ({"schedule": "now and then"}, {"schedule": "found 'now and then', wanted words such as"}),
        ({"schedule": "1" * 501}, {"schedule": "found 501 characters, wanted at most 500"}),
        ({"view": "v" * 121}, {"view": "found 121 characters, wanted at most 120"}),
        ({"channels": ()}, {"to": "it is missing; name at least one destination"}),
        ({"channels": ("slak",)}, {"to": "there is no channel or destination 'slak'"}),
    ],
)
def test_what_cannot_be_sent_is_refused_by_its_key(
    changes: dict[str, object], faults: dict[str, str], database: Database
) -> None:
    with database.read() as connection, pytest.raises(EntryError) as caught:
        check_wanted(connection, replace(WANTED, **changes), THERE)  # type: ignore[arg-type]
    found = {key: why for key, why in caught.value.problems.items() if key in faults}
    assert list(found) == list(faults)
    assert all(found[key].startswith(why) for key, why in faults.items())


def keep_views(database: Database, *views: SavedView) -> None:
    with database.begin() as connection:
        for one in views:
            save_view(connection, one, "Ann", NOON)


def test_a_report_follows_its_view_when_that_is_renamed_and_no_other_does(anywhere: Database) -> None:
    keep_views(anywhere, NORTH, SavedView("orders", NORTH.name))
    mine = kept(anywhere, replace(WANTED, view=NORTH.name))
    kept(anywhere, replace(WANTED, name="Other", dataset="orders", view=NORTH.name))
    kept(anywhere, replace(WANTED, name="Plain"))
    with anywhere.begin() as connection:
        assert reports_of(connection, "shop", NORTH.name) == [WANTED.name]
        rename_view(connection, NORTH, "Nord", "Ann", NOON)
        found = {one.name: one.view for one in list_reports(connection)}
        assert (found, lost_view(connection, replace(mine, view="Nord"))) == (
            {WANTED.name: "Nord", "Other": NORTH.name, "Plain": ""},
            False,
        )
        assert reports_of(connection, "shop", "Nord") == [WANTED.name]


def test_a_report_whose_view_is_removed_knows_that_it_is_lost(anywhere: Database) -> None:
    keep_views(anywhere, NORTH)
    one, plain = (
        kept(anywhere, replace(WANTED, view=NORTH.name)),
        kept(anywhere, replace(WANTED, name="Plain")),
    )
    with anywhere.begin() as connection:
        assert not lost_view(connection, one)
        remove_view(connection, "shop", NORTH.name, "Ann", NOON)
        assert (lost_view(connection, one), lost_view(connection, plain)) == (True, False)
        assert find_report(connection, WANTED.name) == one


def test_a_report_of_a_view_links_to_it(database: Database) -> None:
    one = kept(database, replace(WANTED, channels=("console",)))
    told = replace(DRAWN, address=(("dataset", "shop"), ("grain", "week"), ("view", "By week")))
    with database.begin() as connection:
        owe_report(connection, one, told, NOON, SENDING, NOON)
        (payload,) = connection.execute(select(deliveries.c.payload)).scalars()
    assert payload["link"] == "https://kpi.example.com/?dataset=shop&grain=week&view=By%20week"


def test_a_destination_knows_the_reports_that_go_there(database: Database) -> None:
    kept(database, replace(WANTED, channels=("slack:C1",)))
    kept(database, replace(WANTED, name="Other", channels=("console",)))
    with database.read() as connection:
        assert who_names(connection, SLACK) == [f"report {WANTED.name!r}"]
