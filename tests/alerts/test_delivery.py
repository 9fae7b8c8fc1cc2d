"""What one attempt becomes, and when there is another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery import (
    PATIENCE,
    POLICY,
    Attempt,
    Channel,
    DeliveryError,
    Letter,
    PartlySentError,
    Recall,
    Result,
    Scope,
    UntoldError,
    as_repeat,
    backoff,
    deliver_one,
    destinations,
    retry_after,
    safe_detail,
)
from alerts.sending.routing import Destination
from tests.alerts.builders import message
from tests.moments import NOON

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
ACCEPTED, IS_THERE = "accepted by the provider", "it had arrived before: the provider has it"
MARK = f"possible repeat of {message().reference}"


def nothing_found(_letter: Letter) -> str | None:
    return None


@dataclass
class Pigeon:
    """A channel that fails as it is told and remembers what it was given."""

    failure: DeliveryError | PartlySentError | None = None
    sent: list[Letter] = field(default_factory=list)
    asking: Recall = Recall.NONE
    looking: Callable[[Letter], str | None] = nothing_found
    lofts: tuple[str, ...] = ("loft",)
    name: str = "pigeon"
    needs: str = "set PIGEON_LOFT"
    pace: timedelta = timedelta()
    patience: timedelta = PATIENCE
    wants_proof: bool = False

    def addresses(self) -> tuple[str, ...]:
        return self.lofts

    def recall(self, address: str) -> Recall:
        return self.asking

    def find(self, letter: Letter) -> str | None:
        return self.looking(letter)

    def send(self, letter: Letter) -> str:
        if self.failure:
            raise self.failure
        self.sent.append(letter)
        return "ring-7"


def letter(attempt: int = 1, owed_since: datetime = NOON, unsure_since: datetime | None = None) -> Letter:
    return Letter(message(), "loft", "the key", attempt, owed_since, unsure_since=unsure_since)


def attempted(failure: DeliveryError, sent: Letter | None = None, fraction: float = 0.5) -> Attempt:
    return deliver_one(Pigeon(failure), sent or letter(), lambda: NOON, fraction)


def delivered(channel: Channel | None, sent: Letter) -> Attempt:
    return deliver_one(channel, sent, lambda: NOON, 0.5)


def test_what_the_provider_accepts_is_sent_with_its_id() -> None:
    pigeon = Pigeon()
    assert delivered(pigeon, letter()) == Attempt(Result.SENT, ACCEPTED, "ring-7")
    assert pigeon.sent == [letter()]


def test_what_has_arrived_but_for_its_picture_is_sent_and_says_what_was_left_out() -> None:
    partly = Pigeon(PartlySentError("ring-7", "its picture was left out: too heavy"))
    told = f"{ACCEPTED}; its picture was left out: too heavy"
    assert delivered(partly, letter()) == Attempt(Result.SENT, told, "ring-7")


def test_what_has_arrived_before_is_not_sent_again() -> None:
    pigeon = Pigeon(asking=Recall.ASK, looking=lambda sent: f"ring of {sent.key}")
    assert delivered(pigeon, letter(unsure_since=NOON)) == Attempt(Result.SENT, IS_THERE, "ring of the key")
    assert pigeon.sent == []


def test_what_has_not_arrived_is_sent_as_if_for_the_first_time() -> None:
    pigeon = Pigeon(asking=Recall.ASK)
    assert delivered(pigeon, letter(unsure_since=NOON)) == Attempt(Result.SENT, ACCEPTED, "ring-7")
    assert pigeon.sent == [letter()]


def test_nobody_is_asked_where_there_is_no_doubt() -> None:
    def never(_letter: Letter) -> str:
        raise AssertionError

    assert delivered(Pigeon(asking=Recall.ASK, looking=never), letter()).provider_id == "ring-7"


@pytest.mark.parametrize("recall", [Recall.AWAIT, Recall.NONE])
def test_what_cannot_be_asked_for_goes_out_once_more_and_says_so(recall: Recall) -> None:
    pigeon = Pigeon(asking=recall)
    again = Attempt(Result.SENT, f"{ACCEPTED}, perhaps a second time", "ring-7")
    assert delivered(pigeon, letter(unsure_since=NOON)) == again
    assert [one.message.note for one in pigeon.sent] == [MARK]


def test_a_provider_that_does_not_let_us_look_says_what_would_help() -> None:
    def barred(_letter: Letter) -> str:
        raise UntoldError("give the bot the scope")

    pigeon = Pigeon(asking=Recall.ASK, looking=barred)
    assert delivered(pigeon, letter(unsure_since=NOON)).detail == (
        f"{ACCEPTED}, perhaps a second time; give the bot the scope"
    )
    assert [one.message.note for one in pigeon.sent] == [MARK]


def test_where_even_asking_fails_nothing_is_sent_and_the_doubt_stays() -> None:
    def down(_letter: Letter) -> str:
        raise DeliveryError(Result.RETRY, "answered 500", status=500)

    pigeon = Pigeon(asking=Recall.ASK, looking=down)
    expected = Attempt(Result.RETRY, "answered 500", due_at=NOON + 2 * SECOND, unsure=True, status=500)
    assert delivered(pigeon, letter(unsure_since=NOON)) == expected
    assert pigeon.sent == []


@pytest.mark.parametrize(
    ("doubt_before", "doubt_now", "recall", "unsure"),
    [
        (None, False, Recall.NONE, False),
        (None, True, Recall.NONE, True),
        (NOON, False, Recall.NONE, True),  # the attempt before may have arrived all the same
        (NOON, False, Recall.ASK, False),  # it was asked for, and has not
        (NOON, True, Recall.ASK, True),
    ],
)
def test_a_doubt_stays_until_it_is_known(
    doubt_before: datetime | None,
    doubt_now: bool,  # noqa: FBT001 - a fact of the case
    recall: Recall,
    unsure: bool,  # noqa: FBT001 - a fact of the case
) -> None:
    pigeon = Pigeon(DeliveryError(Result.RETRY, "no answer", unsure=doubt_now), asking=recall)
    assert delivered(pigeon, letter(unsure_since=doubt_before)).unsure is unsure


def test_a_note_that_was_there_is_kept_and_the_mark_is_made_once() -> None:
    late = replace(letter(), message=message(note="delivery was delayed 55 min"))
    marked = as_repeat(late)
    assert marked.message.note == f"delivery was delayed 55 min; {MARK}"
    assert as_repeat(marked) == marked


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
    expected = Attempt(Result.BROKEN, "token revoked", due_at=NOON + 5 * MINUTE, scope=Scope.CHANNEL)
    assert attempted(failure, old, fraction=0.0) == expected


def test_what_can_never_arrive_is_dead_at_once() -> None:
    assert attempted(DeliveryError(Result.DEAD, "opted out")) == Attempt(Result.DEAD, "opted out")


def test_a_channel_that_does_not_exist_is_broken() -> None:
    expected = Attempt(
        Result.BROKEN,
        "there is no such channel here; correct the rule's channels",
        due_at=NOON + 5 * MINUTE,
        scope=Scope.CHANNEL,
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


@pytest.mark.parametrize(("scope", "result"), [(Scope.MESSAGE, Result.DEAD), (Scope.ADDRESS, Result.BROKEN)])
def test_what_is_broken_is_given_up_only_where_it_is_this_message_alone(scope: Scope, result: Result) -> None:
    refused = DeliveryError(Result.BROKEN, "Slack refused: stale_moon", scope=scope)
    assert attempted(refused, letter(12, NOON - DAY)).result is result


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


def test_every_address_is_a_destination_of_its_own() -> None:
    pigeons = [Pigeon(name="one"), Pigeon(name="two", lofts=("a", "b", "a")), Pigeon(name="none", lofts=())]
    needs = "set PIGEON_LOFT"
    assert destinations(pigeons, 20) == (
        Destination("one", "one", "loft", needs, budget=20),
        Destination("two:a", "two", "a", needs, budget=20),
        Destination("two:b", "two", "b", needs, budget=20),
        Destination("none", "none", "", needs, budget=20),
    )


def test_the_console_is_never_limited_and_who_wants_proof_has_none_yet() -> None:
    pigeons = [Pigeon(name="console"), Pigeon(name="fussy", wants_proof=True)]
    assert [(one.budget, one.proved) for one in destinations(pigeons, 20)] == [(None, True), (20, False)]
