"""One owed message to one channel: sent, to be tried again at a time, or dead, with the reason. No I/O of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from alerts.message import Message
from alerts.sending.routing import CONSOLE, Destination
from alerts.telling.phrases import template_param
from alerts.telling.retelling import possible_repeat

MAX_WAIT = timedelta(days=1)
PATIENCE = timedelta(seconds=60)  # of most channels: one request, sent once more where that helps
MAX_DETAIL = 500
ACCEPTED = "accepted by the provider"
IS_THERE = "it had arrived before: the provider has it"
SHORTEST_SECRET = 4  # blanking out every `/` would hide nothing and garble all


class Result(StrEnum):
    """How one attempt ended; all but `sent` and `dropped` are also the kinds of a `DeliveryError`."""

    SENT = "sent"
    RETRY = "retry"  # it may work soon; after a lost reply it may even have arrived
    DEFERRED = "deferred"  # the provider told us to wait; not counted as an attempt
    BROKEN = "broken"  # a person must mend the set-up; kept and tried now and then
    DEAD = "dead"  # this message can never arrive
    DROPPED = "dropped"  # nobody needs it any more, and it was only looked for


class Scope(StrEnum):
    """What else will meet the same failure, and had better wait as long."""

    MESSAGE = "message"
    ADDRESS = "address"
    CHANNEL = "channel"


class Recall(StrEnum):
    """How a channel can tell whether a message arrived whose answer was lost."""

    ASK = "ask"  # `find` looks for it
    AWAIT = "await"  # the provider says so by itself, to the webhook routes
    NONE = "none"  # not at all: it is sent once more, marked as a possible repeat


class DeliveryError(Exception):
    """Why a channel could not deliver. `detail` is for people and must never hold a secret.

    `unsure`: it may have arrived all the same. `code` and `status` are the provider's own.
    """

    def __init__(  # noqa: PLR0913 - all that is known of a failure
        self,
        kind: Result,
        detail: str,
        retry_after: timedelta | None = None,
        scope: Scope = Scope.MESSAGE,
        *,
        unsure: bool = False,
        code: str = "",
        status: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after
        self.scope = scope
        self.unsure = unsure
        self.code = code
        self.status = status


class UntoldError(Exception):
    """Whether a message has arrived cannot be found out; the text says what a person can do about that."""


class PartlySentError(Exception):
    """It has arrived, as `provider_id`, but for what the text says, with the reason and no secret. It is not sent again."""

    def __init__(self, provider_id: str, left_out: str) -> None:
        super().__init__(left_out)
        self.provider_id = provider_id


class Channel(Protocol):
    """A way to reach people. One file a channel, and one test suite that all must pass."""

    @property
    def name(self) -> str: ...

    @property
    def needs(self) -> str:
        """What to set so that it works, for a person to read."""

    @property
    def pace(self) -> timedelta:
        """The least time between two messages to one address."""

    def recall(self, address: str) -> Recall: ...

    @property
    def patience(self) -> timedelta:
        """How long looking for a message and sending it may take together, at most; a lease outlasts it."""

    @property
    def wants_proof(self) -> bool:
        """Whether a test message must have been accepted at an address before alerts go there."""

    def addresses(self) -> tuple[str, ...]:
        """Whom it reaches; empty while it is not set up. An address is shown and stored: never a secret."""

    def send(self, letter: Letter) -> str:
        """Send exactly once and give the provider's id of the message, or raise DeliveryError.

        PartlySentError where its text has arrived and its picture has not.
        The letter's key is unique to this message at this address; it rides along where the provider lets it.
        """

    def find(self, letter: Letter) -> str | None:
        """The provider's id of the letter where it has arrived before; None where it has not.

        Asked only where `recall` is ASK. Raises UntoldError where the provider does not let us look, and DeliveryError
        as `send` does.
        """


@dataclass(frozen=True, slots=True)
class Letter:
    """One owed message on its way; `attempt` counts from 1, this one included.

    `thread` is the provider's id of the message that it answers, empty where there is none. `unsure_since`: it may have
    arrived before; the message says so itself where it is sent again all the same. `picture`: a PNG that goes along
    where the channel can carry one; empty for none.
    """

    message: Message
    address: str
    key: str
    attempt: int
    owed_since: datetime
    thread: str = ""
    unsure_since: datetime | None = None  # when the first attempt began of which nobody knows
    deferred: int = 0  # how often in a row the provider has told us to wait
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt. `due_at` is set where it is to be tried again, and holds for all of `scope`. What is dead
    by the fault of its recipient has the scope of an address: nothing that goes there will arrive.

    `unsure`: it may have arrived all the same, by this attempt or by one before it.
    """

    result: Result
    detail: str
    provider_id: str | None = None
    due_at: datetime | None = None
    scope: Scope = Scope.MESSAGE
    unsure: bool = False
    code: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """When to try again and when to give up.

    A failing message is given up only when it is older than `age` and was tried `attempts` times: an outage
    of a day loses nothing, and neither does a process that was switched off for a week. So is one that is refused by
    itself, for a reason that nobody knows; what has broken for others, too, is never given up.
    """

    base: timedelta = timedelta(seconds=2)
    cap: timedelta = timedelta(minutes=15)
    least: timedelta = timedelta(seconds=1)
    attempts: int = 12
    age: timedelta = timedelta(hours=24)
    mend: timedelta = timedelta(minutes=5)  # how often something broken is tried again


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

    One that may have arrived before is looked for first where the provider can be asked. If it is there, that is all;
    if that cannot be told, it goes out once more and says of itself that it may be a repeat. `channel` None: the channel
    that the letter names does not exist here. The clock is read after the attempt, so that a provider's "not before"
    is counted from its answer.
    """
    if channel is None:
        said = "there is no such channel here; correct the rule's channels"
        unknown = DeliveryError(Result.BROKEN, said, scope=Scope.CHANNEL)
        return failed(unknown, letter, clock(), fraction, policy)
    hint = ""
    if letter.unsure_since is not None:
        try:
            found = channel.find(letter) if channel.recall(letter.address) is Recall.ASK else None
        except UntoldError as error:
            found, hint = None, f"; {error}"
        except DeliveryError as error:
            return failed(error, letter, clock(), fraction, policy)
        else:
            if found is not None:
                return Attempt(Result.SENT, IS_THERE, found)
            if channel.recall(letter.address) is Recall.ASK:
                letter = replace(letter, unsure_since=None)  # now it is known: nobody has it
    try:
        provider_id, without = channel.send(as_repeat(letter) if letter.unsure_since else letter), ""
    except PartlySentError as error:
        provider_id, without = error.provider_id, f"; {error}"
    except DeliveryError as error:
        return failed(error, letter, clock(), fraction, policy)
    again = ", perhaps a second time" if letter.unsure_since else ""
    return Attempt(Result.SENT, f"{ACCEPTED}{again}{hint}{without}", provider_id)


def as_repeat(letter: Letter) -> Letter:
    """The same, saying of itself that it may have arrived before."""
    return replace(letter, message=possible_repeat(letter.message))


def destinations(channels: Iterable[Channel], budget: int | None = None) -> tuple[Destination, ...]:
    """Whom the channels reach, one for each address, and one without an address for a channel that is not set up.

    Named as the channel, or channel:address where it has several. `budget`: messages an hour to each, None for any
    number; the console is never limited. Whether an address that wants proof has had it, only the lanes know.
    """
    return tuple(
        Destination(
            name=f"{channel.name}:{address}" if len(channel.addresses()) > 1 else channel.name,
            channel=channel.name,
            address=address,
            needs=channel.needs,
            budget=None if channel.name == CONSOLE else budget,
            proved=not channel.wants_proof,
        )
        for channel in channels
        for address in dict.fromkeys(channel.addresses() or ("",))
    )


def failed(error: DeliveryError, letter: Letter, now: datetime, fraction: float, policy: Policy) -> Attempt:
    unsure = error.unsure or letter.unsure_since is not None
    known = Attempt(error.kind, error.detail, unsure=unsure, code=error.code, status=error.status)
    if error.kind is Result.DEAD:
        return replace(known, scope=error.scope)
    alone = error.kind is Result.BROKEN and error.scope is Scope.MESSAGE
    if (
        (error.kind is Result.RETRY or alone)
        and letter.attempt >= policy.attempts
        and now - letter.owed_since >= policy.age
    ):
        tried = f"given up after {letter.attempt} attempts since {letter.owed_since:%Y-%m-%d %H:%M} UTC"
        return replace(known, result=Result.DEAD, detail=f"{error.detail}; {tried}")
    wait = backoff(letter.attempt, fraction, error.retry_after, policy)
    if error.kind is Result.BROKEN:
        wait = max(error.retry_after or timedelta(), policy.mend)
    return replace(known, due_at=now + wait, scope=error.scope)


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
