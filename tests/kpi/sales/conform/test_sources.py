"""What is known about the tables of a run before any row is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi.report import Ledger
from kpi.sales.conform.dimension import CUSTOMER, PRODUCT
from kpi.sales.conform.sources import sources_of
from kpi.sales.source import RawColumn, Role, SourceError, SourceFile, TypedTable


def _table(name: str, role: Role, *fields: str, sheet: str = "") -> TypedTable:
    columns = tuple(RawColumn(f"c{at}", field.title(), field) for at, field in enumerate(fields))
    return TypedTable(SourceFile(name, "", 1), sheet, role, Path(), Path(), Ledger(), columns)


CUSTOMERS = _table("customers.csv", Role.CUSTOMERS, "customer_id", "city")
SALES = _table("sales.csv", Role.SALES, "date", "quantity", "discount")


def test_without_sales_nothing_can_be_made() -> None:
    with pytest.raises(SourceError, match=r"found customers.csv lists customers; wanted a table with a date"):
        sources_of([CUSTOMERS])


def test_a_dimension_is_listed_where_a_table_lists_it() -> None:
    sources = sources_of([CUSTOMERS, SALES])
    assert (sources.is_listed(CUSTOMER), sources.is_listed(PRODUCT)) == (True, False)


def test_a_file_wins_as_its_last_table_does() -> None:
    first, other, second = (
        _table(name, Role.SALES, sheet=sheet) for name, sheet in (("a", "1"), ("b", ""), ("a", "2"))
    )
    sources = sources_of([first, other, second])
    assert [sources.file_of(t) for t in range(3)] == [2, 1, 2]


def test_one_column_of_discounts_stands_for_both_kinds() -> None:
    sources = sources_of([SALES])
    found = [
        (sources.has(0, field), sources.header_of(0, field)) for field in ("discount_rate", "discount_amount")
    ]
    assert found == [(True, "Discount"), (True, "Discount")]


@pytest.mark.parametrize(
    ("tables", "counted"),
    [
        ([_table("a", Role.FLAT, "order_id"), _table("a", Role.FLAT, "order_id", sheet="2")], True),
        ([_table("a", Role.FLAT, "order_id"), _table("b", Role.FLAT, "order_id")], True),
        ([_table("a", Role.FLAT, "order_id"), _table("b", Role.FLAT, "sale_number")], False),
    ],
    ids=["two sheets of a file", "two files", "numbers of its own"],
)
def test_keys_that_are_counted_in_their_files_cannot_repeat(tables: list[TypedTable], counted: bool) -> None:  # noqa: FBT001
    assert sources_of(tables).has_no_numbers is counted
