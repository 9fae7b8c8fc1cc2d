"""From figures to what each rule judges: the verdicts on the complete periods of each member."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from alerts.judging.conditions import Against, Anomaly, Change, Target
from alerts.judging.verdicts import judge
from alerts.manager import Series
from alerts.rules import Reading, Rule, Verdict
from kpi.calculator import KpiValue, Slice
from kpi.calendar import Calendar, Grain
from kpi.definitions import Definition
from kpi.periods.windows import Window, earlier, whole_period
from monitor.alerting.aiming import Aiming
from storage.alerting.rule_checks import OF_FILES, Offer, offer_of
from storage.figures import Figures

Values = Mapping[
    tuple[str, Grain], Mapping[str, Sequence[KpiValue]]
]  # by KPI and grain, then member; oldest first


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules about figures judge. `latest`: the last complete period, by the id of the rule.

    `answered` are the ids of the rules that the data answer; `silent` those that they do not, and why; `given` the KPIs
    that they give, by key.
    """

    series: tuple[Series, ...] = ()
    latest: Mapping[int, date] = field(default_factory=dict)
    silent: Mapping[int, str] = field(default_factory=dict)
    given: Mapping[str, Definition] = field(default_factory=dict)
    answered: frozenset[int] = frozenset()


def judge_figures(
    rules: Sequence[Rule], figures: Figures, known: Sequence[KpiValue] = (), *, whole: bool = False
) -> Judged:
    """What every rule about figures judges, out of one reading of the facts for each dimension.

    `known` are all values in all, where they have been worked out already. Only as many periods are judged as decide;
    with `whole` all that there are. Rules are told apart by their ids.
    """
    offer = offer_of(figures.dataset, figures.calculator.catalog)
    rules = [rule for rule in rules if not isinstance(rule.condition, OF_FILES)]
    silent = {rule.id: why for rule in rules if (why := offer.why_silent(rule))}
    able = [offer.fitted(rule) for rule in rules if rule.id not in silent]
    values = {by: _values(by, able, offer, figures, known) for by in {rule.dimension for rule in able}}
    aiming = Aiming(figures, offer, tuple(rule for rule in able if isinstance(rule.condition, Target)))
    series: list[Series] = []
    latest: dict[int, date] = {}
    for rule in able:
        found = _readings(rule, values[rule.dimension], aiming, None if whole else _deciding(rule))
        if ends := [rows[-1].period for rows in found.values() if rows]:
            latest[rule.id] = max(ends)
        series += [
            Series(rule, member, _verdicts(rule, _up_to(rows, latest.get(rule.id))))
            for member, rows in found.items()
        ]
    return Judged(tuple(series), latest, silent, offer.given, frozenset(rule.id for rule in able))


def before(calendar: Calendar, grain: Grain, period: date, against: Against = Against.PREVIOUS) -> Window:
    """The whole period that one is measured against."""
    back = Grain.YEAR if against is Against.YEAR else grain
    return earlier(whole_period(calendar, grain, period), calendar, grain, back)


def compared(calendar: Calendar, rule: Rule, period: date) -> Window:
    """What a period is measured against, by the rule's condition or, where that says nothing, the one before it."""
    condition = rule.condition
    against = condition.against if isinstance(condition, Change) else Against.PREVIOUS
    return before(calendar, Grain(rule.grain), period, against)


def _verdicts(rule: Rule, rows: Sequence[Reading]) -> tuple[Verdict, ...]:
    condition = rule.condition
    return () if isinstance(condition, OF_FILES) else judge(condition, rows)


def _deciding(rule: Rule) -> int:
    """How many periods are looked at; of an anomaly also those that make its band."""
    return rule.hold.periods + (rule.condition.window if isinstance(rule.condition, Anomaly) else 0)


def _up_to(rows: Sequence[Reading], latest: date | None) -> list[Reading]:
    """With a reading of nothing at the end where the member has none in the latest period."""
    if latest is None or not rows or rows[-1].period >= latest:
        return list(rows)
    return [*rows, Reading(latest, None)]


def _values(
    by: str | None, rules: Sequence[Rule], offer: Offer, figures: Figures, known: Sequence[KpiValue]
) -> Values:
    """The values that the rules of one dimension (None: in all) are about."""
    mine = [rule for rule in rules if rule.dimension == by]
    keys, grains = {rule.kpi for rule in mine}, {Grain(rule.grain) for rule in mine}
    aimed = {rule.kpi for rule in mine if isinstance(rule.condition, Target)} - offer.catalog.targeted
    keys |= {one.key for kpi in aimed if (one := offer.stated_targets(kpi)) is not None}
    values = known
    if by is not None or not known:
        cut = Slice(kpis=tuple(sorted(keys)), by=by)
        values = figures.values_at(cut, sorted(grains, key=list(Grain).index))
    found: dict[tuple[str, Grain], dict[str, list[KpiValue]]] = {}
    for value in values:
        if value.kpi in keys and value.grain in grains:
            found.setdefault((value.kpi, value.grain), {}).setdefault(value.member, []).append(value)
    return found


def _readings(rule: Rule, values: Values, aiming: Aiming, count: int | None) -> dict[str, list[Reading]]:
    """The last `count` readings of each member (None: all), oldest first; in all there is one member at least."""
    calendar, grain = aiming.figures.calculator.calendar, Grain(rule.grain)
    rows = values.get((rule.kpi, grain), {}) or ({} if rule.dimension else {"": ()})
    target = aiming.of(rule, values) if isinstance(rule.condition, Target) else None
    compared = _earlier_of(rule, calendar)
    found: dict[str, list[Reading]] = {}
    for member, every in rows.items():
        known = {one.period: one.value for one in every if one.complete}
        periods = list(known)[-count:] if count else list(known)
        found[member] = [
            Reading(
                period,
                known[period],
                known.get(compared(period)) if compared else None,
                target(member, period) if target else None,
            )
            for period in periods
        ]
        if isinstance(rule.condition, Target) and rule.condition.pace:
            found[member] += aiming.running(rule, member, values)
    return found


def _earlier_of(rule: Rule, calendar: Calendar) -> Callable[[date], date] | None:
    """The first day of the period that a change is measured against; None for other conditions."""
    if not isinstance(rule.condition, Change):
        return None
    return cache(lambda period: compared(calendar, rule, period).first)
