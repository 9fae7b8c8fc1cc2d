"""When rules would have spoken over the stored history, what they would have said the last time, and what at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import cache

from sqlalchemy import Connection

from alerts.judging.rehearsal import replay
from alerts.manager import Series
from alerts.message import Message
from alerts.rules import Kind, Rule, Standing, Transition
from alerts.telling.wording import Moved
from kpi.calendar import ONE_DAY, Grain
from kpi.definitions import Definition
from monitor.alerting.at_once import judged_at_once, known_of
from monitor.alerting.desk import Desk
from monitor.alerting.judging import Spot, by_spot, of_figures
from monitor.alerting.moving import movers
from monitor.alerting.readings import Judged, judge_figures
from monitor.alerting.telling import Teller
from monitor.past_files import Timed, past_of
from storage import datasets, loads
from storage.alerting.source_states import Reading, SourceState, past_readings, source_states
from storage.catalogs import calculator_of
from storage.database import Database
from storage.datasets import Dataset
from storage.figures import figures_over
from storage.loads import Load

Moves = dict[Spot, tuple[Moved, ...]]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rule would have done over the data as they are now, had it been there all along.

    `transitions` are those that people would have heard of, oldest first; `message` the last one that would have said
    that it fires, None where none would. `series` is what was judged, by member; `problem` why nothing could be.
    `at_once` is how its members would stand as soon as it is saved, where that is anything but what they stand at;
    `told_at_once` what people would get then, of the first of them that fires.
    """

    rule: Rule
    transitions: tuple[Transition, ...] = ()
    message: Message | None = None
    series: tuple[Series, ...] = ()
    problem: str = ""
    at_once: tuple[Transition, ...] = ()
    told_at_once: Message | None = None


@dataclass(frozen=True, slots=True)
class _Past:
    """What the rules of one dataset are rehearsed over; `dataset` None where it was never loaded.

    `known` is how the stored rules stand that would keep their state; `given` are the KPIs that the data give, by key.
    """

    desk: Desk
    dataset: Dataset | None
    held: tuple[Load, ...]
    readings: tuple[Reading, ...]
    at: datetime
    sources: tuple[SourceState, ...] = ()
    known: Mapping[Spot, Standing] = field(default_factory=dict)
    given: Mapping[str, Definition] = field(default_factory=dict)

    def ends(self, grain: Grain, period: date) -> datetime:
        """When a period was over: as its last day ended where the business is; that of one that goes on is now."""
        last = self.desk.calculator.calendar.end_of(period, grain)
        return min(datetime.combine(last + ONE_DAY, time(), self.desk.zone).astimezone(UTC), self.at)


