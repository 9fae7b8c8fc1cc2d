"""What is said, that it can be stored, and that the text of a cell stays one harmless line in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.message import (
    Message,
    Provenance,
    broken_message,
    reference,
    trial_message,
)
from alerts.rules import Kind
from alerts.telling.phrases import cell, duration, moment, template_param
from alerts.telling.retelling import (
    coalesced_message,
    escalation_message,
    late_message,
    possible_repeat,
    repeat_message,
)
from tests.alerts.forms.cases import CASES, LATER, MONDAY, fired, missing, over
from tests.moments import NOON

FIRED = fired()


def test_an_alert_says_what_by_how_much_since_when_and_where_it_came_from() -> None:
    assert replace(FIRED, link="").text == (
        "Net margin is below its limit: value 12.4 % (2.6 pp below); limit 15.0 %; period Oct 2025; "
        "since 3 Nov 2025, 09:00 (Europe/Paris); severity critical; owner Ana; dataset finance; "
        "source finance.xlsx, sheet Monthly, version 3; data 3 days old (until 31 Oct 2025); "
        "moved most against Sep 2025 by South −3.1 pp (62 % of the change), North −1.2 pp (24 %), West +0.4 pp. "
        f"Reference {FIRED.reference}."
    )


def test_what_no_load_caused_names_no_workbook() -> None:
    assert replace(FIRED, provenance=Provenance()).source == ""


def test_a_test_message_says_that_it_is_one() -> None:
    trial = trial_message(NOON)
    assert trial.text == f"Test message from the KPI dashboard. Reference {trial.reference}."


def test_a_broken_destination_is_told_with_its_reason_and_what_waits() -> None:
    said = broken_message("slack:C1", "Slack answered token_revoked", MONDAY, 1, zone="Europe/Paris")
    assert said.text == (
        "slack:C1 cannot be reached (1 message waiting): reason Slack answered token_revoked; "
        f"since 3 Nov 2025, 09:00 (Europe/Paris). Reference {said.reference}."
    )


def test_the_same_break_of_a_destination_has_the_same_reference() -> None:
    marks = {broken_message("slack:C1", reason, MONDAY, 1).reference for reason in ("one", "another")}
    again = broken_message("slack:C1", "one", LATER, 1).reference
    assert (len(marks), again in marks) == (1, False)


@pytest.mark.parametrize("case", CASES)
def test_a_message_survives_being_stored_as_json(case: str) -> None:
    said = CASES[case]()
    assert Message.from_dict(json.loads(json.dumps(said.to_dict()))) == said


def _first_version(kind: str) -> Message:
    """As it was stored when there were limits only."""
    stored = {"reference": "A-000001", "severity": "warning", "dataset": "finance", "kpi": "Net margin"}
    stored |= {"member": "North", "period": "Oct 2025", "value": "12.4 %", "limit": "15.0 %"}
    came = {"workbook": "finance.xlsx", "version": 3}
    return Message.from_dict(
        {**stored, "kind": kind, "direction": "below", "lasted": "2 h", "provenance": came}
    )


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("firing", "Net margin (North) is below its limit"),
        ("resolved", "Net margin (North) is back to normal"),
        ("test", "Test message from the KPI dashboard"),
    ],
)
def test_what_the_first_version_stored_is_still_read(kind: str, title: str) -> None:
    assert _first_version(kind).title == title


def test_what_a_later_version_stored_is_read_without_what_only_it_knows() -> None:
    assert Message.from_dict({**FIRED.to_dict(), "mood": "gloomy"}) == FIRED


def test_breaches_have_different_references() -> None:
    breaches = [(1, "", 1), (1, "", 2), (2, "", 1), (1, "North", 1), (1, "1", 1), (11, "", 1)]
    marks = {reference(*breach) for breach in breaches}
    assert len(marks) == len(breaches)
    assert {len(mark) for mark in marks} == {8}


def test_a_repeat_says_that_it_goes_on_and_for_how_long() -> None:
    again = repeat_message(FIRED, MONDAY, LATER)
    assert (again.kind, again.title, again.reference) == (
        Kind.REPEAT,
        "Net margin is still below its limit, for 2 days 4 h",
        FIRED.reference,
    )


def test_a_repeat_about_a_file_says_so_before_its_headline() -> None:
    assert repeat_message(missing(), MONDAY, LATER).title == (
        "Still so after 2 days 4 h: sales.xlsx has not come: expected by 09:00 (Europe/Paris) on Monday 3 Nov"
    )


def test_an_escalation_says_that_nobody_has_acknowledged_it() -> None:
    told = escalation_message(FIRED, MONDAY, MONDAY + timedelta(minutes=15))
    assert (told.kind, told.title) == (
        Kind.ESCALATION,
        "Net margin is below its limit, and nobody has acknowledged it for 15 min",
    )


def test_an_episode_that_was_over_before_it_could_be_told_is_one_message() -> None:
    ended, now = MONDAY + timedelta(minutes=40), MONDAY + timedelta(minutes=55)
    told = coalesced_message(FIRED, over(), MONDAY, ended, now)
    assert told == replace(
        over(),
        movers=FIRED.movers,
        note="fired 09:00, resolved 09:40 (delivery was delayed by 55 min)",
    )


def test_an_episode_of_another_day_is_told_with_its_days() -> None:
    told = coalesced_message(FIRED, over(), MONDAY, MONDAY + timedelta(hours=20), LATER)
    assert told.note == "fired 3 Nov 09:00, resolved 4 Nov 05:00 (delivery was delayed by 2 days 4 h)"


def test_a_late_message_says_since_when_it_waited() -> None:
    assert late_message(FIRED, MONDAY, LATER).note == (
        "written 3 Nov 2025, 09:00 (Europe/Paris), delivery was delayed by 2 days 4 h"
    )


def test_a_message_that_may_have_arrived_says_so_once() -> None:
    told = possible_repeat(possible_repeat(FIRED))
    assert told.note == f"possible repeat of {FIRED.reference}"


def test_what_is_known_of_a_message_is_kept_when_more_becomes_known() -> None:
    told = possible_repeat(replace(FIRED, note="late"))
    assert told.note == f"late; possible repeat of {FIRED.reference}"


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


def test_a_moment_of_a_zone_that_nobody_knows_is_told_in_utc() -> None:
    assert moment(MONDAY, "Europe/Atlantis") == "3 Nov 2025, 08:00 (UTC)"


@given(st.text(st.characters()), st.integers(1, 200))
def test_a_template_parameter_is_one_visible_line_within_its_limit(text: str, limit: int) -> None:
    parameter = template_param(text, limit)
    assert 1 <= len(parameter) <= limit
    assert parameter == template_param(parameter, limit)
    assert parameter == parameter.strip()
    assert "  " not in parameter
    assert not any(char.isspace() and char != " " for char in parameter)
    parameter.encode()


@given(st.text(st.sampled_from("htps:/w. \u200b\n")))
def test_no_text_of_a_cell_holds_an_address_that_becomes_a_link(text: str) -> None:
    said = cell(text, 200)
    assert "://" not in said
    assert cell(said, 200) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[x](http://evil.example)", "[x](http: //evil.example)"),
        ("see WWW.evil.example", "see WWW. evil.example"),
        ("slack:C1", "slack:C1"),
        ("", "–"),
    ],
)
def test_what_the_text_of_a_cell_becomes(text: str, said: str) -> None:
    assert cell(text, 200) == said


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("", "–"),
        ("\u200b\u202e\n", "–"),
        ("\u3164\u2800\u034f", "–"),
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
