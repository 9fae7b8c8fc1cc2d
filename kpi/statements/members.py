"""Which members a dimension has, and what to say of one that it has not."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import String, column, select, table
from sqlalchemy.sql.expression import quoted_name

from kpi.language.tokens import did_you_mean
from kpi.values import BLANK, Executor


def members_of(run: Executor, dimension: str) -> frozenset[str]:
    """Every member that any row has, on whatever day; `BLANK` where some rows have none. Empty without rows."""
    name = quoted_name(dimension, quote=True)
    facts = table("facts", column(name, String()))
    return frozenset(str(member or BLANK) for (member,) in run(select(facts.c[name]).distinct()))


def no_member(dimension: str, member: str, known: Collection[str]) -> str:
    """`region has no member 'nord'; did you mean `Nord`?`, empty where it has."""
    if member in known:
        return ""
    return f"{dimension} has no member {member!r}{did_you_mean(member, known) or '.'}"
