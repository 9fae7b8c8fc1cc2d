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


VIEWS = """
[[view]]
name = "North, by week"
dataset = "shop"
address = { grain = "week", "shop.region" = ["North", "Atlantis"] }
"""


def test_a_report_of_a_saved_view_says_what_the_view_shows(thin: Kpi, tmp_path: Path) -> None:
    book = tmp_path / "boards.toml"
    book.write_text(VIEWS, encoding="utf-8")
    thin("dashboards", "import", str(book))
    made = thin(*MORNING, "--view", "North, by week", "--json").json
    assert (made["view"], made["view_gone"]) == ("North, by week", False)
    lines = thin("reports", "preview", "Morning", "--json").json["lines"]
    assert lines[:2] == [
        "View North, by week: region North",
        "Shown is North: region Atlantis is not in the data any more.",
    ]
    assert lines[2].startswith("Revenue: 30")


def test_a_report_whose_view_is_gone_says_so_before_and_in_its_message(thin: Kpi, tmp_path: Path) -> None:
    book = tmp_path / "boards.toml"
    book.write_text(VIEWS, encoding="utf-8")
    thin("dashboards", "import", str(book))
    thin(*MORNING, "--view", "North, by week")
    thin("views", "remove", "--dataset", "shop", "North, by week")
    (listed,) = thin("reports", "list", "--json").json
    assert (listed["view"], listed["view_gone"]) == ("North, by week", True)
    assert "no more" in thin("reports", "list").out
    lines = thin("reports", "preview", "Morning", "--json").json["lines"]
    assert lines[0] == "Shown are all rows: the view North, by week is there no more."


def test_an_unknown_view_is_refused_with_those_there_are(thin: Kpi, tmp_path: Path) -> None:
    book = tmp_path / "boards.toml"
    book.write_text(VIEWS, encoding="utf-8")
    thin("dashboards", "import", str(book))
    done = thin(*MORNING, "--view", "South")
    assert (done.code, "there is no view 'South' of shop; there is: North, by week" in done.err) == (2, True)


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
