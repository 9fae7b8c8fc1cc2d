"""Conditions about files in words: what did not come, came late, or cannot be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from alerts.judging.conditions import Freshness, SourceError
from alerts.message import Provenance
from alerts.telling.wording import write
from tests.alerts.forms.cases import MONDAY, about, begins, ends, missing, rule, told, verdict


def test_a_file_that_did_not_come_is_told_with_when_it_was_expected() -> None:
    message = missing()
    assert (*told(message), message.period, message.bound) == (
        "sales.xlsx has not come: expected by 09:00 (Europe/Paris) on Monday 3 Nov",
        "missing: expected by 09:00 (Europe/Paris) on Monday 3 Nov",
        "not there",
        "30 min late",
        "09:00 (Europe/Paris)",
        "Monday 3 Nov 2025",
        None,
    )


def test_how_late_a_file_is_counts_real_minutes_on_the_day_the_clocks_change() -> None:
    fresh = Freshness("sales.xlsx", (6,), time(1), "Europe/Paris")
    night = replace(verdict(None, 1.0, 0.0), period=date(2025, 10, 26))
    at = MONDAY.replace(month=10, day=26, hour=3, minute=30)  # 150 minutes by the clocks, 210 in truth
    assert write(begins(rule(fresh), night, at=at), about(None)).by_how_much == "3 h 30 min late"


def test_a_file_that_came_after_all_is_told_with_how_long_it_was_missing() -> None:
    fresh = Freshness("sales.xlsx", (0,), time(9), "Europe/Paris")
    message = write(ends(rule(fresh), verdict(None, 0.0, 0.0), 1.0), about(None, period=""))
    assert (message.title, message.value, message.lasted, message.worst) == (
        "sales.xlsx has come",
        "there",
        "2 days 4 h",
        "",
    )


def test_a_file_that_cannot_be_read_is_told_once_with_the_reason() -> None:
    found = verdict(None, 1.0, 0.0, period=date(2025, 11, 3))
    message = write(
        begins(rule(SourceError()), found, "sales.xlsx"),
        about(None, file="sales.xlsx", reason="the sheet 'Sales' has no header row"),
    )
    assert (*told(message), message.reason) == (
        "sales.xlsx can no longer be read: the sheet 'Sales' has no header row",
        "no longer readable: the sheet 'Sales' has no header row",
        "unreadable",
        "",
        "readable",
        "the sheet 'Sales' has no header row",
    )


@pytest.mark.parametrize(
    ("day", "clock", "late"),
    [
        pytest.param(3, time(11, 10), "2 h 10 min", id="the same day"),
        pytest.param(4, time(8), "23 h", id="before it was due again"),
        pytest.param(5, time(11), "2 days 2 h", id="after it was missing twice"),
    ],
)
def test_a_file_that_came_late_is_told_with_how_late_it_came(day: int, clock: time, late: str) -> None:
    fresh = Freshness("sales.xlsx", (0, 1, 2, 3, 4), time(9), "UTC")
    came = datetime.combine(date(2025, 11, day), clock, UTC)
    change = ends(rule(fresh), replace(verdict(None, 0.0, 0.0), arrived=came), 1.0)
    fired_at = datetime(2025, 11, 3, 9, 30, tzinfo=UTC)
    change = replace(change, before=replace(change.before, fired_at=fired_at))
    change = replace(change, after=replace(change.after, fired_at=fired_at), at=came + timedelta(days=3))
    message = write(change, about(None, period=""))
    assert (message.title, message.measured) == (f"sales.xlsx came {late} late", f"there ({late} late)")


def test_a_file_that_can_be_read_again_is_told() -> None:
    message = write(
        ends(rule(SourceError("sales.xlsx")), verdict(None, 0.0, 0.0), 1.0),
        about(None, provenance=Provenance()),
    )
    assert (message.title, message.value, message.reason) == ("sales.xlsx can be read again", "readable", "")
