"""The targets that rules hold values against: those that people have set, else those of a column in the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from alerts.rules import Reading, Rule
from kpi.calculator import KpiValue, Slice
from kpi.calendar import Grain
from kpi.periods.windows import whole_period
from kpi.targeting.attainment import Aims, Elapsed
from kpi.targeting.pace import Pace
from storage.alerting.rule_checks import Offer
from storage.figures import Figures

Values = Mapping[tuple[str, Grain], Mapping[str, Sequence[KpiValue]]]
Cutting = tuple[str | None, Grain]  # by which dimension, at which grain


@dataclass(frozen=True, slots=True)
class Aiming:
    """The targets of all KPIs that the `rules` are about, asked for once for each dimension and grain."""

    figures: Figures
    offer: Offer
    rules: tuple[Rule, ...]
    _aims: dict[Cutting, dict[str, Aims]] = field(default_factory=dict, compare=False)
    _paces: dict[Cutting, dict[tuple[str, str], Pace]] = field(default_factory=dict, compare=False)

    def of(self, rule: Rule, values: Values) -> Callable[[str, date], float | None]:
        """The target of a member in a whole period; None where there is none."""
        grain, calendar = Grain(rule.grain), self.figures.calculator.calendar
        if not self._is_set(rule):
            column = self._column(rule, values)
            return lambda member, period: one.denominator if (one := column.get((member, period))) else None
        aims = self._aims_of(rule).get(rule.kpi)

        def target(member: str, period: date) -> float | None:
            window = whole_period(calendar, grain, period)
            return aims.over(member, Elapsed(window, window.last)) if aims else None

        return target

    def running(self, rule: Rule, member: str, values: Values) -> list[Reading]:
        """The period that is not over, as far as it has gone, against the target of its days so far; or nothing."""
        if self._is_set(rule):
            pace = self._paces_of(rule).get((rule.kpi, member))
            if pace is None or pace.is_over:
                return []
            return [Reading(pace.period.first, pace.actual, target=pace.so_far)]
        now = self.figures.calculator.calendar.start_of(self.figures.upto, Grain(rule.grain))
        one = self._column(rule, values).get((member, now))
        return [Reading(now, one.numerator, target=one.denominator)] if one and not one.complete else []

    def _is_set(self, rule: Rule) -> bool:
        return rule.kpi in self.figures.calculator.catalog.targeted

    def _column(self, rule: Rule, values: Values) -> dict[tuple[str, date], KpiValue]:
        """What weighs the rule's KPI against a column of targets, by member and period."""
        stated = self.offer.stated_targets(rule.kpi)
        rows = values.get((stated.key, Grain(rule.grain)), {}) if stated else {}
        return {(member, one.period): one for member, found in rows.items() for one in found}

    def _aims_of(self, rule: Rule) -> dict[str, Aims]:
        key = (rule.dimension, Grain(rule.grain))
        if key not in self._aims:
            self._aims[key] = self.figures.aims(self._cut(key))
        return self._aims[key]

    def _paces_of(self, rule: Rule) -> dict[tuple[str, str], Pace]:
        key = (rule.dimension, Grain(rule.grain))
        if key not in self._paces:
            self._paces[key] = {(one.kpi, one.member): one for one in self.figures.paces(self._cut(key))}
        return self._paces[key]

    def _cut(self, key: Cutting) -> Slice:
        by, grain = key
        mine = {rule.kpi for rule in self.rules if (rule.dimension, Grain(rule.grain)) == key}
        return Slice(kpis=tuple(sorted(mine)), grain=grain, by=by)
