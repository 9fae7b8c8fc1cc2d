"""Slack: the bot, the webhook, and every error that Slack documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.channels.slack import Slack
from alerts.channels.slack_errors import (
    ACCOUNT,
    HINT_OF,
    INSTALL,
    NO_THREAD,
    NOT_READABLE,
    PAYLOAD,
    PLACE,
    UNHEARD_OF,
    VERDICTS,
    WEBHOOK,
    Verdict,
    refusal,
)
from alerts.delivery import DeliveryError, Result, Scope, UntoldError
from alerts.forms.slack import slack_payload, slack_text
from tests.alerts.builders import message
from tests.alerts.sending.letters import failing, letter
from tests.fakes import providers as fake
from tests.fakes.providers import WEBHOOK_PATH, FakeProviders
from tests.moments import NOON

ERRORS = [(error, verdict) for verdict, errors in VERDICTS.items() for error in errors]
THREAD = "C1:1763726400.000001"
LATER = NOON + timedelta(minutes=3)


def bot(providers: FakeProviders, token: str = fake.TOKEN) -> Slack:
    return Slack(token=token, channels=("C1", "C2"), base_url=f"{providers.url}/api/")


def bodies(providers: FakeProviders) -> list[dict[str, Any]]:
    return [one.body for one in providers.received]


@pytest.mark.parametrize(
    ("slack", "addresses"),
    [
        (Slack(), ()),
        (Slack(token="t"), ()),
        (Slack(channels=("C1",)), ()),
        (Slack(token="t", channels=("C1", "C2")), ("C1", "C2")),
        (Slack(webhook_url="https://hooks"), ("webhook",)),
        (Slack(token="t", webhook_url="https://hooks"), ("webhook",)),
        (Slack(token="t", channels=("C1",), webhook_url="https://hooks"), ("C1",)),
    ],
)
def test_whom_slack_reaches(slack: Slack, addresses: tuple[str, ...]) -> None:
    assert slack.addresses() == addresses


def test_what_is_missing_is_named() -> None:
    assert Slack().needs == "Slack is not set up: set SLACK_BOT_TOKEN and SLACK_CHANNEL, or SLACK_WEBHOOK_URL"


def test_the_bot_posts_the_payload_to_its_channel(providers: FakeProviders) -> None:
    bot(providers).send(letter("C2"))
    assert bodies(providers) == [{"channel": "C2", **slack_payload(message(), "the key", NOON.isoformat())}]


def test_the_webhook_posts_the_same_payload(providers: FakeProviders) -> None:
    Slack(webhook_url=providers.url + WEBHOOK_PATH).send(letter("webhook", thread=THREAD))
    assert bodies(providers) == [slack_payload(message(), "the key", NOON.isoformat())]


@pytest.mark.parametrize(
    ("address", "setting"), [("webhook", "SLACK_WEBHOOK_URL"), ("C1", "SLACK_BOT_TOKEN")]
)
def test_a_message_for_a_way_that_is_no_longer_set_up_waits_and_says_so(address: str, setting: str) -> None:
    error = failing(Slack(), letter(address))
    assert (error.kind, error.scope, error.unsure) == (Result.BROKEN, Scope.ADDRESS, False)
    assert setting in error.detail


@pytest.mark.parametrize(("error", "verdict"), ERRORS, ids=[error for error, _ in ERRORS])
def test_every_documented_error_has_its_verdict(
    error: str, verdict: Verdict, providers: FakeProviders
) -> None:
    providers.script("slack", f"error:{error}", f"error:{error}")
    caught = failing(bot(providers), letter())
    assert (caught.kind, caught.scope, caught.retry_after, caught.unsure) == (
        verdict.kind,
        verdict.scope,
        verdict.wait,
        verdict.unsure,
    )
    notes = ("[ERROR] no more than 150 characters",) if error == "invalid_blocks" else ()
    assert (caught.detail, caught.code, caught.status) == (refusal(200, error, notes), error, 200)
    assert len(providers.received) == (2 if verdict is PAYLOAD else 1)


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (200, "token_revoked", f"Slack refused: token_revoked; {INSTALL}"),
        (
            200,
            "is_archived",
            "Slack refused: is_archived; bring the channel back from the archive, or name another one",
        ),
        (404, "no_service", f"Slack refused: no_service; {WEBHOOK}"),
        (200, "no_text", "Slack refused: no_text"),
        (200, "stale_moon", f"Slack refused: stale_moon; {UNHEARD_OF}"),
        (429, "ratelimited", "Slack says: ratelimited"),
        (200, "internal_error", "Slack says: internal_error"),
        (502, "<html>", "Slack answered 502 <html>"),
    ],
)
def test_a_refusal_says_what_to_do_and_not_that_it_came_with_200(status: int, error: str, said: str) -> None:
    assert refusal(status, error) == said


@pytest.mark.parametrize("error", [one for verdict in (ACCOUNT, PLACE) for one in VERDICTS[verdict]])
def test_whatever_a_person_has_to_mend_has_a_hint(error: str) -> None:
    assert HINT_OF[error]


@pytest.mark.parametrize("error", VERDICTS[PAYLOAD])
def test_what_is_refused_as_blocks_goes_out_as_plain_text(error: str, providers: FakeProviders) -> None:
    providers.script("slack", f"error:{error}")
    assert bot(providers).send(letter()) == "C1:1763726400.000001"
    first, second = bodies(providers)
    left_out = {"blocks", "metadata"} if "metadata" in error else {"blocks"}
    assert second == {name: value for name, value in first.items() if name not in left_out}
    assert second["text"] == slack_text(message())


def test_a_webhook_that_refuses_the_blocks_gets_plain_text_as_well(providers: FakeProviders) -> None:
    providers.script("webhook", "error:invalid_payload")
    assert Slack(webhook_url=providers.url + WEBHOOK_PATH).send(letter("webhook")) == "webhook"
    assert ["blocks" in one for one in bodies(providers)] == [True, False]


def test_a_failure_of_the_second_try_is_the_one_that_counts(providers: FakeProviders) -> None:
    providers.script("slack", "error:invalid_blocks", "drop")
    error = failing(bot(providers), letter())
    assert (error.kind, error.unsure) == (Result.RETRY, True)


def test_an_answer_to_a_message_stands_in_its_thread_and_is_seen_in_the_channel(
    providers: FakeProviders,
) -> None:
    thread = bot(providers).send(letter())
    bot(providers).send(letter(thread=thread, key="the second"))
    second = bodies(providers)[1]
    assert (second["thread_ts"], second["reply_broadcast"]) == ("1763726400.000001", True)


@pytest.mark.parametrize("error", sorted(NO_THREAD))
def test_an_answer_to_what_is_gone_is_a_message_of_its_own(error: str, providers: FakeProviders) -> None:
    thread = bot(providers).send(letter())
    providers.script("slack", f"error:{error}")
    bot(providers).send(letter(thread=thread, key="the second"))
    assert ["thread_ts" in one for one in bodies(providers)] == [False, True, False]


def test_an_answer_goes_out_plain_and_by_itself_where_slack_wants_neither_thread_nor_blocks(
    providers: FakeProviders,
) -> None:
    providers.script("slack", "ok", "error:msg_too_long")
    bot(providers).send(letter(thread="C1:1.1"))
    assert [sorted({"thread_ts", "blocks"} & set(one)) for one in bodies(providers)] == [
        ["blocks", "thread_ts"],
        ["blocks"],
        [],
    ]


def test_what_may_have_arrived_is_found_by_its_key(providers: FakeProviders) -> None:
    for number in range(5):
        bot(providers).send(letter(key=f"key {number}"))
    found = bot(providers).find(letter(key="key 2", unsure_since=LATER))
    assert found == "C1:1763726400.000003"


def test_what_never_arrived_is_not_found_and_not_taken_for_another(providers: FakeProviders) -> None:
    providers.script("slack", "lost")
    failing(bot(providers), letter())
    bot(providers).send(letter("C2"))
    bot(providers).send(letter(key="another"))
    assert bot(providers).find(letter(unsure_since=LATER)) is None


def test_what_another_home_posted_is_not_taken_for_ours(providers: FakeProviders) -> None:
    bot(providers).send(letter())  # the first rule of every home has the same key
    ours = replace(letter(unsure_since=LATER), owed_since=NOON + timedelta(minutes=2))
    assert bot(providers).find(ours) is None
    bot(providers).send(ours)
    assert bot(providers).find(ours) == "C1:1763726400.000002"


def test_all_pages_of_the_history_are_looked_through(providers: FakeProviders) -> None:
    for number in range(450):
        providers.post_for_somebody("C1", f"message {number}")
    bot(providers).send(letter())
    for number in range(450):
        providers.post_for_somebody("C1", f"message {number}")
    assert bot(providers).find(letter(unsure_since=LATER)) == "C1:1763726400.000451"


def test_it_is_not_looked_for_without_end(providers: FakeProviders) -> None:
    for number in range(2_001):
        providers.post_for_somebody("C1", f"message {number}")
    with pytest.raises(UntoldError, match="too many messages"):
        bot(providers).find(letter(unsure_since=LATER))


def test_what_was_said_long_before_is_not_looked_through(providers: FakeProviders) -> None:
    bot(providers).send(letter())
    long_after = NOON + timedelta(hours=1)
    assert bot(providers).find(letter(unsure_since=long_after)) is None


def test_an_answer_in_a_thread_is_found_there(providers: FakeProviders) -> None:
    thread = bot(providers).send(letter())
    bot(providers).send(letter(thread=thread, key="the second"))
    assert bot(providers).find(letter(thread=thread, key="the second", unsure_since=LATER)) == (
        "C1:1763726400.000002"
    )


def test_what_the_history_does_not_show_the_thread_does(providers: FakeProviders) -> None:
    thread = bot(providers).send(letter())
    providers.post_for_somebody("C1", "elsewhere", key="the second", thread_ts=thread.partition(":")[2])
    found = bot(providers).find(letter(thread=thread, key="the second", unsure_since=LATER))
    assert found == "C1:1763726400.000002"


@pytest.mark.parametrize("error", [*NOT_READABLE, "something_new"])
def test_a_bot_that_may_not_look_says_what_would_let_it(error: str, providers: FakeProviders) -> None:
    providers.script("history", f"error:{error}")
    with pytest.raises(UntoldError, match=error) as caught:
        bot(providers).find(letter(unsure_since=LATER))
    assert NOT_READABLE.get(error, "") in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("429:9", Result.DEFERRED), ("500", Result.RETRY), ("error:token_revoked", Result.BROKEN)],
)
def test_a_look_that_fails_is_a_failure_like_any_other(
    answer: str, kind: Result, providers: FakeProviders
) -> None:
    providers.script("history", answer)
    with pytest.raises(DeliveryError) as caught:
        bot(providers).find(letter(unsure_since=LATER))
    assert caught.value.kind is kind


def test_a_wrong_token_is_the_whole_channels_trouble(providers: FakeProviders) -> None:
    error = failing(bot(providers, "xoxb-wrong"), letter())
    assert (error.kind, error.scope) == (Result.BROKEN, Scope.CHANNEL)


@pytest.mark.parametrize(
    "slack",
    [
        Slack(token="xoxb-secret\nvalue", channels=("C1",), base_url="http://127.0.0.1:9/api/"),
        Slack(token="xoxb-secretvalue→", channels=("C1",), base_url="http://127.0.0.1:9/api/"),
        Slack(token="xoxb-secretvalue", channels=("C1",), base_url="ftp://secretvalue"),
        Slack(token="xoxb-secretvalue", channels=("C1",), base_url="http://127.0.0.1:secretvalue/"),
        Slack(token="xoxb-secretvalue", channels=("C1",), base_url="http://slack.com/"),
        Slack(token="xoxb-secretvalue", channels=("C1",), base_url="secretvalue"),
        Slack(webhook_url="secretvalue"),
        Slack(webhook_url="http://127.0.0.1:9/services/secretvalue x\n"),
    ],
)
def test_a_malformed_setting_is_broken_and_not_shown(slack: Slack, providers: FakeProviders) -> None:
    slack = Slack(
        slack.token, slack.channels, slack.webhook_url, slack.base_url.replace(":9/", f":{providers.port}/")
    )
    error = failing(slack, letter(slack.addresses()[0]))
    assert (error.kind, error.scope, error.unsure) == (Result.BROKEN, Scope.CHANNEL, False)
    assert "SLACK_" in error.detail
    assert "value" not in error.detail.replace("ValueError", "")
    assert providers.received == []
