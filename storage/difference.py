"""What a load changed against the load that held before it: from their snapshots, and from the values as recorded."""

# ruff: noqa: S608 - what is put together here are the names of columns, quoted; never the text of a cell

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, select

from kpi.loading.difference import (
    MOST_MOVED,
    Difference,
    RowsChanged,
    SumChanged,
    ValueMoved,
    changed_columns,
    moved_values,
    new_issues,
)
from kpi.report import FactField, Issue, Kind
from storage import loads
from storage.engines.on_duckdb import Query, duckdb_views, quoted
from storage.loads import Load
from storage.schema import kpi_data

GRAIN = "month"  # of the KPI values that are compared
ORDER = "order_id"  # tells rows apart better than any other column, where it is there
VIEWS = ("old", "new")

Values = dict[tuple[str, date], float | None]


@dataclass(frozen=True, slots=True)
class Version:
    """One side: its columns, its issues, and its facts; None where there are none."""

    fields: tuple[FactField, ...] = ()
    issues: tuple[Issue, ...] = ()
    facts: Path | None = None


def difference_of(connection: Connection, folder: Path, load: Load) -> Difference | None:
    """What a committed load changed when it came; None for one that changed nothing."""
    if load.version is None:
        return None
    before = loads.replaced_load(connection, load)
    old = version_of(connection, folder, before)
    new = version_of(connection, folder, load)
    moved = _recorded_moves(connection, load.dataset, load.version)
    kept = all(side.facts is None or side.facts.exists() for side in (old, new))
    return compared(old, new, moved, before.id if before else None, kept=kept)


def version_of(connection: Connection, folder: Path, load: Load | None) -> Version:
    """A load as one side of a difference; None is an empty side."""
    if load is None or load.snapshot is None:
        return Version()
    issues = tuple(loads.issues_of(connection, load.id, None))
    return Version(load.report.fields, issues, folder / load.snapshot)


def compared(
    old: Version, new: Version, moved: Sequence[ValueMoved], against: int | None, *, kept: bool = True
) -> Difference:
    """Both sides put against each other; `kept` False where the facts of one of them are gone."""
    rows, sums = _facts_compared(old, new) if kept else (None, ())
    return Difference(
        against=against,
        rows=rows,
        sums=sums,
        moved=tuple(moved[:MOST_MOVED]),
        moved_in_all=len(moved),
        columns=changed_columns(old.fields, new.fields),
        issues=tuple(new_issues(old.issues, new.issues)),
    )


def _recorded_moves(connection: Connection, dataset: str, version: int) -> list[ValueMoved]:
    return moved_values(
        _values(connection, dataset, kpi_data.c.until_version == version),
        _values(connection, dataset, kpi_data.c.since_version == version),
        GRAIN,
    )


def _values(connection: Connection, dataset: str, which: ColumnElement[bool]) -> Values:
    statement = select(kpi_data.c.kpi, kpi_data.c.period_start, kpi_data.c.value).where(
        kpi_data.c.dataset == dataset, kpi_data.c.grain == GRAIN, which
    )
    return {(kpi, period): value for kpi, period, value in connection.execute(statement)}


def _facts_compared(old: Version, new: Version) -> tuple[RowsChanged, tuple[SumChanged, ...]]:
    sides = {"old": old.facts, "new": new.facts}
    with duckdb_views({name: path for name, path in sides.items() if path is not None}) as ask:
        sums = _sums(ask, old, new)
        if old.facts is None or new.facts is None:
            count = _count(ask, "new" if new.facts else "old") if old.facts or new.facts else 0
            rows = RowsChanged((), count if new.facts else 0, count if old.facts else 0, 0)
        else:
            rows = _rows(ask, _common(ask, old, new))
    return rows, sums


