"""Spreadsheets of LibreOffice: their errors and repeats keep their addresses."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from kpi.processor import DataProcessor
from kpi.reading.book import read_book
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused
from kpi.report import Ledger
from tests.kpi.books import changed, columns

CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="Data">
<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>
<table:table-row>{header}</table:table-row>
{rows}
</table:table></office:spreadsheet></office:body></office:document-content>"""
TEXT = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
DAY = '<table:table-cell office:value-type="date" office:date-value="{0}"><text:p>{0}</text:p></table:table-cell>'
NUMBER = (
    '<table:table-cell office:value-type="float" office:value="{0}"><text:p>{0}</text:p></table:table-cell>'
)
ERROR = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" '
    'calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
)


def ods(path: Path, *rows: str) -> Path:
    header = "".join(TEXT.format(name) for name in ("Date", "Region", "Revenue"))
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", CONTENT.format(header=header, rows=body))
        manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def test_a_spreadsheet_of_libreoffice_is_read_with_its_row_numbers(tmp_path: Path) -> None:
    good = DAY.format("2025-01-31") + TEXT.format("North") + NUMBER.format("10.5")
    result = DataProcessor().process(ods(tmp_path / "book.ods", good))
    assert columns(result) == {
        "date": [date(2025, 1, 31)],
        "region": ["North"],
        "revenue": [10.5],
        "_row": [4],
    }


def test_an_error_in_a_spreadsheet_of_libreoffice_rejects_its_row_by_address(tmp_path: Path) -> None:
    good = DAY.format("2025-01-31") + TEXT.format("North") + NUMBER.format("10.5")
    bad = DAY.format("2025-02-28") + TEXT.format("South") + ERROR
    report = DataProcessor().process(ods(tmp_path / "book.ods", good, bad, good)).report
    assert report.rows == Ledger(3, 2, 1, 0)
    assert [(issue.cell, issue.found) for issue in report.issues] == [("C5", "#DIV/0!")]


def test_rows_and_columns_that_are_hidden_are_read_and_told(tmp_path: Path) -> None:
    good = DAY.format("2025-01-31") + TEXT.format("North") + NUMBER.format("10.5")
    book = ods(tmp_path / "book.ods", good, good)
    row, cell = b"<table:table-row", b'><table:table-cell office:value-type="date"'
    rows = changed(book, "content.xml", row + cell, row + b' table:visibility="filter"' + cell)
    hidden = b'<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
    path = changed(rows, "content.xml", b'table:name="Data">', b'table:name="Data">' + hidden)
    (raw,) = read_book(path.read_bytes(), path.name, Limits())
    assert (len(raw.columns[0]), raw.hidden_columns) == (5, frozenset({1, 2}))
    assert [(note.found, note.problem) for note in raw.notes] == [
        ("2 hidden rows, the first is row 4", "a filter hides them in the workbook")
    ]


def test_a_cell_that_is_repeated_beyond_any_sheet_is_refused_for_its_size(tmp_path: Path) -> None:
    far = '<table:table-cell table:number-columns-repeated="999999999" office:value-type="string"><text:p>X</text:p></table:table-cell>'
    with pytest.raises(Refused) as refused:
        list(read_book(ods(tmp_path / "far.ods", far).read_bytes(), "far.ods", Limits()))
    assert refused.value.code == "too_large"
