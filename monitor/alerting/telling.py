"""A transition in words: what the message needs to know besides the transition itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from types import MappingProxyType

from alerts.judging.bands import BANDS
from alerts.judging.conditions import Anomaly
from alerts.manager import Series
from alerts.message import Message, Provenance
from alerts.rules import Transition
from alerts.telling.links import page_link
from alerts.telling.wording import About, Moved, write
from kpi.calendar import Grain
from kpi.definitions import Definition
from kpi.periods.windows import whole_period, words
from monitor.alerting.desk import Desk
from monitor.alerting.readings import compared
from storage.datasets import Dataset
from storage.loads import Load

Spot = tuple[int, str]  # a rule and a member
NOBODY: Mapping[Spot, Sequence[Moved]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes the messages of one dataset at one time.

    `dataset` None: it has no data. `load` is the one that its figures came with; `reasons` why files cannot be read;
    `given` the KPIs that the data give, by key.
    """

    desk: Desk
    dataset: Dataset | None
    load: Load | None
    at: datetime
    series: Mapping[Spot, Series] = field(default_factory=dict)
    movers: Mapping[Spot, Sequence[Moved]] = field(default_factory=lambda: NOBODY)
    reasons: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Definition] = field(default_factory=dict)

    def write(self, change: Transition) -> Message:
        rule, dataset, spot = change.rule, self.dataset, (change.rule.id, change.member)
        one = self.series.get(spot)
        definition = self.given.get(rule.kpi)
        label = definition.label if definition else rule.kpi
        link = (self.desk.page_url, rule.dataset, label, rule.grain, rule.dimension, change.member)
        about = About(
            definition=definition,
            currency=dataset.currency_of(rule.dimension, change.member) if dataset else "",
            period=self._period(change),
            provenance=self._provenance(one.file if one and not rule.kpi else ""),
            movers=tuple(self.movers.get(spot, ())),
            link=page_link(*link),
            zone=self.desk.zone,
            today=self.desk.today(self.at),
            earlier=self._earlier(change),
            expected=_expected(change, one),
            file=one.file if one else "",
            reason=self.reasons.get(one.file, "") if one else "",
        )
        return write(change, about)

    def _period(self, change: Transition) -> str:
        if change.verdict is None or not change.rule.grain:
            return ""
        calendar = self.desk.calculator.calendar
        return words(whole_period(calendar, Grain(change.rule.grain), change.verdict.period), calendar)

    def _earlier(self, change: Transition) -> str:
        """What a change, and what moved it, is measured against."""
        if change.verdict is None or not change.rule.grain:
            return ""
        calendar = self.desk.calculator.calendar
        return words(compared(calendar, change.rule, change.verdict.period), calendar)

    def _provenance(self, file: str) -> Provenance:
        """Of a rule about a file that file; its figures, if any, are as old as the dataset is."""
        until = self.dataset.last_day if self.dataset else None
        version = self.dataset.version if self.dataset else None
        if file or self.load is None:
            return Provenance(file, None, data_until=until)
        stem = PurePath(self.load.source).stem  # which is all that a text file calls its one table
        sheets = ", ".join(one.name for one in self.load.report.sheets if one.used and one.name != stem)
        return Provenance(self.load.source, version, sheets, self.load.at, until)


def _expected(change: Transition, one: Series | None) -> tuple[float, float] | None:
    """Between which values an anomaly was expected, by the periods before it."""
    condition = change.rule.condition
    if not isinstance(condition, Anomaly) or one is None or change.verdict is None:
        return None
    before_it = [verdict for verdict in one.verdicts if verdict.period < change.verdict.period]
    values = [verdict.value for verdict in before_it[-condition.window :] if verdict.value is not None]
    band = BANDS.get(condition.method)
    return band(values, condition.width) if band else None
