"""Sound rows become a star: keys once, members of every sale, its money, and where every row went."""

# ruff: noqa: S608 - what is put together here are names of our own; never the text of a cell

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat
from pathlib import Path

import duckdb

from kpi.calendar import Calendar
from kpi.report import Ledger
from kpi.sales.conform import listed, numbers, remarks, repeats, told
from kpi.sales.conform.amounts import SIZES, Sizes
from kpi.sales.conform.calendar import dim_date
from kpi.sales.conform.dimension import DIMENSIONS, PRODUCT, Dimension
from kpi.sales.conform.facts import FACT_SALES, joined, told_fields
from kpi.sales.conform.flat import FLAT, MOST_SPELLED, WORTH_SPELLING, columns, distinct, spelled
from kpi.sales.conform.rejects import rejects
from kpi.sales.conform.remarks import Count
from kpi.sales.conform.soundness import drop_unsound
from kpi.sales.conform.sources import SOLD, TYPES, Sources, members, sales, sources_of
from kpi.sales.options import Options
from kpi.sales.source import Account, Note, SourceError, TypedTable
from kpi.sales.star import KEYS
from storage.engines.contract import Budget
from storage.warehouse.workshop import workshop

_COPIED = ("dim_customer", "dim_product", "dim_date")
_BLAMED = ("quantity", "unit_price", "sale_number", "customer_id", "product_id")  # for what is rejected here


@dataclass(frozen=True, slots=True)
class Conformed:
    """What lies in the folder now: how many rows each table of the star has, and the days of the sales."""

    account: Account
    rows: Mapping[str, int]
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class _Bench:
    """What the steps work with."""

    connection: duckdb.DuckDBPyConnection
    sources: Sources
    options: Options
    out: Path

    def run(self, *texts: str) -> None:
        for text in texts:
            self.connection.execute(text)

    def ask(self, text: str) -> list[tuple]:  # type: ignore[type-arg]
        return self.connection.execute(text).fetchall()

    def write(self, text: str, name: str) -> int:
        """The rows as Parquet in the folder, in their order; how many."""
        target = f"COPY ({text}) TO ? (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        return int(self.connection.execute(target, [str(self.out / f"{name}.parquet")]).fetchall()[0][0])


def conform(  # noqa: PLR0913, PLR0917 - a run is all of these
    tables: Sequence[TypedTable],
    before: Path | None,
    options: Options,
    calendar: Calendar,
    today: date,
    out: Path,
    budget: Budget,
) -> Conformed:
    """Write the star of these tables into `out`, with `facts.parquet`, the same flat, and `rejects.parquet`.

    Later tables win over earlier ones. `before` is the folder of the version before: members and sales that it knows
    keep their keys, and their history where options say so. The same input gives the same bytes. Raises `SourceError`:
    `no_sales_table` where no table lists sales, `no_sales` where none of their rows is left; `rejects.parquet` then
    says why.
    """
    sources = sources_of(tables)
    reads = [path for table in tables for path in (table.path, table.rejects)]
    with workshop(out, budget, reads=[*reads, *([before] if before else [])]) as connection:
        bench = _Bench(connection, sources, options, out)
        _open(bench, before)
        _conform_lists(bench, today)
        sizes = _drop_unsound(bench)
        by_number = _drop_repeated(bench)
        _write_rejects(bench)
        first, last = _days(bench)
        _make_members(bench)
        connection.from_arrow(dim_date(calendar, first, last)).create("dim_date")
        bench.run(joined(sources, options.changes, sizes, by_number=by_number))
        rows = _write(bench)
        return Conformed(Account(_ledgers(bench), tuple(_notes(bench, sizes))), rows, first, last)


