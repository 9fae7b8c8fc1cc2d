"""The mark of each sheet of an .xlsx: two sheets of the same mark hold the same cells, whatever else the file holds.

A mark is taken of the packed bytes, before anything is unpacked, and of everything in the container but the cells and
tables of other sheets and what no reader looks at: what is not known counts, so a doubt costs time and no number.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable

from kpi.reading.container import Container, related
from kpi.reading.refused import Refused

Known = Callable[[str], bool]  # whether what came of the sheet with that mark is known already

_BOOK = "xl/workbook.xml"
_SHEETS, _TABLES = "xl/worksheets/", "xl/tables/"
# No reader looks at these. Charts keep copies of the cells they show; the chain changes with every formula.
_UNREAD = re.compile(
    r"^(?:docProps/|xl/charts/|xl/drawings/|xl/media/|xl/printerSettings/|xl/calcChain\.xml$)"
)
# What programs write anew at each saving: who saved, where, and which sheet was in front.
_OF_THE_SAVING = re.compile(
    rb"<(?:\w+:)?revisionPtr\b[^>]*/>|<bookViews>.*?</bookViews>|<mc:AlternateContent\b.*?</mc:AlternateContent>",
    re.DOTALL,
)


def sheet_marks(data: bytes, container: Container, saved_in: int | None) -> dict[tuple[str, str], str]:
    """The marks by the name of the sheet and of its part; none where there are no two sheets, or they lie unusually.

    `data` are the bytes of the container. The year in which it was saved counts, for sheets may be read by it.
    """
    sheets = [sheet for sheet in container.sheets or () if not sheet.hidden]
    parts = {sheet.part for sheet in container.sheets or ()}
    if container.binary or len(sheets) < 2 or not all(part.startswith(_SHEETS) for part in parts):  # noqa: PLR2004
        return {}
    archive = container.archive
    try:
        if related(archive, "", "/officeDocument") != [_BOOK]:
            return {}
        of_book = frozenset(related(archive, _BOOK, ""))
        own = {part: _own_parts(archive, part, of_book) for part in parts}
    except Refused:  # what a hidden sheet refers to is damaged, which nobody would have noticed
        return {}
    digests = {
        entry.filename: _digest(data, archive, entry)
        for entry in archive.infolist()
        if entry.filename in of_book or not _UNREAD.match(entry.filename)
    }
    shared = digests.keys() - frozenset().union(*own.values())
    of_all = [
        saved_in,
        container.days_1904,
        *([one.name, one.part, one.hidden] for one in container.sheets or ()),
    ]
    common = _hash(json.dumps([of_all, _listed(digests, shared)]).encode())
    return {
        (sheet.name, sheet.part): _hash(
            json.dumps([common, sheet.name, sheet.part, _listed(digests, own[sheet.part])]).encode()
        )
        for sheet in sheets
    }


def _own_parts(archive: zipfile.ZipFile, part: str, of_book: frozenset[str]) -> frozenset[str]:
    """The parts that belong to that sheet: its cells, the list of what it refers to, its tables."""
    folder, name = posixpath.split(part)
    tables = {table for table in related(archive, part, "/table") if table.startswith(_TABLES)}
    return frozenset((part, posixpath.join(folder, "_rels", f"{name}.rels"), *(tables - of_book)))


def _listed(digests: dict[str, str], names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, digests[name]) for name in sorted(names) if name in digests]


def _digest(data: bytes, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    if entry.filename == _BOOK:
        return _hash(_OF_THE_SAVING.sub(b"", archive.read(entry)))
    at = entry.header_offset
    # The lengths of the name and of what follows it, as they stand before the packed bytes themselves.
    start = at + 30 + sum(int.from_bytes(data[place : place + 2], "little") for place in (at + 26, at + 28))
    about = (entry.compress_type, entry.flag_bits, entry.CRC, entry.file_size, entry.compress_size)
    digest = hashlib.sha256(repr(about).encode())
    digest.update(memoryview(data)[start : start + entry.compress_size])
    return digest.hexdigest()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
