"""In which of its first rows a table says what its columns are called.

The first row with two headers that are known, below which the table lists something; titles and notes may stand above.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kpi.cleaning.finding.table_search import find_header as find_names
from kpi.cleaning.words import clean_text
from kpi.sales.extract.columns import Headed
from kpi.sales.extract.roles import Named, find_role, known_headers

ROWS_ABOVE, ROWS_BELOW = 60, 20
_FEWEST = 2
_LONGEST = 200  # letters of a header; longer ones are text


@dataclass(frozen=True, slots=True)
class Heading:
    """The row of the headers, from 0; `named` is None where the table lists nothing that is wanted."""

    row: int
    headers: tuple[str, ...]
    named: Named | None
    known: int


def find_heading(rows: Sequence[Sequence[str]], names: Collection[str]) -> Heading | None:
    """None where no row has the names of columns. `rows` are the first of the table, also those that hold its data."""
    best: Heading | None = None
    for number, row in enumerate(rows[:ROWS_ABOVE]):
        headers = read_headers(row)
        known = known_headers(headers) if sum(map(bool, headers)) >= _FEWEST else 0
        if known < _FEWEST:
            continue
        named = find_role(Headed(headers, samples_of(rows[number + 1 :], len(headers))), names)
        if named is not None:
            return Heading(number, headers, named, known)
        best = best or Heading(number, headers, None, known)
    if best is None and (found := find_names(rows[: ROWS_ABOVE + ROWS_BELOW])) is not None:
        return Heading(found, read_headers(rows[found]), None, 0)
    return best


def read_headers(row: Sequence[str]) -> tuple[str, ...]:
    """The cells as a person sees them, on one line each."""
    return tuple(" ".join(clean_text(cell[:_LONGEST]).split()) for cell in row)


def samples_of(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """The cells of each column, without spaces around; rows may be short."""
    return [[row[at].strip() if at < len(row) else "" for row in rows] for at in range(width)]
