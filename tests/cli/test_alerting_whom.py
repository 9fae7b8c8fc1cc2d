"""Destinations, routes, silences, owed messages and the book of alerting on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_alerting import destination_words
from tests.cli.test_alerting import MARGIN
from tests.cli.test_cli import Kpi


def test_a_silence_holds_a_message_back_and_says_so(thin: Kpi) -> None:
    thin("rules", "add", *MARGIN, "--below", "0.2", "--to", "console")
    made = thin(
        "silences", "add", "--for", "2h", "--rule", "1", "--reason", "we count", "--by", "ann", "--json"
    ).json
    assert (made["rule_id"], made["reason"], made["created_by"]) == (1, "we count", "ann")
    thin("check")
    assert thin("deliver", "--once", "--json").json == []
    (message,) = thin("alerts", "why", "1", "--json").json["messages"]
    assert (message["state"], "we count" in message["became"]) == ("pending", True)
    assert thin("silences", "end", str(made["id"]), "--json").json == {"ended": made["id"]}
    assert [one["result"] for one in thin("deliver", "--once", "--json").json] == ["sent"]
    assert thin("silences", "list", "--json").json == []
    assert len(thin("silences", "list", "--all", "--json").json) == 1


@pytest.mark.parametrize(
    ("options", "because"),
    [
        (("--match", "a=b"), "say how long"),
        (("--for", "2h"), "to silence everything, match severity=*"),
        (("--for", "soon", "--match", "a=b"), "--for: found 'soon'"),
        (("--until", "Friday", "--match", "a=b"), "--until: found 'Friday', wanted a moment"),
        (("--for", "2h", "--rule", "7"), "there is no rule 7"),
    ],
)
def test_what_can_be_no_silence_says_why(here: Kpi, options: tuple[str, ...], because: str) -> None:
    done = here("silences", "add", *options)
    assert (done.code, because in done.err) == (2, True)


def test_a_destination_is_named_tried_and_removed(here: Kpi) -> None:
    hours = "mon-fri 08:00-18:00 Europe/Paris"
    made = here("destinations", "add", "ops", "email:ops@example.com", "--hours", hours, "--json").json
    assert (made["hours"], made["budget"], made["standard"]) == (hours, 20, False)
    here("routes", "add", "crit", "--match", "severity=critical", "--to", "ops")
    owed = here("destinations", "test", "ops", "--json").json
    assert (owed["kind"], owed["destination"], owed["state"]) == ("test", "email:ops@example.com", "pending")
    assert [
        one["waiting"] for one in here("destinations", "list", "--json").json if one["name"] == "ops"
    ] == [1]
    removed = here("destinations", "remove", "ops", "--json")
    assert removed.json == {"removed": "ops", "named_by": ["route 'crit'"]}
    assert here("destinations", "remove", "ops").code == 2


def test_a_test_that_waits_says_what_came_of_it(here: Kpi) -> None:
    arrived = here("destinations", "test", "console", "--wait", "--json")
    here("destinations", "add", "ops", "email:ops@example.com")
    failed = here("destinations", "test", "ops", "--wait")
    assert (arrived.code, arrived.json["state"]) == (0, "sent")
    assert failed.code == 1
    assert "email:ops@example.com: pending, " in failed.err


@pytest.mark.parametrize(
    ("place", "because"),
    [
        ("fax:1", "there is no channel 'fax'; there is: console, slack"),
        ("webhook:teams", "the addresses of webhook that are set up are: none"),
        ("email:ops", "wanted an e-mail address"),
        ("whatsapp:abc", "wanted a number with its country code"),
        ("slack", "or give an address, as slack:ADDRESS"),
    ],
)
def test_what_can_be_no_destination_says_why(here: Kpi, place: str, because: str) -> None:
    done = here("destinations", "add", "x", place)
    assert (done.code, because in done.err) == (2, True)


def test_a_whatsapp_destination_wants_a_test_message_before_any_alert_and_says_so(thin: Kpi) -> None:
    said = thin("destinations", "add", "cfo", "whatsapp:+49 151 1234567").err
    assert "Before any alert goes there a test message has to be accepted" in said
    named = thin("rules", "add", *MARGIN, "--below", "0.2", "--to", "cfo")
    assert (
        named.code,
        "no test message has been accepted at cfo yet: one goes there first" in named.err,
    ) == (
        0,
        True,
    )


def test_a_destination_that_is_broken_and_not_proved_is_listed_as_both(here: Kpi) -> None:
    here("destinations", "add", "cfo", "whatsapp:4915112345678")
    here("destinations", "test", "cfo", "--wait")
    (cfo,) = [one for one in here("destinations", "list", "--json").json if one["name"] == "cfo"]
    said = destination_words(cfo)
    assert said.startswith("broken: WhatsApp is not set up")
    assert said.endswith("; waits for a test message to be accepted")


def test_the_doctor_finds_a_webhook_that_nothing_can_reach(here: Kpi) -> None:
    given = {"KPI_WEBHOOKS": "ops=https://no..name/a-secret", "KPI_WEBHOOK_SECRET": "x" * 32}
    done = here("doctor", "--json", **given)
    (found,) = [one for one in done.json if one["check"] == "webhook ops"]
    assert (done.code, found["found"]) == (1, "does not work")
    assert found["detail"].startswith("no..name means nothing here; correct KPI_WEBHOOKS")


def test_a_route_is_set_changed_and_removed(here: Kpi) -> None:
    options = (
        "--group-by",
        "file,owner",
        "--wait",
        "30s",
        "--interval",
        "5m",
        "--repeat",
        "4h",
        "--second",
        "slack",
    )
    made = here(
        "routes", "add", "crit", "--match", "severity=critical", "--to", "console", *options, "--json"
    ).json
    assert made == {
        "name": "crit", "match": {"severity": "critical"}, "to": ["console"], "goes_on": False,
        "group_by": ["file", "owner"], "wait": "30s", "interval": "5m", "repeat": "4h", "second": "slack",
        "second_after": "15m",
    }  # fmt: skip
    here("routes", "add", "crit", "--to", "console")
    (changed,) = here("routes", "list", "--json").json
    assert (changed["match"], changed["repeat"]) == ({}, "0")
    assert "everything" in here("routes", "list").out
    assert here("routes", "remove", "crit", "--json").json == {"removed": "crit"}
    assert here("routes", "remove", "crit").code == 2
    assert "no channel or destination 'nobody'" in here("routes", "add", "x", "--to", "nobody").err


def test_what_is_owed_is_listed_and_only_what_was_given_up_is_sent_again(here: Kpi) -> None:
    here("destinations", "test", "console", "--wait")
    (sent,) = here("deliveries", "--json").json
    assert (sent["state"], sent["kind"], sent["title"]) == (
        "sent",
        "test",
        "Test message from the KPI dashboard",
    )
    assert here("deliveries", "--dead", "--json").json == []
    refused = here("deliveries", "resend", str(sent["id"]))
    assert (refused.code, "is sent; only what was given up" in refused.err) == (2, True)
    assert here("deliveries", "resend", "9").code == 2


def test_the_book_is_written_taken_in_and_refused_as_a_whole(thin: Kpi, tmp_path: Path) -> None:
    thin("rules", "add", *MARGIN, "--below", "0.2", "--owner", "ann")
    thin("routes", "add", "all", "--to", "console")
    book = tmp_path / "alerting.toml"
    thin("alerting", "export", str(book))
    assert thin("alerting", "import", str(book), "--json").json == []
    text = book.read_text()
    book.write_text(text.replace('owner = "ann"', 'owner = "bob"'))
    shown = thin("alerting", "import", str(book), "--dry-run", "--json").json
    done = thin("alerting", "import", str(book), "--json").json
    expected = {
        "effect": "changed",
        "table": "rule",
        "name": "shop: gross_margin below 0.2",
        "detail": "owner ann -> bob",
    }
    assert (shown, done) == ([expected], [expected])
    book.write_text(text.replace('"gross_margin"', '"gross_margi"').replace('"console"', '"nobody"'))
    refused = thin("alerting", "import", str(book))
    assert refused.code == 1
    assert "line 5, route \"all\", key `to`: there is no channel or destination 'nobody'" in refused.err
    assert 'line 10, rule "gross_margin below 0.2", key `kpi`' in refused.err
    assert thin("alerting", "export").out == text.replace("ann", "bob")


def test_a_book_may_bring_a_target_and_the_rule_about_it(thin: Kpi, tmp_path: Path) -> None:
    book = tmp_path / "alerting.toml"
    book.write_text(
        '[[rule]]\nname = "behind"\ndataset = "shop"\nkpi = "revenue"\nbelow_target = "95%"\n'
        '[[target]]\ndataset = "shop"\nkpi = "revenue"\nperiod = "2025-10"\nvalue = 300\n'
    )
    assert [one["table"] for one in thin("alerting", "import", str(book), "--json").json] == [
        "target",
        "rule",
    ]
    found = thin("rules", "backtest", "1", "--json").json
    assert found == [{"period": "2025-10-01", "member": None, "state": "firing", "value": 150.0}]
