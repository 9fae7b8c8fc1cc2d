"""The relations `facts` and `dates` of a statement, put in front of it as named subqueries over what really lies there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnClause,
    ColumnElement,
    CompoundSelect,
    Date,
    Double,
    FromClause,
    Integer,
    Select,
    String,
    TableClause,
    cast,
    false,
    null,
    select,
    union_all,
)
from sqlalchemy.sql.expression import quoted_name
from sqlalchemy.sql.selectable import Alias
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import NullType, TypeEngine

from kpi.values import Statement

TOGETHER = 100  # relations in one union; databases have a limit, SQLite 500
INT_BITS = 32
LONGEST_NAME = 63  # bytes of a name that every engine keeps whole
Rows = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


class NotHereError(Exception):
    """A statement that this engine would not answer like DuckDB, which has to answer it then."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of the facts that lie together: the relation they are in, and what it calls each column of the facts."""

    source: FromClause
    columns: Mapping[str, ColumnElement[Any]]


def with_facts(statement: Statement, parts: Sequence[Part]) -> Statement:
    """The statement with its `facts`: all rows of the parts. A column that a part lacks is empty for its rows.

    NotHereError where a name is too long, or one part has text in a column and another, or the statement, has numbers.
    """
    return statement.add_cte(_facts(statement, parts))


def with_dates(statement: Statement, part: Part | None) -> Statement:
    """The statement with its `dates`, without any where there is no part. Itself where it asks for none."""
    asked = _asked(statement, "dates")
    rows = _rows(part, asked) if part else _rows(None, asked).where(false())
    return statement.add_cte(rows.cte("dates")) if asked else statement


def with_star(statement: Statement, parts: Mapping[str, Part]) -> Statement:
    """The statement with the relations of the star schema: each has the rows and columns of its part."""
    for name, part in parts.items():
        columns = [(column, wanted.type) for column, wanted in part.columns.items()]
        statement = statement.add_cte(_rows(part, columns).cte(name))
    return statement


def _facts(statement: Statement, parts: Sequence[Part]) -> CTE:
    asked = _asked(statement, "facts") or [("date", Date())]
    for name, wanted in asked:
        _check(name, wanted, [part.columns[name].type for part in parts if name in part.columns])
    found: Sequence[Rows] = [_rows(part, asked) for part in parts]
    if not found:
        found = [_rows(None, asked).where(false())]
    while len(found) > 1:
        found = [_union(found[at : at + TOGETHER]) for at in range(0, len(found), TOGETHER)]
    return found[0].cte("facts")


def _check(name: str, wanted: TypeEngine[Any], stored: Sequence[TypeEngine[Any]]) -> None:
    if len(name.encode()) > LONGEST_NAME:
        raise NotHereError(f"the name of the column {name!r} is longer than {LONGEST_NAME} bytes")
    families = {_family(kind) for kind in stored} | ({_family(wanted)} - {""} if stored else set())
    if len(families) > 1 or "" in families:
        raise NotHereError(f"the column {name!r} does not hold the same everywhere")


def _asked(statement: Statement, relation: str) -> list[tuple[str, TypeEngine[Any]]]:
    """The columns of the relation that the statement names, under whatever name it has the relation."""
    parts = list(iterate(statement))
    listed = (one for part in parts if isinstance(part, Select) for one in part.selected_columns)
    found = {
        part.name: part.type
        for part in (*parts, *listed)
        if isinstance(part, ColumnClause) and part.table is not None and _beneath(part.table) == relation
    }
    return sorted(found.items(), key=itemgetter(0))


def _beneath(relation: FromClause) -> str:
    while isinstance(relation, Alias):
        relation = relation.element
    return relation.name if isinstance(relation, TableClause) else ""


def _rows(part: Part | None, asked: Sequence[tuple[str, TypeEngine[Any]]]) -> Select[*tuple[Any, ...]]:
    held = part.columns if part else {}
    columns = [
        held.get(name, cast(null(), _typed(wanted))).label(quoted_name(name, quote=True))
        for name, wanted in asked
    ]
    return select(*columns).select_from(part.source) if part else select(*columns)


def _union(found: Sequence[Rows]) -> Rows:
    if len(found) == 1:
        return found[0]
    return union_all(*(one if isinstance(one, Select) else one.subquery().select() for one in found))


def _typed(wanted: TypeEngine[Any]) -> TypeEngine[Any]:
    return String() if isinstance(wanted, NullType) else wanted


def _family(kind: TypeEngine[Any]) -> str:
    """What can be compared with each other; empty where that is not known."""
    if isinstance(kind, NullType):
        return ""
    if isinstance(kind, Date):
        return "days"
    return "numbers" if isinstance(kind, (Double, Integer)) else "text"


def stored_columns(snapshot: Path) -> dict[str, TypeEngine[Any]]:
    """The columns of a snapshot, in its order."""
    return {field.name: _of_arrow(field.type) for field in pq.read_schema(snapshot)}


def merged_columns(snapshots: Sequence[Path]) -> dict[str, TypeEngine[Any]]:
    """The columns of all snapshots; one that differs in its type between two of them has none (`NullType`)."""
    merged: dict[str, TypeEngine[Any]] = {}
    for snapshot in snapshots:
        for name, kind in stored_columns(snapshot).items():
            known = merged.setdefault(name, kind)
            if type(known) is not type(kind):
                merged[name] = NullType()
    return merged


def _of_arrow(kind: pa.DataType) -> TypeEngine[Any]:
    if pa.types.is_date(kind):
        return Date()
    if pa.types.is_integer(kind):
        return BigInteger() if kind.bit_width > INT_BITS else Integer()
    return Double() if pa.types.is_floating(kind) else String()
