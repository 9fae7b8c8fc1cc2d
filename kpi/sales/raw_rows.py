"""The rows of the star's tables as they are, a page at a time: found and sorted where they lie."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Integer, String, TableClause, case, func, literal_column, or_, select
from sqlalchemy.sql.expression import ColumnClause

from kpi.sales.analyses.cut import Rows, Sql, in_bytes
from kpi.sales.star import KEYS, STAR
from kpi.values import SliceError

PAGE = 500  # rows
TABLES = {one.name: one for one in STAR}
FIRST: ColumnElement[int] = literal_column("0", Integer())
LAST: ColumnElement[int] = literal_column("1", Integer())


class RowsError(SliceError):
    """Rows that cannot be shown; the message says what was found and what was wanted."""


def columns_of(table: str) -> tuple[str, ...]:
    """The columns of a page, in order."""
    return tuple(one.name for one in _relation(table).c)


def page(
    table: str, offset: int = 0, limit: int = PAGE, sort: tuple[str, bool] | None = None, search: str = ""
) -> Rows:
    """Rows `offset` to `offset + limit` of the table, all its columns.

    `sort` is a column and whether the largest comes first; what is empty comes last, equals come by their key, so that
    each row is on one page. `search` keeps the rows that have the text in one of their texts, in whatever case.
    """
    if offset < 0 or limit < 1:
        raise RowsError(f"offset, limit: found {offset}, {limit}, wanted 0 or more, and 1 or more")
    relation = _relation(table)
    key = relation.c[KEYS[table]]
    by = _order(relation, *sort) if sort else []
    # The keys alone are sorted: whole rows, of which nearly all are thrown away, would be many times as much.
    wanted = select(key.label("row_key")).where(*_matching(relation, search)).order_by(*by, key)
    keys = wanted.limit(limit).offset(offset).subquery("keys_of_page")
    return select(*relation.c).join_from(relation, keys, keys.c.row_key == key).order_by(*by, key)


def total(table: str, search: str = "") -> Rows:
    """How many rows the table has, of those that a search keeps."""
    relation = _relation(table)
    return select(func.count(relation.c[KEYS[table]])).where(*_matching(relation, search))


def _relation(table: str) -> TableClause:
    if table not in TABLES:
        raise RowsError(f"There is no table {table!r} of the warehouse: wanted one of {', '.join(TABLES)}")
    return TABLES[table]


def _order(relation: TableClause, name: str, descending: bool) -> list[Sql]:  # noqa: FBT001 - the pair of `sort`
    if name not in relation.c:
        raise RowsError(
            f"sort: {relation.name} has no column {name!r}, wanted one of {', '.join(relation.c.keys())}"
        )
    column = relation.c[name]
    value = in_bytes(column) if isinstance(column.type, String) else column
    empty = case((column.is_(None), LAST), else_=FIRST)  # engines differ in where they put it by themselves
    return [empty, value.desc() if descending else value]


def _matching(relation: TableClause, search: str) -> list[Sql]:
    if not search:
        return []
    texts = [one for one in relation.c if isinstance(one, ColumnClause) and isinstance(one.type, String)]
    return [or_(*(func.lower(one).contains(search.lower(), autoescape=True) for one in texts))]
