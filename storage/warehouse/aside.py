"""The tables aside: the star schema once more under other names, filled while the warehouse is being read.

The tables of build 7 are `dim_customer_b7` and so on, and so are their keys, checks and indexes named, because in
SQLite and PostgreSQL an index's name is taken once a database. Where MySQL put the old tables away, they are
`dim_customer_b7_was` until they are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Constraint,
    ForeignKey,
    Index,
    Inspector,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    inspect,
    select,
)
from sqlalchemy.schema import conv

from storage.schema import NAMES
from storage.star_schema import STAR_TABLES

WAS = "_was"  # what MySQL's swap puts away
_ASIDE = re.compile(rf"({'|'.join(table.name for table in STAR_TABLES)})_b(\d+)(?:{WAS})?")


class LoadError(Exception):
    """The warehouse could not be loaded; the one before stands. The message names the table and what to do."""


def aside_name(name: str, number: int) -> str:
    return f"{name}_b{number}"


def tables_aside(number: int) -> tuple[Table, ...]:
    """The four tables of a build, parents before children, with every key, check and index of the star schema."""
    metadata = MetaData(naming_convention=NAMES)
    return tuple(_copied(table, number, metadata) for table in STAR_TABLES)


def without_keys(table: Table) -> Table:
    """The same columns with nothing that has to be kept up while rows come in."""
    columns = [
        Column(one.name, one.type, nullable=one.nullable, autoincrement=False) for one in table.columns
    ]
    return Table(table.name, MetaData(), *columns)


def keys_of(table: Table) -> list[Constraint]:
    """Its constraints in the order in which a full table takes them best: own keys, checks, then those to others."""
    found = sorted(table.constraints, key=lambda one: str(one.name))
    own = [one for one in found if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]
    checks = [one for one in found if isinstance(one, CheckConstraint)]
    return [*own, *checks, *table.foreign_key_constraints]


def existing(connection: Connection) -> set[str]:
    """All tables aside that are there, of whichever build."""
    inspector: Inspector = inspect(connection)
    return {name for name in inspector.get_table_names() if _ASIDE.fullmatch(name)}


def build_of(name: str) -> int:
    """The number in the name of a table aside."""
    found = _ASIDE.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is not the name of a table aside")
    return int(found[2])


def children_first(names: set[str]) -> list[str]:
    """In an order in which they can be dropped."""
    return sorted(names, key=lambda name: (not name.startswith("fact_"), name))


def prove_references(connection: Connection, table: Table) -> None:
    """Raise `LoadError` unless every foreign key of a full table finds its row.

    For builds that filled it with the checks off; reads each index once and looks up each value once.
    """
    for column, parent in _references(table):
        values = select(column).distinct().subquery()
        missing = select(values.c[0]).where(values.c[0].not_in(select(parent))).limit(1)
        found = connection.execute(missing).scalar()
        if found is not None:
            raise LoadError(
                f"{table.name}.{column.name} is {found} in some row, but {parent.table} has no such row; nothing was "
                "loaded. The Parquet files of this run do not fit together: run it again from the source"
            )


def _references(table: Table) -> Iterator[tuple[Column[object], Column[object]]]:
    for key in table.foreign_keys:
        yield key.parent, key.column


def _copied(table: Table, number: int, metadata: MetaData) -> Table:
    name = aside_name(table.name, number)
    columns = [_column(column, number) for column in table.columns]
    unique = [
        UniqueConstraint(*(field.name for field in one.columns))
        for one in table.constraints
        if isinstance(one, UniqueConstraint)
    ]
    checks = [
        CheckConstraint(one.sqltext, name=conv(_renamed(one.name, table.name, name)))
        for one in table.constraints
        if isinstance(one, CheckConstraint)
    ]
    indexes = [
        Index(_renamed(one.name, table.name, name), *(field.name for field in one.columns))
        for one in table.indexes
    ]
    return Table(name, metadata, *columns, *unique, *checks, *indexes)


def _column(column: Column[object], number: int) -> Column[object]:
    keys = []
    for one in column.foreign_keys:
        parent, _, field = one.target_fullname.partition(".")
        keys.append(ForeignKey(f"{aside_name(parent, number)}.{field}"))
    return Column(
        column.name,
        column.type,
        *keys,
        primary_key=column.primary_key,
        nullable=column.nullable,
        autoincrement=False,
    )


def _renamed(name: object, table: str, aside: str) -> str:
    return str(name).replace(table, aside)
