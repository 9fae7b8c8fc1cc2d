from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from alerts.channels.outgoing import Reach
from alerts.channels.posting import Post, Proxy
from alerts.channels.slack import Slack
from alerts.channels.webhook import Webhook
from alerts.channels.whatsapp import WhatsApp
from alerts.delivery import destinations
from kpi.calendar import Calendar
from kpi.periods.week_years import Anchor, Scheme
from kpi.reading.limits import MIB, Limits
from monitor.sandbox import SandboxLimits
from settings import Settings
from tests.fakes.providers import FakeProviders
from tests.homes import environment
from wiring import build, build_channels, reading_limits

CHANNELS = ["console", "slack", "whatsapp", "email", "webhook"]


def test_every_channel_is_there_and_one_that_is_not_set_up_says_what_it_needs() -> None:
    channels = build_channels(Settings.from_env({}))
    assert {one.name: one.addresses() for one in channels} == {
        **dict.fromkeys(CHANNELS, ()),
        "console": ("console",),
    }
    waiting = {one.channel: "set " in one.needs for one in destinations(channels) if not one.address}
    assert waiting == dict.fromkeys(CHANNELS[1:], True)


def test_a_channel_that_is_set_up_reaches_whom_the_environment_names(tmp_path: Path) -> None:
    settings = environment(tmp_path, FakeProviders()) | {
        "WHATSAPP_RECIPIENTS": "491,492",
        "SMTP_HOST": "mail.example.com",
        "SMTP_FROM": "kpi@example.com",
        "SMTP_TO": "anna@example.com",
        "KPI_WEBHOOKS": "teams=https://example.com/hook",
        "KPI_WEBHOOK_SECRET": "secret",
    }
    channels = build_channels(Settings.from_env(settings))
    assert {one.name: one.addresses() for one in channels} == {
        "console": ("console",),
        "slack": ("C0123456789",),
        "whatsapp": ("491", "492"),
        "email": ("anna@example.com",),
        "webhook": ("teams",),
    }


def test_what_people_give_goes_to_the_public_internet_only_and_never_through_the_proxy() -> None:
    given = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "near"}
    _, slack, whatsapp, _, webhook = build_channels(Settings.from_env(given))
    assert isinstance(slack, Slack)
    assert isinstance(whatsapp, WhatsApp)
    assert isinstance(webhook, Webhook)
    assert slack.post == whatsapp.post == Post(Reach.OPERATOR, Proxy("http://proxy:3128", "near"))
    assert webhook.post == Post(Reach.PUBLIC)
    *_, lifted = build_channels(Settings.from_env({**given, "KPI_OUTGOING_PRIVATE": "true"}))
    assert isinstance(lifted, Webhook)
    assert lifted.post == Post(Reach.ANYWHERE)


@pytest.mark.parametrize(("given", "budget"), [("", 20), ("7", 7), ("0", None)])
def test_messages_an_hour_are_limited_everywhere_but_on_the_console(
    tmp_path: Path, given: str, budget: int | None
) -> None:
    settings = environment(tmp_path / "home", FakeProviders()) | {"KPI_ALERTS_PER_HOUR": given}
    system = build(Settings.from_env(settings))
    budgets = {one.channel: one.budget for one in system.road.desk.destinations}
    system.close()
    assert budgets == {**dict.fromkeys(CHANNELS, budget), "console": None}


def test_messages_link_to_where_the_page_is(tmp_path: Path) -> None:
    given = {"KPI_HOME": str(tmp_path / "home"), "KPI_PAGE_URL": "https://kpi.example.com"}
    system = build(Settings.from_env(given))
    system.close()
    assert system.road.desk.page_url == "https://kpi.example.com"


def test_all_that_is_kept_lies_in_the_home_folder(tmp_path: Path) -> None:
    system = build(Settings.from_env({"KPI_HOME": str(tmp_path / "home")}))
    folders = system.road.folders
    system.close()
    home = tmp_path / "home"
    assert (folders.inbox, folders.snapshots, folders.staging) == (
        home / "inbox",
        home / "snapshots",
        home / "staging",
    )
    assert (home / "kpi.db").is_file()


def test_a_database_named_by_its_address_is_used_instead(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    build(Settings.from_env({"KPI_HOME": str(tmp_path / "home"), "KPI_DATABASE_URL": url})).close()
    assert (tmp_path / "elsewhere.db").is_file()
    assert not (tmp_path / "home" / "kpi.db").exists()


@pytest.mark.parametrize(
    ("zone", "day"), [("UTC", date(2025, 12, 31)), ("Asia/Tokyo", date(2026, 1, 1)), ("", date(2025, 12, 31))]
)
def test_today_is_the_day_where_the_business_is(tmp_path: Path, zone: str, day: date) -> None:
    system = build(Settings.from_env({"KPI_HOME": str(tmp_path / "home"), "KPI_TIMEZONE": zone}))
    assert system.today(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)) == day
    system.close()


def test_the_calendar_is_that_of_the_settings(tmp_path: Path) -> None:
    retail = {"KPI_FISCAL_YEAR_START": "2", "KPI_WEEK_START": "sunday", "KPI_CALENDAR": "4-5-4"}
    system = build(Settings.from_env({"KPI_HOME": str(tmp_path / "home"), **retail}))
    assert system.calculator.calendar == Calendar(2, 6, Scheme.WEEKS_454, Anchor.NEAREST)
    system.close()


def test_without_a_failpoint_every_seam_is_passed(tmp_path: Path) -> None:
    system = build(Settings.from_env({"KPI_HOME": str(tmp_path / "home")}))
    for seam in ("before_commit", "after_mark"):
        system.road.reached(seam)
    system.close()


def test_what_reading_may_use_is_set_by_the_environment() -> None:
    assert reading_limits(Settings.from_env({})) == SandboxLimits()
    given = {
        "KPI_READ_MEMORY_MIB": "1024",
        "KPI_READ_SECONDS": "7",
        "KPI_READ_FILE_MIB": "5",
        "KPI_READ_CELLS": "9000",
    }
    reading = Limits(file_bytes=5 * MIB, cells=9_000)
    assert reading_limits(Settings.from_env(given)) == SandboxLimits(1024 * MIB, 7, reading)
