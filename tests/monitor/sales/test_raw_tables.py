"""A folder of files, or one file, to tables of text: by their columns, with the line of every row."""

from __future__ import annotations

import hashlib
import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi.sales.source import Note, Role, SourceError, SourceFile
from monitor.sales.raw_tables import MOST_FILES, find_files, raw_tables
from monitor.sandbox import SandboxLimits
from tests.kpi.books import xlsx
from tests.monitor.sales.raw_files import SALES, Read, cells, read_into, refused


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return read_into(tmp_path / "aside")


def test_the_files_of_a_folder_are_sorted_and_told_by_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("sales.csv", "b/customers.csv", "a.CSV"):
        (tmp_path / name).write_bytes(name.encode())
    assert [file for _, file in find_files(tmp_path)] == [
        SourceFile(name, hashlib.sha256(name.encode()).hexdigest(), len(name))
        for name in ("a.CSV", "b/customers.csv", "sales.csv")
    ]


def test_hidden_and_temporary_files_strangers_and_links_are_passed_over(tmp_path: Path) -> None:
    outside, source = tmp_path / "outside", tmp_path / "source"
    (outside / "more").mkdir(parents=True)
    (outside / "more" / "sales.csv").write_text(SALES)
    source.mkdir()
    for name in (".sales.csv", "~$sales.xlsx", "sales.csv.tmp", "truth.json", "sales.pdf"):
        (source / name).write_text(SALES)
    (source / ".hidden").mkdir()
    (source / ".hidden" / "sales.csv").write_text(SALES)
    (source / "link.csv").symlink_to(outside / "more" / "sales.csv")
    (source / "folder").symlink_to(outside / "more")
    assert find_files(source) == []


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 1):
        (tmp_path / f"{number}.csv").touch()
    with pytest.raises(SourceError, match="more than 10,000 files") as error:
        find_files(tmp_path)
    assert error.value.code == "too_many_files"


def test_a_name_that_is_no_text_is_refused_and_shown_escaped(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"s\xe4les.csv")).write_text(SALES)
    with pytest.raises(SourceError) as error:
        find_files(tmp_path)
    assert (error.value.code, str(error.value)) == (
        "file_name",
        "s\\udce4les.csv: found a name that is not UTF-8, wanted one that is. Rename it and run again.",
    )


def test_a_name_that_no_database_would_hold_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / ("f" * 200)
    folder.mkdir()
    (folder / ("s" * 50 + ".csv")).write_text(SALES)
    assert len(find_files(tmp_path)) == 1
    (folder / ("s" * 51 + ".csv")).write_text(SALES)
    with pytest.raises(
        SourceError, match="found a name of 256 characters with its folders, wanted at most 255"
    ):
        find_files(tmp_path)


def test_a_source_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="neither a folder nor a file") as error:
        find_files(tmp_path / "nowhere")
    assert error.value.code == "no_source"


def test_every_sheet_of_a_workbook_is_a_table(read: Read, tmp_path: Path) -> None:
    book = xlsx(
        tmp_path / "shop.xlsx",
        {
            "Kunden": [["Kundennr", "Name", "Ort"], [1, "Jürgen", "Köln"]],
            "Products": [
                ["Our products"],
                [],
                ["id", "name", "price"],
                ["P1", "Chair", 9.5],
                [],
                ["P2", "Desk", 1 / 3],
            ],
            "Orders": [
                ["Order ID", "Date", "Customer", "Product ID", "Qty", "Note"],
                ["O1", date(2025, 1, 31), "C1", "P1", 2, "=1/0"],
                ["O2", datetime(2025, 1, 31, 8, 26), "C1", "P1", -1e-7, True],  # noqa: DTZ001
            ],
            "Summary": [["Month", "Revenue"], [date(2025, 1, 1), 19.0]],
            "Returns": [["Returned", "Order ID"], ["Yes", "O1"]],
        },
    )
    tables = read(book)
    assert [(table.label, table.role, table.typed, table.rows) for table in tables] == [
        ("shop.xlsx#Kunden", Role.CUSTOMERS, True, 1),
        ("shop.xlsx#Products", Role.PRODUCTS, True, 3),
        ("shop.xlsx#Orders", Role.SALES, True, 2),
    ]
    assert [cells(table) for table in tables] == [
        [(2, "1", "Jürgen", "Köln")],
        [(4, "P1", "Chair", "9.5"), (5, None, None, None), (6, "P2", "Desk", "0.333333333333333")],
        [
            (2, "O1", "2025-01-31", "C1", "P1", "2", cells(tables[2])[0][-1]),
            (3, "O2", "2025-01-31 08:26:00", "C1", "P1", "-0.0000001", "true"),
        ],
    ]


def test_sheets_that_are_left_out_are_noted(read: Read, tmp_path: Path) -> None:
    orders: list[list[Any]] = [["Order ID", "Date", "Qty"], ["O1", date(2025, 1, 31), 2]]
    summary: list[list[Any]] = [["Month", "Revenue"], [date(2025, 1, 1), 19.0]]
    returns = [["Returned", "Order ID"], ["Yes", "O1"]]
    sheets = {"Summary": summary, "Orders": orders, "Returns": returns, "Old": orders}
    [table] = read(xlsx(tmp_path / "shop.xlsx", sheets, hidden=["Old"]))
    columns = "(columns: 'Returned', 'Order ID')"
    sums = "its rows are numbered neither as orders nor as sales, as those of another table are: they may be sums of these"
    assert (table.label, table.notes) == (
        "shop.xlsx",
        (
            Note(
                "shop.xlsx",
                "Returns",
                "",
                f"it lists neither sales nor customers nor products {columns}",
                "the sheet was left out",
                1,
            ),
            Note("shop.xlsx", "Old", "", "the sheet is hidden", "the sheet was left out", 1),
            Note("shop.xlsx", "Summary", "", sums, "the table was left out", 1),
        ),
    )