@dataclass(frozen=True, slots=True)
class _Played:
    """What one rule judged, and what it would have told; `last` None where it would never have fired.

    `at_once`: what would become of it as soon as it is saved; `reasons`: why files cannot be read, by their names.
    """

    series: tuple[Series, ...]
    told: tuple[Transition, ...]
    at_once: tuple[Transition, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def first(self) -> Transition | None:
        """The first that people would hear of at once."""
        return next((one for one in self.at_once if one.tells is Kind.FIRING), None)

    @property
    def of_first(self) -> list[Series]:
        """The member of it, unless it is the one that fired last, in the same period."""
        first, last = self.first, self.last
        if first is None or (
            last is not None and (last.member, last.verdict) == (first.member, first.verdict)
        ):
            return []
        return [one for one in self.series if one.member == first.member]

    @property
    def last(self) -> Transition | None:
        fired = [change for change in self.told if change.tells is Kind.FIRING]
        return fired[-1] if fired else None

    @property
    def up_to_last(self) -> list[Series]:
        """The member that fired last, up to the period in which it did."""
        last = self.last
        if last is None or last.verdict is None:
            return []
        end = last.verdict.period
        mine = (one for one in self.series if one.member == last.member)
        return [
            replace(one, verdicts=tuple(verdict for verdict in one.verdicts if verdict.period <= end))
            for one in mine
        ]


def rehearse(database: Database, desk: Desk, rules: Sequence[Rule], at: datetime) -> list[Rehearsal]:
    """What each of the rules would have done, in their order; they need not be stored. Nothing is written.

    Each period is judged as if it had just ended, by the data as they are now; all rules of a dataset out of one reading
    of its facts for each dimension.
    """
    found: dict[int, Rehearsal] = {}
    for name in dict.fromkeys(rule.dataset for rule in rules):
        with database.read() as connection:
            past = _past(connection, desk, name, [rule for rule in rules if rule.dataset == name], at)
        found |= _rehearsed(past, {n: rule for n, rule in enumerate(rules) if rule.dataset == name})
    return [found[number] for number in range(len(rules))]


def _past(connection: Connection, desk: Desk, name: str, rules: Sequence[Rule], at: datetime) -> _Past:
    return _Past(
        desk.by(calculator_of(connection, desk.calculator, name)),
        datasets.find_dataset(connection, name),
        tuple(loads.holding_loads(connection, name)),
        tuple(past_readings(connection, name)),
        at,
        tuple(source_states(connection, name)),
        known_of(connection, rules),
    )


def _rehearsed(past: _Past, rules: Mapping[int, Rule]) -> dict[int, Rehearsal]:
    """By the number of each rule, which stands for its id meanwhile: rules that are not stored have none yet."""
    numbered = [replace(rule, id=number) for number, rule in rules.items()]
    files = [rule for rule in numbered if rule not in of_figures(numbered)]
    played = {
        rule.id: _play(past, rules[rule.id].id, past_of(rule, past.readings, past.desk.zone, past.at), rule)
        for rule in files
    }
    judged, last, first = Judged(), Moves(), Moves()
    if past.dataset is not None and len(files) < len(numbered):
        paths = [past.desk.snapshots / load.snapshot for load in past.held if load.snapshot]
        desk = past.desk
        with figures_over(past.dataset, paths, desk.calculator, desk.today(past.at), desk.engine) as figures:
            judged = judge_figures(numbered, figures, whole=True)
            past = replace(past, given=judged.given)
            played |= _play_figures(past, rules, judged)
            of_kpis = [was for was in played.values() if was.series and was.series[0].rule.kpi]
            last = movers((one for was in of_kpis for one in was.up_to_last), figures)
            first = last | movers((one for was in of_kpis for one in was.of_first), figures)
    found: dict[int, Rehearsal] = {}
    for number, rule in rules.items():
        moved = _of(last, number, rule.id), _of(first, number, rule.id)
        problem = _problem(past, rule, judged.silent.get(number, ""))
        found[number] = replace(_rehearsal(past, rule, played.get(number), moved), problem=problem)
    return found


def _play_figures(past: _Past, rules: Mapping[int, Rule], judged: Judged) -> dict[int, _Played]:
    timed: dict[int, list[Timed]] = {}
    ends = cache(past.ends)
    for one in judged.series:
        grain = Grain(one.rule.grain)
        times = tuple(ends(grain, verdict.period) for verdict in one.verdicts)
        timed.setdefault(one.rule.id, []).append((one, times))
    return {number: _play(past, rules[number].id, found, found[0][0].rule) for number, found in timed.items()}


def _play(past: _Past, stored: int, timed: Sequence[Timed], rule: Rule) -> _Played:
    """`stored` is the rule's own id."""
    told: list[Transition] = []
    for one, times in timed:
        told += replay(one.rule, one.member, one.verdicts, _in_turn(times), past.at)
    order = sorted(told, key=lambda change: (change.at, change.member))
    series = tuple(one for one, _ in timed)
    known = {member: standing for (of, member), standing in past.known.items() if of == stored}
    at_once, reasons = judged_at_once(rule, series, known, past.sources, past.desk, past.at)
    return _Played(series, tuple(order), at_once, reasons)


def _in_turn(times: Sequence[datetime]) -> Callable[[date], datetime]:
    """The next of the moments each time: each verdict has its own, also where two are of the same day."""
    moments = iter(times)
    return lambda _period: next(moments)


def _rehearsal(past: _Past, rule: Rule, played: _Played | None, moved: tuple[Moves, Moves]) -> Rehearsal:
    """The same with the rule's own id, and what would have been said the last time, and would be at once."""
    if played is None:
        return Rehearsal(rule)
    own = replace(played.series[0].rule if played.series else rule, id=rule.id)
    load = max(past.held, key=lambda load: load.id, default=None)
    file = load.source if load is not None and rule.kpi else ""
    series = tuple(replace(one, rule=own, file=file or one.file) for one in played.series)

    def said(change: Transition | None, of: Moves) -> Message | None:
        if change is None:
            return None
        spots = by_spot(series) or {
            (own.id, change.member): Series(own, change.member, (), file=change.member)
        }
        teller = Teller(past.desk, past.dataset, load, change.at, spots, of, played.reasons, past.given)
        return teller.write(replace(change, rule=own))

    return Rehearsal(
        rule,
        tuple(replace(change, rule=own) for change in played.told),
        said(played.last, moved[0]),
        series,
        at_once=tuple(replace(change, rule=own) for change in played.at_once),
        told_at_once=said(played.first, moved[1]),
    )


def _of(moved: Moves, number: int, rule_id: int) -> Moves:
    return {(rule_id, member): found for (of, member), found in moved.items() if of == number}


def _problem(past: _Past, rule: Rule, silent: str) -> str:
    return f"there are no data of {rule.dataset} yet" if rule.kpi and past.dataset is None else silent
