"""How a text file is laid out, told by its beginning: what separates its cells, and where its header stands."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kpi.reading.text_table import encoding_notes, find_delimiter
from kpi.sales.extract.columns import Headed
from kpi.sales.extract.header_row import ROWS_ABOVE, ROWS_BELOW, Heading, find_heading, samples_of
from kpi.sales.extract.roles import Named, find_role, no_sales_table
from kpi.sales.extract.text_bytes import TextFeed, TextScan, scan_text
from kpi.sales.source import Note, SourceError

_SAMPLE, _ROWS = 1 << 18, 2_000
_SEPARATORS = (",", ";", "\t", "|")
_STATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_MOST_COLUMNS = 4_000
_ALIKE = 0.8  # of the rows of a table have the same number of cells


@dataclass(frozen=True, slots=True)
class TextShape:
    """`start` is the byte of the text, as UTF-8, at which the rows begin, `first_line` the line there, from 1."""

    scan: TextScan
    separator: str
    headers: tuple[str, ...]
    named: Named
    first_line: int
    start: int

    @property
    def rows(self) -> int | None:
        """How many rows follow, where no cell may run over several lines."""
        if self.scan.quotes or not self.scan.even:
            return None
        return max(self.scan.breaks + self.scan.open_end - self.first_line + 1, 0)

    def notes(self, name: str) -> tuple[Note, ...]:
        """What had to be guessed about the file."""
        return tuple(
            Note(name, "", "", f"{note.found}: {note.problem}", note.action, 1)
            for note in encoding_notes(self.scan.encoding)
        )


@dataclass(frozen=True, slots=True)
class _Record:
    """One row of the sample, and the line, from 1, on which the next one begins."""

    cells: list[str]
    next_line: int


def read_shape(path: Path, name: str, names: Collection[str]) -> TextShape:
    """The layout of the file; raises SourceError where it has no header, or none that is wanted."""
    scan = scan_text(path, name)
    lines = _first_lines(path, scan)
    stated = _STATED.fullmatch(lines[0]) if lines else None
    above = 1 if stated else 0
    separators = (stated[1],) if stated else _SEPARATORS
    found = [one for one in (_heading(lines[above:], sep, names) for sep in separators) if one is not None]
    if not found:
        raise _no_header(name, lines[above:])
    separator, heading = max(found, key=_how_well)
    if heading.named is None:
        raise no_sales_table(name, heading.headers)
    records = list(islice(_records(lines[above:], separator), _ROWS))
    below = [record.cells for record in records[heading.row + 1 :]]
    headers = _as_wide(heading.headers, below, name)
    named = find_role(Headed(headers, samples_of(below, len(headers))), names) or heading.named
    line = records[heading.row].next_line + above
    start = len("".join(lines[: line - 1]).encode())
    return TextShape(scan, separator, headers, named, line, start)


def _first_lines(path: Path, scan: TextScan) -> list[str]:
    """The whole lines at the beginning, each with its end."""
    feed = TextFeed(path, scan)
    try:
        sample = b""
        while len(sample) < _SAMPLE and (piece := feed.read(_SAMPLE)):
            sample += piece
        whole = not feed.read(1)
    finally:
        feed.close()
    lines = list(io.StringIO(sample.decode(errors="ignore"), newline=""))
    return lines if whole or len(lines) < 2 else lines[:-1]  # noqa: PLR2004 -- the last line may be cut


def _records(lines: Sequence[str], separator: str) -> Iterator[_Record]:
    """The rows of the sample, as far as they can be taken apart."""
    reader = csv.reader(lines, delimiter=separator)
    try:
        for cells in reader:
            yield _Record(cells, reader.line_num + 1)
    except csv.Error:  # a cell without end: whoever reads the rows will say where
        return


def _heading(lines: Sequence[str], separator: str, names: Collection[str]) -> tuple[str, Heading] | None:
    rows = [record.cells for record in islice(_records(lines, separator), ROWS_ABOVE + ROWS_BELOW)]
    heading = find_heading(rows, names)
    return None if heading is None else (separator, heading)


def _how_well(found: tuple[str, Heading]) -> tuple[bool, int, int]:
    heading = found[1]
    return heading.named is not None, heading.known, len(heading.headers)


def _as_wide(headers: tuple[str, ...], below: Sequence[Sequence[str]], name: str) -> tuple[str, ...]:
    """The headers of all columns: rows may end with a separator where the header does not, or the other way round."""
    last = max((place for place, header in enumerate(headers, 1) if header), default=0)
    usual = Counter(len(row) for row in below if any(row)).most_common(1)
    width = max(last, usual[0][0] if usual else 0)
    if width > _MOST_COLUMNS:
        problem = f"{name}: found {width:,} columns, wanted at most {_MOST_COLUMNS:,}."
        raise SourceError("too_large", f"{problem} Export the columns that are needed and use that file.")
    return (*headers[:width], *[""] * (width - len(headers)))


def _no_header(name: str, lines: Sequence[str]) -> SourceError:
    """A table without a header, which a person must mend; or no table at all, as a text that explains the others."""
    separator = find_delimiter("".join(lines))
    rows = [record.cells for record in islice(_records(lines, separator), ROWS_ABOVE) if record.cells]
    widths = Counter(map(len, rows)).most_common(1)
    width, count = widths[0] if widths else (0, 0)
    if width < 2 or count < _ALIKE * len(rows):  # noqa: PLR2004 -- a date and a measure
        return no_sales_table(name, ())
    found = f"no row with the names of columns; the first is {' | '.join(rows[0])[:100]!r}"
    return SourceError(
        "no_header",
        f"{name}: found {found}, wanted one such as 'date, customer_id, product_id, quantity, unit_price'. "
        "Write such a row above the data.",
    )
