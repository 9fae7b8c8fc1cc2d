"""One owed message to one channel: sent, to be tried again at a time, or dead, with the reason. No I/O of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from alerts.manager import Destination
from alerts.message import Message, template_param

MAX_WAIT = timedelta(days=1)
MAX_DETAIL = 500
SHORTEST_SECRET = 4  # blanking out every `/` would hide nothing and garble all


class Result(StrEnum):
    """How one attempt ended; all but `sent` are also the kinds of a `DeliveryError`."""

    SENT = "sent"
    RETRY = "retry"  # it may work soon; after a lost reply it may even have arrived
    DEFERRED = "deferred"  # the provider told us to wait; not counted as an attempt
    BROKEN = "broken"  # a person must mend the set-up; kept and tried now and then
    DEAD = "dead"  # this message can never arrive


class Scope(StrEnum):
    """What else will meet the same failure, and had better wait as long."""

    MESSAGE = "message"
    ADDRESS = "address"
    CHANNEL = "channel"


class DeliveryError(Exception):
    """Why a channel could not deliver. `detail` is for people and must never hold a secret."""

    def __init__(
        self, kind: Result, detail: str, retry_after: timedelta | None = None, scope: Scope = Scope.MESSAGE
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after
        self.scope = scope


class Channel(Protocol):
    """A way to reach people. One file a channel, and one test suite that all must pass."""

    @property
    def name(self) -> str: ...

    @property
    def needs(self) -> str:
        """What to set so that it works, for a person to read."""

    def addresses(self) -> tuple[str, ...]:
        """Whom it reaches; empty while it is not set up. An address is shown and stored: never a secret."""

    def send(self, message: Message, address: str, key: str) -> str:
        """Send exactly once and give the provider's id of the message, or raise DeliveryError.

        `key` is unique to this message at this address; it rides along where the provider lets it.
        """


@dataclass(frozen=True, slots=True)
class Letter:
    """One owed message on its way; `attempt` counts from 1, this one included."""

    message: Message
    address: str
    key: str
    attempt: int
    owed_since: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt. `due_at` is set where it is to be tried again, and holds for all of `scope`."""

    result: Result
    detail: str
    provider_id: str | None = None
    due_at: datetime | None = None
    scope: Scope = Scope.MESSAGE


@dataclass(frozen=True, slots=True)
class Policy:
    """When to try again and when to give up.

    A failing message is given up only when it is older than `age` and was tried `attempts` times: an outage
    of a day loses nothing, and neither does a process that was switched off for a week.
    """

    base: timedelta = timedelta(seconds=2)
    cap: timedelta = timedelta(minutes=15)
    least: timedelta = timedelta(seconds=1)
    attempts: int = 12
    age: timedelta = timedelta(hours=24)
    mend: timedelta = timedelta(minutes=15)  # how often something broken is tried again


POLICY = Policy()


def backoff(
    attempt: int, fraction: float, retry_after: timedelta | None, policy: Policy = POLICY
) -> timedelta:
    """How long to wait after the `attempt`-th failure (from 1): a random `fraction` (0 to 1) of a doubling span.

    Full jitter, so that messages that failed together do not come back together. Never shorter than what
    the provider asked for.
    """
    doublings = min(attempt, 20)  # the cap holds from far earlier; this keeps the number small
    doubled: timedelta = policy.base * 2**doublings
    return max(retry_after or timedelta(), policy.least, fraction * min(policy.cap, doubled))


def deliver_one(
    channel: Channel | None,
    letter: Letter,
    clock: Callable[[], datetime],
    fraction: float,
    policy: Policy = POLICY,
) -> Attempt:
    """Send the letter once; whatever the channel raised comes back as data.

    `channel` None: the channel that the letter names does not exist here. The clock is read after the attempt,
    so that a provider's "not before" is counted from its answer.
    """
    if channel is None:
        unknown = DeliveryError(Result.BROKEN, "there is no such channel here; correct the rule's channels")
        return _failed(unknown, letter, clock(), fraction, policy)
    try:
        provider_id = channel.send(letter.message, letter.address, letter.key)
    except DeliveryError as error:
        return _failed(error, letter, clock(), fraction, policy)
    return Attempt(Result.SENT, "accepted by the provider", provider_id)


def destinations(channels: Iterable[Channel]) -> tuple[Destination, ...]:
    """Whom the channels reach, as the values that AlertManager takes."""
    return tuple(Destination(channel.name, channel.addresses(), channel.needs) for channel in channels)


def _failed(error: DeliveryError, letter: Letter, now: datetime, fraction: float, policy: Policy) -> Attempt:
    if error.kind is Result.DEAD:
        return Attempt(Result.DEAD, error.detail)
    if (
        error.kind is Result.RETRY
        and letter.attempt >= policy.attempts
        and now - letter.owed_since >= policy.age
    ):
        tried = f"given up after {letter.attempt} attempts since {letter.owed_since:%Y-%m-%d %H:%M} UTC"
        return Attempt(Result.DEAD, f"{error.detail}; {tried}")
    wait = backoff(letter.attempt, fraction, error.retry_after, policy)
    if error.kind is Result.BROKEN:
        wait = max(wait, policy.mend)
    return Attempt(error.kind, error.detail, due_at=now + wait, scope=error.scope)


def retry_after(header: str | None, otherwise: timedelta) -> timedelta:
    """A Retry-After header in seconds, at most a day; `otherwise` where it is missing or no number."""
    if header is None or not header.strip().isdecimal():
        return otherwise
    return min(MAX_WAIT, timedelta(seconds=int(header.strip()[:9])))


def safe_detail(text: str, secrets: Iterable[str]) -> str:
    """The text on one short line with every secret blanked out: fit for a row, a page and a log."""
    for secret in sorted({secret.strip() for secret in secrets}, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "[secret]")
    return template_param(text[: 4 * MAX_DETAIL], MAX_DETAIL)
