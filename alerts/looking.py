"""A message that may have arrived and that nobody needs any more: it is looked for, and never sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from alerts.delivery import (
    IS_THERE,
    POLICY,
    Attempt,
    Channel,
    DeliveryError,
    Letter,
    Result,
    Scope,
    UntoldError,
    failed,
)
from alerts.sending.holding import IN_DOUBT

IS_NOT_THERE = "it had not arrived before: the provider does not have it"


def look_for(channel: Channel, letter: Letter, clock: Callable[[], datetime], fraction: float) -> Attempt:
    """Sent where the provider has it, dropped where not; whatever the channel raised comes back as data.

    Of a channel whose `recall` there is ASK. Where asking fails it is asked again, for as long as it would have been sent
    again, and for a day where that has no end; meanwhile it holds back no others. What nobody can tell by then, or at all,
    is dropped in doubt.
    """
    try:
        found = channel.find(letter)
    except UntoldError as error:
        return Attempt(Result.DROPPED, f"{IN_DOUBT}; {error}", unsure=True)
    except DeliveryError as error:
        now = clock()
        attempt = failed(error, letter, now, fraction, POLICY)
        endless = attempt.result is not Result.RETRY and now - letter.owed_since >= POLICY.age
        if attempt.result is Result.DEAD or endless:
            doubt = f"{IN_DOUBT}; {attempt.detail}"
            return replace(attempt, result=Result.DROPPED, detail=doubt, due_at=None, scope=Scope.MESSAGE)
        # Others there must not wait because one that nobody needs cannot be looked for just now.
        return attempt if attempt.result is Result.BROKEN else replace(attempt, scope=Scope.MESSAGE)
    return Attempt(Result.DROPPED, IS_NOT_THERE) if found is None else Attempt(Result.SENT, IS_THERE, found)
