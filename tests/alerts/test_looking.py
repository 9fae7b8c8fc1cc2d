"""What may have arrived and nobody needs any more is looked for: what comes of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from alerts.delivery import PATIENCE, Attempt, DeliveryError, Letter, Recall, Result, Scope, UntoldError
from alerts.looking import look_for
from tests.alerts.builders import message
from tests.moments import NOON

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
DOUBT = "whether it had arrived before is not known"


@dataclass
class Pigeon:
    """A channel that can be asked, and must not be sent to."""

    answer: str | Exception | None
    name: str = "pigeon"
    needs: str = "set PIGEON_LOFT"
    pace: timedelta = timedelta()
    patience: timedelta = PATIENCE
    wants_proof: bool = False

    def addresses(self) -> tuple[str, ...]:
        return ("loft",)

    def recall(self, address: str) -> Recall:
        return Recall.ASK

    def find(self, letter: Letter) -> str | None:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def send(self, letter: Letter) -> str:
        raise AssertionError


def looked_for(answer: str | Exception | None, attempt: int = 2, owed: timedelta = DAY) -> Attempt:
    letter = Letter(message(), "loft", "the key", attempt, NOON - owed, unsure_since=NOON - owed)
    return look_for(Pigeon(answer), letter, lambda: NOON, 0.5)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(
            "ring-7",
            Attempt(Result.SENT, "it had arrived before: the provider has it", "ring-7"),
            id="it is there",
        ),
        pytest.param(
            None,
            Attempt(Result.DROPPED, "it had not arrived before: the provider does not have it"),
            id="it is not there",
        ),
        pytest.param(
            UntoldError("give the bot the scope"),
            Attempt(Result.DROPPED, f"{DOUBT}; give the bot the scope", unsure=True),
            id="nobody may look",
        ),
        pytest.param(
            DeliveryError(Result.RETRY, "answered 500", status=500),
            Attempt(Result.RETRY, "answered 500", due_at=NOON + 4 * SECOND, unsure=True, status=500),
            id="asking fails",
        ),
    ],
)
def test_it_is_sent_where_it_is_there_and_is_dropped_where_not(
    answer: str | Exception | None, expected: Attempt
) -> None:
    assert looked_for(answer) == expected


def test_where_asking_fails_for_too_long_it_is_dropped_in_doubt() -> None:
    said = "answered 500; given up after 12 attempts since 2025-11-20 12:00 UTC"
    given_up = Attempt(Result.DROPPED, f"{DOUBT}; {said}", unsure=True)
    assert looked_for(DeliveryError(Result.RETRY, "answered 500"), attempt=12) == given_up


def test_while_it_cannot_be_looked_for_others_of_the_channel_do_not_wait_with_it() -> None:
    wait = DeliveryError(Result.DEFERRED, "too many questions", retry_after=60 * SECOND, scope=Scope.CHANNEL)
    attempt = looked_for(wait, owed=DAY - SECOND)
    assert (attempt.result, attempt.scope, attempt.due_at) == (
        Result.DEFERRED,
        Scope.MESSAGE,
        NOON + 60 * SECOND,
    )


@pytest.mark.parametrize("kind", [Result.DEFERRED, Result.BROKEN])
def test_what_cannot_be_looked_for_in_a_day_is_dropped_in_doubt(kind: Result) -> None:
    attempt = looked_for(DeliveryError(kind, "not now", scope=Scope.CHANNEL))
    assert attempt == Attempt(Result.DROPPED, f"{DOUBT}; not now", unsure=True)
