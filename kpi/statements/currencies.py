"""Which members have amounts in several currencies, so that nothing about their money is added up."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import String, func, literal, select

from kpi.language.compile import Sql, facts_table
from kpi.language.meaning import Scope
from kpi.report import NOT_STATED
from kpi.statements.cut import Cut
from kpi.statements.relation import filters, member_of
from kpi.values import BLANK, CURRENCY, Executor


def mixed_members(run: Executor, scope: Scope, cut: Cut, *, blank_is_one: bool) -> dict[str, tuple[str, str]]:
    """The members (the empty one for the whole) whose rows are in more than one currency, each with two of these.

    All rows that pass the filters count, on whatever day: a KPI is compared and added up over time, so a member whose
    currency changed has no value before the change either. `blank_is_one`: rows without one are no other's.
    """
    if cut.by == CURRENCY or len([name for name, _ in cut.where if name == CURRENCY]) == 1:
        return {}
    facts = facts_table(scope.kinds)
    stated: Sql = facts.c[CURRENCY]
    if blank_is_one:
        stated = func.coalesce(stated, literal(NOT_STATED, String()), type_=String())
    groups: list[Sql] = [member_of(facts.c[cut.by])] if cut.by else []
    ends = select(func.min(stated), func.max(stated), *groups).select_from(facts)
    always = replace(cut, start=None, end=None)
    rows = run(ends.where(*filters(facts, always)).group_by(*groups))
    return {str(row[2] or BLANK) if cut.by else "": (row[0], row[1]) for row in rows if row[0] != row[1]}
