"""Raw rows to typed ones: what is loaded, rejected and set aside, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi.report import Ledger
from kpi.sales.options import DayOrder, Options
from kpi.sales.source import Note, Role, SourceError, SourceFile
from kpi.sales.typing.fields import COLUMNS, sql_type
from storage.warehouse.typed import type_table
from tests.storage.warehouse.raw_rows import (
    BUDGET,
    DEFAULTS,
    FILE,
    LARGE,
    column,
    loaded,
    raw_table,
    rejected,
    typed,
)

SALES = "Date=date, Order=order_id, Client=customer_id, Item=product_id, Qty=quantity, Price=unit_price"
BOTH = pytest.mark.parametrize("file", [FILE, LARGE], ids=["kept", "read anew"])


@BOTH
def test_plain_rows_are_loaded_whole(tmp_path: Path, file: SourceFile) -> None:
    raw = raw_table(Role.SALES, SALES, ["2025-01-31|O1|C1|P1|2|3.50", "2024-02-29|O2|C2|P2|-1|0"], file=file)

    table = typed(raw, tmp_path)

    assert loaded(table) == [
        {
            "line": 2,
            "order_id": "O1",
            "date": date(2025, 1, 31),
            "customer_id": "C1",
            "product_id": "P1",
            "quantity": Decimal("2.0000"),
            "unit_price": Decimal("3.5000"),
        },
        {
            "line": 3,
            "order_id": "O2",
            "date": date(2024, 2, 29),
            "customer_id": "C2",
            "product_id": "P2",
            "quantity": Decimal("-1.0000"),
            "unit_price": Decimal("0.0000"),
        },
    ]
    assert (table.ledger, rejected(table), table.notes) == (Ledger(2, 2), [], ())


@BOTH
def test_rows_that_cannot_be_used_are_rejected_with_the_first_reason(
    tmp_path: Path, file: SourceFile
) -> None:
    rows = [
        "2025-01-31|O1|C1|P1|2|3.50",
        "|O1|C1|P1|abc|1",
        "n/a|O1|C1|P1|1|1",
        "2025-02-30|O1|C1|P1|1|1",
        "1899-12-31|O1|C1|P1|1|1",
        "2025-01-31|O1|C1|P1|abc|1",
        "2025-01-31|O1|C1|P1|-|1",
        "2025-01-31|O1|C1|P1|100000000000|1",
        "2025-01-31|O1|C1|P1|1|",
        "2025-01-31|O1|C1|P1|1|inf",
        f"2025-01-31|O1|{'x' * 121}|P1|1|1",
        "2025-01-31|O1|C1|P1|1|1",
    ]

    table = typed(raw_table(Role.SALES, SALES, rows, file=file, broken=[13]), tmp_path)

    assert rejected(table) == [
        (3, "the date is missing", ""),
        (4, "the date is missing", "n/a"),
        (5, "the date is no day", "2025-02-30"),
        (6, "the date is before 1900-01-01 or after 2200-12-31", "1899-12-31"),
        (7, "the quantity is no number", "abc"),
        (8, "the quantity is missing", "-"),
        (9, "the quantity is too large", "100000000000"),
        (10, "the unit price is missing", ""),
        (11, "the unit price is no number", "inf"),
        (12, "the customer id is longer than 120 characters", "x" * 121),
        (13, "too many cells", ""),
    ]
    assert table.ledger == Ledger(read=12, loaded=1, rejected=11)


def test_a_reject_has_its_header_and_the_whole_row_as_csv(tmp_path: Path) -> None:
    rows = ['2025-01-31|O,1|C"1||a\nb|1', "2025-01-31|O1|C1|P1|1|1"]

    table = typed(raw_table(Role.SALES, SALES, rows, broken=[3]), tmp_path)

    assert [(row["header"], row["raw"]) for row in pq.read_table(table.rejects).to_pylist()] == [
        ("Qty", '2025-01-31,"O,1","C""1",,"a\nb",1'),
        ("", "a;b;c"),
    ]


@BOTH
def test_rows_that_are_no_data_are_set_aside_and_counted(tmp_path: Path, file: SourceFile) -> None:
    rows = [
        "2025-01-31|O1|C1|P1|2|3.50",
        "|||||",
        "  |  ||||",
        "Date|Order|Client|Item|Qty|Price",
        "Total||||2|",
        "|Grand Total:|||2|3",
        "|Total|C1|P1|2|3",
    ]

    table = typed(raw_table(Role.SALES, SALES, rows, file=file), tmp_path)

    assert table.notes == (
        Note("sales.csv", "", "", "blank row", "set aside", 2, 3),
        Note("sales.csv", "", "", "the header repeated", "set aside", 1, 5),
        Note("sales.csv", "", "", "row of totals", "set aside", 2, 6),
    )
    assert rejected(table) == [(8, "the date is missing", "")]
    assert table.ledger == Ledger(read=7, loaded=1, rejected=1, set_aside=5)


def test_a_table_without_rows_is_typed_as_well(tmp_path: Path) -> None:
    table = typed(raw_table(Role.FLAT, SALES, []), tmp_path)

    assert (loaded(table), rejected(table), table.ledger) == ([], [], Ledger())


@pytest.mark.parametrize("role", list(Role))
def test_typed_rows_have_the_same_columns_whatever_the_table_has(tmp_path: Path, role: Role) -> None:
    table = typed(raw_table(role, "A=customer_id, B=product_id, D=date, Q=quantity", ["1|1"]), tmp_path)

    found = pq.read_schema(table.path)

    assert found.names == ["line", *COLUMNS[role]]
    arrow = {"DATE": "date32[day]", "VARCHAR": "string"}
    wanted = [arrow.get(sql_type(name), sql_type(name).lower().replace(",", ", ")) for name in COLUMNS[role]]
    assert [str(kind).replace("decimal128", "decimal") for kind in found.types] == ["int64", *wanted]


@pytest.mark.parametrize(
    ("columns", "cells", "quantity", "reasons"),
    [
        pytest.param("R=revenue", ["5"], ["1.0000"], [], id="no quantity, but a revenue"),
        pytest.param("Q=quantity, R=revenue", ["|5"], ["1.0000"], [], id="an empty quantity beside a revenue"),
        pytest.param("Q=quantity, R=revenue", ["2|"], [], ["the revenue is missing"], id="neither"),
        pytest.param("Q=quantity", ["2"], ["2.0000"], [], id="priced by the products"),
        pytest.param("Q=quantity, P=unit_price, R=revenue", ["2||5"], ["2.0000"], [], id="no price, but a revenue"),
        pytest.param(
            "Q=quantity, P=unit_price, R=revenue",
            ["2||"],
            [],
            ["the unit price and the revenue are missing"],
            id="neither price nor revenue",
        ),
    ],
)  # fmt: skip
def test_what_a_sale_needs(
    tmp_path: Path, columns: str, cells: list[str], quantity: list[str], reasons: list[str]
) -> None:
    raw = raw_table(Role.SALES, f"D=date, {columns}", [f"2025-01-31|{cell}" for cell in cells])

    table = typed(raw, tmp_path)

    assert [str(found) for found in column(table, "quantity")] == quantity
    assert [reason for _, reason, _ in rejected(table)] == reasons


def test_the_order_of_days_is_asked_for_where_nothing_tells_it(tmp_path: Path) -> None:
    raw = raw_table(Role.SALES, SALES, ["03/04/2025|O1|C1|P1|1|1", "05/06/2025|O1|C1|P1|1|1"])

    with pytest.raises(SourceError) as refused:
        typed(raw, tmp_path)

    assert refused.value.code == "date_order"
    assert str(refused.value) == (
        "sales.csv, column 'Date': found '03/04/2025', which may have the day or the month first, and no other date "
        "tells. Set KPI_SALES_DAYS=day_first or KPI_SALES_DAYS=month_first, or write days as 2025-12-31, and run again. "
        "The warehouse is as it was."
    )


@BOTH
def test_days_are_read_in_the_order_that_was_set(tmp_path: Path, file: SourceFile) -> None:
    raw = raw_table(Role.SALES, SALES, ["03/04/2025 8:26 PM|O1|C1|P1|1|1"], file=file)

    found = [column(typed(raw, tmp_path, Options(days=days)), "date") for days in list(DayOrder)[1:]]

    assert found == [[date(2025, 4, 3)], [date(2025, 3, 4)]]


def test_an_order_that_other_tables_proved_is_taken_at_the_second_attempt(tmp_path: Path) -> None:
    proving = raw_table(Role.SALES, SALES, ["13/01/2025|O1|C1|P1|1|1"])
    unproved = raw_table(Role.SALES, SALES, ["01/02/2025|O2|C1|P1|1|1", "03/04/2025|O3|C1|P1|1|1"])
    proved = typed(proving, tmp_path / "01").days
    with pytest.raises(SourceError):
        typed(unproved, tmp_path / "02")

    table = typed(unproved, tmp_path / "02", Options(days=DayOrder(proved)))

    assert (proved, column(table, "date"), table.days) == (
        "day_first",
        [date(2025, 2, 1), date(2025, 4, 3)],
        "",
    )


@BOTH
def test_a_column_of_months_tells_the_order_of_days_and_a_note_says_so(
    tmp_path: Path, file: SourceFile
) -> None:
    rows = ["01/06/2025 8:26|O1|C1|P1|1|1| June ", "01/02/2025|O2|C1|P1|1|1|February"]
    rows += ["99/01/2025|O3|C1|P1|1|1|January", "01/03/2025|O4|C1|P1|twelve|1|March"]

    table = typed(raw_table(Role.SALES, f"{SALES}, Month Name=", rows, file=file), tmp_path)

    assert column(table, "date") == [date(2025, 6, 1), date(2025, 2, 1)]
    assert (table.days, table.notes) == (
        "day_first",
        (
            Note(
                *("sales.csv", "", "Date", "the dates do not tell day from month"),
                *("read day first, as the column 'Month Name' says", 3),
            ),
        ),
    )
    assert rejected(table) == [
        (4, "the date is no day", "99/01/2025"),
        (5, "the quantity is no number", "twelve"),
    ]


def test_rows_that_name_another_month_than_their_date_are_told_of(tmp_path: Path) -> None:
    rows = [*["01/06/2025|O1|C1|P1|1|1|6"] * 100, "01/06/2025|O1|C1|P1|1|1|1"]

    table = typed(raw_table(Role.SALES, f"{SALES}, Month=", rows), tmp_path)

    assert table.notes[1:] == (
        Note(
            *("sales.csv", "", "Date", "the column 'Month' names another month, or none"),
            *("the date was kept", 1),
        ),
    )


def test_more_months_than_can_be_looked_at_prove_nothing(tmp_path: Path) -> None:
    rows = [f"01/06/2025|O1|C1|P1|1|1|{'x' * (number // 40_000)}{number}" for number in range(60_000)]

    with pytest.raises(SourceError, match="may have the day or the month first"):
        typed(raw_table(Role.SALES, f"{SALES}, Month=", rows), tmp_path)


def test_an_error_of_the_source_comes_through(tmp_path: Path) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        raise SourceError("unreadable", "sales.csv, line 7: found a quote that nothing closes")
        yield

    raw = replace(raw_table(Role.SALES, SALES, []), batches=batches)

    with pytest.raises(SourceError, match="line 7"):
        typed(raw, tmp_path)


def test_rows_are_counted_while_they_are_read(tmp_path: Path) -> None:
    raw = raw_table(Role.SALES, SALES, ["2025-01-31|O1|C1|P1|1|abc"] * 5, file=LARGE, batch=2)
    read: list[int] = []

    type_table(raw, DEFAULTS, tmp_path, BUDGET, read.append)

    assert read == [2, 4, 5]


def test_nothing_is_left_beside_the_rows(tmp_path: Path) -> None:
    typed(raw_table(Role.SALES, SALES, ["03.04.2025|O1|C1|P1|1|abc"]), tmp_path)

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["rejects.parquet", "typed", "typed.parquet"]
