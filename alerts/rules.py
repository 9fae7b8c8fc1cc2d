"""Rules and the decision. Pure: verdicts of periods in, the next standing out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from alerts.judging.conditions import Condition, Freshness, SourceError, check, why_unknown, worse

NO_LABELS: Mapping[str, str] = MappingProxyType({})


class State(StrEnum):
    """How a rule stands for one member. `no_data` and `error`: it cannot be judged; an open breach stays open."""

    NORMAL = "ok"
    PENDING = "pending"  # it breaches, but not yet for long enough
    FIRING = "firing"
    RECOVERING = "recovering"  # it has cleared, but not yet for long enough
    NO_DATA = "no_data"
    ERROR = "error"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Hold:
    """How long it must breach before it fires, and be clear before it is over; of both, both must hold."""

    periods: int = 1  # complete periods in a row that must breach
    duration: timedelta = timedelta()  # from the first evaluation that saw the breach
    keep: timedelta = timedelta()  # from the first evaluation that saw it clear


@dataclass(frozen=True, slots=True)
class Rule:
    """What people want to be told. `dimension` gives one state to each member; `channels` empty: the routes say whom.

    `kpi` and `grain` are empty where the condition is about a file. `automatic`: made by the program, not by people.
    ValueError where its numbers cannot work together.
    """

    id: int
    name: str
    dataset: str
    kpi: str
    grain: str
    condition: Condition
    dimension: str | None = None
    hold: Hold = Hold()
    severity: str = "warning"
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    owner: str = ""
    channels: tuple[str, ...] = ()  # names of destinations, channels, or channel:address
    automatic: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", dict(self.labels))  # its own copy, and one that can be pickled
        check(self.condition, self.name)
        _check_hold(self)
        _check_words(self)
        _check_subject(self)


@dataclass(frozen=True, slots=True)
class Reading:
    """The rule's KPI in one complete period; None where undefined.

    `earlier`: its value in the period that a change is measured against; `target`: its target over the same days.
    """

    period: date
    value: float | None
    earlier: float | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a condition says of one period.

    `quantity` is what was judged (the value, a change, a share of the target), None where that is not known: then it
    neither breaches nor clears. `limit` is the bound it was held against: the one crossed, else the nearest.
    """

    period: date
    value: float | None
    quantity: float | None
    limit: float
    breaches: bool
    clears: bool
    earlier: float | None = None
    target: float | None = None
    arrived: datetime | None = None  # of an expected file: when the latest one came


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one rule and member from earlier evaluations; all of it survives a restart.

    `since`: in this state; `period`: that decided it last. An episode is `open` from firing to resolved, whatever the
    state between; `fired_at` and `worst` (the worst judged quantity) are of the latest episode. `reason`: why no_data
    or error. `held_since`: since when it breaches (pending) or is clear (recovering).
    """

    state: State = State.NORMAL
    episode: int = 0
    since: datetime | None = None
    period: date | None = None
    open: bool = False
    fired_at: datetime | None = None
    held_since: datetime | None = None
    worst: float | None = None
    value: float | None = None
    reason: str = ""


class Kind(StrEnum):
    """What a message says; those of episodes first."""

    FIRING = "firing"
    REPEAT = "repeat"  # still firing
    ESCALATION = "escalation"  # nobody has acknowledged it
    RESOLVED = "resolved"
    TEST = "test"
    BROKEN = "broken"  # a destination cannot be reached
    DIGEST = "digest"  # several at once
    REPORT = "report"  # what somebody wanted to read at this time, whatever the figures are


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of standing. `tells` where people hear of it: an episode opens or is over."""

    rule: Rule
    member: str
    before: Standing
    after: Standing
    verdict: Verdict | None
    at: datetime

    @property
    def tells(self) -> Kind | None:
        if self.after.open and not self.before.open:
            return Kind.FIRING
        return Kind.RESOLVED if self.before.open and not self.after.open else None


def evaluate(
    rule: Rule,
    was: Standing,
    verdicts: Sequence[Verdict],
    member: str,
    at: datetime,
    *,
    problem: str = "",
) -> Transition | None:
    """The change that the latest complete periods (oldest first) cause, or None where the standing stays as it is.

    Of the verdicts the last `rule.hold.periods` are looked at; where it is normal and stays so, the standing is left
    alone. `problem` says why the rule cannot be judged now (state `error`). A missing latest value is `no_data`; neither
    opens nor ends an episode, both start the waiting of `hold` anew, and both end in what the next verdict says. A value
    exactly at the limit does not breach; at the recovery limit it clears; one between the two is no recovery. A period
    older than the one that decided last may resolve but never fires: people have already been told about a later one.
    """
    after = _after(rule, was, verdicts, at, problem)
    if after == was:
        return None
    return Transition(rule, member, was, after, verdicts[-1] if verdicts and not problem else None, at)


