from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kpi.periods.week_years import Anchor, Scheme
from settings import Settings, SettingsError

SECRETS = {
    "KPI_DATABASE_URL": "postgresql://kpi:hidden@host/kpi",
    "SLACK_BOT_TOKEN": "xoxb-hidden",
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/hidden",
    "WHATSAPP_TOKEN": "EAAhidden",
}


def test_nothing_needs_to_be_set() -> None:
    settings = Settings.from_env({})
    assert settings.home_folder == Path("~/.kpi-dashboard").expanduser()
    assert settings.inbox == settings.home_folder / "inbox"
    assert (settings.timezone, settings.fiscal_year_start, settings.week_start) == (ZoneInfo("UTC"), 1, 0)
    assert (settings.calendar, settings.calendar_anchor) == (Scheme.MONTHS, Anchor.NEAREST)
    assert (settings.database_url, settings.slack_bot_token, settings.failpoint) == (None, None, "")


def test_what_is_set_is_typed() -> None:
    settings = Settings.from_env(
        {
            "KPI_HOME": "relative",
            "KPI_INBOX": "~/in",
            "KPI_TIMEZONE": "Europe/Berlin",
            "KPI_FISCAL_YEAR_START": "4",
            "KPI_WEEK_START": "Sunday",
            "KPI_CALENDAR": "4-5-4",
            "KPI_CALENDAR_ANCHOR": "last",
            "WHATSAPP_RECIPIENTS": "491, 492,,",
        }
    )
    assert (settings.home_folder, settings.inbox) == (Path.cwd() / "relative", Path("~/in").expanduser())
    assert (settings.timezone, settings.fiscal_year_start) == (ZoneInfo("Europe/Berlin"), 4)
    assert (settings.calendar, settings.calendar_anchor) == (Scheme.WEEKS_454, Anchor.LAST)
    assert (settings.week_start, settings.whatsapp_recipients) == (6, ("491", "492"))


def test_every_wrong_value_is_named_at_once() -> None:
    wrong = {
        "KPI_TIMEZONE": "Mars",
        "KPI_FISCAL_YEAR_START": "13",
        "KPI_WEEK_START": "someday",
        "KPI_CALENDAR": "4-4-4",
        "KPI_ENGINE": "abacus",
        "KPI_ENGINE_SNAPSHOTS": "snapshots",
        "KPI_ENGINE_MEMORY_MIB": "255",
        "KPI_LOG_LEVEL": "LOUD",
        "SLACK_API_URL": "ftp://slack",
        "WHATSAPP_API_VERSION": "latest",
        "KPI_READ_MEMORY_MIB": "64",
        "KPI_READ_SECONDS": "0",
        "KPI_READ_FILE_MIB": "much",
        "KPI_READ_CELLS": "-1",
    }
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(wrong)
    first, *lines = str(caught.value).splitlines()
    assert first == "The environment cannot be used."
    assert {line.split(":")[0] for line in lines} == set(wrong)
    assert len(lines) == len(wrong)


def test_a_wrong_value_is_not_repeated_where_it_may_be_a_secret_in_the_wrong_place() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"KPI_LOG_LEVEL": "xoxb-hidden", "SLACK_API_URL": "xoxb-hidden"})
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("name", ["KPI_TIMEZONE", "KPI_LOG_LEVEL", "KPI_HOME", "SLACK_API_URL"])
def test_an_empty_variable_counts_as_unset(name: str) -> None:
    assert Settings.from_env({name: ""}) == Settings.from_env({})


def test_secrets_show_neither_in_repr_nor_as_text_nor_as_json() -> None:
    settings = Settings.from_env(SECRETS)
    assert "hidden" not in f"{settings!r} {settings} {settings.model_dump_json()} {settings.model_dump()}"
    assert settings.whatsapp_token is not None
    assert settings.whatsapp_token.get_secret_value() == "EAAhidden"


@pytest.mark.parametrize(("written", "day"), [("monday", 0), ("SUNDAY", 6), ("6", 6), ("0", 0)])
def test_a_week_starts_on_a_day_by_name_or_number(written: str, day: int) -> None:
    assert Settings.from_env({"KPI_WEEK_START": written}).week_start == day


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/localtime", "Europe/", "Europe\x00/Berlin"])
def test_a_zone_that_is_a_path_is_refused(zone: str) -> None:
    with pytest.raises(SettingsError, match="KPI_TIMEZONE: Value error, no time zone of that name"):
        Settings.from_env({"KPI_TIMEZONE": zone})


@pytest.mark.parametrize(
    "engine", ["duckdb", "database", "sc://host", "sc://host:15002/;use_ssl=true;token=hidden"]
)
def test_an_engine_is_one_of_three_and_its_address_may_hold_a_secret(engine: str) -> None:
    settings = Settings.from_env({"KPI_ENGINE": engine})
    assert settings.engine.get_secret_value() == engine
    assert "hidden" not in f"{settings!r} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    "place", ["/mnt/kpi [1]", "s3a://bucket/kpi", "file:///mnt/kpi", "abfss://box@host/kpi"]
)
def test_a_cluster_sees_the_snapshots_at_a_path_or_an_address(place: str) -> None:
    assert Settings.from_env({"KPI_ENGINE_SNAPSHOTS": place}).engine_snapshots == place


@pytest.mark.parametrize("place", ["snapshots", "https://host/kpi", "s3a://bucket/a b", "s3a://bucket/[kpi]"])
def test_a_place_that_no_cluster_reads_is_refused(place: str) -> None:
    with pytest.raises(SettingsError, match="KPI_ENGINE_SNAPSHOTS"):
        Settings.from_env({"KPI_ENGINE_SNAPSHOTS": place})
