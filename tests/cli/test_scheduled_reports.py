"""Scheduled reports on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_cli import Kpi

MORNING = ("reports", "add", "Morning", "--dataset", "shop", "--at", "monday at 08:00", "--to", "console")


def test_a_report_is_set_listed_changed_and_removed(thin: Kpi) -> None:
    made = thin(*MORNING, "--json").json
    assert (made["name"], made["dataset"], made["to"], made["paused"], made["hints"]) == (
        "Morning",
        "shop",
        ["console"],
        False,
        [],
    )
    assert thin(*MORNING[:-1], "console", "--paused", "--json").json["next"] is None
    (listed,) = thin("reports", "list", "--json").json
    assert (listed["schedule"], listed["paused"]) == ("monday at 08:00", True)
    assert "Morning" in thin("reports", "list").out
    assert thin("reports", "remove", "Morning", "--json").json == {"removed": "Morning"}
    assert thin("reports", "remove", "Morning").code == 2


@pytest.mark.parametrize(
    ("option", "value", "because"),
    [
        ("--dataset", "shops", "there is no dataset 'shops'"),
        ("--at", "now and then", "found 'now and then', wanted words such as"),
        ("--to", "slak", "there is no channel or destination 'slak'"),
    ],
)
def test_what_cannot_be_sent_says_why(thin: Kpi, option: str, value: str, because: str) -> None:
    options = list(MORNING)
    options[options.index(option) + 1] = value
    done = thin(*options)
    assert (done.code, because in done.err) == (2, True)


def test_a_preview_says_it_and_sends_nothing(thin: Kpi, tmp_path: Path) -> None:
    thin(*MORNING)
    chart = tmp_path / "chart.png"
    said = thin("reports", "preview", "Morning", "--picture", str(chart), "--json").json
    assert said["title"].startswith("Morning: shop, ")
    assert any(line.startswith("Revenue: ") for line in said["lines"])
    assert "(until " in said["data"]
    assert chart.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert thin("deliver", "--once", "--json").json == []
    assert thin("reports", "preview", "Evening").code == 2


def test_what_is_sent_now_is_owed_and_goes_out(thin: Kpi) -> None:
    thin(*MORNING, "--paused")
    assert thin("reports", "send-now", "Morning", "--json").json == {"sent": "Morning", "messages": 1}
    done = thin("deliver", "--once", "--json")
    assert [one["result"] for one in done.json] == ["sent"]
    assert "[report] Morning: shop, " in done.err


def test_a_report_whose_time_has_not_come_is_owed_by_nobody(thin: Kpi) -> None:
    thin(*MORNING)
    assert thin("check").code == 0
    assert thin("deliver", "--once", "--json").json == []