def _after(rule: Rule, was: Standing, verdicts: Sequence[Verdict], at: datetime, problem: str) -> Standing:
    if problem:
        return _unjudged(was, State.ERROR, problem, at)
    if not verdicts:
        return _unjudged(was, State.NO_DATA, "there is no complete period yet", at)
    latest = verdicts[-1]
    if latest.quantity is None:
        return _unjudged(was, State.NO_DATA, why_unknown(rule.condition, latest.value), at)
    if was.open:
        return _while_open(rule, was, latest, at)
    return _while_closed(rule, was, verdicts[-rule.hold.periods :], at)


def _unjudged(was: Standing, state: State, reason: str, at: datetime) -> Standing:
    since = was.since if was.state is state else at
    return replace(was, state=state, since=since, held_since=None, reason=reason)


def _while_open(rule: Rule, was: Standing, latest: Verdict, at: datetime) -> Standing:
    if latest.clears:
        held = was.held_since if was.state is State.RECOVERING and was.held_since else at
        over = at - held >= rule.hold.keep
        known = _decided(was, State.NORMAL if over else State.RECOVERING, latest, at)
        return replace(known, open=not over, held_since=None if over else held)
    if _is_old(rule, was, latest):
        return replace(
            was, state=State.FIRING, since=_since(was, State.FIRING, at), held_since=None, reason=""
        )
    firing = replace(_decided(was, State.FIRING, latest, at), held_since=None)
    return replace(firing, worst=_worst(rule, was.worst, (latest,)))


def _while_closed(rule: Rule, was: Standing, row: Sequence[Verdict], at: datetime) -> Standing:
    latest = row[-1]
    if not latest.breaches or _is_old(rule, was, latest):
        if was.state is State.NORMAL:
            return was
        return replace(_decided(was, State.NORMAL, latest, at), held_since=None)
    held = was.held_since if was.state is State.PENDING and was.held_since else at
    long_enough = len(row) == rule.hold.periods and all(one.breaches for one in row)
    if not (long_enough and at - held >= rule.hold.duration):
        return replace(_decided(was, State.PENDING, latest, at), held_since=held)
    return Standing(
        state=State.FIRING,
        episode=was.episode + 1,
        since=at,
        period=latest.period,
        open=True,
        fired_at=at,
        worst=_worst(rule, None, row),
        value=latest.value,
    )


def _decided(was: Standing, state: State, latest: Verdict, at: datetime) -> Standing:
    """In that state by that verdict; of two periods the later one is kept, so that an older one can never fire."""
    period = latest.period if was.period is None else max(was.period, latest.period)
    since = _since(was, state, at)
    return replace(was, state=state, since=since, period=period, value=latest.value, reason="")


def _since(was: Standing, state: State, at: datetime) -> datetime:
    return was.since if was.state is state and was.since is not None else at


def _is_old(rule: Rule, was: Standing, latest: Verdict) -> bool:
    """Files have no history that could be restated: what is the matter with them is always the matter now."""
    of_a_file = isinstance(rule.condition, Freshness | SourceError)
    return not of_a_file and was.period is not None and latest.period < was.period


def _worst(rule: Rule, worst: float | None, row: Sequence[Verdict]) -> float | None:
    for verdict in row:
        if verdict.breaches and verdict.quantity is not None:
            known = verdict.quantity if worst is None else worst
            worst = worse(rule.condition, known, verdict.quantity, verdict.limit)
    return worst


def _check_hold(rule: Rule) -> None:
    hold = rule.hold
    if hold.periods < 1:
        raise ValueError(
            f"rule {rule.name!r}: found {hold.periods} periods in a row, expected 1 or more; "
            "give the number of periods that must breach before it fires"
        )
    if hold.duration < timedelta() or hold.keep < timedelta():
        raise ValueError(
            f"rule {rule.name!r}: found a wait of {hold.duration} and of {hold.keep}, expected none or longer; "
            "give how long it must breach before it fires, and be clear before it is over"
        )


def _check_words(rule: Rule) -> None:
    if not rule.severity.strip():
        known = ", ".join(Severity)
        raise ValueError(f"rule {rule.name!r}: found no severity, expected a word such as {known}; give one")
    if any(not label.strip() for label in rule.labels):
        raise ValueError(
            f"rule {rule.name!r}: found a label without a name, expected names such as team; name it"
        )


def _check_subject(rule: Rule) -> None:
    of_a_file = isinstance(rule.condition, Freshness | SourceError)
    if of_a_file and (rule.kpi or rule.grain or rule.dimension is not None or rule.hold.periods > 1):
        raise ValueError(
            f"rule {rule.name!r}: found a KPI, grain, dimension or several periods, expected none for a rule about "
            "a file; leave them out"
        )
    if not of_a_file and not (rule.kpi and rule.grain):
        raise ValueError(
            f"rule {rule.name!r}: found KPI {rule.kpi!r} and grain {rule.grain!r}, expected both; "
            "say which KPI of which periods is judged"
        )