def _open(bench: _Bench, before: Path | None) -> None:
    """Lay out the typed tables, what is known about them, and the version before, empty where there is none."""
    connection = bench.connection
    bench.run(
        "CREATE TABLE source (t INTEGER, file VARCHAR, sheet VARCHAR, label VARCHAR)",
        "CREATE TABLE header (t INTEGER, field VARCHAR, header VARCHAR)",
        repeats.DROPPED,
    )
    for t, table in enumerate(bench.sources.tables):
        connection.read_parquet(str(table.path)).create_view(f"typed_{t}")
        connection.read_parquet(str(table.rejects)).create_view(f"refused_{t}")
        said = [t, table.file.name, table.sheet, table.label]
        connection.execute("INSERT INTO source VALUES (?, ?, ?, ?)", said)
        for field in _BLAMED:
            header = bench.sources.header_of(t, field)
            connection.execute("INSERT INTO header VALUES (?, ?, ?)", [t, field, header])
    for name, star in (("customer", "dim_customer"), ("product", "dim_product"), ("sale", "fact_sales")):
        if before:
            connection.read_parquet(str(before / f"{star}.parquet")).create_view(f"before_{name}")
    if not before:
        bench.run(*_NOTHING_BEFORE)


_NOTHING_BEFORE = (
    """CREATE TABLE before_customer (customer_key INTEGER, customer_id VARCHAR, name VARCHAR, city VARCHAR,
    region VARCHAR, country VARCHAR, segment VARCHAR, version INTEGER, valid_from DATE, valid_to DATE,
    is_current BOOLEAN, is_inferred BOOLEAN)""",
    """CREATE TABLE before_product (product_key INTEGER, product_id VARCHAR, name VARCHAR, category VARCHAR,
    subcategory VARCHAR, list_price DECIMAL(15,4), version INTEGER, valid_from DATE, valid_to DATE,
    is_current BOOLEAN, is_inferred BOOLEAN)""",
    "CREATE TABLE before_sale (sale_id BIGINT, sale_number VARCHAR)",
)


def _conform_lists(bench: _Bench, today: date) -> None:
    for dimension in filter(bench.sources.is_listed, DIMENSIONS):
        word = dimension.word
        keyed = f"(SELECT *, id AS key FROM {word}_read)"
        bench.run(members(bench.sources, dimension))
        if bench.ask(repeats.are_repeated(keyed))[0][0]:
            bench.run(*repeats.drop_repeated(keyed, f"{word}_read", dimension.id, dimension.told))
        bench.run(listed.described(dimension), *listed.versions(dimension, bench.options.changes, today))


def _drop_unsound(bench: _Bench) -> Sizes:
    bench.run(sales(bench.sources))
    sizes = Sizes(*bench.ask(SIZES)[0])
    if bench.sources.is_listed(PRODUCT):
        (highest,) = bench.ask("SELECT COALESCE(max(abs(list_price)), 0) FROM product_version")[0]
        sizes = replace(sizes, price=max(sizes.price, highest))
    unsound = drop_unsound(bench.sources, bench.options.orphans, sizes)
    if unsound:
        bench.run(unsound)
    return sizes


def _drop_repeated(bench: _Bench) -> bool:
    """Drop sales whose key stands again, and number those that stay; whether all have the source's own numbers."""
    found, whole, least, greatest = bench.ask(numbers.COUNTED)[0]
    by_number = bool(0 < found == whole)
    bench.run(numbers.BY_NUMBER if by_number else numbers.BY_ANYTHING)
    bench.run(repeats.alive("keyed", "standing_key"))
    is_unique = (
        bench.ask(numbers.different(least, greatest, found)) == [(found,)]
        if by_number
        else bench.sources.has_no_numbers
    )
    if not is_unique and bench.ask(repeats.are_repeated("standing_key"))[0][0]:
        bench.run(*repeats.drop_repeated("standing_key", "sale_read", "sale_number", tuple(TYPES)))
    (dropped,) = bench.ask("SELECT count(*) FROM dropped")[0]
    bench.run(
        repeats.alive("sale_read", "sale") if dropped else "CREATE VIEW sale AS SELECT * FROM sale_read"
    )
    if not by_number:
        bench.run(numbers.NUMBERED)
    return by_number


