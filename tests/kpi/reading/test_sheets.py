"""What the readers hand over: every cell at its address, errors and uncalculated formulas among them."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table, TableColumn

from kpi.processor import DataProcessor
from kpi.reading.book import read_book
from kpi.reading.cells import UNCALCULATED, CellError, NamedRange, address, column_number
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused
from kpi.reading.sheet_scan import declared_extent, scan_sheet
from kpi.reading.text_table import find_delimiter, read_text
from tests.kpi.books import changed, xlsx

ROWS = [["Date", "Sales"], [date(2025, 1, 31), 10], [date(2025, 2, 28), 20]]


def flaws(xml: bytes) -> dict[str, str]:
    scan = scan_sheet(io.BytesIO(xml), Limits(), measure=False)
    return {address(*place): flaw.text for place, flaw in scan.flaws.items()}


@pytest.mark.parametrize(
    ("row", "column", "cell"), [(0, 0, "A1"), (13, 3, "D14"), (0, 26, "AA1"), (9, 16383, "XFD10")]
)
def test_addresses_are_those_of_excel(row: int, column: int, cell: str) -> None:
    assert address(row, column) == cell
    assert column_number(cell.rstrip("0123456789")) == column


@pytest.mark.parametrize(
    ("xml", "found"),
    [
        pytest.param(b'<c r="D14" t="e"><v>#DIV/0!</v></c>', {"D14": "#DIV/0!"}, id="error"),
        pytest.param(
            b'<c r="D14" s="3" t="e"><f>1/0</f><v>#N/A</v></c>', {"D14": "#N/A"}, id="error of a formula"
        ),
        pytest.param(b"<c r='D14' t='e'><v>#REF!</v></c>", {"D14": "#REF!"}, id="single quotes"),
        pytest.param(b'<c r="B2"><f>A1*2</f></c>', {"B2": UNCALCULATED.text}, id="no result"),
        pytest.param(b'<c r="B2"><f>A1*2</f><v></v></c>', {"B2": UNCALCULATED.text}, id="empty result"),
        pytest.param(b'<c r="B2"><f>A1*2</f><v/></c>', {"B2": UNCALCULATED.text}, id="closed result"),
        pytest.param(b'<c r="B2"><f t="shared" si="0"/></c>', {"B2": UNCALCULATED.text}, id="shared formula"),
        pytest.param(b'<c r="B2"><f t="shared" si="0"/><v>4</v></c>', {}, id="shared formula with a result"),
        pytest.param(b'<c r="B2" t="str"><f>""</f><v></v></c>', {}, id="a formula may give an empty text"),
        pytest.param(b'<c r="B2"><f>A1*2</f><v>8</v></c>', {}, id="formula with a result"),
        pytest.param(b'<c r="A1" t="s"><v>0</v></c><c r="B2" s="1"/>', {}, id="nothing wrong"),
        pytest.param(
            b'<x:worksheet><x:c r="B2" t="e"><x:v>#NUM!</x:v></x:c></x:worksheet>',
            {"B2": "#NUM!"},
            id="prefixed names",
        ),
    ],
)
def test_the_scan_finds_what_the_reader_leaves_empty(xml: bytes, found: dict[str, str]) -> None:
    assert flaws(xml) == found


def test_the_scan_finds_flaws_across_the_borders_of_its_blocks() -> None:
    cell = b'<c r="A%d" t="e"><v>#DIV/0!</v></c>'
    filler = b'<c r="B1" t="s"><v>12345</v></c>' * 700
    xml = b"".join(filler + cell % row for row in range(1, 101))
    assert list(flaws(xml)) == [f"A{row}" for row in range(1, 101)]


def test_more_flaws_than_the_limit_mean_that_the_workbook_was_never_calculated() -> None:
    xml = b"".join(b'<c r="A%d"><f>1</f></c>' % row for row in range(1, 20))
    with pytest.raises(Refused) as refused:
        scan_sheet(io.BytesIO(xml), Limits(flaws=10), measure=False)
    assert refused.value.code == "not_calculated"


@pytest.mark.parametrize(
    ("head", "extent"),
    [
        (b'<dimension ref="A1:H541910"/>', (541909, 7)),
        (b'<dimension ref="A1"/>', None),
        (b"<sheetData>", None),
    ],
)
def test_the_extent_is_what_the_sheet_declares(head: bytes, extent: tuple[int, int] | None) -> None:
    assert declared_extent(head) == extent


def test_a_cell_far_away_is_refused_before_the_reader_makes_room_for_it(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["XFD1048576"] = "Date", 1
    book.save(path)
    error = DataProcessor().process(path).report.error
    assert error is not None
    assert error.code == "too_large"
    assert "1,048,576 rows and 16,384 columns" in error.message


def test_a_sheet_that_only_claims_to_be_large_is_read(tmp_path: Path) -> None:
    book = xlsx(tmp_path / "book.xlsx", {"Data": ROWS})
    claimed = changed(book, "xl/worksheets/sheet1.xml", b'ref="A1:B3"', b'ref="A1:XFD1048576"')
    assert DataProcessor().process(claimed).report.rows.loaded == 2


def test_cells_keep_their_addresses_below_and_right_of_empty_space(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["C4"], sheet["D6"] = "x", 5
    book.save(path)
    (raw,) = read_book(path.read_bytes(), path.name, Limits())
    assert [[len(column) for column in raw.columns], raw.columns[2][3], raw.columns[3][5]] == [
        [6] * 4,
        "x",
        5.0,
    ]


def test_an_error_below_the_last_cell_with_a_value_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["C5"] = "x", "#DIV/0!"
    book.save(path)
    (raw,) = read_book(path.read_bytes(), path.name, Limits())
    assert raw.columns[2] == ["", "", "", "", CellError("#DIV/0!")]


def test_hidden_sheets_are_named_and_not_read(tmp_path: Path) -> None:
    report = (
        DataProcessor().process(xlsx(tmp_path / "b.xlsx", {"Data": ROWS, "Old": ROWS}, hidden=["Old"])).report
    )
    assert [(sheet.name, sheet.used, sheet.reason) for sheet in report.sheets] == [
        ("Data", True, ""),
        ("Old", False, "the sheet is hidden"),
    ]
    assert report.rows.loaded == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_is_decoded_by_its_bytes(encoding: str) -> None:
    raw = read_text("Straße;Größe\nMüller;1\n".encode(encoding), "x.csv", Limits())
    assert raw.columns == [["Straße", "Müller"], ["Größe", "1"]]
    assert [note.action for note in raw.notes] == (
        ["read as Western European (Windows-1252)"] if encoding == "cp1252" else []
    )


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n1,7;2\n", ";"),
        ("a\tb\n1,5\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ('a,b\n"x;y",2\n', ","),
        ("one\ntwo\n", ","),
    ],
)
def test_the_separator_is_the_one_on_which_the_lines_agree(text: str, delimiter: str) -> None:
    assert find_delimiter(text) == delimiter


def test_a_stated_separator_is_obeyed_and_rows_keep_their_numbers() -> None:
    raw = read_text(b"sep=;\na;b\n1;2\n", "x.csv", Limits())
    assert raw.columns == [["", "a", "1"], ["", "b", "2"]]


def test_a_quotation_mark_that_is_never_closed_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        read_text(b'Date,Sales\n2025-01-31,"10\n2025-02-28,20\n', "x.csv", Limits())
    assert refused.value.code == "broken_text"


@pytest.mark.parametrize(
    ("xml", "count", "first"),
    [
        pytest.param(b'<row r="7" hidden="1"><c r="A7"><v>1</v></c></row>', 1, 6, id="a hidden row"),
        pytest.param(b'<row hidden="true" ht="0" r="7"><c r="A7"/></row>', 1, 6, id="attributes in another order"),
        pytest.param(b'<row hidden="1"><c><v>1</v></c></row>', 1, None, id="a row without a number"),
        pytest.param(b'<row r="7" hidden="1"/>', 0, None, id="an empty row"),
        pytest.param(b'<row r="7" hidden="0"><c r="A7"/></row>', 0, None, id="a row that is shown"),
    ],
)  # fmt: skip
def test_hidden_rows_that_hold_cells_are_counted(xml: bytes, count: int, first: int | None) -> None:
    scan = scan_sheet(io.BytesIO(xml), Limits(), measure=False)
    assert (scan.hidden_rows, scan.first_hidden) == (count, first)


def filtered(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Date", "Old", "Sales"])
    for month in range(1, 13):
        sheet.append([date(2025, month, 1), "x", month])
    sheet.auto_filter.ref = "A1:C13"
    sheet.auto_filter.add_filter_column(2, ["1"])
    for row in range(3, 14):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.save(path)
    return path


def test_rows_that_a_filter_hides_are_read_and_told_and_hidden_columns_are_known(tmp_path: Path) -> None:
    path = filtered(tmp_path / "book.xlsx")
    (raw,) = read_book(path.read_bytes(), path.name, Limits())
    assert (len(raw.columns[0]), raw.hidden_columns) == (13, frozenset({1}))
    assert [(address(note.row, note.column), note.found, note.problem) for note in raw.notes] == [
        ("A3", "11 hidden rows, the first is row 3", "a filter hides them in the workbook")
    ]


def marked(path: Path, *, header: int | None = 1, totals: int | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["B2"], sheet["C2"], sheet["B3"], sheet["C3"] = "Date", "Sales", date(2025, 1, 31), 10
    sheet["B4"], sheet["C4"] = date(2025, 2, 28), 20
    table = Table(displayName="Turnover", ref="B2:C4", headerRowCount=header, totalsRowCount=totals)
    table.tableColumns = [TableColumn(id=1, name="Date"), TableColumn(id=2, name="Sales")]
    sheet.add_table(table)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("header", "totals", "tables"),
    [
        pytest.param(1, None, (NamedRange("Turnover", 1, 1, 3, 2),), id="a table"),
        pytest.param(1, 1, (NamedRange("Turnover", 1, 1, 3, 2, totals_row=True),), id="with a row of totals"),
        pytest.param(0, None, (), id="without a header row"),
    ],
)
def test_tables_that_the_author_marked_are_told(
    tmp_path: Path, header: int, totals: int | None, tables: tuple[NamedRange, ...]
) -> None:
    path = marked(tmp_path / "book.xlsx", header=header, totals=totals)
    (raw,) = read_book(path.read_bytes(), path.name, Limits())
    assert raw.tables == tables


def test_sheets_that_lie_nowhere_as_old_macro_modules_do_are_named_and_the_others_read(
    tmp_path: Path,
) -> None:
    book = xlsx(tmp_path / "book.xlsx", {"Data": ROWS})
    module = b'<sheets><sheet name="Module1" sheetId="9" state="veryHidden" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id=""/>'
    path = changed(book, "xl/workbook.xml", b"<sheets>", module)
    sheets = {
        raw.name: (raw.left, len(raw.columns)) for raw in read_book(path.read_bytes(), path.name, Limits())
    }
    assert sheets == {
        "Module1": ("it is a chart or macro sheet, without cells of its own", 0),
        "Data": ("", 2),
    }


@pytest.mark.shared
def test_hidden_columns_of_an_old_workbook_are_known(shared_workbooks: Path) -> None:
    data = (shared_workbooks / "odd" / "calamine" / "optional_records.xls").read_bytes()
    hidden = {raw.name: raw.hidden_columns for raw in read_book(data, "book.xls", Limits())}
    assert hidden["Orig Sched"] >= {21, 22, 23}