def test_a_workbook_without_a_table_is_refused_with_its_columns(read: Read, tmp_path: Path) -> None:
    book = xlsx(tmp_path / "people.xlsx", {"People": [["Person", "Region"], ["A", "West"]], "Empty": []})
    code, message = refused(read, book)
    assert (
        code,
        message.startswith("people.xlsx, sheet 'People': found the columns 'Person', 'Region', wanted"),
    ) == (
        "no_sales_table",
        True,
    )


def test_a_web_page_named_as_a_workbook_is_read(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "sales.xls"
    path.write_text(
        "<html><table><tr><th>Date</th><th>Order ID</th><th>Sales</th></tr>"
        "<tr><td>31.01.2025</td><td>O1</td><td>9,50</td></tr></table></html>"
    )
    [table] = read(path)
    assert (table.typed, cells(table)) == (False, [(2, "31.01.2025", "O1", "9,50")])


def test_a_text_file_named_as_a_workbook_is_read(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "sales.xls"
    path.write_text(SALES.replace(",", "\t") + "2025-01-31\tC1\tP1\t2\t9\n")
    assert cells(read(path)[0]) == [(2, "2025-01-31", "C1", "P1", "2", "9")]


def test_a_damaged_workbook_is_refused(read: Read, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "sales.xlsx", {"Sales": [["Date", "Qty"], [date(2025, 1, 31), 1]]})
    path.write_bytes(path.read_bytes()[:-200])
    assert refused(read, path)[0] == "incomplete"


def test_a_workbook_that_takes_too_much_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "sales.xlsx", {"Sales": [["Date", "Qty"], [date(2025, 1, 31), 1]]})
    [(_, file)] = find_files(path)
    with pytest.raises(SourceError) as error:
        raw_tables(path, file, tmp_path, SandboxLimits(memory_bytes=64 << 20))
    assert error.value.code in ("too_large", "unreadable")


def test_parquet_is_read_with_its_own_types(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    moments = [datetime(2025, 1, 31), datetime(2025, 1, 31, 8, 26, 0, 5), None]  # noqa: DTZ001
    table = pa.table(
        {
            "order_date": pa.array(moments, pa.timestamp("us")),
            "customer_id": pa.array(["C1", "", None]).dictionary_encode(),
            "product_id": pa.array([1, 2, 3]),
            "quantity": pa.array([2.0, 0.1 + 0.2, float("nan")]),
            "unit_price": pa.array([Decimal("9.90"), Decimal("0.00"), None]),
            "tags": pa.array([["a"], [], None]),
            "__index_level_0__": pa.array([7, 8, 9]),
        }
    )
    pq.write_table(table, path)
    [raw] = read(path)
    assert (raw.role, raw.typed, raw.rows) == (Role.SALES, True, 3)
    assert cells(raw) == [
        (1, "2025-01-31", "C1", "1", "2", "9.90"),
        (2, "2025-01-31 08:26:00", None, "2", "0.3", "0.00"),
        (3, None, None, "3", None, None),
    ]
    assert [(note.header, note.problem) for note in raw.notes] == [
        ("tags", "its cells hold several values each"),
        ("__index_level_0__", "it numbers the rows of the program that wrote the file"),
    ]


def test_a_damaged_parquet_file_is_refused(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    pq.write_table(pa.table({"date": ["2025-01-31"], "quantity": [1]}), path)
    path.write_bytes(path.read_bytes()[:-20])
    assert refused(read, path)[0] == "incomplete"


def test_a_locked_workbook_is_refused(read: Read, tmp_path: Path) -> None:
    import io  # noqa: PLC0415

    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415

    plain = xlsx(tmp_path / "plain.xlsx", {"Sales": [["Date", "Qty"], [date(2025, 1, 31), 1]]})
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(plain.read_bytes())).encrypt("secret", locked)
    (tmp_path / "sales.xlsx").write_bytes(locked.getvalue())
    assert refused(read, tmp_path / "sales.xlsx")[0] == "encrypted"


FIELDS = {
    "Online Retail.xlsx": "order_id product_id product quantity date unit_price customer_id country",
    "Sample - Superstore.xls": "order_id date customer_id customer segment country city region product_id "
    "category subcategory product revenue quantity discount",
    "Financial Sample.xlsx": "segment country product quantity unit_price discount revenue date",
}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "rows", "notes"),
    [
        ("Online Retail.xlsx", 541_909, []),
        ("Sample - Superstore.xls", 9_994, ["Returns", "People"]),
        ("Financial Sample.xlsx", 700, []),
    ],
)
def test_real_workbooks(shared_workbooks: Path, read: Read, name: str, rows: int, notes: list[str]) -> None:
    [table] = read(shared_workbooks / "real" / name)
    assert [column.field for column in table.columns if column.field] == FIELDS[name].split()
    assert (table.role, table.rows, sum(batch.num_rows for batch in table.batches())) == (
        Role.FLAT,
        rows,
        rows,
    )
    assert [note.sheet for note in table.notes] == notes
