"""The zip around an .xlsx or .ods: checked before any reader sees it, and the map of its sheets."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from kpi.reading.formats import WANTED, cut_off
from kpi.reading.limits import MIB, Limits
from kpi.reading.refused import Refused, refusal

BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError)
_HEAD = 4096
_ENCRYPTED = 0x1
_OTHER_OFFICE = {"word/": "a Word document", "ppt/": "a presentation", "visio/": "a drawing"}


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of an .xlsx: `part` is the name of its XML in the zip, empty where none is given."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Container:
    """A checked zip. `sheets` is None for .ods, whose sheets lie together in one part."""

    archive: zipfile.ZipFile
    sheets: tuple[SheetPart, ...] | None
    days_1904: bool = False


def open_container(data: bytes, limits: Limits) -> Container:
    """The zip, after everything that can be told without reading cells was checked; raises Refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (*BROKEN_ZIP, ValueError, UnicodeDecodeError) as error:
        raise cut_off(str(error)) from error
    _check_entries(archive, limits)
    _check_heads(archive)
    names = set(archive.namelist())
    if "content.xml" in names:
        return _ods(archive, names)
    if any(name.endswith("workbook.bin") for name in names):
        raise refusal(
            "wrong_type",
            "a binary workbook (.xlsb)",
            WANTED,
            "Open it in Excel, save it as .xlsx and load that file.",
        )
    if "[Content_Types].xml" in names and any("workbook" in name for name in names):
        return _xlsx(archive, limits)
    raise _stranger(names)


def _stranger(names: set[str]) -> Refused:
    for folder, what in _OTHER_OFFICE.items():
        if any(name.startswith(folder) for name in names):
            return refusal("wrong_type", what, WANTED, "Copy the table into a workbook and load that.")
    return refusal(
        "wrong_type", "a zip archive without a workbook", WANTED, "Unpack it and load the files in it."
    )


def _check_entries(archive: zipfile.ZipFile, limits: Limits) -> None:
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise too_large(f"{len(entries):,} parts in the file", f"at most {limits.entries:,}")
    if len({entry.filename for entry in entries}) != len(entries):
        raise refusal(
            "unsafe_file",
            "two parts of the same name in the file",
            "each part once",
            "Readers would disagree about its values: open it in Excel, save it again and load that file.",
        )
    for entry in entries:
        _check_entry(entry, limits)
    total = sum(entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels")))
    if total > limits.total_bytes:
        raise too_large(
            f"{total // MIB:,} MiB of tables when unpacked", f"at most {limits.total_bytes // MIB:,} MiB"
        )


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise refusal(
            "encrypted",
            "a zip locked with a password",
            "one without",
            "Remove the password and load it again.",
        )
    if not entry.filename.endswith(".xml"):
        return
    most = limits.shared_strings_bytes if entry.filename.endswith("sharedStrings.xml") else limits.part_bytes
    if entry.file_size > most:
        raise too_large(f"{entry.file_size // MIB:,} MiB in {entry.filename}", f"at most {most // MIB:,} MiB")
    packed = max(entry.compress_size, 1)
    if entry.file_size > limits.ratio_from_bytes and entry.file_size / packed > limits.ratio:
        raise too_large(
            f"{entry.filename} packed {entry.file_size // packed:,} times smaller than it is",
            f"at most {limits.ratio} times, as in workbooks that people make",
        )


def too_large(found: str, wanted: str) -> Refused:
    """The refusal for a file that asks for more than the limits give."""
    return refusal(
        "too_large", found, wanted, "Split the workbook, or delete what is not needed, and load that."
    )


def _check_heads(archive: zipfile.ZipFile) -> None:
    for entry in archive.infolist():
        if entry.filename.endswith((".xml", ".rels")):
            _check_head(entry.filename, _head(archive, entry))


def _head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(entry) as part:
            return part.read(_HEAD)
    except (*BROKEN_ZIP, RuntimeError, UnicodeDecodeError) as error:
        raise cut_off(f"{entry.filename}: {error}") from error


def _check_head(name: str, head: bytes) -> None:
    if b"<!DOCTYPE" in (plain := head.replace(b"\0", b"")) or b"<!ENTITY" in plain:
        raise refusal(
            "unsafe_file",
            f"a document type declaration in {name}",
            "plain workbook XML",
            "No spreadsheet program writes that: open it in Excel, save it again and load that file.",
        )
    if name.startswith("xl/") and (head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:64]):
        raise refusal(
            "unusual_workbook",
            f"UTF-16 text in {name}",
            "UTF-8, as spreadsheet programs write it",
            "Open it in Excel, save it again and load that file.",
        )


def _ods(archive: zipfile.ZipFile, names: set[str]) -> Container:
    kind = _read(archive, "mimetype").decode("ascii", "replace") if "mimetype" in names else ""
    if kind and "spreadsheet" not in kind:
        raise refusal(
            "wrong_type",
            f"an OpenDocument file of another kind ({kind.strip()[:80]})",
            WANTED,
            "Export the table as .xlsx.",
        )
    if "META-INF/manifest.xml" in names and b"encryption-data" in _read(archive, "META-INF/manifest.xml"):
        raise refusal(
            "encrypted", "a spreadsheet locked with a password", "one without", "Save it without a password."
        )
    return Container(archive, None)


def _xlsx(archive: zipfile.ZipFile, limits: Limits) -> Container:
    book = _book_part(archive)
    root = _xml(archive, book)
    targets = _relations(archive, book)
    sheets = []
    for sheet in _children(root, "sheet"):
        relation = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        hidden = sheet.get("state", "visible") != "visible"
        sheets.append(SheetPart(sheet.get("name", ""), targets.get(relation, ""), hidden))
    if len(sheets) > limits.sheets:
        raise too_large(f"{len(sheets):,} sheets", f"at most {limits.sheets}")
    properties = next(_children(root, "workbookPr"), None)
    flag = properties.get("date1904", "0") if properties is not None else "0"
    return Container(archive, tuple(sheets), flag in ("1", "true"))


def _book_part(archive: zipfile.ZipFile) -> str:
    for relation in _xml(archive, "_rels/.rels").iter():
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    raise cut_off("it does not say where its workbook lies")


def _relations(archive: zipfile.ZipFile, book: str) -> dict[str, str]:
    folder, name = posixpath.split(book)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    targets = {}
    for relation in _xml(archive, part).iter():
        target = relation.get("Target", "")
        whole = (
            target.lstrip("/")
            if target.startswith("/")
            else posixpath.normpath(posixpath.join(folder, target))
        )
        targets[relation.get("Id", "")] = whole
    return targets


def _children(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if re.sub(r"^\{.*\}", "", str(element.tag)) == name)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except (*BROKEN_ZIP, RuntimeError, KeyError) as error:
        raise cut_off(f"{name}: {error}") from error


def _xml(archive: zipfile.ZipFile, name: str) -> Element:
    try:
        root: Element = fromstring(_read(archive, name), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise cut_off(f"{name}: {error}") from error
    return root
