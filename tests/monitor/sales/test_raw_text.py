"""Text files of sales: separator, encoding and header are found, and every row has its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kpi.sales.source import Role, SourceError
from tests.monitor.sales.raw_files import SALES, Read, cells, read_into, refused

Write = Callable[[str | bytes], Path]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return read_into(tmp_path / "aside")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def writing(content: str | bytes) -> Path:
        path = tmp_path / "sales.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return writing


def test_rows_of_text_have_their_lines_blank_ones_too(read: Read, write: Write) -> None:
    [table] = read(
        write(SALES + '2025-01-31,C1,P1,2,9.90\n\n2025-02-01,"C\n2",P1,1,\n2025-02-02,C3,P2,1,1\n')
    )
    assert (table.role, table.typed, table.label, table.rows) == (Role.SALES, False, "sales.csv", None)
    assert [(column.header, column.field) for column in table.columns] == [
        ("date", "date"),
        ("customer_id", "customer_id"),
        ("product_id", "product_id"),
        ("quantity", "quantity"),
        ("price", "unit_price"),
    ]
    assert cells(table) == [
        (2, "2025-01-31", "C1", "P1", "2", "9.90"),
        (3, None, None, None, None, None),
        (4, "2025-02-01", "C\n2", "P1", "1", None),
        (6, "2025-02-02", "C3", "P2", "1", "1"),
    ]


def test_rows_can_be_read_again(read: Read, write: Write) -> None:
    [table] = read(write(SALES + "2025-01-31,C1,P1,2,9.90\n"))
    assert cells(table) == cells(table)


def test_rows_of_text_without_quotation_marks_are_counted_beforehand(read: Read, write: Write) -> None:
    [table] = read(write(SALES + "2025-01-31,C1,P1,2,9\r\n" * 3 + "2025-01-31,C1,P1,2,9"))
    assert table.rows is None  # lines end in two ways
    [table] = read(
        write((SALES + "2025-01-31,C1,P1,2,9\n" * 3 + "2025-01-31,C1,P1,2,9").replace("\n", "\r\n"))
    )
    assert (table.rows, len(cells(table))) == (4, 4)


def test_rows_with_other_than_all_cells_are_kept_as_they_stand(read: Read, write: Write) -> None:
    [table] = read(write(SALES + '1,2\n1,2,3,4,5\n1,2,3,4,5,6\n1,"2\n2",3\n1,2,3,4,5,,\n'))
    rows = [row for batch in table.batches() for row in batch.to_pylist()]
    assert [(row["line"], row["problem"], row["raw"], row["c0"]) for row in rows] == [
        (2, "2 cells in place of 5", "1,2", None),
        (3, None, None, "1"),
        (4, "6 cells in place of 5", "1,2,3,4,5,6", None),
        (5, "3 cells in place of 5, over 2 lines: a quotation mark may not be closed", '1,"2\n2",3', None),
        (7, None, None, "1"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_and_encoding_are_found(read: Read, write: Write, separator: str, encoding: str) -> None:
    text = SALES.replace(",", separator) + separator.join(["2025-01-31", "Jürgen €", "P1", "2", "9"]) + "\n"
    [table] = read(write(text.encode(encoding)))
    assert cells(table) == [(2, "2025-01-31", "Jürgen €", "P1", "2", "9")]


def test_letters_that_are_no_utf8_are_noted(read: Read, write: Write) -> None:
    [table] = read(write((SALES + "2025-01-31,Jürgen,P1,2,9\n").encode("cp1252")))
    assert [note.action for note in table.notes] == ["read as Western European (Windows-1252)"]


def test_titles_and_a_stated_separator_may_stand_above_the_header(read: Read, write: Write) -> None:
    text = 'sep=;\r\nSales, all shops\r\n\r\n"Datum";Kundennr;Artikelnr;"Menge\r\n(Stück)";Preis\r\n31.01.2025;1;2;3;4,50\r\n'
    [table] = read(write(text))
    assert [column.field for column in table.columns] == [
        "date",
        "customer_id",
        "product_id",
        "quantity",
        "unit_price",
    ]
    assert cells(table) == [(6, "31.01.2025", "1", "2", "3", "4,50")]


def test_rows_that_all_end_with_a_separator_have_a_column_without_a_name(read: Read, write: Write) -> None:
    [table] = read(write(SALES + "2025-01-31,C1,P1,2,9,\n" * 2))
    assert [column.header for column in table.columns][-1] == "column F"
    assert cells(table)[-1] == (3, "2025-01-31", "C1", "P1", "2", "9", None)


def test_a_header_without_rows_is_an_empty_table(read: Read, write: Write) -> None:
    [table] = read(write(SALES))
    assert cells(table) == []


def test_first_and_last_names_make_a_column_of_their_own(read: Read, write: Write) -> None:
    [table] = read(write("customer_id,First Name,Last Name\nC1, Ada ,Lovelace\nC2,,Cher\nC3,,\n"))
    assert [(column.header, column.field) for column in table.columns] == [
        ("customer_id", "customer_id"),
        ("First Name", ""),
        ("Last Name", ""),
        ("First Name Last Name", "customer"),
    ]
    assert [row[-1] for row in cells(table)] == ["Ada Lovelace", "Cher", None]


def test_the_character_zero_far_down_is_replaced(read: Read, write: Write) -> None:
    [table] = read(write(SALES + "2025-01-31,C1,P1,2,9\n" * 5_000 + "2025-01-31,C\0,P1,2,9\n"))
    assert cells(table)[-1] == (5_002, "2025-01-31", "C\ufffd", "P1", "2", "9")


@pytest.mark.parametrize(
    ("rest", "line"),
    [
        pytest.param('1,2,3,4,5\n1,2,3,4,"5\n1,2,3,4,5\n', 3, id="swallows the end of the file"),
        pytest.param('1,2,3,4,5\n1,2,3,4,"5', 3, id="in the last cell"),
        pytest.param(
            '1,"2,3,4,5\n' + "1,2,3,4,5\n" * 300 + '1,2",3,4,5\n', 2, id="swallows hundreds of lines"
        ),
        pytest.param("1,2,3,4,5\n\n" + '1,"2,3,4,5\n' + "1,2,3,4,5\n" * 500_000, 4, id="swallows megabytes"),
    ],
)
def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_line(
    read: Read, write: Write, rest: str, line: int
) -> None:
    code, message = refused(read, write(SALES + rest))
    assert (code, f"in line {line} that is not closed" in message) == ("broken_text", True)


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        pytest.param("1,2,3\n4,5,6\n", "no_header", "the first is '1 | 2 | 3'", id="no header"),
        pytest.param(
            "Sales of the shop.\nDates, ids, and so on.\n", "no_sales_table", "no columns", id="prose"
        ),
        pytest.param(
            "Returned,Order ID\nYes,1\n", "no_sales_table", "'Returned', 'Order ID'", id="other columns"
        ),
        pytest.param("", "empty_file", "no content", id="empty"),
        pytest.param(b"%PDF-1.7", "wrong_type", "a PDF document", id="no table at all"),
        pytest.param(SALES.encode() + b"\x81\x8d\xff\n", "unknown_encoding", "UTF-8", id="no letters"),
        pytest.param(SALES + "x" * 4_000_000, "broken_text", "line 2", id="a line without end"),
    ],
)
def test_files_that_are_refused(read: Read, write: Write, content: str | bytes, code: str, said: str) -> None:
    found, message = refused(read, write(content))
    assert (found, said in message, message.startswith("sales.csv")) == (code, True, True)


def test_a_file_that_changes_between_looking_and_reading_is_refused(read: Read, write: Write) -> None:
    [table] = read(write(SALES + "2025-01-31,C1,P1,2,9\n"))
    write(SALES)
    with pytest.raises(SourceError, match="another file") as error:
        list(table.batches())
    assert error.value.code == "changed_meanwhile"


def test_a_reader_that_stops_early_leaves_nothing_open(read: Read, write: Write) -> None:
    [table] = read(write(SALES + "2025-01-31,C1,P1,2,9\n" * 500_000))
    batches = table.batches()
    assert next(batches).num_rows > 0
    del batches
