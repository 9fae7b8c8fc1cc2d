"""WhatsApp: the template, and every code that Meta documents."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.channels.whatsapp import VERDICTS, Verdict, WhatsApp
from alerts.delivery import DeliveryError, Result, Scope
from alerts.message import whatsapp_parameters
from alerts.rules import State
from tests.alerts.builders import change, message
from tests.fakes.providers import TOKEN, FakeProviders
from tests.moments import NOON

TO = "+4915100000001"
CODES = [(code, verdict) for verdict, codes in VERDICTS.items() for code in codes if not 210 < code < 299]


def whatsapp(providers: FakeProviders, **changes: str) -> WhatsApp:
    settings = {"token": TOKEN, "phone_number_id": "1234567890", "base_url": f"{providers.url}/", **changes}
    return WhatsApp(recipients=(TO,), timeouts=(2, 2), **settings)


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
    with pytest.raises(DeliveryError) as caught:
        WhatsApp().send(message(), TO, "the key")
    assert (caught.value.kind, caught.value.detail) == (
        Result.BROKEN,
        "WhatsApp is not set up: set WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID and WHATSAPP_RECIPIENTS",
    )


def test_the_alert_goes_out_as_its_template(providers: FakeProviders) -> None:
    assert whatsapp(providers).send(message(), TO, "the key") == "wamid.FAKE000001"
    (received,) = providers.received
    assert received.path == "/v25.0/1234567890/messages"
    assert received.body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": TO,
        "type": "template",
        "template": {
            "name": "kpi_alert_v1",
            "language": {"code": "en_US"},
            "components": [
                {
                    "type": "body",
                    "parameters": [{"type": "text", "text": text} for text in whatsapp_parameters(message())],
                }
            ],
        },
        "biz_opaque_callback_data": "the key",
    }


def test_a_recovery_goes_out_as_the_other_template(providers: FakeProviders) -> None:
    whatsapp(providers).send(message(change(State.OK, since=NOON)), TO, "the key")
    assert providers.received[0].body["template"]["name"] == "kpi_resolved_v1"


def test_templates_language_and_version_are_settings(providers: FakeProviders) -> None:
    channel = whatsapp(providers, template_alert="kpi_resolved_v1", version="v24.0", language="de")
    with pytest.raises(DeliveryError):
        channel.send(message(), TO, "the key")
    (received,) = providers.received
    template = received.body["template"]
    assert (received.path, template["name"], template["language"]) == (
        "/v24.0/1234567890/messages",
        "kpi_resolved_v1",
        {"code": "de"},
    )


@pytest.mark.parametrize(("code", "verdict"), CODES, ids=[str(code) for code, _ in CODES])
def test_every_documented_code_has_its_verdict(code: int, verdict: Verdict, providers: FakeProviders) -> None:
    providers.script("whatsapp", f"error:{code}")
    with pytest.raises(DeliveryError) as caught:
        whatsapp(providers).send(message(), TO, "the key")
    assert (caught.value.kind, caught.value.scope, caught.value.retry_after) == verdict
    status = 401 if code == 190 else 400
    assert caught.value.detail == f"WhatsApp answered {status}: {code} (#{code}) refused details of {code}"


def test_too_many_for_one_recipient_put_off_that_recipient_only(providers: FakeProviders) -> None:
    providers.script("whatsapp", "error:131056")
    with pytest.raises(DeliveryError) as caught:
        whatsapp(providers).send(message(), TO, "the key")
    assert (caught.value.scope, caught.value.retry_after) == (Scope.ADDRESS, timedelta(seconds=6))


def test_a_template_that_takes_other_parameters_is_for_a_person_to_mend(providers: FakeProviders) -> None:
    with pytest.raises(DeliveryError) as caught:
        whatsapp(providers, template_alert="kpi_resolved_v1").send(message(), TO, "the key")
    assert (caught.value.kind, caught.value.scope) == (Result.BROKEN, Scope.MESSAGE)
    assert "132000" in caught.value.detail


@pytest.mark.parametrize(
    "changes",
    [
        {"token": "EAAG-secret\nvalue"},
        {"token": "EAAG-secretvalue→"},
        {"base_url": "secretvalue"},
        {"base_url": "ftp://127.0.0.1/secretvalue"},
        {"base_url": "http://[secretvalue"},
    ],
)
def test_a_malformed_setting_is_broken_and_not_shown(
    changes: dict[str, str], providers: FakeProviders
) -> None:
    with pytest.raises(DeliveryError) as caught:
        whatsapp(providers, **changes).send(message(), TO, "the key")
    assert (caught.value.kind, caught.value.scope) == (Result.BROKEN, Scope.CHANNEL)
    assert "value" not in caught.value.detail.replace("ValueError", "")
    assert providers.received == []
