"""What a file is, told by its bytes; a name or an extension is only a claim."""

from __future__ import annotations

import re
import struct
from enum import StrEnum

from kpi.reading.refused import Refused, refusal


class Format(StrEnum):
    """The families of files, each read in its own way."""

    ZIP = "zip"  # .xlsx, .xlsm, .xlsb, .ods: which of them, the container tells
    XLS = "xls"
    LOCKED = "locked"  # a workbook behind a password, of a kind that only the password tells
    HTML = "html"
    MHTML = "mhtml"
    XML = "xml"  # XML Spreadsheet 2003
    PARQUET = "parquet"
    TEXT = "text"


WANTED = "an .xlsx, .xlsm, .xlsb, .xls, .ods, .csv or .parquet file, or a web page with tables"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_STRANGERS = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"BZh": "a bzip2 archive",
    b"{\\rtf": "an RTF document",
    b"SQLite format 3": "a SQLite database",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}
_PARQUET = b"PAR1"
_PAGE = re.compile(rb"<(?:!doctype html|html|table|head|meta|body)\b")
_TABLE = re.compile(rb"<table\b[^>]*>.*?<t[rdh]\b", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(rb"<(?:[a-z][a-z0-9:]*[\s>/]|!--|!\[)")
_XML_WORKBOOK = b"urn:schemas-microsoft-com:office:spreadsheet"
_HEAD = 4096
_OLE_HEADER, _LARGEST_SECTOR = 512, 12


def sniff(data: bytes) -> Format:
    """The family of the bytes; raises Refused for everything that holds no table this program reads."""
    if not data.strip(b"\0 \t\r\n"):
        raise refusal("empty_file", "no content", WANTED, "Save the workbook again and load that file.")
    if data.startswith(b"PK"):
        return Format.ZIP
    if data.startswith(_OLE):
        return _ole(data)
    if data.startswith(_BIFF):
        return Format.XLS
    if data.startswith(_PARQUET):
        return Format.PARQUET
    for magic, what in _STRANGERS.items():
        if data.startswith(magic):
            raise _wrong(what)
    return _text(data[:_HEAD], data)


def may_be_locked(data: bytes) -> bool:
    """Whether the bytes are of the kind that passwords lock: told by their first, so a file that is not may be, too."""
    return data.startswith(_OLE)


def cut_off(detail: str) -> Refused:
    """The refusal for a file that stops in the middle, or whose bytes were damaged."""
    return refusal(
        "incomplete",
        f"a workbook that is incomplete or damaged ({detail})",
        "a whole one",
        "It was cut off while being copied, or damaged by another program: save it again in Excel and load that file.",
    )


def _wrong(what: str, advice: str = "Export the table as .xlsx or .csv and load that file.") -> Refused:
    return refusal("wrong_type", what, WANTED, advice)


def _ole(data: bytes) -> Format:
    """Old Office containers hold .xls workbooks, locked new ones, and documents of other programs."""
    if len(data) < _OLE_HEADER:
        raise cut_off("it ends in its first lines")
    if _utf16("EncryptedPackage") in data:
        return Format.LOCKED
    directory, shift = struct.unpack_from("<i", data, 48)[0], struct.unpack_from("<H", data, 30)[0]
    if shift > _LARGEST_SECTOR or _OLE_HEADER + (directory + 1) * (1 << shift) > len(data):
        raise cut_off("its table of contents is missing")
    if _utf16("Workbook") in data or _utf16("Book") in data:
        return Format.XLS
    raise _wrong("an old Office file without a workbook in it (a document, a mail or a presentation)")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _text(head: bytes, data: bytes) -> Format:
    wide = head.startswith(_UTF16) or head[:64].count(0) >= 8  # noqa: PLR2004 -- every second byte of plain UTF-16 is 0
    start = (head.replace(b"\0", b"") if wide else head).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<?xml", b"<workbook")):
        return _xml(start)
    if _PAGE.match(start) or (
        _TAG.match(start) and _TABLE.search(data.replace(b"\0", b"") if wide else data)
    ):
        return Format.HTML
    if start.startswith(b"mime-version:") or b"multipart/related" in start[:1000]:
        return Format.MHTML
    if start.startswith((b"{", b"[{")):
        raise _wrong("a JSON file")
    if not wide and (b"\0" in data or _control_share(head) > 0.05):  # noqa: PLR2004 -- text has almost none
        raise _wrong("bytes that are neither a workbook nor text")
    return Format.TEXT


def _xml(start: bytes) -> Format:
    """Workbooks and pages among the many things that XML is written for."""
    if _XML_WORKBOOK in start:
        return Format.XML
    if b"<html" in start or b"<!doctype html" in start:
        return Format.HTML
    raise _wrong("an XML file that is no workbook, whatever its name says")


def _control_share(head: bytes) -> float:
    return sum(byte < 32 and byte not in b"\t\r\n\f\x1b" for byte in head) / len(head)  # noqa: PLR2004 -- below space
