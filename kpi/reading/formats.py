"""What a file is, told by its bytes; a name or an extension is only a claim."""

from __future__ import annotations

import re
import struct
from enum import StrEnum

from kpi.reading.refused import Refused, refusal


class Format(StrEnum):
    """The families of files, each read in its own way."""

    ZIP = "zip"  # .xlsx, .xlsm, .ods: which of them, the container tells
    XLS = "xls"
    TEXT = "text"


WANTED = "an .xlsx, .xlsm, .xls, .ods or .csv file"
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
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "a SQLite database",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}
_AS_WORKBOOK = "Open it in Excel, save it as .xlsx and load that file."
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
    for magic, what in _STRANGERS.items():
        if data.startswith(magic):
            raise _wrong(what)
    return _text(data[:_HEAD], data)


def cut_off(detail: str) -> Refused:
    """The refusal for a file that stops in the middle, or whose bytes were damaged."""
    return refusal(
        "incomplete",
        f"a workbook that is incomplete or damaged ({detail})",
        "a whole one",
        "It was probably cut off while being copied: copy or save it again and load that file.",
    )


def _wrong(what: str, advice: str = "Export the table as .xlsx or .csv and load that file.") -> Refused:
    return refusal("wrong_type", what, WANTED, advice)


def _ole(data: bytes) -> Format:
    """Old Office containers hold .xls workbooks, locked new ones, and documents of other programs."""
    if len(data) < _OLE_HEADER:
        raise cut_off("it ends in its first lines")
    if _utf16("EncryptedPackage") in data:
        raise refusal(
            "encrypted",
            "a workbook that is locked with a password",
            "one that opens without",
            "Open it in Excel, remove the password (File, Info, Protect Workbook), save it and load it again.",
        )
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
    if re.match(rb"<!doctype html|<html|<table|<head|<meta", start):
        raise _wrong("a web page (HTML)" + _claims(), _AS_WORKBOOK)
    if start.startswith(b"mime-version:") or b"multipart/related" in start[:1000]:
        raise _wrong("a web archive (MHTML)" + _claims(), _AS_WORKBOOK)
    if start.startswith((b"<?xml", b"<workbook")):
        raise _wrong("an XML file" + _claims(), _AS_WORKBOOK)
    if start.startswith((b"{", b"[{")):
        raise _wrong("a JSON file")
    if not wide and (b"\0" in data or _control_share(head) > 0.05):  # noqa: PLR2004 -- text has almost none
        raise _wrong("bytes that are neither a workbook nor text")
    return Format.TEXT


def _claims() -> str:
    return ", whatever its name says"


def _control_share(head: bytes) -> float:
    return sum(byte < 32 and byte not in b"\t\r\n\f\x1b" for byte in head) / len(head)  # noqa: PLR2004 -- below space
