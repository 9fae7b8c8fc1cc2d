"""KPICalculator: definitions into statements, rows into KPI values. The one way to a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import itemgetter
from typing import Self

from kpi.calendar import PERIODS, Calendar, Grain
from kpi.catalogue.definition import OF_ANOTHER, OVER_TIME, Definition, KpiKind, resolve_inputs
from kpi.catalogue.hierarchies import on_level
from kpi.definitions import Catalog
from kpi.figures.basis import Basis
from kpi.figures.comparison import compare
from kpi.figures.explanation import explain
from kpi.figures.landing import by_policy
from kpi.figures.over_time import Measured, measure, over_time
from kpi.figures.ranking import Ranked, ranked
from kpi.figures.used_rows import used_rows
from kpi.formula import did_you_mean
from kpi.language.meaning import Scope, is_additive
from kpi.report import FactField, Kind
from kpi.statements.currencies import mixed_members
from kpi.statements.cut import Cells, Cut
from kpi.statements.relation import extent
from kpi.targeting.attainment import Aims, aims_of, attainment
from kpi.targeting.pace import Course, Pace, course, paces
from kpi.targeting.targets import Target
from kpi.values import (
    BLANK,
    CURRENCY,
    Against,
    Comparison,
    Executor,
    Explanation,
    Input,
    KpiValue,
    Partial,
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
    `targets` are those that people have set; see `aiming_at`.
    """

    catalog: Catalog
    calendar: Calendar = field(default_factory=Calendar)
    currencies: tuple[str, ...] = field(default=(), kw_only=True)
    targets: tuple[Target, ...] = field(default=(), kw_only=True)

    def aiming_at(self, targets: Iterable[Target]) -> Self:
        """The calculator with these targets, and the KPIs that there are because of them."""
        targets = tuple(targets)
        targeted = frozenset(target.kpi for target in targets)
        return replace(self, targets=targets, catalog=replace(self.catalog, targeted=targeted))

    def values(self, run: Executor, fields: Sequence[FactField], asked: Slice, as_of: date) -> list[KpiValue]:
        """By KPI in catalogue order, then period, then member; empty where no row lies in the slice.

        Between the first and the last period of the data every period has a value: 0 for a sum without rows, none
        for a ratio. With `by` so has every member, as long as these are at most 20,000. A KPI that makes no sense
        at the grain, such as a month's growth by day, has no values. `asked.partial` says what becomes of periods
        that are not over: their values so far (full, to date), none (complete), what the running one may come to
        (projected; without a value, and why, for a KPI of which days do not add up).
        """
        return self.values_at(run, fields, asked, as_of, (asked.grain,))

    def values_at(
        self,
        run: Executor,
        fields: Sequence[FactField],
        asked: Slice,
        as_of: date,
        grains: Sequence[Grain] = PERIODS,
    ) -> list[KpiValue]:
        """The same at several grains at once, in their order, whatever the grain of the slice: the facts are read once."""
        found = self.catalog.find(fields, asked.kpis)
        basis = self._basis(run, fields, asked, as_of)
        if basis is None:
            return []
        wanted = {grain: [one for one in found if _has_values(one, grain)] for grain in grains}
        plain, made = measure(wanted, basis, asked.start)
        values: list[KpiValue] = []
        for grain, own in wanted.items():
            here = replace(basis, cut=replace(basis.cut, grain=grain))
            values += self._at(own, here, replace(asked, grain=grain), plain[grain], made)
        return values

    def _at(
        self, wanted: Sequence[Definition], basis: Basis, asked: Slice, plain: Cells, made: Measured
    ) -> list[KpiValue]:
        periods = self._periods(basis, asked)
        own = [one for one in wanted if one.kind not in OF_ANOTHER]
        cells = basis.filled(own, {one.key: plain[one.key] for one in own}, periods)
        cells |= over_time([one for one in wanted if one.kind in OVER_TIME], basis, made, periods)
        aiming = [one for one in wanted if one.kind is KpiKind.ATTAINMENT]
        cells |= attainment(aiming, basis, periods, asked.start)
        cells = basis.masked(wanted, cells)
        over = {period: self._is_over(period, basis, asked) for period in periods}
        found = [
            KpiValue(
                one.key,
                asked.grain,
                period,
                member,
                cell.value,
                cell.numerator,
                cell.denominator,
                over[period],
            )
            for one in wanted
            for (period, member), cell in sorted(cells[one.key].items(), key=itemgetter(0))
        ]
        return by_policy(found, wanted, basis, asked)

    def ranked(
        self, run: Executor, fields: Sequence[FactField], asked: Slice, as_of: date, top: int | None = None
    ) -> list[Ranked]:
        """The members of the one KPI and the one dimension that `asked` names; see `kpi.figures.ranking.ranked`."""
        asked = on_level(asked, self.catalog.levels(fields))
        return ranked(
            lambda cut: self.values(run, fields, cut, as_of),
            asked,
            top,
            adds_up=all(self._adds_up(one, fields) for one in self.catalog.find(fields, asked.kpis)),
        )

    def _adds_up(self, one: Definition, fields: Sequence[FactField]) -> bool:
        """Whether the values of members are parts of the whole."""
        node = None if one.kind in OF_ANOTHER else resolve_inputs(one, self.catalog.scope(fields))
        return node is not None and is_additive(node)

    def compare(
        self,
        run: Executor,
        fields: Sequence[FactField],
        asked: Slice,
        as_of: date,
        against: Against = Against.PREVIOUS,
    ) -> list[Comparison]:
        """The latest period at `as_of` (or at the slice's end, if earlier) against the comparable earlier one.

        A period that is not over is compared with the same elapsed part; a stretch to date always with that of a year
        (of another length, that length) before; a total from `start` with as many days right before. `asked.partial`:
        `complete` takes the last period that is over; `full` and `projected` compare with the whole earlier one. Empty
        where the data hold nothing yet.
        """
        wanted = self.catalog.find(fields, asked.kpis)
        basis = self._basis(run, fields, asked, as_of)
        return compare(wanted, basis, asked, against) if basis else []

    def paces(self, run: Executor, fields: Sequence[FactField], asked: Slice, as_of: date) -> list[Pace]:
        """How the latest period of each KPI that has a target for it stands against that, by member with `by`."""
        wanted = [one for one in self.catalog.find(fields, asked.kpis) if one.key in self.catalog.targeted]
        basis = self._basis(run, fields, asked, as_of) if wanted else None
        return paces(wanted, basis, asked) if basis else []

    def course(self, run: Executor, fields: Sequence[FactField], asked: Slice, as_of: date) -> Course | None:
        """The latest period of the one KPI that `asked` names, day by day; None where it has no target for it."""
        (one,) = self.catalog.find(fields, asked.kpis)
        basis = self._basis(run, fields, asked, as_of)
        return course(one, basis, asked) if basis else None

    def aims(self, run: Executor, fields: Sequence[FactField], asked: Slice, as_of: date) -> dict[str, Aims]:
        """The targets of each KPI that has some, by key, as the slice asks for them; empty without data."""
        wanted = [one for one in self.catalog.find(fields, asked.kpis) if one.key in self.catalog.targeted]
        basis = self._basis(run, fields, asked, as_of) if wanted else None
        found = {one.key: aims_of(one, basis) for one in wanted} if basis else {}
        return {key: aims for key, aims in found.items() if aims is not None}

    def explain(
        self, run: Executor, fields: Sequence[FactField], asked: Slice, period: date, as_of: date
    ) -> Explanation | None:
        """How the one KPI that `asked` names came to its value in the period that the day `period` lies in.

        As in `values`, a start within the period cuts it, but for a KPI over time. None where the data have nothing in
        it. SliceError unless exactly one KPI is named, without `by`.
        """
        if len(asked.kpis) != 1 or asked.by:
            raise SliceError(f"one KPI can be explained at a time, without `by`; found {asked}")
        one = self.catalog.find(fields, asked.kpis)[0]
        basis = self._basis(run, fields, asked, as_of)
        if basis is None:
            return None
        if asked.grain is not Grain.TOTAL:
            asked = self._one_period(one, asked, period)
            if asked.start and asked.end and asked.start > asked.end:
                return None
        found = self.values(run, fields, asked, as_of)
        if not found:
            return None
        told = explain(one, found[0], basis, asked.start)
        return replace(told, used=used_rows(one, found[0], basis, asked.start))

    def _one_period(self, one: Definition, asked: Slice, period: date) -> Slice:
        """The part of a slice that lies in the period of a day."""
        first = self.calendar.start_of(period, asked.grain)
        end = self.calendar.end_of(first, asked.grain)
        start = first if one.kind in OVER_TIME else max(first, asked.start or first)
        return replace(asked, start=start, end=min(end, asked.end or end), partial=Partial.TO_DATE)

    def _basis(self, run: Executor, fields: Sequence[FactField], asked: Slice, as_of: date) -> Basis | None:
        """None where there are no data, or none within the slice's days."""
        asked, scope = on_level(asked, self.catalog.levels(fields)), self.catalog.scope(fields)
        _check(asked, scope.kinds)
        reach = extent(run, scope)
        if reach is None:
            return None
        first, last = reach.days.first, min(reach.days.last, asked.end or reach.days.last)
        if max(first, asked.start or first) > last:
            return None
        begin = first if reach.every.first < first else None
        end = last if last < reach.every.last else asked.end
        cut = Cut(asked.grain, asked.by, asked.where, begin, end, asked.start or first, asked.without)
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
            targets=self.targets,
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


def _has_values(one: Definition, grain: Grain) -> bool:
    """Whether a KPI makes sense at a grain; what is made of other periods makes none of a total."""
    return grain in one.grains and not (grain is Grain.TOTAL and one.kind in OVER_TIME)


def _check(asked: Slice, kinds: Mapping[str, Kind]) -> None:
    """Groups and filters are columns of text that the data have."""
    for name in filter(None, (asked.by, *(name for name, _ in asked.where + asked.without))):
        if kinds.get(name, Kind.DATE) in NOT_GROUPS:
            known = [known for known, kind in kinds.items() if kind is Kind.DIMENSION]
            raise SliceError(
                f"`{name}` is no dimension of these data{did_you_mean(name, known) or '.'} "
                f"They have: {', '.join(known) or 'none'}."
            )
    if asked.start and asked.end and asked.start > asked.end:
        raise SliceError(f"the slice starts on {asked.start} and ends before it, on {asked.end}")
