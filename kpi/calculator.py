"""KPICalculator: definitions into statements, rows into KPI values. The one way to a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import itemgetter

from kpi.basis import Basis
from kpi.calendar import Calendar, Grain
from kpi.comparison import compare
from kpi.definitions import OVER_TIME, Catalog
from kpi.explanation import explain
from kpi.formula import did_you_mean
from kpi.meaning import Scope
from kpi.over_time import over_time
from kpi.report import FactField, Kind
from kpi.scan import Cut, extent, mixed_members, scan
from kpi.values import (
    BLANK,
    CURRENCY,
    Against,
    Comparison,
    Executor,
    Explanation,
    Input,
    KpiValue,
    Slice,
    SliceError,
)

__all__ = [
    "BLANK",
    "Against",
    "Comparison",
    "Executor",
    "Explanation",
    "Input",
    "KPICalculator",
    "KpiValue",
    "Slice",
    "SliceError",
]
NOT_GROUPS = (Kind.DATE, Kind.MEASURE, Kind.RATE)


@dataclass(frozen=True, slots=True)
class KPICalculator:
    """Answers what the KPIs of a dataset are. Knows no database: `run` executes what it asks for.

    Every method takes the columns of the dataset (`fields`) and the day up to which its data speak (`as_of`, see
    `kpi.calendar.as_of`). CatalogError for a KPI that the data cannot give, SliceError for an impossible slice.

    `currencies` are those of the dataset's amounts, empty where not known. Amounts in several are not added: a KPI
    about money has a value only where the slice leaves one currency, by its `by`, by a filter, or by itself.
    """

    catalog: Catalog
    calendar: Calendar = field(default_factory=Calendar)
    currencies: tuple[str, ...] = field(default=(), kw_only=True)

    def values(self, run: Executor, fields: Sequence[FactField], asked: Slice, as_of: date) -> list[KpiValue]:
        """By KPI in catalogue order, then period, then member; empty where no row lies in the slice.

        Between the first and the last period of the data every period has a value: 0 for a sum without rows, none
        for a ratio. With `by` so has every member, as long as these are at most 20,000. A KPI that makes no sense
        at the grain, such as a month's growth by day, has no values.
        """
        wanted = [one for one in self.catalog.find(fields, asked.kpis) if asked.grain in one.grains]
        basis = self._basis(run, fields, asked, as_of)
        if basis is None:
            return []
        periods = self._periods(basis, asked)
        plain = [one for one in wanted if one.kind not in OVER_TIME]
        cells = scan(run, plain, basis.scope, replace(basis.cut, start=asked.start))
        cells = basis.filled(plain, basis.masked(plain, cells), periods)
        cells |= over_time([one for one in wanted if one.kind in OVER_TIME], basis, periods)
        cells = basis.masked(wanted, cells)
        return [
            KpiValue(one.key, asked.grain, period, member, cell.value, cell.numerator, cell.denominator, over)
            for one in wanted
            for (period, member), cell in sorted(cells[one.key].items(), key=itemgetter(0))
            for over in [self._is_over(period, basis, asked)]
        ]

    def compare(
        self,
        run: Executor,
        fields: Sequence[FactField],
        asked: Slice,
        as_of: date,
        against: Against = Against.PREVIOUS,
    ) -> list[Comparison]:
        """The latest period at `as_of` (or at the slice's end, if earlier) against the comparable earlier one.

        A period that is not over is compared with the same elapsed part; a year to date always with the year
        before; a total from `start` with as many days right before. Empty where the data hold nothing yet.
        """
        wanted = self.catalog.find(fields, asked.kpis)
        basis = self._basis(run, fields, asked, as_of)
        return compare(wanted, basis, against) if basis and basis.until >= basis.cut.first else []

    def explain(
        self, run: Executor, fields: Sequence[FactField], asked: Slice, period: date, as_of: date
    ) -> Explanation | None:
        """How the one KPI that `asked` names came to its value in the period that the day `period` lies in.

        None where the data have nothing in it. SliceError unless exactly one KPI is named, without `by`.
        """
        if len(asked.kpis) != 1 or asked.by:
            raise SliceError(f"one KPI can be explained at a time, without `by`; found {asked}")
        one = self.catalog.find(fields, asked.kpis)[0]
        basis = self._basis(run, fields, asked, as_of)
        if basis is None:
            return None
        if asked.grain is not Grain.TOTAL:
            first = self.calendar.start_of(period, asked.grain)
            end = self.calendar.end_of(first, asked.grain)
            asked = replace(asked, start=first, end=min(end, asked.end or end))
        found = self.values(run, fields, asked, as_of)
        return explain(one, found[0], basis) if found else None

    def _basis(self, run: Executor, fields: Sequence[FactField], asked: Slice, as_of: date) -> Basis | None:
        """None where there are no data, or none within the slice's days."""
        scope = self.catalog.scope(fields)
        _check(asked, scope.kinds)
        reach = extent(run, scope)
        if reach is None:
            return None
        first, last = reach[0], min(reach[1], asked.end or reach[1])
        if max(first, asked.start or first) > last:
            return None
        cut = Cut(asked.grain, asked.by, asked.where, end=asked.end, first=asked.start or first)
        return Basis(
            run=run,
            scope=scope,
            definitions={one.key: one for one in self.catalog.available(fields)},
            calendar=self.calendar,
            cut=cut,
            first=first,
            last=last,
            until=min(as_of, asked.end or as_of),
            mixed=self._mixed(run, scope, cut),
        )

    def _mixed(self, run: Executor, scope: Scope, cut: Cut) -> dict[str, tuple[str, str]]:
        """Where it is known that there is one currency, or nothing says what the amounts are in, nothing is mixed."""
        if len(self.currencies) == 1 or scope.kinds.get(CURRENCY, Kind.DATE) in NOT_GROUPS:
            return {}
        return mixed_members(run, scope, cut, blank_is_one=bool(self.currencies))

    def _periods(self, basis: Basis, asked: Slice) -> list[date]:
        if asked.grain is Grain.TOTAL:
            return [basis.cut.first]
        first = max(basis.first, asked.start or basis.first)
        return self.calendar.periods(first, basis.last, asked.grain)

    def _is_over(self, period: date, basis: Basis, asked: Slice) -> bool:
        if asked.grain is Grain.TOTAL:
            return basis.last <= basis.until
        return period >= (asked.start or period) and self.calendar.end_of(period, asked.grain) <= basis.until


def _check(asked: Slice, kinds: Mapping[str, Kind]) -> None:
    """Groups and filters are columns of text that the data have."""
    for name in filter(None, (asked.by, *(name for name, _ in asked.where))):
        if kinds.get(name, Kind.DATE) in NOT_GROUPS:
            known = [known for known, kind in kinds.items() if kind is Kind.DIMENSION]
            raise SliceError(
                f"`{name}` is no dimension of these data{did_you_mean(name, known) or '.'} "
                f"They have: {', '.join(known) or 'none'}."
            )
    if asked.start and asked.end and asked.start > asked.end:
        raise SliceError(f"the slice starts on {asked.start} and ends before it, on {asked.end}")
