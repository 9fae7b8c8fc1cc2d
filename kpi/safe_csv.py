"""CSV that is safe to open: the text of a cell must not become a formula of the program that shows it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
QUOTE = "'"  # shown by nobody, but what follows it is a text


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """One line a row under a line of names, every field in quotes; lines end as RFC 4180 says."""
    yield _line(names)
    for row in rows:
        yield _line(row)


def _line(row: Sequence[object]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([_field(cell) for cell in row])
    return text.getvalue()


def _field(cell: object) -> str:
    """Nothing for an empty cell; a text that begins as formulas do behind a quote (OWASP, CSV injection)."""
    if cell is None:
        return ""
    text = str(cell).replace("\0", "")
    return QUOTE + text if isinstance(cell, str) and text.startswith(BEGINNINGS) else text
