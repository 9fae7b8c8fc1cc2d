"""The tables of one sheet, found and cleaned one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi.cleaning.finding.regions import split_sheet
from kpi.cleaning.finding.table_search import find_table, table_below
from kpi.cleaning.inquiry import Inquiry, fingerprint
from kpi.cleaning.layout import Table, filled_height, is_blank
from kpi.cleaning.sheet import CleanSheet, LeftSheet, clean_table
from kpi.cleaning.wide.account_rows import with_accounts
from kpi.cleaning.wide.block_tables import clean_blocks
from kpi.cleaning.wide.blocks import split_blocks
from kpi.cleaning.wide.turn import turn_sheet
from kpi.loading.answers import Instructions
from kpi.reading.cells import NamedRange, RawSheet

_TITLE_ROWS = 5
_NO_TABLE = "no row of names with numbers or dates under it was found"
_NO_YEAR = "its months have no year: write the year into its title, such as 'Profit and loss 2025'"


def clean_sheet(sheet: RawSheet, instructions: Instructions, file: str = "") -> list[CleanSheet | LeftSheet]:
    """Every table of the sheet, at least one answer; `file` is the name of the file, which may give a year."""
    if sheet.left:
        return [LeftSheet(sheet.name, "hidden", sheet.left)]
    if not sheet.columns:
        return [LeftSheet(sheet.name, "no_table", "the sheet is empty")]
    if any(_has_names(sheet, named) for named in sheet.tables):
        return _clean_region(sheet, instructions, (file,))
    blocks = split_blocks(sheet)
    if blocks:
        titles = (*_titles(sheet, min(_TITLE_ROWS, blocks[0].head)), file)
        return clean_blocks(blocks, instructions, titles, _clean_region)
    titles = (*_titles(sheet, _TITLE_ROWS), file)
    return [
        cleaned for region in split_sheet(sheet) for cleaned in _clean_region(region, instructions, titles)
    ]


def _titles(sheet: RawSheet, rows: int) -> list[str]:
    """Texts that stand alone in the first rows of the sheet, which hold for all of its tables."""
    found = []
    for row in range(min(rows, len(sheet.columns[0]))):
        filled = [column[row] for column in sheet.columns if not is_blank(column[row])]
        found += [cell for cell in filled if len(filled) == 1 and isinstance(cell, str)]
    return found


def _clean_region(
    sheet: RawSheet, instructions: Instructions, titles: Sequence[str]
) -> list[CleanSheet | LeftSheet]:
    """The tables of a sheet, or of a part of one that holds a single table."""
    turned = turn_sheet(sheet, titles, instructions)
    left: list[CleanSheet | LeftSheet] = []
    if turned is not None and turned.table is None:
        return [LeftSheet(sheet.name, "no_year", _NO_YEAR, turned.header_row + 1)]
    if turned is not None and turned.table is not None:
        left = [clean_table(sheet, turned.table, turned.inquiry, turned.issues)]
        if isinstance(left[0], CleanSheet):
            return left
    cleaned_tables = [_clean(sheet, table, instructions) for table in _find_tables(sheet)]
    if left and not any(isinstance(cleaned, CleanSheet) for cleaned in cleaned_tables):
        return left
    return cleaned_tables or [LeftSheet(sheet.name, "no_table", _NO_TABLE)]


def _clean(sheet: RawSheet, table: Table, instructions: Instructions) -> CleanSheet | LeftSheet:
    mark = fingerprint(column.header.words for column in table.columns)
    inquiry = Inquiry(sheet.name, mark, instructions.of(mark))
    told, issues = with_accounts(table, inquiry)
    return clean_table(sheet, told, inquiry, issues)


def _find_tables(sheet: RawSheet) -> Iterator[Table]:
    """The tables that the author has marked as such; where there are none, the one that looks like a table."""
    marked = [named for named in sheet.tables if _has_names(sheet, named)]
    for named in marked:
        yield _marked_table(sheet, named, alone=len(marked) == 1)
    if not marked and (found := find_table(sheet)) is not None:
        yield found


def _has_names(sheet: RawSheet, named: NamedRange) -> bool:
    """Whether the header row that the workbook states is there, with a name in most of its cells."""
    if named.last_column >= len(sheet.columns) or named.header_row >= len(sheet.columns[0]):
        return False
    cells = [sheet.columns[at][named.header_row] for at in range(named.first_column, named.last_column + 1)]
    return len(cells) > 1 and all(isinstance(cell, str) and not is_blank(cell) for cell in cells)


def _marked_table(sheet: RawSheet, named: NamedRange, *, alone: bool) -> Table:
    """The marked table; rows that were typed below the only one of a sheet belong to it, whatever its mark says."""
    positions = range(named.first_column, named.last_column + 1)
    filled = filled_height(sheet.columns[at] for at in positions)
    height = filled if alone else min(named.last_row + 1, filled)
    return table_below(sheet, named.header_row, positions, max(height, named.header_row + 1))
