"""The two relations that statements read, and dated rows of facts or of what was made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Date,
    FromClause,
    Integer,
    String,
    and_,
    case,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.sql.expression import quoted_name

from kpi.calendar import PERIODS
from kpi.language.compile import Sql, facts_table
from kpi.language.meaning import Scope
from kpi.periods.reach import reach, telling
from kpi.periods.windows import Window
from kpi.statements.cut import Cut
from kpi.values import BLANK, Executor

DATES = table(
    "dates",
    *(column(quoted_name(name, quote=True), Date()) for name in ("date", *PERIODS)),
    *(column(f"{name}_no", Integer()) for name in PERIODS),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a day each, of one member each where a cut has members; `where` says which of the source's."""

    source: FromClause
    day: Sql
    member: Sql | None
    where: tuple[Sql, ...] = ()

    @property
    def members(self) -> list[Sql]:
        """The member as a column, or nothing where there are no members."""
        return [] if self.member is None else [self.member.label("member")]


def fact_rows(facts: FromClause, cut: Cut) -> Rows:
    """The facts that the cut is about."""
    member = member_of(facts.c[cut.by]) if cut.by else None
    return Rows(facts, facts.c["date"], member, tuple(filters(facts, cut)))


def member_of(dimension: Sql) -> Sql:
    """The member of a row, null where it has none; so that no two groups are called alike, also of the text `(blank)`."""
    return func.nullif(dimension, literal_column(f"'{BLANK}'", String()), type_=String())


def made_rows(made: FromClause) -> Rows:
    """Rows that were made of facts, with the columns `date` and, where there are members, `member`."""
    return Rows(made, made.c["date"], made.c.get("member"))


@dataclass(frozen=True, slots=True)
class Extent:
    """The days of the data, and the days of all rows, which are more where a plan reaches further."""

    days: Window
    every: Window


def extent(run: Executor, scope: Scope) -> Extent | None:
    """How far the data reach; None where there are none."""
    facts = facts_table(scope.kinds)
    day, amounts = facts.c["date"], telling(scope.kinds)
    days: list[Sql] = [day]
    if amounts:
        days.append(case((or_(*(facts.c[name].is_not(None) for name in amounts)), day)))
    ((first, last, *rest),) = run(select(*(end(one) for one in days for end in (func.min, func.max))))
    if first is None:
        return None
    every = Window(first, last)
    return Extent(reach(every, Window(*rest)) if rest and rest[0] is not None else every, every)


def filters(facts: FromClause, cut: Cut) -> list[Sql]:
    """Days within the cut; of one dimension any of the members asked for, of several all; no member left out."""
    wanted: list[Sql] = []
    if cut.start is not None:
        wanted.append(facts.c["date"] >= literal(cut.start, Date()))
    if cut.end is not None:
        wanted.append(facts.c["date"] <= literal(cut.end, Date()))
    if cut.days:
        wanted.append(or_(*(and_(*within(facts.c["date"], days)) for days in cut.days)))
    wanted += [or_(*(_is(facts.c[name], one) for one in members)) for name, members in _by_name(cut.where)]
    wanted += [and_(*(_is_not(facts.c[name], one) for one in out)) for name, out in _by_name(cut.without)]
    return wanted


def within(day: Sql, days: Window) -> tuple[Sql, Sql]:
    return day >= literal(days.first, Date()), day <= literal(days.last, Date())


def _by_name(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    names = dict.fromkeys(name for name, _ in pairs)
    return [(name, [member for where, member in pairs if where == name]) for name in names]


def _is(dimension: Sql, member: str) -> Sql:
    return member_of(dimension).is_(None) if member == BLANK else dimension == literal(member, String())


def _is_not(dimension: Sql, member: str) -> Sql:
    """Also true of a row without a member, which no comparison is."""
    if member == BLANK:
        return member_of(dimension).is_not(None)
    return or_(dimension.is_(None), dimension != literal(member, String()))
