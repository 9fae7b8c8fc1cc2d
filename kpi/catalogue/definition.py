"""What one KPI is: its formula or kind, its unit, which way is good; and what it is made of over given columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kpi.calendar import PERIODS, Grain
from kpi.formula import BALANCES
from kpi.language.meaning import START, MissingInputError, Scope, involves_money
from kpi.language.tree import Aggregate, Name, Node, Operation, Optional
from kpi.report import Kind

EVERYWHERE = (*PERIODS, Grain.TOTAL)
NO_MEMBERS = (Kind.DATE, Kind.MEASURE, Kind.RATE)


class Unit(StrEnum):
    """What a value counts. `percent` values are shares: 0.4 is shown as 40 %."""

    CURRENCY = "currency"
    NUMBER = "number"
    COUNT = "count"
    PERCENT = "percent"
    DAYS = "days"
    HOURS = "hours"


class Favourable(StrEnum):
    """What is good news: a rise, a fall, or a value within a range."""

    UP = "up"
    DOWN = "down"
    RANGE = "range"
    NONE = "none"


class KpiKind(StrEnum):
    """How a KPI comes about: by a formula over the rows of a period, or from another KPI or members over time."""

    FORMULA = "formula"
    GROWTH = "growth"
    OFFSET = "offset"
    TO_DATE = "to_date"
    ROLLING = "rolling"
    NEW_MEMBERS = "new_members"
    RETURNING_MEMBERS = "returning_members"
    REPEAT_RATE = "repeat_rate"
    ATTAINMENT = "attainment"


MEMBERSHIP = (KpiKind.NEW_MEMBERS, KpiKind.RETURNING_MEMBERS, KpiKind.REPEAT_RATE)
OVER_TIME = (KpiKind.GROWTH, KpiKind.OFFSET, KpiKind.TO_DATE, KpiKind.ROLLING)
OF_ANOTHER = (*OVER_TIME, KpiKind.ATTAINMENT)  # made of the values of another KPI
FORMS = {
    **dict.fromkeys(MEMBERSHIP, "members"),
    KpiKind.TO_DATE: "cumulative",
    KpiKind.ROLLING: "cumulative",
}


@dataclass(frozen=True, slots=True)
class Definition:
    """One KPI. `of` is the KPI (growth, offset, to_date, rolling, attainment) or the column of members that it is about;
    `by` the column whose different values are counted for each member; `back` how far back the comparable period lies
    (growth, offset); `since` what a to_date begins with; `periods` how many a rolling one adds up.

    `low` and `high` are the range that is good where `favourable` says so. A value whose sample (`kpi.catalogue.sample`) is
    smaller than `min_sample` is not shown. `currency` is what its amounts are in where that is known, for whoever shows
    them. `version` counts the changes of people's own; those that ship have one.
    """

    key: str
    label: str
    formula: str
    description: str
    unit: Unit
    favourable: Favourable
    decimals: int
    kind: KpiKind = KpiKind.FORMULA
    of: str = ""
    by: str = ""
    back: Grain = Grain.TOTAL
    periods: int = 0
    grains: tuple[Grain, ...] = EVERYWHERE
    currency: str = ""
    owner: str = ""
    version: int = 1
    since: Grain = Grain.YEAR
    min_sample: int = 0
    low: float | None = None
    high: float | None = None
    tree: Node | None = field(default=None, compare=False, repr=False)

    @property
    def form(self) -> str:
        """What others call its kind: simple, ratio, derived, balance, cumulative, offset, growth, members, attainment."""
        if self.kind is not KpiKind.FORMULA:
            return FORMS.get(self.kind, self.kind.value)
        match self.tree:
            case Aggregate(function) if function in BALANCES:
                return "balance"
            case Aggregate("average") | Operation("/"):
                return "ratio"
            case Aggregate() | Optional() | Name():
                return "simple"
        return "derived"

    def is_good(self, earlier: float | None, current: float | None) -> bool | None:
        """Whether a change is good news: None where there is none, or it is neither good nor bad.

        Within the range all is well; outside it, nearer to it is better.
        """
        if earlier is None or current is None or earlier == current or self.favourable is Favourable.NONE:
            return None
        if self.favourable is not Favourable.RANGE:
            return (current > earlier) == (self.favourable is Favourable.UP)
        before, now = self._outside(earlier), self._outside(current)
        return None if before == now else now < before

    def _outside(self, value: float) -> float:
        """How far the value is outside the range."""
        low, high = (value if end is None else end for end in (self.low, self.high))
        return max(low - value, value - high, 0.0)


def resolve_inputs(one: Definition, scope: Scope) -> Node | None:
    """The resolved tree of a formula KPI or of the KPI it is about; MissingInputError where the data lack a column.

    None for a KPI about members. KeyError where the KPI that it is about has no formula.
    """
    if one.kind in MEMBERSHIP:
        for name in filter(None, (one.of, one.by)):
            if (kind := scope.kinds[scope.field(name)]) in NO_MEMBERS:
                raise MissingInputError(
                    START, f"`{name}` is a {kind} column, wanted texts: who the members are"
                )
        return None
    if one.kind is not KpiKind.FORMULA:
        return scope.kpi(one.of)
    return scope.kpi(one.key) if one.key in scope.trees or one.tree is None else scope.formula(one.tree)


def is_money(one: Definition, scope: Scope) -> bool:
    """Whether amounts of money go into the KPI, so that it has a value within one currency only."""
    node = resolve_inputs(one, scope)
    return one.unit is Unit.CURRENCY or (node is not None and involves_money(node, scope.kinds))
