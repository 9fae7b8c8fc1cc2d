"""The sums of a sheet by period, to tell whether one sheet only says again what another says in detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.sheets.parts import Part
from kpi.report import Cadence

_WEEK = 7
_CENT, _WHOLE = 0.0051, 0.501
_RELATIVE = 1e-9
_NEAR = 0.1
_TELLING = 3
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Periods:
    """How days are put into periods; weeks begin on the weekday of the day `start` days after 1 January 1970."""

    grain: Cadence
    start: int = 0

    def of(self, days: pa.ChunkedArray) -> pa.ChunkedArray:
        """The first day of the period of each."""
        if self.grain is not Cadence.WEEK:
            return pc.floor_temporal(days, unit=self.grain.value)
        since = pc.subtract(days.cast(pa.int32()), pa.scalar(self.start, pa.int32()))
        weeks = pc.multiply(pc.divide(since, pa.scalar(_WEEK, pa.int32())), pa.scalar(_WEEK, pa.int32()))
        return pc.add(weeks, pa.scalar(self.start, pa.int32())).cast(pa.date32())


def _periods_for(part: Part) -> tuple[Periods, ...]:
    """Finest first. The days of a summary by week may be the first or the last ones of its weeks."""
    first = (part.span[0] - date(1970, 1, 1)).days
    weeks = (Periods(Cadence.WEEK, first % _WEEK), Periods(Cadence.WEEK, (first + 1) % _WEEK))
    return (Periods(Cadence.DAY), *weeks, _BY_MONTH, Periods(Cadence.QUARTER), Periods(Cadence.YEAR))


_BY_MONTH = Periods(Cadence.MONTH)


@dataclass(frozen=True, slots=True)
class Check:
    """One measure of a summary against the rows of others: what both say of each period, rounding allowed for."""

    measure: str
    grain: Cadence
    said: Mapping[date, float]
    found: Mapping[date, float]
    slack: float

    @property
    def common(self) -> list[date]:
        return sorted(self.said.keys() & self.found.keys())

    @property
    def agreed(self) -> list[date]:
        return [period for period in self.common if self._agrees(period)]

    @property
    def disagreed(self) -> list[date]:
        """Periods of the summary of which the rows say something else, or nothing."""
        agreed = set(self.agreed)
        return [period for period in sorted(self.said) if period not in agreed]

    @property
    def holds(self) -> bool:
        """Whether most of what both tell is the same."""
        return bool(self.agreed) and 2 * len(self.agreed) >= len(self.common)

    @property
    def is_telling(self) -> bool:
        """Whether so many different sums agree that it is no chance."""
        return len({self.said[period] for period in self.agreed}) >= _TELLING

    @property
    def is_near(self) -> bool:
        """Whether the sums of all common periods are much alike, though not the same."""
        pairs = [(self.said[period], self.found[period]) for period in self.common]
        return len(pairs) > 1 and all(abs(said - found) <= _NEAR * abs(found) for said, found in pairs)

    def _agrees(self, period: date) -> bool:
        said, found = self.said[period], self.found[period]
        return abs(said - found) <= max(self.slack, _RELATIVE * abs(found))


@dataclass(slots=True)
class PeriodSums:
    """The sums of each sheet, worked out once."""

    known: dict[tuple[Part, str, Periods], Mapping[date, float]] = field(default_factory=dict)

    def check(self, part: Part, others: Sequence[Part], measure: str) -> Check:
        """The measure by the finest period at which most sums agree; by months where none does."""
        for periods in _periods_for(part):
            tried = self._check(part, others, measure, periods)
            if tried.holds:
                return tried
        return self._check(part, others, measure, _BY_MONTH)

    def _check(self, part: Part, others: Sequence[Part], measure: str, periods: Periods) -> Check:
        said = self._of(part, measure, periods)
        found: dict[date, float] = {}
        for other in others:
            for period, value in self._of(other, measure, periods).items():
                found[period] = found.get(period, 0.0) + value
        return Check(measure, periods.grain, said, found, _slack(said, found, part.rows))

    def _of(self, part: Part, measure: str, periods: Periods) -> Mapping[date, float]:
        key = part, measure, periods
        if key not in self.known:
            self.known[key] = _sums(part, measure, periods) if measure in part.sums else {}
        return self.known[key]


def _sums(part: Part, measure: str, periods: Periods) -> Mapping[date, float]:
    """By first day of each period; periods whose sum is 0 are left out, for they tell nothing."""
    table = part.facts.table
    table = table.select([measure]).append_column("period", periods.of(table.column("date")))
    sums = table.group_by("period", use_threads=False).aggregate([(measure, "sum")])
    pairs = zip(sums["period"].to_pylist(), sums[f"{measure}_sum"].to_pylist(), strict=True)
    return {period: value for period, value in pairs if value}


def _slack(said: Mapping[date, float], found: Mapping[date, float], rows: int) -> float:
    """How far sums may differ by rounding: each row of a summary in whole numbers was rounded to one."""
    whole = all(value.is_integer() for value in said.values())
    if whole and all(value.is_integer() for value in found.values()):
        return _CENT
    each = max(1.0, rows / max(1, len(said)))  # rows a period; of many roundings, most cancel out
    return (_WHOLE if whole else _CENT) * min(each, 2 * sqrt(each))


def period_in_words(period: date, grain: Cadence) -> str:
    """`March 2025`, `quarter 1 of 2025`, `2025`."""
    if grain is Cadence.MONTH:
        return f"{_MONTHS[period.month - 1]} {period.year}"
    if grain is Cadence.QUARTER:
        return f"quarter {(period.month + 2) // 3} of {period.year}"
    if grain is Cadence.YEAR:
        return str(period.year)
    return f"the week from {period}" if grain is Cadence.WEEK else str(period)
