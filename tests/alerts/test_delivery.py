"""What one attempt becomes, and when there is another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery import (
    POLICY,
    Attempt,
    DeliveryError,
    Letter,
    Result,
    Scope,
    backoff,
    deliver_one,
    destinations,
    retry_after,
    safe_detail,
)
from alerts.manager import Destination
from alerts.message import Message
from tests.alerts.builders import message
from tests.moments import NOON

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@dataclass
class Pigeon:
    """A channel that fails as it is told and remembers what it was given."""

    failure: DeliveryError | None = None
    sent: list[tuple[Message, str, str]] = field(default_factory=list)
    name: str = "pigeon"
    needs: str = "set PIGEON_LOFT"

    def addresses(self) -> tuple[str, ...]:
        return ("loft",)

    def send(self, message: Message, address: str, key: str) -> str:
        if self.failure:
            raise self.failure
        self.sent.append((message, address, key))
        return "ring-7"


def letter(attempt: int = 1, owed_since: datetime = NOON) -> Letter:
    return Letter(message(), "loft", "the key", attempt, owed_since)


def attempted(failure: DeliveryError, sent: Letter | None = None, fraction: float = 0.5) -> Attempt:
    return deliver_one(Pigeon(failure), sent or letter(), lambda: NOON, fraction)


def test_what_the_provider_accepts_is_sent_with_its_id() -> None:
    pigeon = Pigeon()
    assert deliver_one(pigeon, letter(), lambda: NOON, 0.5) == Attempt(
        Result.SENT, "accepted by the provider", "ring-7"
    )
    assert pigeon.sent == [(message(), "loft", "the key")]


def test_what_may_work_soon_is_tried_again_after_a_doubling_wait() -> None:
    failure = DeliveryError(Result.RETRY, "answered 500")
    assert attempted(failure, letter(3)) == Attempt(Result.RETRY, "answered 500", due_at=NOON + 8 * SECOND)


def test_what_the_provider_defers_waits_as_long_as_it_says_with_all_of_its_channel() -> None:
    failure = DeliveryError(Result.DEFERRED, "answered 429", timedelta(seconds=30), Scope.CHANNEL)
    expected = Attempt(Result.DEFERRED, "answered 429", due_at=NOON + 30 * SECOND, scope=Scope.CHANNEL)
    assert attempted(failure) == expected


def test_a_wait_is_counted_from_the_answer_and_not_from_the_question() -> None:
    ticks = iter([NOON + MINUTE])
    failure = DeliveryError(Result.DEFERRED, "answered 429", timedelta(seconds=30))
    attempt = deliver_one(Pigeon(failure), letter(), lambda: next(ticks), 0.0)
    assert attempt.due_at == NOON + MINUTE + 30 * SECOND


def test_what_is_broken_is_kept_and_tried_now_and_then() -> None:
    failure = DeliveryError(Result.BROKEN, "token revoked", scope=Scope.CHANNEL)
    old = letter(500, NOON - 30 * DAY)
    expected = Attempt(Result.BROKEN, "token revoked", due_at=NOON + 15 * MINUTE, scope=Scope.CHANNEL)
    assert attempted(failure, old, fraction=0.0) == expected


def test_what_can_never_arrive_is_dead_at_once() -> None:
    assert attempted(DeliveryError(Result.DEAD, "opted out")) == Attempt(Result.DEAD, "opted out")


def test_a_channel_that_does_not_exist_is_broken() -> None:
    expected = Attempt(
        Result.BROKEN, "there is no such channel here; correct the rule's channels", due_at=NOON + 15 * MINUTE
    )
    assert deliver_one(None, letter(), lambda: NOON, 0.5) == expected


@pytest.mark.parametrize(
    ("attempt", "age", "result"),
    [
        pytest.param(12, DAY, Result.DEAD, id="old and often tried"),
        pytest.param(11, 9 * DAY, Result.RETRY, id="old, but the process was down"),
        pytest.param(99, DAY - SECOND, Result.RETRY, id="often tried within one long outage"),
    ],
)
def test_it_is_given_up_only_when_old_and_often_tried(attempt: int, age: timedelta, result: Result) -> None:
    tried = attempted(DeliveryError(Result.RETRY, "answered 500"), letter(attempt, NOON - age))
    assert tried.result is result


def test_what_is_given_up_says_how_long_it_was_tried() -> None:
    tried = attempted(DeliveryError(Result.RETRY, "answered 500"), letter(12, NOON - DAY))
    assert tried == Attempt(
        Result.DEAD, "answered 500; given up after 12 attempts since 2025-11-20 12:00 UTC"
    )


@given(st.integers(1, 10_000), st.floats(0, 1), st.none() | st.timedeltas(timedelta(0), DAY))
def test_a_wait_lies_between_a_second_and_a_quarter_of_an_hour_or_what_was_asked(
    attempt: int, fraction: float, asked: timedelta | None
) -> None:
    wait = backoff(attempt, fraction, asked)
    least = max(asked or timedelta(0), POLICY.least)
    assert least <= wait <= max(POLICY.cap, least)


def test_the_span_doubles_up_to_its_cap() -> None:
    spans = [backoff(attempt, 1.0, None).total_seconds() for attempt in range(1, 12)]
    assert spans == [4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("30", 30 * SECOND),
        (" 7 ", 7 * SECOND),
        ("0", timedelta(0)),
        (None, MINUTE),
        ("", MINUTE),
        ("-5", MINUTE),
        ("1.5", MINUTE),
        ("Fri, 21 Nov 2025 12:00:30 GMT", MINUTE),
        ("9" * 5000, DAY),
    ],
)
def test_what_retry_after_means(header: str | None, wait: timedelta) -> None:
    assert retry_after(header, MINUTE) == wait


def test_secrets_are_blanked_out_of_a_detail() -> None:
    text = "POST https://hooks/T0/abcd failed:\nabcd\n, token xoxb-1"
    assert safe_detail(text, ("xoxb-1\n", "", "/", "https://hooks/T0/abcd", "abcd")) == (
        "POST [secret] failed: [secret] , token [secret]"
    )


def test_a_detail_is_cut_to_what_fits_a_page() -> None:
    assert safe_detail("x" * 100_000, ()) == "x" * 499 + "…"


def test_channels_are_told_apart_by_whom_they_reach() -> None:
    assert destinations([Pigeon()]) == (Destination("pigeon", ("loft",), "set PIGEON_LOFT"),)
