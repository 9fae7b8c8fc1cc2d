"""The bytes decide what a file is; its name is only a claim."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from kpi.processor import DataProcessor
from kpi.reading.book import read_book
from kpi.reading.formats import Format, sniff
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused
from tests.kpi.books import changed, text, xlsx

ROWS = [["Date", "Sales"], ["2025-01-31", 10], ["2025-02-28", 20]]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "empty_file", id="nothing"),
        pytest.param(b"\r\n \0", "empty_file", id="blank space only"),
        pytest.param(b"%PDF-1.7 ...", "wrong_type", id="PDF"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "wrong_type", id="PNG"),
        pytest.param(b'<?xml version="1.0"?><Workbook/>', "wrong_type", id="XML of no kind"),
        pytest.param(b'{"a": 1}', "wrong_type", id="JSON"),
        pytest.param(b"\x01\x02\x03\x04\x05\x06\x07\x08 binary", "wrong_type", id="bytes of no kind"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut", "incomplete", id="old workbook cut off"),
    ],
)
def test_what_holds_no_table_is_refused_by_its_bytes(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        sniff(data)
    assert refused.value.code == code
    assert "Nothing was loaded." in refused.value.message


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04", Format.ZIP),
        (b"Date,Sales\n2025-01-31,10\n", Format.TEXT),
        ("Date\tSales\n".encode("utf-16"), Format.TEXT),
        (b"\x09\x08\x10\x00", Format.XLS),
        (b"<html><table><tr><td>1", Format.HTML),
        (b"\xef\xbb\xbf <!DOCTYPE html><html>", Format.HTML),
        ("<table><tr><td>1".encode("utf-16"), Format.HTML),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", Format.MHTML),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            Format.XML,
        ),
        (b"PAR1", Format.PARQUET),
    ],
)
def test_families_of_files_are_told_by_their_first_bytes(data: bytes, kind: Format) -> None:
    assert sniff(data) is kind


def test_a_workbook_that_cannot_be_unlocked_says_what_to_do() -> None:
    header = bytearray(2048)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    data = bytes(header) + "EncryptedPackage".encode("utf-16-le")
    assert sniff(data) is Format.LOCKED
    with pytest.raises(Refused) as refused:
        list(read_book(data, "book.xlsx", Limits()))
    assert refused.value.code == "encrypted"
    assert "remove the password" in refused.value.message


def test_a_workbook_is_read_whatever_it_is_named(tmp_path: Path) -> None:
    book = xlsx(tmp_path / "book.xlsx", {"Data": ROWS})
    for name in ("book.xls", "book.csv", "book.pdf", "book"):
        path = tmp_path / name
        path.write_bytes(book.read_bytes())
        assert DataProcessor().process(path).report.rows.loaded == 2


def test_a_text_named_xls_is_read_as_text(tmp_path: Path) -> None:
    path = text(tmp_path / "export.xls", ROWS, delimiter="\t", encoding="utf-16")
    report = DataProcessor().process(path).report
    assert (report.status, report.sheets[0].name) == ("loaded", "export")


def test_a_workbook_cut_off_in_the_middle_says_that_it_is_incomplete(tmp_path: Path) -> None:
    whole = xlsx(tmp_path / "whole.xlsx", {"Data": ROWS}).read_bytes()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    error = DataProcessor().process(path).report.error
    assert error is not None
    assert error.code == "incomplete"
    assert error.message.startswith("cut.xlsx: found a workbook that is incomplete or damaged")


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "book.xlsx", {"Data": ROWS})
    error = DataProcessor(Limits(file_bytes=100)).process(path).report.error
    assert error is not None
    assert error.code == "too_large"


def test_a_part_that_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "book.xlsx", {"Data": ROWS})
    error = DataProcessor(Limits(part_bytes=500)).process(path).report.error
    assert error is not None
    assert error.code == "too_large"
    assert ".xml" in error.message


def test_a_document_type_declaration_is_refused(tmp_path: Path) -> None:
    book = xlsx(tmp_path / "book.xlsx", {"Data": ROWS})
    bomb = changed(book, "xl/workbook.xml", b"<workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook')
    error = DataProcessor().process(bomb).report.error
    assert error is not None
    assert error.code == "unsafe_file"


def test_a_folder_in_place_of_a_file_is_an_answer_and_no_exception(tmp_path: Path) -> None:
    error = DataProcessor().process(tmp_path).report.error
    assert error is not None
    assert error.code == "unreadable"
