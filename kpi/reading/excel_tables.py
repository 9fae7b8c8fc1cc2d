"""The tables that the author of an .xlsx has marked as such (Insert, Table)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from kpi.reading.cells import NamedRange, column_number
from kpi.reading.container import children, read_xml, related

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class MarkedTables:
    """The tables of one sheet that have a header row, and whether one of them is filtered."""

    ranges: tuple[NamedRange, ...] = ()
    filtered: bool = False


def marked_tables(archive: zipfile.ZipFile, sheet: str) -> MarkedTables:
    """The tables on the sheet that lies in that part; none where it refers to none."""
    roots = [
        read_xml(archive, part) for part in related(archive, sheet, "/table") if part in archive.NameToInfo
    ]
    ranges = tuple(found for root in roots for found in _ranges(root))
    return MarkedTables(ranges, any(True for root in roots for _ in children(root, "filterColumn")))


def _ranges(root: Element) -> Iterator[NamedRange]:
    """The range of a table; a table without a header row has no names to read its columns by."""
    reference = _REFERENCE.fullmatch(root.get("ref", ""))
    if reference is None or root.get("headerRowCount", "1") == "0":
        return
    left, top, right, bottom = reference.groups()
    yield NamedRange(
        root.get("displayName", "") or root.get("name", ""),
        int(top) - 1,
        column_number(left),
        int(bottom) - 1,
        column_number(right),
        totals_row=root.get("totalsRowCount", "0") not in ("0", ""),
    )