def _sums(ask: Query, old: Version, new: Version) -> tuple[SumChanged, ...]:
    """Every measure of either side, in the order of the new one."""
    headers = {one.name: one.header for one in (*new.fields, *old.fields) if one.kind is Kind.MEASURE}
    before, after = (_totals(ask, name, side) for name, side in (("old", old), ("new", new)))
    return tuple(
        SumChanged(name, header, before.get(name), after.get(name)) for name, header in headers.items()
    )


def _totals(ask: Query, view: str, side: Version) -> dict[str, float | None]:
    names = [one.name for one in side.fields if one.kind is Kind.MEASURE]
    if side.facts is None or not names:
        return {}
    columns = ", ".join(f"sum({quoted(name)})" for name in names)
    ((*totals,),) = ask(f"SELECT {columns} FROM {view}")
    return dict(zip(names, totals, strict=True))


def _common(ask: Query, old: Version, new: Version) -> list[FactField]:
    """The columns that both have, of one type."""
    types = [{name: kind for name, kind, *_ in ask(f"DESCRIBE {view}")} for view in VIEWS]
    names = {one.name for one in old.fields}
    return [one for one in new.fields if one.name in names and types[0][one.name] == types[1][one.name]]


def _rows(ask: Query, common: Sequence[FactField]) -> RowsChanged:
    """By a key where one tells every row of both sides apart, else by whole rows."""
    for key in _keys(common):
        if all(_is_key(ask, view, key) for view in VIEWS):
            return _by_key(ask, key, common)
    return _by_whole_rows(ask, common)


def _keys(common: Sequence[FactField]) -> list[tuple[str, ...]]:
    """What may tell rows apart, the shortest first: the order, all identifiers; each with the date."""
    names = [one.name for one in common]
    known = tuple(one.name for one in common if one.kind is Kind.IDENTIFIER)
    keys = [(ORDER,)] * (ORDER in names) + [known] * bool(known)
    return list(dict.fromkeys((*key, "date") for key in keys if "date" in names))


def _is_key(ask: Query, view: str, key: tuple[str, ...]) -> bool:
    columns = _listed(key)
    filled = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in key)
    ((rows, with_key, distinct),) = ask(
        f"SELECT count(*), count(*) FILTER (WHERE {filled}), count(DISTINCT hash({columns})) FROM {view}"
    )
    return bool(rows == with_key == distinct)


def _by_key(ask: Query, key: tuple[str, ...], common: Sequence[FactField]) -> RowsChanged:
    whole = _listed([one.name for one in common])
    sides = [f"(SELECT {_listed(key)}, hash({whole}) AS _all FROM {view}) AS {view}_rows" for view in VIEWS]
    ((added, removed, changed),) = ask(
        "SELECT count(*) FILTER (WHERE old_rows._all IS NULL), count(*) FILTER (WHERE new_rows._all IS NULL), "
        "count(*) FILTER (WHERE new_rows._all <> old_rows._all) "
        f"FROM {sides[0]} FULL JOIN {sides[1]} USING ({_listed(key)})"
    )
    return RowsChanged(key, added, removed, changed)


def _by_whole_rows(ask: Query, common: Sequence[FactField]) -> RowsChanged:
    """Rows as often as they occur: by a hash of 64 bits, so that the memory does not grow with their width."""
    whole = _listed([one.name for one in common])
    sides = " UNION ALL ".join(
        f"SELECT hash({whole}) AS _all, {sign} AS _sign FROM {view}"
        for view, sign in (("new", 1), ("old", -1))
    )
    ((added, removed),) = ask(
        "SELECT coalesce(sum(n) FILTER (WHERE n > 0), 0), coalesce(-sum(n) FILTER (WHERE n < 0), 0) "
        f"FROM (SELECT sum(_sign) AS n FROM ({sides}) GROUP BY _all)"
    )
    return RowsChanged((), int(added), int(removed), None)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def _count(ask: Query, view: str) -> int:
    ((rows,),) = ask(f"SELECT count(*) FROM {view}")
    return int(rows)
