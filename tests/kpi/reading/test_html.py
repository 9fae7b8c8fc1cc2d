"""Web pages and web archives that are named workbooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi.processor import DataProcessor
from kpi.reading.book import read_book
from kpi.reading.cells import BLANK, CellError, Merge, RawSheet
from kpi.reading.html_table import shows
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused
from kpi.report import Ledger

HEADER = "<tr><th>Date</th><th>Sales</th></tr>"
ROWS = "<tr><td>2025-01-31<td>1,234.50<tr><td>2025-02-28<td>#DIV/0!<tr><td>2025-03-31<td>7.25"
TABLE = f"<table>{HEADER}<tr><td>2025-01-31<td>1,234.50</table>"


def read(page: str | bytes, limits: Limits | None = None) -> list[RawSheet]:
    data = page if isinstance(page, bytes) else page.encode()
    return list(read_book(data, "export.xls", limits or Limits()))


def columns(page: str | bytes) -> list[list[object]]:
    (raw,) = read(page)
    return [list(column) for column in raw.columns]


def test_a_table_of_a_web_page_is_read_as_text() -> None:
    assert read(f"<html><body>{TABLE}") == [
        RawSheet("Table 1", [["Date", "2025-01-31"], ["Sales", "1,234.50"]], typed=False)
    ]


@pytest.mark.parametrize(
    "start", ["<style>td{}</style>", "<div class='report'>", "<!-- made by a report -->", '<?xml version="1.0"?><!DOCTYPE html><html>']
)  # fmt: skip
def test_a_page_may_begin_with_anything_that_pages_begin_with(start: str) -> None:
    assert columns(start + TABLE) == [["Date", "2025-01-31"], ["Sales", "1,234.50"]]


def test_a_web_page_becomes_rows_with_dates_and_numbers(tmp_path: Path) -> None:
    path = tmp_path / "export.xls"
    path.write_text(f"<table>{HEADER}{ROWS}</table>", "utf-8")
    report = DataProcessor().process(path).report
    assert (report.rows, [issue.cell for issue in report.issues]) == (Ledger(3, 2, 1, 0), ["B3"])


def test_entities_line_breaks_and_hard_spaces_become_plain_text() -> None:
    page = "<table><tr><td>A&amp;B<br>C</td><td>&nbsp;</td></tr><tr><td> 1&nbsp;234,50 </td><td>x<script>y</script></td></tr></table>"
    assert columns(page) == [["A&B C", "1 234,50"], [BLANK, "x"]]


def test_cells_that_span_rows_and_columns_are_merged_ranges() -> None:
    page = "<table><tr><th colspan=2>2025<th>Sum<tr><td rowspan=2>North<td>1<td>2<tr><td>3<td>4</table>"
    (raw,) = read(page)
    assert raw.columns == [["2025", "North", BLANK], [BLANK, "1", "3"], ["Sum", "2", "4"]]
    assert raw.merges == (Merge(0, 0, 0, 1), Merge(1, 0, 2, 0))


def test_tables_are_named_by_caption_heading_or_number_and_layout_tables_are_no_sheets() -> None:
    named = f"<table><caption>Sales <b>2025</b></caption>{HEADER}<tr><td>1<td>2</table>"
    page = f"<table><tr><td>{named}</td></tr></table><h2>Costs</h2>{TABLE}{TABLE}<h2>Costs</h2>{TABLE}"
    assert [raw.name for raw in read(f"<html>{page}")] == ["Sales 2025", "Costs", "Table 1", "Costs 2"]


def test_a_foot_comes_last_wherever_it_is_written() -> None:
    page = f"<table><thead>{HEADER}</thead><tfoot><tr><td>Total<td>3</tfoot><tbody><tr><td>x<td>3</table>"
    assert columns(page) == [["Date", "x", "Total"], ["Sales", "3", "3"]]


def test_numbers_that_excel_states_exactly_are_taken_and_dates_stay_as_they_are_shown() -> None:
    page = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>Date<td>Sales<td>Note</tr>'
        '<tr><td x:num="45688">31.01.2025<td x:num="1234.5678">1,235<td x:str="007">007</tr>'
        '<tr><td x:num="45716">28.02.2025<td x:err>#DIV/0!<td sdval="0.125">12.5%</tr></table>'
    )
    assert columns(page) == [
        ["Date", "31.01.2025", "28.02.2025"],
        ["Sales", 1234.5678, CellError("#DIV/0!")],
        ["Note", "007", 0.125],
    ]


@pytest.mark.parametrize(
    ("text", "number", "same"),
    [
        ("1,235", 1234.5678, True),
        ("1.234,57 €", 1234.5678, True),
        ("(12.50)", -12.5, True),
        ("12.3%", 0.1234, True),
        ("1.2M", 1_234_567.0, True),
        ("1.23E+05", 123_456.0, True),
        ("0", 0.0, True),
        ("1,235", 1_234_567.0, False),
        ("31.01.2025", 45688.0, False),
        ("2025", 45688.0, False),
        ("12:00", 0.5, False),
        ("n/a", 3.0, False),
    ],
)
def test_a_stated_number_is_taken_where_the_text_shows_it(text: str, number: float, same: bool) -> None:  # noqa: FBT001
    assert shows(text, number) is same


def test_what_the_page_hides_is_no_text_and_a_hidden_table_is_set_aside() -> None:
    page = (
        f"<div style='display:none'>{TABLE}</div><table>{HEADER}"
        "<tr><td><span style='display: none'>zzz</span>x<td>1<tr style='display:none'><td>y<td>2</table>"
    )
    hidden, shown = read(f"<html>{page}")
    assert (hidden.left, shown.columns) == (
        "the page does not show it",
        [["Date", "x", "y"], ["Sales", "1", "2"]],
    )
    assert [note.found for note in shown.notes] == ["a hidden row, it is row 3"]


def test_a_hidden_element_that_is_never_closed_ends_with_its_cell() -> None:
    page = "<table><tr><td><p style='display:none'>zzz<td>1<tr><td>2<td>3</table>"
    assert columns(page) == [[BLANK, "2"], ["1", "3"]]


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        pytest.param('<html><meta charset="iso-8859-1"><table><tr><td>Größe<td>€<tr><td>1<td>2</table>'.encode("cp1252"), 0, id="stated"),
        pytest.param("<table><tr><td>Größe<td>€<tr><td>1<td>2</table>".encode("utf-16"), 0, id="byte order mark"),
        pytest.param("<table><tr><td>Größe<td>€<tr><td>1<td>2</table>".encode(), 0, id="UTF-8"),
        pytest.param("<table><tr><td>Größe<td>€<tr><td>1<td>2</table>".encode("cp1252"), 1, id="not stated"),
        pytest.param('<html><meta charset="utf-8"><table><tr><td>Größe<td>€<tr><td>1<td>2</table>'.encode("cp1252"), 1, id="stated wrongly"),
        pytest.param('<html><meta charset="rot13"><table><tr><td>Größe<td>€<tr><td>1<td>2</table>'.encode(), 0, id="no encoding of pages"),
    ],
)  # fmt: skip
def test_the_letters_of_a_page_are_read_as_it_says_or_as_they_look(data: bytes, notes: int) -> None:
    (raw,) = read(data)
    assert ([column[0] for column in raw.columns], len(raw.notes)) == (["Größe", "€"], notes)


def test_a_page_without_a_table_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        read("<html><body>Please sign in<table><tr><td>Password</table></body></html>")
    assert refused.value.code == "wrong_type"
    assert "without a table" in refused.value.message


def test_text_in_angle_brackets_is_still_text() -> None:
    (raw,) = read("<TICKER>,<DATE>\nX,20250131\n")
    assert raw.columns == [["<TICKER>", "X"], ["<DATE>", "20250131"]]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<table><tr><td colspan=999999>1<tr><td>2</table>", id="one wide cell"),
        pytest.param(f"<table><tr>{'<td colspan=9>' * 200}<tr><td>1</table>", id="many cells"),
        pytest.param(f"<table>{'<tr><td colspan=900>1' * 200}</table>", id="many rows"),
    ],
)
def test_a_table_that_spans_more_than_a_sheet_is_refused(page: str) -> None:
    with pytest.raises(Refused) as refused:
        read(page, Limits(columns=1_000, cells=100_000))
    assert refused.value.code == "too_large"


def test_a_cell_that_reaches_far_below_its_table_ends_with_it() -> None:
    (raw,) = read("<table><tr><td rowspan=999999>1<td>2<tr><td>3</table>")
    assert (raw.columns, raw.merges) == ([["1", BLANK], ["2", "3"]], (Merge(0, 0, 1, 0),))


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<html><![nonsense[x]]><table><tr><td>1<td>2<tr><td>3<td>4</table>", "wrong_type"),
        ("<html>" + "<table><tr><td>a<td>b<tr><td>c<td>" * 2_000, "too_large"),
    ],
    ids=["a declaration of no kind", "thousands of tables within each other"],
)
def test_pages_that_were_made_to_break_a_reader_are_refused(page: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(page)
    assert refused.value.code == code


WORKBOOK = (
    "<html><!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets>"
    '<x:ExcelWorksheet><x:Name>March &amp; April</x:Name><x:WorksheetSource HRef=3D"b_files/sheet001.htm"/></x:ExcelWorksheet>'
    '<x:ExcelWorksheet><x:Name>Old</x:Name><x:WorksheetSource HRef=3D"b_files/sheet002.htm"/></x:ExcelWorksheet>'
    "</x:ExcelWorksheets></x:ExcelWorkbook></xml><![endif]--></html>"
)
HIDDEN = "<!--<xml><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></xml>-->"


def archive(*pages: tuple[str, str]) -> bytes:
    parts = "".join(
        f"--x\r\nContent-Location: file:///C:/b_files/{place}\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f'Content-Type: text/html; charset="us-ascii"\r\n\r\n{page}\r\n'
        for place, page in pages
    )
    return (
        f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n{parts}--x--\r\n'.encode()
    )


def test_the_pages_of_a_web_archive_are_its_sheets() -> None:
    sheets = read(
        archive(
            ("book.htm", WORKBOOK),
            ("sheet001.htm", f"<html>{TABLE}</html>"),
            ("sheet002.htm", f"<html>{HIDDEN}{TABLE}"),
        )
    )
    assert [(raw.name, raw.left, list(raw.columns)) for raw in sheets] == [
        ("March & April", "", [["Date", "2025-01-31"], ["Sales", "1,234.50"]]),
        ("Old", "the sheet is hidden", []),
    ]


def test_a_web_archive_without_a_table_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        read(archive(("book.htm", "<html><table><tr><td>1</table>")))
    assert refused.value.code == "wrong_type"
