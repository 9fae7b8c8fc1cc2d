"""Gives the formulas of a workbook that openpyxl has written their results back, for openpyxl keeps only one of both.

Without them a copy would show nothing until it was calculated, and could not be loaded again. Written against what
openpyxl writes: `<c r="D4" s="3"><f>SUM(D2:D3)</f><v /></c>`.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

_NAME = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)>(<f(?:[^>]*/>|[^>]*>[^<]*</f>))<v ?/></c>')
_MAYBE = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?f[ />]")
_BLOCK, _LONGEST_PREFIX = 1 << 20, 64
_TYPES = {"str", "b", "e", "n", "d"}


class Result(NamedTuple):
    """What was stored with a formula: its type as the format writes it, and its text."""

    kind: str
    text: str


def formula_results(archive: zipfile.ZipFile, part: str) -> dict[str, Result]:
    """The results of one sheet by their addresses; formulas that were never calculated have none."""
    results: dict[str, Result] = {}
    if not _has_formulas(archive, part):
        return results
    with archive.open(part) as xml:
        for _, element in iterparse(xml, forbid_dtd=True):
            name = element.tag.replace(_STRICT, _NAME)
            if name == f"{_NAME}c":
                _note(element, results)
            if name in (f"{_NAME}c", f"{_NAME}row"):
                element.clear()
    return results


def put_back(book: Path, results: Mapping[str, Mapping[str, Result]], out: Path) -> None:
    """Write the workbook anew as `out`, with the results in the parts they are given for."""
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            found = results.get(entry.filename)
            new.writestr(entry, _filled(content, found) if found else content, zipfile.ZIP_DEFLATED)


def _has_formulas(archive: zipfile.ZipFile, part: str) -> bool:
    """A search for two bytes, because most sheets have none and parsing takes a hundred times as long."""
    with archive.open(part) as xml:
        tail = b""
        while block := xml.read(_BLOCK):
            if _MAYBE.search(tail + block):
                return True
            tail = block[-_LONGEST_PREFIX:]
    return False


def _note(cell: object, results: dict[str, Result]) -> None:
    parts = {child.tag.rpartition("}")[2]: child for child in cell}  # type: ignore[attr-defined]
    value = parts["v"].text if "f" in parts and "v" in parts else None
    kind = cell.get("t", "n")  # type: ignore[attr-defined]
    if value is not None and kind in _TYPES:
        results[cell.get("r", "")] = Result(kind, value)  # type: ignore[attr-defined]


def _filled(xml: bytes, results: Mapping[str, Result]) -> bytes:
    def filled(found: re.Match[bytes]) -> bytes:
        result = results.get(found[1].decode())
        if result is None:
            return found[0]
        kind = b"" if result.kind == "n" else b' t="%s"' % result.kind.encode()
        value = escape(result.text).encode()
        return b'<c r="%s"%s%s>%s<v>%s</v></c>' % (found[1], found[2], kind, found[3], value)

    return _FORMULA.sub(filled, xml)
