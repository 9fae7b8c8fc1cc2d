"""XML Spreadsheet 2003: typed cells at their places; any other XML stays refused."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest

from kpi.processor import DataProcessor
from kpi.reading.book import read_book
from kpi.reading.cells import BLANK, UNCALCULATED, CellError, Merge, RawSheet
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused
from kpi.report import Ledger

BOOK = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">{}</Workbook>"""
SHEET = '<Worksheet ss:Name="{name}"><Table>{rows}</Table>{options}</Worksheet>'
HIDDEN = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"


def sheet(*rows: str, name: str = "Data", options: str = "") -> str:
    return SHEET.format(name=name, rows="".join(rows), options=options)


def row(*cells: str, about: str = "") -> str:
    return f"<Row {about}>{''.join(cells)}</Row>"


def cell(kind: str, value: str, about: str = "") -> str:
    return f'<Cell {about}><Data ss:Type="{kind}">{value}</Data></Cell>'


def read(*sheets: str, limits: Limits | None = None) -> list[RawSheet]:
    return list(read_book(BOOK.format("".join(sheets)).encode(), "export.xls", limits or Limits()))


HEADER = row(cell("String", "Date"), cell("String", "Revenue"))


def day(text: str) -> str:
    return cell("DateTime", f"{text}T00:00:00.000")


def test_cells_are_read_by_their_types() -> None:
    (raw,) = read(
        sheet(
            row(cell("Number", "1.5E3"), cell("Boolean", "1"), cell("Error", "#DIV/0!")),
            row(
                day("2025-01-31"),
                cell("DateTime", "1899-12-31T12:30:00.000"),
                cell("String", "a &amp; <B>b</B>"),
            ),
            row('<Cell ss:Formula="=1"/>', "<Cell/>", cell("Number", "NaN")),
        )
    )
    assert raw.columns == [
        [1500.0, datetime.fromisoformat("2025-01-31"), UNCALCULATED],
        [True, time(12, 30), BLANK],
        [CellError("#DIV/0!"), "a & b", CellError("NaN")],
    ]


def test_cells_keep_the_places_that_they_name_and_merged_ranges_are_told() -> None:
    (raw,) = read(
        sheet(
            row(cell("String", "x", 'ss:MergeAcross="1" ss:MergeDown="1"'), cell("Number", "1")),
            row(cell("Number", "2", 'ss:Index="4"'), about='ss:Index="3"'),
        )
    )
    assert raw.columns == [["x", BLANK, BLANK], [BLANK] * 3, [1.0, BLANK, BLANK], [BLANK, BLANK, 2.0]]
    assert raw.merges == (Merge(0, 0, 1, 1),)


def test_an_error_keeps_its_row_out_by_address(tmp_path: Path) -> None:
    path = tmp_path / "export.xls"
    good, bad = row(day("2025-01-31"), cell("Number", "1")), row(day("2025-02-28"), cell("Error", "#REF!"))
    path.write_text(BOOK.format(sheet(HEADER, good, bad, good)), "utf-8")
    report = DataProcessor().process(path).report
    assert (report.rows, [(issue.cell, issue.found) for issue in report.issues]) == (
        Ledger(3, 2, 1, 0),
        [("B3", "#REF!")],
    )


def test_hidden_sheets_are_set_aside_and_hidden_rows_and_columns_told() -> None:
    shown, hidden = read(
        sheet(
            '<Column ss:Index="2" ss:Span="5" ss:Hidden="1"/>',
            HEADER,
            row(cell("Number", "1"), about='ss:Hidden="1"'),
        ),
        sheet(HEADER, name="Old", options=HIDDEN),
    )
    assert ([note.found for note in shown.notes], shown.hidden_columns) == (
        ["a hidden row, it is row 2"],
        frozenset({1}),
    )
    assert (hidden.name, hidden.left) == ("Old", "the sheet is hidden")


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    flag = "<x:ExcelWorkbook><x:Date1904/></x:ExcelWorkbook>"
    assert [raw.days_1904 for raw in read(flag, sheet(HEADER))] == [True]


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        pytest.param(sheet(row(cell("Number", "1", 'ss:Index="16384"'), about='ss:Index="1048576"')), "too_large", id="a cell far away"),
        pytest.param(sheet(row(cell("Number", "1", 'ss:Index="99999999999"'))), "incomplete", id="a place beyond any sheet"),
        pytest.param(sheet(row(cell("Number", "twelve"))), "incomplete", id="a number in words"),
        pytest.param(sheet(HEADER)[:-12], "incomplete", id="cut off"),
        pytest.param(sheet(HEADER) * 3, "too_large", id="too many sheets"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(sheets: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(sheets, limits=Limits(sheets=2))
    assert refused.value.code == code


def test_a_document_type_declaration_is_refused() -> None:
    bomb = BOOK.format(sheet(HEADER)).replace("<Workbook", '<!DOCTYPE x [<!ENTITY a "b">]><Workbook')
    with pytest.raises(Refused) as refused:
        list(read_book(bomb.encode(), "export.xls", Limits()))
    assert refused.value.code == "unsafe_file"


def test_a_workbook_in_utf_16_is_read() -> None:
    text = BOOK.replace('"1.0"', '"1.0" encoding="UTF-16"').format(sheet(row(cell("String", "Größe"))))
    assert [raw.columns for raw in read_book(text.encode("utf-16"), "x.xml", Limits())] == [[["Größe"]]]


def test_any_other_xml_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        list(read_book(b'<?xml version="1.0"?><rows><row/></rows>', "x.xml", Limits()))
    assert refused.value.code == "wrong_type"
