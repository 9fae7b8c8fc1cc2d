"""WhatsApp: the template, and every code that Meta documents."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from alerts.channels.whatsapp import WhatsApp
from alerts.channels.whatsapp_codes import TEMPLATE, VERDICTS, Instead, Verdict, verdict_of, version_warning
from alerts.delivery import Result, Scope
from alerts.forms.whatsapp import ALERT, RESOLVED, Templates, template_body
from alerts.rules import State
from alerts.telling.digest import digest_message
from alerts.telling.reporting import Drawn, report_message
from tests.alerts.builders import change, message
from tests.alerts.sending.letters import failing, letter
from tests.fakes.providers import TOKEN, FakeProviders
from tests.moments import NOON

TO = "+4915100000001"
CODES = [(code, verdict) for verdict, codes in VERDICTS.items() for code in codes if not 210 < code < 299]


def whatsapp(providers: FakeProviders, **changes: Any) -> WhatsApp:
    settings = {"token": TOKEN, "phone_number_id": "1234567890", "base_url": f"{providers.url}/", **changes}
    return WhatsApp(recipients=(TO,), **settings)


def templates_used(providers: FakeProviders) -> list[str]:
    return [one.body["template"]["name"] for one in providers.received]


@pytest.mark.parametrize(
    ("channel", "addresses"),
    [
        (WhatsApp(), ()),
        (WhatsApp("t", "", (TO,)), ()),
        (WhatsApp("", "1", (TO,)), ()),
        (WhatsApp("t", "1", ()), ()),
        (WhatsApp("t", "1", (TO, "+2")), (TO, "+2")),
    ],
)
def test_whom_whatsapp_reaches(channel: WhatsApp, addresses: tuple[str, ...]) -> None:
    assert channel.addresses() == addresses


def test_without_settings_it_says_what_to_set() -> None:
    error = failing(WhatsApp(), letter(TO))
    assert (error.kind, error.detail) == (
        Result.BROKEN,
        "WhatsApp is not set up: set WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID and WHATSAPP_RECIPIENTS",
    )


def test_the_alert_goes_out_as_its_template(providers: FakeProviders) -> None:
    assert whatsapp(providers).send(letter(TO)) == "wamid.FAKE000001"
    (received,) = providers.received
    assert received.path == "/v26.0/1234567890/messages"
    assert received.body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": TO,
        "type": "template",
        "template": template_body(message(), ALERT),
        "biz_opaque_callback_data": "the key",
    }


def test_a_recovery_and_a_digest_go_out_as_the_other_templates(providers: FakeProviders) -> None:
    over = message(change(State.NORMAL, fired_at=NOON))
    for said in (over, digest_message([message(), over])):
        whatsapp(providers).send(letter(TO, said))
    assert templates_used(providers) == ["kpi_resolved_v1", "kpi_digest_v1"]


def test_templates_language_and_version_are_settings(providers: FakeProviders) -> None:
    german = Templates(alert=replace(ALERT, name="kpi_resolved_v1", language="de"))
    failing(whatsapp(providers, templates=german, version="v24.0"), letter(TO))
    (received,) = providers.received
    template = received.body["template"]
    assert (received.path, template["name"], template["language"]) == (
        "/v24.0/1234567890/messages",
        "kpi_resolved_v1",
        {"code": "de"},
    )


@pytest.mark.parametrize(("code", "verdict"), CODES, ids=[str(code) for code, _ in CODES])
def test_every_documented_code_has_its_verdict(code: int, verdict: Verdict, providers: FakeProviders) -> None:
    providers.script("whatsapp", f"error:{code}", f"error:{code}")
    error = failing(whatsapp(providers), letter(TO))
    assert (error.kind, error.scope, error.retry_after, error.unsure) == (
        verdict.kind,
        verdict.scope,
        verdict.wait,
        verdict.unsure,
    )
    status, hint = 401 if code == 190 else 400, f"; {verdict.hint}" if verdict.hint else ""
    assert error.detail == f"WhatsApp answered {status}: {code} (#{code}) refused details of {code}{hint}"
    assert (error.code, error.status) == (str(code), status)
    assert len(providers.received) == (2 if verdict.instead else 1)


# As Meta's tables and the notes on them say, so that a change of the tables above is noticed.
@pytest.mark.parametrize(
    ("codes", "kind", "scope", "unsure"),
    [
        ((0, 190, 3, 10, 200, 299, 131005, 131042, 368, 131031, 131045, 130497), "broken", "channel", False),
        ((1, 2, 131016, 131057, 135000), "retry", "message", False),
        ((131000,), "retry", "message", True),
        ((4, 80007, 130429, 131048), "deferred", "channel", False),
        ((131056,), "deferred", "address", False),
        ((131049, 130472, 131047), "dead", "message", False),
        ((131026, 131021, 131050), "dead", "address", False),
        ((131030, 132000, 132001, 132007, 132008, 132012, 132015, 132016), "broken", "address", False),
        ((100, 131008, 131009, 132005), "broken", "message", False),
    ],
)
def test_what_each_code_asks_for(
    codes: tuple[int, ...],
    kind: str,
    scope: str,
    unsure: bool,  # noqa: FBT001 - a fact of the case
) -> None:
    found = {code: verdict_of(400, code) for code in codes}
    assert {(one.kind.value, one.scope.value, one.unsure) for one in found.values()} == {
        (kind, scope, unsure)
    }


@pytest.mark.parametrize("code", [1, 2, 131000, 131016, 131057, 135000])
def test_with_a_failure_of_theirs_it_may_have_arrived_whatever_the_code(code: int) -> None:
    assert verdict_of(500, code).unsure


def test_too_many_for_one_recipient_put_off_that_recipient_only_and_ever_longer(
    providers: FakeProviders,
) -> None:
    providers.script("whatsapp", *["error:131056"] * 4)
    waits = [failing(whatsapp(providers), letter(TO, deferred=times)).retry_after for times in (0, 1, 2, 99)]
    assert waits == [timedelta(seconds=seconds) for seconds in (6, 24, 96, 384)]


@pytest.mark.parametrize("code", [132015, 132016])
def test_a_paused_template_is_replaced_by_the_second_one_and_somebody_hears_of_it(
    code: int, providers: FakeProviders, caplog: pytest.LogCaptureFixture
) -> None:
    over = message(change(State.NORMAL, fired_at=NOON), lasted="40 min")
    for said in (message(), over, digest_message([message(), over])):
        providers.script("whatsapp", f"error:{code}")
        with caplog.at_level(logging.WARNING):
            whatsapp(providers).send(letter(TO, said))
    assert templates_used(providers) == [
        *("kpi_alert_v1", "kpi_digest_v1"),
        *("kpi_resolved_v1", "kpi_alert_v1"),
        *("kpi_digest_v1", "kpi_alert_v1"),
    ]
    assert [str(code) in record.message for record in caplog.records] == [True] * 3
    said_at_last = [
        one["text"] for one in providers.received[1].body["template"]["components"][0]["parameters"]
    ]
    assert said_at_last == ["1", "Net margin is below its limit (12.4 %, October 2025)", message().reference]


def test_what_is_outside_the_window_is_sent_as_a_template_once_more(providers: FakeProviders) -> None:
    providers.script("whatsapp", "error:131047")
    assert whatsapp(providers).send(letter(TO)) == "wamid.FAKE000001"
    assert [one.accepted for one in providers.received] == [False, True]


def test_a_second_template_that_does_not_work_either_breaks_the_address(providers: FakeProviders) -> None:
    providers.script("whatsapp", "error:132015", "error:132001")
    error = failing(whatsapp(providers), letter(TO))
    assert (error.kind, error.scope, error.code) == (Result.BROKEN, Scope.ADDRESS, "132001")


def test_a_template_that_takes_other_parameters_is_for_a_person_to_mend(providers: FakeProviders) -> None:
    wrong = Templates(alert=replace(ALERT, name=RESOLVED.name))
    error = failing(whatsapp(providers, templates=wrong), letter(TO))
    assert (error.kind, error.scope, error.code) == (Result.BROKEN, Scope.ADDRESS, "132000")


def test_what_only_meta_calls_transient_is_tried_again() -> None:
    assert verdict_of(400, 424242, transient=True).kind is Result.RETRY


@pytest.mark.parametrize(
    "changes",
    [
        {"token": "EAAG-secret\nvalue"},
        {"token": "EAAG-secretvalue→"},
        {"base_url": "secretvalue"},
        {"base_url": "ftp://127.0.0.1/secretvalue"},
        {"base_url": "http://[secretvalue"},
        {"base_url": "http://graph.facebook.com"},
    ],
)
def test_a_malformed_setting_is_broken_and_not_shown(
    changes: dict[str, str], providers: FakeProviders
) -> None:
    error = failing(whatsapp(providers, **changes), letter(TO))
    assert (error.kind, error.scope) == (Result.BROKEN, Scope.CHANNEL)
    assert "value" not in error.detail.replace("ValueError", "")
    assert providers.received == []


@pytest.mark.parametrize(
    ("version", "today", "told"),
    [
        ("v21.0", date(2026, 10, 22), ""),
        ("v21.0", date(2026, 10, 23), "the Graph API v21.0 ends on 2027-01-21; "),
        ("v21.0", date(2027, 1, 21), "the Graph API v21.0 has ended on 2027-01-21; "),
        ("v25.0", date(2028, 6, 1), "the Graph API v25.0 ends on 2028-07-29; "),
        ("v26.0", date(2040, 1, 1), ""),
        ("v19.0", date(2026, 1, 1), "the Graph API v19.0 has ended; "),
    ],
)
def test_the_end_of_a_version_is_told_ninety_days_ahead(version: str, today: date, told: str) -> None:
    expected = f"{told}set WHATSAPP_API_VERSION to a newer one" if told else ""
    assert version_warning(version, today) == expected


def test_only_what_was_refused_for_sure_is_sent_again_at_once() -> None:
    again = [verdict for verdict in VERDICTS if verdict.instead is not Instead.NOTHING]
    assert [verdict.unsure for verdict in again] == [False, False]


def test_a_report_whose_template_is_not_approved_yet_goes_out_as_an_alert(providers: FakeProviders) -> None:
    drawn = Drawn("finance", "Oct 2025", ("Revenue: 1.2 M EUR",))
    providers.script("whatsapp", "error:132001")
    whatsapp(providers).send(letter(TO, report_message("Monday", drawn, NOON)))
    assert templates_used(providers) == ["kpi_report_v1", "kpi_alert_v1"]
    assert [one.accepted for one in providers.received] == [False, True]


@pytest.mark.parametrize("code", VERDICTS[TEMPLATE])
def test_whatever_has_another_template_than_an_alert_goes_out_as_one_where_its_own_is_refused(
    code: int, providers: FakeProviders
) -> None:
    over = message(change(State.NORMAL, fired_at=NOON), lasted="40 min")
    for said in (over, digest_message([message(), over])):
        providers.script("whatsapp", f"error:{code}")
        whatsapp(providers).send(letter(TO, said))
    assert templates_used(providers) == [
        *("kpi_resolved_v1", "kpi_alert_v1"),
        *("kpi_digest_v1", "kpi_alert_v1"),
    ]


def test_an_end_that_goes_as_an_alert_has_a_second_template_too(providers: FakeProviders) -> None:
    gone = replace(
        message(change(State.NORMAL, fired_at=NOON), lasted="40 min"), reason="its rule was removed"
    )
    providers.script("whatsapp", "error:132015")
    whatsapp(providers).send(letter(TO, gone))
    assert templates_used(providers) == ["kpi_alert_v1", "kpi_digest_v1"]
