"""Damage that must be called damage: never another value, never a crash, never a search without an end."""

from __future__ import annotations

import io
import struct
import time
from pathlib import Path

import pytest

from kpi.processor import DataProcessor
from kpi.reading.limits import Limits
from kpi.reading.sheet_scan import scan_sheet
from kpi.reading.short_sectors import is_endless
from kpi.report import Effect, Status
from tests.fakes import hostile
from tests.fakes.zip_mutants import zipped

LINES = ["<tr><td>Date</td><td>Revenue</td></tr>", "<tr><td>2025-01-31</td><td>10</td></tr>"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def refused(path: Path, data: bytes) -> tuple[str, str]:
    error = DataProcessor().process(written(path, data)).report.error
    assert error is not None
    return error.code, error.message


def with_wrong_checksum(data: bytes, part: str) -> bytes:
    """The archive with a flipped bit in the checksum of one part, in both places where it is written."""
    changed = bytearray(data)
    for mark, behind, place in ((b"PK\x01\x02", 46, 16), (b"PK\x03\x04", 30, 14)):
        at = next(
            at
            for at in range(len(data))
            if data.startswith(mark, at) and data.startswith(part.encode(), at + behind)
        )
        (checksum,) = struct.unpack_from("<I", data, at + place)
        struct.pack_into("<I", changed, at + place, checksum ^ 1)
    return bytes(changed)


def with_texts(texts: str) -> bytes:
    """A workbook whose shared texts are this part."""
    made = hostile.parts()
    link = f'<Relationship Id="s" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    links = made["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", link.encode())
    return zipped({**made, "xl/_rels/workbook.xml.rels": links, "xl/sharedStrings.xml": texts.encode()})


def test_texts_that_changed_on_the_way_are_not_read(tmp_path: Path) -> None:
    texts = "".join(f"<si><t>Customer {number}</t></si>" for number in range(600))
    data = with_texts(f'<sst xmlns="{MAIN}">{texts}</sst>')
    assert DataProcessor().process(written(tmp_path / "whole.xlsx", data)).report.status is Status.LOADED
    code, message = refused(tmp_path / "book.xlsx", with_wrong_checksum(data, "xl/sharedStrings.xml"))
    assert (code, "xl/sharedStrings.xml" in message) == ("incomplete", True)


def test_a_part_in_an_unknown_encoding_is_damage(tmp_path: Path) -> None:
    made = hostile.parts()
    book = b'<?xml version="1.0" encoding="UTFm8"?>' + made["xl/workbook.xml"]
    assert refused(tmp_path / "book.xlsx", zipped({**made, "xl/workbook.xml": book}))[0] == "incomplete"


def test_a_fault_of_the_reader_itself_is_a_refusal(tmp_path: Path) -> None:
    """A list of texts that claims to hold more of them than a computer can count."""
    book = with_texts(f'<sst xmlns="{MAIN}" uniqueCount="{2**64 - 1}"/>')
    code, message = refused(tmp_path / "book.xlsx", book)
    assert (code, "the reader gave up" in message) == ("incomplete", True)


def test_an_error_in_a_cell_beyond_every_sheet_is_a_refusal(tmp_path: Path) -> None:
    rows = hostile.ROWS + '<row r="99999999999"><c r="A99999999999" t="e"><v>#N/A</v></c></row>'
    assert refused(tmp_path / "book.xlsx", hostile.book(rows))[0] == "unusual_workbook"


def test_a_spreadsheet_that_repeats_a_cell_less_than_never_is_damaged(tmp_path: Path) -> None:
    data = hostile.ods(hostile.ods_row("#REF!", columns="-5"))
    code, message = refused(tmp_path / "book.ods", data)
    assert (code, "repeated '-5' times" in message) == ("incomplete", True)


def test_entities_of_a_spreadsheet_are_refused_before_they_unfold(tmp_path: Path) -> None:
    head = f'{" " * 9000}<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    assert refused(tmp_path / "book.ods", hostile.ods(hostile.ods_row("&e;"), head=head))[0] == "unsafe_file"


@pytest.mark.parametrize(("end", "doubts"), [("</table>", []), ("", ["a table without its end"])])
def test_a_page_that_ends_within_its_table_says_so(tmp_path: Path, end: str, doubts: list[str]) -> None:
    path = tmp_path / "page.xls"
    path.write_text(f"<html><table>{''.join(LINES)}{end}", encoding="utf-8")
    report = DataProcessor().process(path).report
    assert report.status is Status.LOADED
    assert [issue.found for issue in report.issues if issue.effect is Effect.DOUBT] == doubts


@pytest.mark.parametrize(
    "xml",
    [
        b'<c t="e" >' * 100_000,
        b"<f " * 300_000,
        b"<f/>" + b" " * 300_000,
        b"<f/><v>" + b" " * 300_000,
        b'<row hidden="1" ' * 50_000,
        b"<c " * 300_000,
    ],
    ids=["errors", "formulas", "spaces", "values", "rows", "cells"],
)
def test_damaged_xml_is_searched_in_good_time(xml: bytes) -> None:
    started = time.process_time()
    scan_sheet(io.BytesIO(xml), Limits(), measure=True)
    assert time.process_time() - started < 5


def compound(*short_table: int) -> bytes:
    """An old Office file whose workbook starts in the first short sector, as a head, three tables and no cells."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HH", head, 30, 9, 6)
    struct.pack_into("<ii", head, 44, 1, 1)
    struct.pack_into("<iiiii", head, 56, 4096, 2, 1, -2, 0)
    struct.pack_into("<109i", head, 76, 0, *[-1] * 108)
    name = "Workbook".encode("utf-16-le")
    entry = name.ljust(64, b"\0") + struct.pack("<H", len(name) + 2) + bytes(50) + struct.pack("<ii", 0, 100)
    tables = ((-3, -2, -2), short_table)
    sectors, shorts = (struct.pack("<128i", *table, *[-1] * (128 - len(table))) for table in tables)
    return bytes(head) + sectors + entry.ljust(512, b"\0") + shorts


@pytest.mark.parametrize(
    ("short_table", "endless"), [((1, -2), False), ((0,), True), ((1, 2, 1), True), ((99,), False)]
)
def test_a_chain_of_sectors_that_leads_back_into_itself_is_damage(
    tmp_path: Path, short_table: tuple[int, ...], *, endless: bool
) -> None:
    data = compound(*short_table)
    assert is_endless(data) is endless
    assert refused(tmp_path / "book.xls", data)[0] == "incomplete"
