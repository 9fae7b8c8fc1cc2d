"""Delimited text: the encoding by its bytes, the separator by how the lines agree."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import PurePath

from kpi.reading.cells import Note, RawSheet, transposed
from kpi.reading.container import too_wide
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused, refusal

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 60
_SAMPLE_CHARACTERS = 12_000
_MOST_LINES_IN_A_CELL = 20
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def read_text(data: bytes, name: str, limits: Limits) -> RawSheet:
    """The one sheet of a text file, named after it; every cell is text."""
    text, encoding = decode(data)
    stated = _SEPARATOR_LINE.match(text)
    body = text[stated.end() :] if stated else text
    delimiter = stated[1] if stated else find_delimiter(body)
    rows = _rows(body, delimiter, limits)
    if stated:
        rows.insert(0, [])  # so that row numbers are those of the file
    notes = (*encoding_notes(encoding), *_short_rows(rows))
    return RawSheet(PurePath(name).stem, transposed(rows), typed=False, notes=notes)


def encoding_notes(encoding: str) -> tuple[Note, ...]:
    """The note on a text whose encoding had to be guessed."""
    if encoding != "cp1252":
        return ()
    problem = "the file does not say how its letters are encoded, and they are no UTF-8"
    return (Note(0, 0, "bytes that are no UTF-8", problem, "read as Western European (Windows-1252)"),)


def _short_rows(rows: list[list[str]]) -> tuple[Note, ...]:
    """Rows that end before the others do, as the last row of a file that was cut off does."""
    widths = Counter(map(len, rows))
    del widths[0]
    if len(widths) <= 1:
        return ()
    usual = widths.most_common(1)[0][0]
    start = next(number for number, row in enumerate(rows) if len(row) == usual)
    short = [number for number, row in enumerate(rows) if number > start and 0 < len(row) < usual]
    if not short:
        return ()
    found = f"{len(short):,} rows with fewer than {usual} cells, the first in row {short[0] + 1}"
    return (
        Note(
            short[0], 0, found, "the rows end before the others do", "the missing cells were taken as empty"
        ),
    )


def decode(data: bytes) -> tuple[str, str]:
    """The text and the encoding it was found to have; raises Refused where it has none that is known."""
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, encoding
    raise refusal(
        "unknown_encoding",
        "letters in an encoding that is neither UTF-8, UTF-16 nor Windows-1252",
        "one of these",
        "Save the file as 'CSV UTF-8' and load that.",
    )


def _candidates(data: bytes) -> tuple[str, ...]:
    for mark, encoding in BOMS.items():
        if data.startswith(mark):
            return (encoding,)
    head = data[:1000]
    if head[1::2].count(0) > len(head) // 4:
        return ("utf-16-le",)
    if head[0::2].count(0) > len(head) // 4:
        return ("utf-16-be",)
    return ("utf-8", "cp1252")


def find_delimiter(text: str) -> str:
    """The separator that lets the first lines agree best; a comma where nothing separates."""
    sample = "\n".join(text[:_SAMPLE_CHARACTERS].splitlines()[:_SAMPLE_LINES])
    present = [delimiter for delimiter in _DELIMITERS if delimiter in sample]
    if len(present) <= 1:
        return present[0] if present else ","
    clear = [delimiter for delimiter in present if _agrees(sample, delimiter)]
    if len(clear) == 1:
        return clear[0]
    import clevercsv  # noqa: PLC0415 -- a fifth of a second that only unclear files need to pay

    try:
        dialect = clevercsv.Sniffer().sniff(sample, delimiters="".join(present))
    except clevercsv.Error:
        dialect = None
    found = dialect.delimiter if dialect else None
    return found or max(present, key=sample.count)


def _agrees(sample: str, delimiter: str) -> bool:
    """Whether every line has the same number of cells, more than one."""
    try:
        widths = {len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row}
    except csv.Error:
        return False
    return len(widths) == 1 and widths.pop() > 1


def _rows(body: str, delimiter: str, limits: Limits) -> list[list[str]]:
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        if "field limit" in str(error):
            raise _endless_cell(reader.line_num, quoted='"' in body) from error
        raise _broken_quotes(reader.line_num, str(error)) from error
    widest = max(map(len, rows), default=0)
    if widest * len(rows) > limits.cells or widest > limits.columns:
        raise too_wide(len(rows), widest, limits)
    if '"' in body:
        _check_cells(rows)
    return rows


def _check_cells(rows: list[list[str]]) -> None:
    """A quote that was never closed swallows the lines behind it into one cell."""
    for number, row in enumerate(rows, 1):
        if any(cell.count("\n") > _MOST_LINES_IN_A_CELL for cell in row):
            raise _broken_quotes(number, "one cell holds dozens of lines")


def _endless_cell(line: int, *, quoted: bool) -> Refused:
    """A cell longer than any that people write: lines swallowed by a quotation mark, or no separator at all."""
    length = f"a cell of more than {csv.field_size_limit():,} characters"
    if quoted:
        return _broken_quotes(line, length)
    return refusal(
        "broken_text",
        f"{length} near line {line:,}",
        "a table with short cells",
        "See that the file is a table with separators, or export it as .xlsx.",
    )


def _broken_quotes(line: int, detail: str) -> Refused:
    return refusal(
        "broken_text",
        f"a quotation mark near line {line:,} that is not closed ({detail})",
        'cells in whole quotation marks, with a mark inside doubled ("")',
        "Correct that line, or export the table as .xlsx.",
    )
