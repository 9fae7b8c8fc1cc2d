"""The rows that a value is made of: by the ranges in which they stand in their files, and one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Date, Integer, String, TableClause, and_, func, literal, or_, select

from kpi.calendar import Grain
from kpi.language.compile import Sql, facts_table, row_sql
from kpi.report import FactField, Kind
from kpi.statements.cut import Cut
from kpi.statements.relation import filters
from kpi.values import Statement, UsedRows

FILE, SHEET, ROW = "_file", "_sheet", "_row"
PLACE = {FILE: Kind.TEXT, SHEET: Kind.TEXT, ROW: Kind.RATE}


@dataclass(frozen=True, slots=True)
class Within:
    """Rows of one sheet of one file, from the first to the last, both included."""

    file: str
    sheet: str
    first: int
    last: int


def sheets_statement(used: UsedRows, file: str) -> Statement:
    """Sheet, first row, last row and number of facts, for each sheet of one file, in their order."""
    facts = _facts(used)
    sheet, row = facts.c[SHEET], facts.c[ROW]
    found = select(sheet, func.min(row), func.max(row), func.count(row)).where(
        facts.c[FILE] == literal(file, String()), *is_used(facts, used)
    )
    return found.group_by(sheet).order_by(sheet)


def ranges_statement(used: UsedRows, within: Within, most: int) -> Statement:
    """First row, last row for each unbroken range of rows, in their order, at most so many; with each of them the last
    row and the number of all ranges.
    """
    facts = _facts(used)
    each = select(facts.c[ROW].label("row")).where(*_is_within(facts, within), *is_used(facts, used))
    rows = each.distinct().subquery("each_row")
    place = func.row_number().over(order_by=rows.c.row)
    numbered = select(rows.c.row, (rows.c.row - place).label("island")).subquery("numbered")
    first, last = func.min(numbered.c.row).label("first_row"), func.max(numbered.c.row).label("last_row")
    islands = select(first, last).group_by(numbered.c.island).subquery("islands")
    columns = (islands.c.first_row, islands.c.last_row)
    ends = (func.max(islands.c.last_row).over(), func.count().over())
    return select(*columns, *ends).order_by(islands.c.first_row).limit(most)


def rows_statement(used: UsedRows, within: Within, fields: Sequence[FactField]) -> Statement:
    """Sheet, row and the fields, in their order."""
    facts = _facts(used, fields)
    columns = [facts.c[name] for name in (SHEET, ROW, *(field.name for field in fields))]
    wanted = select(*columns).where(*_is_within(facts, within), *is_used(facts, used))
    return wanted.order_by(*columns[1:])


def is_used(facts: TableClause, used: UsedRows) -> list[Sql]:
    """What holds of a row that the value is made of."""
    day = facts.c["date"]
    dated = (
        and_(day >= literal(stretch.first, Date()), day <= literal(stretch.last, Date()))
        for stretch in used.stretches
    )
    cut = Cut(Grain.TOTAL, where=used.where, without=used.without)
    met = [or_(*(row_sql(one, facts) for one in used.conditions))] if used.conditions else []
    return [or_(*dated), *filters(facts, cut), *met, *_is_of_members(facts, used)]


def _is_within(facts: TableClause, within: Within) -> list[Sql]:
    return [
        facts.c[FILE] == literal(within.file, String()),
        facts.c[SHEET] == literal(within.sheet, String()),
        facts.c[ROW].between(literal(within.first, Integer()), literal(within.last, Integer())),
    ]


def _is_of_members(facts: TableClause, used: UsedRows) -> list[Sql]:
    """Whose rows they are: a member is new from the first of all its rows, whatever else is filtered."""
    if not used.who:
        return []
    named = facts.c[used.who].is_not(None)
    ever = facts.alias("ever")
    first_day, who = func.min(ever.c["date"]), ever.c[used.who]
    if used.seen_since is not None:
        seen = first_day >= literal(used.seen_since, Date())
    elif used.seen_before is not None:
        seen = first_day < literal(used.seen_before, Date())
    else:
        return [named]
    members = select(who).where(who.is_not(None)).group_by(who).having(seen)
    return [named, facts.c[used.who].in_(members)]


def _facts(used: UsedRows, fields: Sequence[FactField] = ()) -> TableClause:
    filtered = dict.fromkeys((name for name, _ in used.where + used.without), Kind.DIMENSION)
    members = {used.who: Kind.IDENTIFIER} if used.who else {}
    kinds = {field.name: field.kind for field in fields}
    return facts_table({"date": Kind.DATE, **filtered, **members, **dict(used.columns), **kinds, **PLACE})
