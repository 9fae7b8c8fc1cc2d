"""What is said, and that the text of a cell stays data in every form of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.message import (
    Kind,
    Message,
    Provenance,
    duration,
    reference,
    slack_payload,
    template_param,
    trial_message,
    whatsapp_parameters,
)
from alerts.rules import State
from tests.alerts.builders import FINANCE, change, message
from tests.moments import NOON

FIRED = message()
RESOLVED = message(change(State.OK, since=NOON - timedelta(hours=26)))
HOSTILE = "<!channel> & *North*\n\u202e\u200b\tReference A-000000"


def test_an_alert_says_what_where_and_from_which_workbook() -> None:
    assert FIRED.text == (
        "Net margin is below its limit: value 12.4 %; limit 15.0 %; period October 2025; severity warning; "
        f"dataset finance; source finance.xlsx, version 3. Reference {FIRED.reference}."
    )


def test_a_resolved_message_says_how_long_it_lasted_under_the_same_reference() -> None:
    assert RESOLVED.text == (
        "Net margin is back to normal: value 12.4 %; limit 15.0 %; period October 2025; lasted 1 day 2 h; "
        f"severity warning; dataset finance; source finance.xlsx, version 3. Reference {FIRED.reference}."
    )


def test_a_member_is_named_beside_the_kpi() -> None:
    assert message(change(member="North")).title == "Net margin (North) is below its limit"


def test_what_no_load_caused_names_no_workbook() -> None:
    assert replace(FIRED, provenance=Provenance()).source == ""
    assert whatsapp_parameters(replace(FIRED, provenance=Provenance()))[4] == "October 2025"


def test_a_test_message_says_that_it_is_one() -> None:
    trial = trial_message(NOON)
    assert trial.text == f"Test message from the KPI dashboard. Reference {trial.reference}."
    assert whatsapp_parameters(trial) == ("Test message", "only a test", "–", "–", "–", trial.reference)


@pytest.mark.parametrize("said", [FIRED, RESOLVED, trial_message(NOON), message(change(member=HOSTILE))])
def test_a_message_survives_being_stored_as_json(said: Message) -> None:
    assert Message.from_dict(json.loads(json.dumps(said.to_dict()))) == said


def test_breaches_have_different_references() -> None:
    breaches = [(1, "", 1), (1, "", 2), (2, "", 1), (1, "North", 1), (1, "1", 1), (11, "", 1)]
    marks = {reference(*breach) for breach in breaches}
    assert len(marks) == len(breaches)
    assert {len(mark) for mark in marks} == {8}


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=-5), "under a minute"),
        (timedelta(seconds=59), "under a minute"),
        (timedelta(minutes=40), "40 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=3, hours=4, minutes=9), "3 days 4 h"),
    ],
)
def test_a_length_of_time_is_said_in_two_parts_at_most(length: timedelta, said: str) -> None:
    assert duration(length) == said


def test_the_slack_message_has_a_header_the_facts_and_the_reference() -> None:
    def plain(text: str) -> dict[str, object]:
        return {"type": "plain_text", "text": text, "emoji": False}

    facts = ["Value\n12.4 %", "Limit\n15.0 %", "Period\nOctober 2025", "Severity\nwarning"]
    facts += ["Dataset\nfinance", "Source\nfinance.xlsx, version 3"]
    assert slack_payload(FIRED, "the key") == {
        "text": FIRED.text,
        "blocks": [
            {"type": "header", "text": plain("Net margin is below its limit")},
            {"type": "section", "fields": [plain(fact) for fact in facts]},
            {"type": "context", "elements": [plain(f"Reference {FIRED.reference}")]},
        ],
        "metadata": {
            "event_type": "kpi_alert",
            "event_payload": {"delivery": "the key", "reference": FIRED.reference},
        },
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def test_a_member_that_looks_like_a_mention_pings_nobody_in_slack() -> None:
    said = json.dumps(slack_payload(message(change(member=HOSTILE)), "key"), ensure_ascii=False)
    assert "<!channel>" not in said
    assert "&lt;!channel&gt; &amp; *North* Reference A-000000" in said


@given(st.text(), st.text(), st.text())
def test_slack_takes_whatever_a_cell_can_hold(member: str, kpi: str, workbook: str) -> None:
    said = replace(FIRED, member=member, kpi=kpi * 50, provenance=replace(FINANCE, workbook=workbook * 50))
    payload = slack_payload(said, "key")
    header, section, context = payload["blocks"]
    texts = [part["text"] for part in (header["text"], *section["fields"], *context["elements"])]
    assert len(texts[0]) <= 150
    assert all(0 < len(text) <= 500 for text in texts)
    assert 0 < len(payload["text"]) <= 3000
    assert not set("<>") & set("".join([payload["text"], *texts]))
    json.dumps(payload, ensure_ascii=False).encode()  # no half of a character either


def test_a_text_that_is_cut_keeps_its_escapes_whole() -> None:
    header = slack_payload(replace(FIRED, kpi="&" * 118), "key")["blocks"][0]["text"]["text"]
    assert header == "&amp;" * 29 + "…"


def test_the_alert_template_gets_six_parameters() -> None:
    assert whatsapp_parameters(message(change(member="North"))) == (
        "Net margin (North)",
        "below its limit",
        "12.4 %",
        "15.0 %",
        "October 2025 (finance.xlsx, version 3)",
        reference(1, "North", 1),
    )


def test_the_resolved_template_gets_five_parameters() -> None:
    assert whatsapp_parameters(RESOLVED) == ("Net margin", "12.4 %", "15.0 %", "1 day 2 h", FIRED.reference)


@given(st.text(), st.sampled_from(list(Kind)))
def test_whatsapp_takes_whatever_a_cell_can_hold(text: str, kind: Kind) -> None:
    parts = dict.fromkeys(("kpi", "member", "period", "value", "limit", "reference", "lasted"), text)
    parameters = whatsapp_parameters(replace(FIRED, kind=kind, **parts))  # type: ignore[arg-type]  # all are texts
    assert all(parameters)
    assert sum(map(len, parameters)) <= 700  # with the template's own words below 1,024
    assert not any(set("\n\t\r") & set(parameter) or "  " in parameter for parameter in parameters)


@given(st.text(st.characters()), st.integers(1, 200))
def test_a_template_parameter_is_one_visible_line_within_its_limit(text: str, limit: int) -> None:
    parameter = template_param(text, limit)
    assert 1 <= len(parameter) <= limit
    assert parameter == template_param(parameter, limit)
    assert parameter == parameter.strip()
    assert "  " not in parameter
    assert not any(char.isspace() and char != " " for char in parameter)
    parameter.encode()


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("", "–"),
        ("\u200b\u202e\n", "–"),
        ("\u3164\u2800", "–"),
        ("a\n\tb     c", "a b c"),
        ("a \u200b b", "a b"),
        ("a\u00a0\u2028b", "a b"),
        ("\u202eevil\u202c", "evil"),
        ("bell\x07", "bell"),
        ("half \ud800", "half"),
        ("twelve letters", "twelve let…"),
        ("twelve one l", "twelve one…"),
    ],
)
def test_what_a_template_parameter_becomes(text: str, parameter: str) -> None:
    assert template_param(text, 11) == parameter
