"""Binary workbooks: values and dates by the reader, errors and hidden things from the records themselves."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest

from kpi.processor import DataProcessor
from kpi.reading.biff12 import list_sheets, scan_binary_sheet
from kpi.reading.book import read_book
from kpi.reading.cells import BLANK, CellError, Merge, RawSheet
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused
from kpi.report import Ledger

TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
RELATION = '<Relationship Id="{0}" Type="x/{1}" Target="{2}"/>'
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
GENERAL, DATED = 0, 1


def record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content)
    return head + bytes([size & 0x7F | (0x80 if size > 0x7F else 0)]) + (bytes([size >> 7]) if size > 0x7F else b"") + content  # fmt: skip


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def row(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    flags = b"\x00\x10\x00" if hidden else b"\x00\x00\x00"
    head = struct.pack("<IIH", number - 1, 0, 300) + flags + struct.pack("<I", 0)
    return record(0, head) + b"".join(cells)


def cell(kind: int, column: int, value: bytes, style: int = GENERAL) -> bytes:
    return record(kind, struct.pack("<II", column, style) + value)


def text(column: int, value: str) -> bytes:
    return cell(6, column, wide(value))


def number(column: int, value: float, style: int = GENERAL) -> bytes:
    return cell(5, column, struct.pack("<d", value), style)


def error(column: int, code: int) -> bytes:
    return cell(3, column, bytes([code]))


def formula_error(column: int, code: int) -> bytes:
    return cell(11, column, bytes([code]) + b"\x00\x00" + struct.pack("<II", 0, 0))


def sheet(*rows: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    start = record(129) + record(148, struct.pack("<4I", 0, 9, 0, 9)) + before
    return start + record(145) + b"".join(rows) + record(146) + after + record(130)


def book(path: Path, *, hidden: tuple[str, ...] = (), days_1904: bool = False, **sheets: bytes) -> Path:
    listed = b"".join(
        record(156, struct.pack("<II", int(name in hidden), place) + wide(f"rId{place}") + wide(name))
        for place, name in enumerate(sheets, 1)
    )
    properties = record(153, struct.pack("<II", int(days_1904), 0) + wide(""))
    styles = [struct.pack("<8H", 0, number_format, 0, 0, 0, 0, 0, 0) for number_format in (0, 14)]
    formats = (
        record(617, struct.pack("<I", 2)) + b"".join(record(47, style) for style in styles) + record(618)
    )
    targets = [RELATION.format(f"rId{place}", "worksheet", f"worksheets/sheet{place}.bin") for place in range(1, len(sheets) + 1)]  # fmt: skip
    targets.append(RELATION.format("rId99", "styles", "styles.bin"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr(
            "_rels/.rels", RELATIONS.format(RELATION.format("rId1", "officeDocument", "xl/workbook.bin"))
        )
        archive.writestr(
            "xl/workbook.bin", record(131) + properties + record(143) + listed + record(144) + record(132)
        )
        archive.writestr("xl/_rels/workbook.bin.rels", RELATIONS.format("".join(targets)))
        archive.writestr("xl/styles.bin", record(278) + formats + record(279))
        for place, content in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{place}.bin", content)
    return path


def read(path: Path) -> list[RawSheet]:
    return list(read_book(path.read_bytes(), path.name, Limits()))


HEADER = row(1, text(0, "Date"), text(1, "Revenue"))
JANUARY = row(2, number(0, 45688, DATED), number(1, 10.5))


def test_numbers_texts_and_dates_are_read_as_they_are(tmp_path: Path) -> None:
    (raw,) = read(book(tmp_path / "book.xlsb", Data=sheet(HEADER, JANUARY)))
    assert raw == RawSheet("Data", [["Date", date(2025, 1, 31)], ["Revenue", 10.5]])


def test_days_are_counted_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    (raw,) = read(book(tmp_path / "book.xlsb", days_1904=True, Data=sheet(HEADER, JANUARY)))
    assert (raw.days_1904, raw.columns[0][1]) == (True, date(2029, 2, 1))


def test_errors_and_rich_texts_that_the_reader_leaves_empty_are_put_back(tmp_path: Path) -> None:
    rich = cell(62, 1, b"\x00" + wide("North"))
    content = sheet(HEADER, row(2, error(0, 0x07), rich), row(4, formula_error(2, 0x2A)))
    (raw,) = read(book(tmp_path / "book.xlsb", Data=content))
    assert raw.columns == [
        ["Date", CellError("#DIV/0!"), BLANK, BLANK],
        ["Revenue", "North", BLANK, BLANK],
        [BLANK, BLANK, BLANK, CellError("#N/A")],
    ]


def test_an_error_keeps_its_row_out_by_address(tmp_path: Path) -> None:
    bad = row(3, number(0, 45716, DATED), error(1, 0x17))
    report = DataProcessor().process(book(tmp_path / "book.xlsb", Data=sheet(HEADER, JANUARY, bad, row(4, number(0, 45747, DATED), number(1, 3))))).report  # fmt: skip
    assert (report.rows, [(issue.cell, issue.found) for issue in report.issues]) == (
        Ledger(3, 2, 1, 0),
        [("B3", "#REF!")],
    )


def test_hidden_sheets_are_set_aside(tmp_path: Path) -> None:
    sheets = read(book(tmp_path / "book.xlsb", hidden=("Old",), Data=sheet(HEADER), Old=sheet(HEADER)))
    assert [(raw.name, raw.left) for raw in sheets] == [("Data", ""), ("Old", "the sheet is hidden")]


def test_hidden_rows_hidden_columns_and_merged_cells_are_told(tmp_path: Path) -> None:
    columns = record(60, struct.pack("<4IH", 1, 16383, 2000, 0, 1))
    merged = record(176, struct.pack("<4I", 4, 5, 0, 1))
    content = sheet(
        HEADER, row(2, number(1, 1), hidden=True), before=columns, after=record(163, b"\0" * 8) + merged
    )
    (raw,) = read(book(tmp_path / "book.xlsb", Data=content))
    assert (raw.merges, raw.hidden_columns) == ((Merge(4, 0, 5, 1),), frozenset({1}))
    assert [(note.found, note.problem) for note in raw.notes] == [
        ("a hidden row, it is row 2", "a filter hides them in the workbook")
    ]


def test_a_cell_far_away_is_refused_before_the_reader_makes_room_for_it(tmp_path: Path) -> None:
    far = sheet(HEADER, row(1_048_576, number(16_383, 1)))
    with pytest.raises(Refused) as refused:
        read(book(tmp_path / "book.xlsb", Data=far))
    assert refused.value.code == "too_large"


@pytest.mark.parametrize(
    "records",
    [
        pytest.param(sheet(HEADER)[:-1], id="ends in a head"),
        pytest.param(sheet(HEADER)[:-40], id="ends in a record"),
        pytest.param(b"\xff" * 100, id="a record without end"),
        pytest.param(record(0, b"\0"), id="a row without a number"),
        pytest.param(row(1) + cell(62, 1, b"\0\xff\xff\xff\x7f"), id="a text longer than its record"),
    ],
)
def test_records_that_do_not_hold_together_are_refused(records: bytes) -> None:
    with pytest.raises(Refused) as refused:
        scan_binary_sheet(io.BytesIO(records), Limits())
    assert refused.value.code == "incomplete"


def test_cells_in_a_form_that_no_reader_knows_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        scan_binary_sheet(io.BytesIO(row(1, record(16, b"\0" * 8))), Limits())
    assert refused.value.code == "unusual_workbook"


def test_the_scan_finds_errors_across_the_borders_of_its_blocks() -> None:
    rows = (
        row(line, *(number(column, line) for column in range(40)), error(40, 7)) for line in range(1, 2001)
    )
    scan = scan_binary_sheet(io.BytesIO(sheet(*rows)), Limits())
    assert (len(scan.flaws), scan.last_row, scan.last_column) == (2000, 1999, 40)


def test_the_list_of_sheets_keeps_its_order_and_says_which_are_hidden() -> None:
    sheets = [record(156, struct.pack("<II", state, 1) + wide("rId1") + wide(name)) for state, name in ((0, "A"), (2, "B"))]  # fmt: skip
    assert list_sheets(b"".join(sheets)) == ([("A", "rId1", False), ("B", "rId1", True)], False)


@pytest.mark.shared
def test_binary_workbooks_that_others_made_are_read(shared_workbooks: Path) -> None:
    folder = shared_workbooks / "odd"
    (dates,) = read(folder / "calamine" / "date.xlsb")
    assert dates.columns[0][:2] == [date(2021, 1, 1), date(2021, 1, 2)]
    names = [(raw.name, raw.columns[0][0]) for raw in read(folder / "calamine" / "issues.xlsb")]
    assert names == [
        ("datatypes", 1.0),
        ("issue2", 1.0),
        ("Sheet1", BLANK),
        ("issue5", 0.5),
        ("issue6", 1.0),
        ("spc_chrs", "&"),
    ]
