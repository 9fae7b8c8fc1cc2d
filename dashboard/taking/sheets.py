"""Workbooks of Excel written as they come, row by row, with nothing held back: text, numbers and days, and no formula.

By hand, since a million rows take openpyxl several times as long (docs/decisions/0031). The parts and their names are those of
ECMA-376, part 1; texts stand in their cells, so that no table of them has to be kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from html import escape
from math import isfinite
from pathlib import Path
from typing import IO, Self
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from dashboard.downloads import LONGEST
from kpi.safe_csv import BEGINNINGS

Cell = str | float | date | None
DAY, KEPT, BOLD, KEPT_BOLD = 1, 2, 3, 4  # places of the styles below
EPOCH = date(1899, 12, 30).toordinal()
COUNTED_RIGHT = date(1900, 3, 1)  # before it, Excel counts a day that never was
TOGETHER = 1_000  # rows that are packed at a time
CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what Excel would read as the number of a sign

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PLAIN = 'fillId="0" borderId="0" xfId="0"'
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="5"><xf numFmtId="0" fontId="0" {PLAIN}/><xf numFmtId="164" fontId="0" {PLAIN} applyNumberFormat="1"/>'
    f'<xf numFmtId="0" fontId="0" {PLAIN} quotePrefix="1"/><xf numFmtId="0" fontId="1" {PLAIN} applyFont="1"/>'
    f'<xf numFmtId="0" fontId="1" {PLAIN} quotePrefix="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(slots=True)
class Book:
    """A workbook that is being written; whole once its `with` ends. Titles of sheets are different and at most 31 letters."""

    path: Path
    titles: list[str] = field(default_factory=list)
    file: ZipFile = field(init=False)

    def __enter__(self) -> Self:
        self.file = ZipFile(self.path, "w", ZIP_DEFLATED, compresslevel=3)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        with self.file:
            for name, text in _parts(self.titles).items():
                self.file.writestr(name, text)

    def add(
        self, title: str, widths: Sequence[int], rows: Iterable[Sequence[Cell]], *, names: Sequence[str] = ()
    ) -> int:
        """A sheet, under the `names` of its columns if there are any, which stay in sight; how many rows it got."""
        self.titles.append(title)
        letters = [get_column_letter(number) for number in range(1, max(len(widths), len(names)) + 1)]
        with self.file.open(f"xl/worksheets/sheet{len(self.titles)}.xml", "w", force_zip64=True) as part:
            part.write(_opening(widths, frozen=bool(names)).encode())
            if names:
                cells = (
                    _text(f"{letter}1", name, bold=True) for letter, name in zip(letters, names, strict=True)
                )
                part.write(f'<row r="1">{"".join(cells)}</row>'.encode())
            count = _fill(part, letters, rows, 2 if names else 1)
            part.write(b"</sheetData></worksheet>")
        return count


def _fill(part: IO[bytes], letters: Sequence[str], rows: Iterable[Sequence[Cell]], first: int) -> int:
    held, count = list[str](), 0
    for row in rows:
        number = first + count
        cells = (
            _cell(f"{letter}{number}", cell)
            for letter, cell in zip(letters, row, strict=False)
            if cell is not None
        )
        held.append(f'<row r="{number}">{"".join(cells)}</row>')
        count += 1
        if len(held) == TOGETHER:
            part.write("".join(held).encode())
            held.clear()
    part.write("".join(held).encode())
    return count


def _cell(place: str, cell: str | float | date) -> str:
    if isinstance(cell, str):
        return _text(place, cell)
    if isinstance(cell, date):
        if cell < COUNTED_RIGHT:
            return _text(place, cell.isoformat())
        return f'<c r="{place}" s="{DAY}"><v>{cell.toordinal() - EPOCH}</v></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>' if isfinite(cell) else ""


def _text(place: str, text: str, *, bold: bool = False) -> str:
    return f'<c r="{place}"{_inner(text, bold)}'


@lru_cache(20_000)  # members come again and again
def _inner(text: str, bold: bool) -> str:  # noqa: FBT001 - a key of the cache
    """A text that stays one, also once somebody edits it and it begins as a formula does."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST]
    kept = text.startswith(BEGINNINGS)
    style = (KEPT_BOLD if bold else KEPT) if kept else BOLD if bold else 0
    said = escape(CODED.sub("_x005F_", text), quote=False)
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def _opening(widths: Sequence[int], *, frozen: bool) -> str:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(widths, 1)
    )
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )


def _parts(titles: Sequence[str]) -> dict[str, str]:
    """Every part but the sheets."""
    numbers = range(1, len(titles) + 1)
    styles = len(titles) + 1
    sheets = "".join(
        f'<sheet name="{escape(title)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, title in zip(numbers, titles, strict=True)
    )
    book = f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{sheets}</sheets></workbook>'
    related = [(number, "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    return {
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": _relations([*related, (styles, "styles", "styles.xml")]),
        "xl/styles.xml": STYLES,
        "_rels/.rels": _relations([(1, "officeDocument", "xl/workbook.xml")]),
        "[Content_Types].xml": _kinds(
            [
                ("xl/workbook.xml", "sheet.main"),
                ("xl/styles.xml", "styles"),
                *((f"xl/worksheets/sheet{number}.xml", "worksheet") for number in numbers),
            ]
        ),
    }


def _relations(found: Iterable[tuple[int, str, str]]) -> str:
    each: Iterator[str] = (
        f'<Relationship Id="rId{number}" Type="{RELATED}/{kind}" Target="{target}"/>'
        for number, kind, target in found
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{"".join(each)}</Relationships>'


def _kinds(parts: Iterable[tuple[str, str]]) -> str:
    each = "".join(f'<Override PartName="/{name}" ContentType="{KIND}.{kind}+xml"/>' for name, kind in parts)
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{each}</Types>'
    )
