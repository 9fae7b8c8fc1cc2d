"""The zip around an .xlsx, .xlsb or .ods: checked before any reader sees it, and the map of its sheets."""

from __future__ import annotations

import io
import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from kpi.reading.biff12 import list_sheets
from kpi.reading.formats import WANTED, cut_off
from kpi.reading.limits import CELLS, MIB, Limits
from kpi.reading.refused import Refused, refusal

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
)
_HEAD, _BLOCK = 4096, 1 << 20
_STRINGS = re.compile(r"sharedStrings\.(?:xml|bin)$")
# Other binary parts are pictures, printers, macros: nobody unpacks these.
_TABLES = re.compile(r"\.(?:xml|rels)$|(?:^|/)(?:worksheets/[^/]*|workbook|sharedStrings|styles)\.bin$")
# Nobody else reads these to their end, where the checksum is: a flipped bit would be another text, unseen.
_CHECKED_HERE = re.compile(r"(?:sharedStrings|styles)\.(?:xml|bin)$", re.IGNORECASE)
_ENCRYPTED = 0x1
_OTHER_OFFICE = {"word/": "a Word document", "ppt/": "a presentation", "visio/": "a drawing"}


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of an .xlsx or .xlsb: `part` is the name of its cells in the zip, empty where none is given."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Container:
    """A checked zip. `sheets` is None for .ods, whose sheets lie together in one part; `binary` is set for .xlsb."""

    archive: zipfile.ZipFile
    sheets: tuple[SheetPart, ...] | None
    days_1904: bool = False
    binary: bool = False


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    part: str


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
    if "[Content_Types].xml" in names and any("workbook" in name for name in names):
        return _workbook(archive, limits)
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
    total = sum(entry.file_size for entry in entries if _TABLES.search(entry.filename))
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
    if not _TABLES.search(entry.filename):
        return
    most = limits.shared_strings_bytes if _STRINGS.search(entry.filename) else limits.part_bytes
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


def too_wide(rows: int, columns: int, limits: Limits) -> Refused:
    """The refusal for a sheet whose cells reach farther than the limits give."""
    return too_large(
        f"a sheet of {rows:,} rows and {columns:,} columns (a single cell far away makes it so)",
        f"at most {limits.cells:,} cells ({CELLS}) and {limits.columns:,} columns",
    )


def _check_heads(archive: zipfile.ZipFile) -> None:
    for entry in archive.infolist():
        if entry.filename.endswith((".xml", ".rels")):
            _check_head(entry.filename, _head(archive, entry))
        elif _CHECKED_HERE.search(entry.filename):
            _head(archive, entry)


def _head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(entry) as part:
            head = part.read(_HEAD)
            while _CHECKED_HERE.search(entry.filename) and part.read(_BLOCK):
                pass
            return head
    except (*BROKEN_ZIP, RuntimeError, ValueError) as error:
        raise cut_off(f"{entry.filename}: {error}") from error


def _check_head(name: str, head: bytes) -> None:
    if b"<!DOCTYPE" in (plain := head.replace(b"\0", b"")) or b"<!ENTITY" in plain:
        raise unsafe_xml(name)
    if name.startswith("xl/") and (head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:64]):
        raise refusal(
            "unusual_workbook",
            f"UTF-16 text in {name}",
            "UTF-8, as spreadsheet programs write it",
            "Open it in Excel, save it again and load that file.",
        )


def unsafe_xml(where: str) -> Refused:
    """The refusal for XML that declares a document type: entities may be endless, or name other files."""
    return refusal(
        "unsafe_file",
        f"a document type or an entity of its own in {where}",
        "plain workbook XML",
        "No spreadsheet program writes that: open it in Excel, save it again and load that file.",
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


def _workbook(archive: zipfile.ZipFile, limits: Limits) -> Container:
    book = _book_part(archive)
    targets = {key: relation.part for key, relation in _relations(archive, book).items()}
    if book.endswith(".bin"):
        listed, days_1904 = list_sheets(_read(archive, book))
        parts = (SheetPart(name, targets.get(relation, ""), hidden) for name, relation, hidden in listed)
        return _limited(Container(archive, tuple(parts), days_1904, binary=True), limits)
    root = read_xml(archive, book)
    sheets = []
    for sheet in children(root, "sheet"):
        relation = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        hidden = sheet.get("state", "visible") != "visible"
        sheets.append(SheetPart(sheet.get("name", ""), targets.get(relation, ""), hidden))
    properties = next(children(root, "workbookPr"), None)
    flag = properties.get("date1904", "0") if properties is not None else "0"
    return _limited(Container(archive, tuple(sheets), flag in ("1", "true")), limits)


def _limited(container: Container, limits: Limits) -> Container:
    count = len(container.sheets or ())
    if count > limits.sheets:
        raise too_large(f"{count:,} sheets", f"at most {limits.sheets}")
    return container


def _book_part(archive: zipfile.ZipFile) -> str:
    for relation in read_xml(archive, "_rels/.rels").iter():
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    raise cut_off("it does not say where its workbook lies")


def related(archive: zipfile.ZipFile, source: str, kind: str) -> list[str]:
    """The parts of one kind that a part refers to; none where it refers to nothing."""
    if _list_of(source) not in archive.NameToInfo:
        return []
    return [found.part for found in _relations(archive, source).values() if found.kind.endswith(kind)]


def _list_of(source: str) -> str:
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relations(archive: zipfile.ZipFile, source: str) -> dict[str, _Relation]:
    """What a part refers to, by the keys it uses; raises Refused where it has no list of that."""
    folder = posixpath.dirname(source)
    found = {}
    for relation in children(read_xml(archive, _list_of(source)), "Relationship"):
        target = relation.get("Target", "")
        absolute = target.startswith("/")
        part = target.lstrip("/") if absolute else posixpath.normpath(posixpath.join(folder, target))
        found[relation.get("Id", "")] = _Relation(relation.get("Type", ""), part)
    return found


def children(root: Element, name: str) -> Iterator[Element]:
    """All elements of that name at any depth, whatever their namespace."""
    return (element for element in root.iter() if re.sub(r"^\{.*\}", "", str(element.tag)) == name)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except (*BROKEN_ZIP, RuntimeError, ValueError, KeyError) as error:
        raise cut_off(f"{name}: {error}") from error


def read_xml(archive: zipfile.ZipFile, name: str) -> Element:
    """One part as a tree; raises Refused where it is missing, damaged or declares a document type."""
    try:
        root: Element = fromstring(_read(archive, name), forbid_dtd=True)
    except DefusedXmlException as error:
        raise unsafe_xml(name) from error
    except (ParseError, ValueError, LookupError) as error:
        raise cut_off(f"{name}: {error}") from error
    return root
