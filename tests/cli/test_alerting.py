"""Rules and alerts on the command line, in this process."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.test_cli import Kpi

MARGIN = ("--dataset", "shop", "--kpi", "gross_margin")
REVENUE = ("--dataset", "shop", "--kpi", "revenue")
LATE = (
    "--fresh",
    "shop.csv",
    "--on",
    "mon-fri",
    "--by-time",
    "9:00",
    "--zone",
    "Europe/Paris",
    "--grace",
    "30m",
)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((*MARGIN, "--below", "20%", "--recover", "0.25"), {"below": 0.2, "recover": 0.25}),
        ((*MARGIN, "--outside", "0.2,0.6", "--margin", "0.05"), {"outside": [0.2, 0.6], "margin": 0.05}),
        (
            (*REVENUE, "--change-below", "-10%", "--against", "year"),
            {"change_below": -0.1, "recover": -0.1, "against": "year", "points": False},
        ),
        ((*MARGIN, "--change-above", "0.1"), {"change_above": 0.1, "points": True}),
        ((*REVENUE, "--unusual", "--width", "4"), {"unusual": True, "width": 4.0, "side": ""}),
        (
            ("--dataset", "shop", *LATE),
            {"fresh": "shop.csv", "on": "mon-fri", "by_time": "09:00", "zone": "Europe/Paris", "grace": "30m"},
        ),
        (("--dataset", "shop", "--unreadable"), {"unreadable": True, "kpi": None, "grain": None}),
        (("--dataset", "shop", "--unreadable", "shop.csv", "--owner", "ann"), {"unreadable": "shop.csv", "owner": "ann"}),
        (
            (*REVENUE, "--above", "9", "--for", "2", "--for-time", "90m", "--keep", "1h", "--label", "team=x"),
            {"above": 9.0, "for": 2, "for_time": "1h30m", "keep": "1h", "labels": {"team": "x"}},
        ),
    ],
)  # fmt: skip
def test_every_condition_can_be_set(thin: Kpi, options: tuple[str, ...], said: dict[str, Any]) -> None:
    rule = thin("rules", "add", *options, "--json").json
    assert {key: rule[key] for key in said} == said
    assert [one["id"] for one in thin("rules", "list", "--json").json] == [rule["id"]]


@pytest.mark.parametrize("option", ["--below-target", "--behind-pace"])
def test_a_share_of_the_target_is_all_of_it_unless_said(thin: Kpi, option: str) -> None:
    thin("targets", "set", *REVENUE, "--period", "2025-10", "--value", "300")
    whole, part = (thin("rules", "add", *REVENUE, option, *more, "--json").json for more in ((), ("95%",)))
    key = option.strip("-").replace("-", "_")
    assert (whole[key], part[key]) == (1.0, 0.95)


@pytest.mark.parametrize(
    ("options", "because"),
    [
        (MARGIN, "give exactly one of --below and --above, or one of the other conditions"),
        ((*MARGIN, "--below", "1", "--unusual"), "found --below and --unusual"),
        ((*MARGIN, "--below", "much"), "--below: found 'much', wanted a number such as 0.3 or 30%"),
        ((*MARGIN, "--below", "1", "--margin", "1"), "--margin: `below` has none"),
        (("--dataset", "shop", "--below", "1"), "--kpi: it is missing"),
        (("--dataset", "shop", "--fresh", "a.csv"), "--on: it is missing: the days, such as mon-fri"),
        ((*MARGIN, "--below", "1", "--label", "team"), "--label: found 'team', wanted KEY=TEXT"),
        ((*MARGIN, "--below", "1", "--label", "owner=x"), "--label: `owner` is known of every alert"),
        ((*MARGIN, "--below", "1", "--for-time", "soon"), "--for-time: found 'soon'"),
        ((*MARGIN, "--below", "1", "--grain", "decade"), "--grain: found 'decade', wanted one of day, week"),
        ((*REVENUE, "--below-target"), "shop has no target for Revenue"),
    ],
)
def test_what_can_be_no_rule_ends_with_2_and_says_which_option(
    thin: Kpi, options: tuple[str, ...], because: str
) -> None:
    done = thin("rules", "add", *options)
    assert (done.code, done.out) == (2, "")
    assert because in done.err


def test_a_clumsy_number_gets_a_hint_and_is_taken(thin: Kpi) -> None:
    done = thin("rules", "add", *MARGIN, "--below", "30", "--json")
    assert (done.code, done.json["below"]) == (0, 30.0)
    assert "kpi: 30 means 3,000 %; where 30 % is meant, write 30% or 0.3" in done.err


def test_a_dry_run_says_when_it_would_have_fired_and_keeps_nothing(thin: Kpi) -> None:
    found = thin("rules", "add", *MARGIN, "--below", "20%", "--dry-run", "--json").json
    assert found["transitions"] == [{"period": "2025-10-01", "member": None, "state": "firing", "value": 0.0}]
    assert found["slack"]["blocks"][0]["text"]["text"] == "Gross margin is below its limit"
    assert found["whatsapp"]["template"]["name"] == "kpi_alert_v1"
    assert found["whatsapp"]["text"].startswith(
        "KPI alert: Gross margin is below its limit. The value is 0.0 %"
    )
    assert thin("rules", "list", "--json").json == []


def test_a_backtest_before_saving_has_the_messages_and_of_a_rule_the_list_unless_asked(thin: Kpi) -> None:
    fires = [{"period": "2025-10-01", "member": None, "state": "firing", "value": 0.0}]
    before = thin("rules", "backtest", *MARGIN, "--below", "0.2", "--json").json
    thin("rules", "add", *MARGIN, "--below", "0.2")
    after = thin("rules", "backtest", "1", "--json").json
    asked = thin("rules", "backtest", "1", "--json", "--messages").json
    assert (before["transitions"], after, asked["transitions"]) == (fires, fires, fires)
    assert (before["slack"] is None, asked["whatsapp"] is None) == (False, False)
    assert thin("rules", "backtest", "1", "--below", "-90%", "--json").json == []
    plain = thin("rules", "backtest", "1").out
    assert "The last message in Slack:" in plain
    assert "The last message in WhatsApp:" in plain


def test_what_is_told_as_soon_as_it_is_saved_is_said_before(thin: Kpi) -> None:
    fires = thin("rules", "add", *MARGIN, "--below", "20%", "--dry-run").out
    calm = thin("rules", "add", *MARGIN, "--below", "-90%", "--dry-run", "--json").json
    assert "It fires now. What is told as soon as it is saved:\n  Gross margin is below its limit" in fires
    assert calm["at_once"] is None


def test_a_rule_is_edited_in_what_is_said(thin: Kpi) -> None:
    thin("rules", "add", *MARGIN, "--below", "0.2", "--owner", "ann", "--label", "team=x", "--label", "a=b")
    kept = thin("rules", "edit", "1", "--severity", "critical", "--label", "a=", "--owner", "", "--json").json
    assert (kept["id"], kept["severity"], kept["labels"], kept["owner"], kept["below"]) == (
        1, "critical", {"team": "x"}, None, 0.2,
    )  # fmt: skip
    anew = thin("rules", "edit", "1", "--below", "10%", "--json")
    assert (anew.json["id"], anew.json["name"], anew.json["recover"]) == (2, "gross_margin below 0.1", 0.1)
    assert "Rule 1 judged something else; it is removed, and rule 2 has taken its place." in anew.err
    assert thin("rules", "edit", "2").code == thin("rules", "edit", "9", "--owner", "x").code == 2


def test_a_rule_shows_how_it_stands(thin: Kpi) -> None:
    thin("rules", "add", *MARGIN, "--below", "0.2")
    thin("check")
    (rule,) = thin("rules", "list", "--json").json
    assert [(one["member"], one["in_words"], one["open"]) for one in rule["standings"]] == [
        (None, "firing", True)
    ]
    assert "firing" in thin("rules", "list").out


def test_why_a_message_came_and_who_has_seen_it(thin: Kpi) -> None:
    thin("rules", "add", *MARGIN, "--below", "0.2", "--to", "console")
    thin("check")
    thin("deliver", "--once")
    (alert,) = thin("alerts", "--open", "--json").json
    number = str(alert["id"])
    first = thin("alerts", "ack", number, "--by", "ann", "--note", "on it", "--json").json
    again = thin("alerts", "ack", number, "--by", "bob", "--json").json
    found = thin("alerts", "why", number, "--json").json
    assert ([first["acknowledged"], again["acknowledged"]], again["by"]) == ([True, False], "ann")
    assert (found["acknowledged"]["note"], found["silent"]) == ("on it", None)
    (message,) = found["messages"]
    assert (message["kind"], message["destination"], message["became"][:5]) == ("firing", "console", "sent ")
    assert [line["result"] for line in message["lines"]] == ["sent"]
    plain = thin("alerts", "why", number).out
    assert "ann acknowledged it at" in plain
    assert "firing to console (number 1): sent" in plain
    assert thin("alerts", "why", "9").err == "kpi: there is no alert 9; `kpi alerts` shows those there are\n"