def _write_rejects(bench: _Bench) -> None:
    own = bench.ask(f"SELECT DISTINCT t FROM dropped WHERE fate = '{repeats.REJECTED}'")
    bench.write(rejects(bench.sources, {t for (t,) in own}), "rejects")


def _days(bench: _Bench) -> tuple[date, date]:
    (first, last) = bench.ask("SELECT min(date), max(date) FROM sale")[0]
    if first is not None:
        return first, last
    read = sum(bench.sources.tables[t].ledger.read for t in bench.sources.of(*SOLD))
    raise SourceError(
        "no_sales",
        f"No sale is left: of {read} rows in the tables of sales every one was rejected or set aside, for the reasons that "
        "stand with the rejected rows. Correct them and run again. The warehouse is as it was.",
    )


def _make_members(bench: _Bench) -> None:
    fields = told_fields(bench.sources)
    for dimension in DIMENSIONS:
        if bench.sources.is_listed(dimension):
            bench.run(listed.infer(dimension, names=dimension.name in fields), listed.number(dimension))
        else:
            bench.run(*told.versions(dimension, fields, bench.options.changes), listed.number(dimension))
            bench.run(told.places(dimension, fields))


def _write(bench: _Bench) -> dict[str, int]:
    rows = {name: bench.write(f"FROM {name} ORDER BY {KEYS[name]}", name) for name in _COPIED}
    rows["fact_sales"] = bench.write(FACT_SALES, "fact_sales")
    bench.connection.read_parquet(str(bench.out / "fact_sales.parquet")).create_view("fact_sales")
    for dimension in DIMENSIONS:
        counts = (
            bench.ask(distinct(dimension))[0]
            if rows["fact_sales"] >= WORTH_SPELLING
            else repeat(MOST_SPELLED + 1)
        )
        few = {name: count <= MOST_SPELLED for name, count in zip(columns(dimension), counts, strict=False)}
        bench.run(*spelled(dimension, few))
    bench.write(FLAT, "facts")
    return rows


def _ledgers(bench: _Bench) -> dict[str, Ledger]:
    """What typing had loaded, less what was dropped here."""
    fates = bench.ask("SELECT t, fate, count(*) FROM dropped GROUP BY ALL")
    dropped = {(t, fate): count for t, fate, count in fates}
    found = dict[str, Ledger]()
    for t, table in enumerate(bench.sources.tables):
        rejected = dropped.get((t, repeats.REJECTED), 0)
        superseded = dropped.get((t, repeats.SUPERSEDED), 0)
        found[table.label] = found.get(table.label, Ledger()) + replace(
            table.ledger,
            loaded=table.ledger.loaded - rejected - superseded,
            rejected=table.ledger.rejected + rejected,
            set_aside=table.ledger.set_aside + superseded,
        )
    return found


def _notes(bench: _Bench, sizes: Sizes) -> Iterator[Note]:
    for table in bench.sources.tables:
        yield from table.notes
    text, problem, action = remarks.of_superseded()
    for t, count, first in bench.ask(text):
        table = bench.sources.tables[t]
        yield Note(table.file.name, table.sheet, "", problem, action, count, first)
    for count in _counts(bench, sizes):
        yield from count.notes(bench.sources, bench.ask(count.text))


def _counts(bench: _Bench, sizes: Sizes) -> Iterator[Count]:
    lists = [dimension for dimension in DIMENSIONS if bench.sources.is_listed(dimension)]
    yield from (remarks.of_list(dimension) for dimension in lists)
    yield remarks.of_sales(bench.sources, sizes)
    yield from (remarks.of_inferred(dimension) for dimension in lists if _has_inferred(bench, dimension))


def _has_inferred(bench: _Bench, dimension: Dimension) -> bool:
    return bool(bench.ask(f"SELECT bool_or(is_inferred) FROM {dimension.star}")[0][0])
