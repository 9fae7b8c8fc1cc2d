"""What a source of sales is made of: its tables, what their columns mean, and where every row went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from kpi.report import Ledger


class SourceError(Exception):
    """The source, or a file of it, cannot be used; `code` is stable, the message names place, finding and advice."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Role(StrEnum):
    """What a table lists. `flat`: order lines that carry their customers and products themselves."""

    CUSTOMERS = "customers"
    PRODUCTS = "products"
    SALES = "sales"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the source: its path below the folder, with forward slashes, and its bytes' SHA-256.

    `id` is `etl_files.id`, by which rows say where they come from.
    """

    name: str
    sha256: str
    size: int
    id: int = 0


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column: its place among the cells (`c0`, `c1`, …), its header, and the field it means, empty if unused."""

    place: str
    header: str
    field: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not loaded. `line` counts from 1 as the file's own; `header` and `found` name the cell to blame.

    `raw` is the whole row, as CSV, so that nothing is lost.
    """

    file: str
    sheet: str
    line: int
    header: str
    found: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something about many rows that a person should know: how many it is about, and the line of the first."""

    file: str
    sheet: str
    header: str
    problem: str
    action: str
    count: int
    first_line: int = 0


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of one file, every cell as text.

    `batches()` yields record batches and can be called more than once. Their columns: `line` (int64, where the row
    begins in the file, counted from 1), `problem` and `raw` (string; set where the row itself could not be taken apart,
    with the reason and its text), then `c0`, `c1`, … (string; null where empty). Blank rows are among them, all cells
    null. Cells of typed formats are written out: days as ISO, numbers with a point and without grouping.
    """

    file: SourceFile
    sheet: str  # empty where the file has but one table
    role: Role
    columns: tuple[RawColumn, ...]
    batches: Callable[[], Iterator[pa.RecordBatch]]
    typed: bool = (
        False  # numbers and days are the format's own: nothing has to be inferred from how they are written
    )
    rows: int | None = None  # where it is known beforehand
    notes: tuple[Note, ...] = ()

    @property
    def label(self) -> str:
        """How ledgers call it: the file, and the sheet where there are several."""
        return label_of(self.file.name, self.sheet)

    def place_of(self, field: str) -> str | None:
        return next((one.place for one in self.columns if one.field == field), None)


@dataclass(frozen=True, slots=True)
class TypedTable:
    """One table after its cells were typed: `path` holds the rows that are sound by themselves, `rejects` the others.

    Of sales and flat tables the columns of `path` are line, sale_number, order_id, date, customer_id, product_id,
    quantity, unit_price, discount_rate, discount_amount, revenue, customer, city, region, country, segment, product,
    category, subcategory; of customers line, customer_id, customer, city, region, country, segment; of products line,
    product_id, product, category, subcategory, unit_price. `rejects`: line, header, found, reason, raw.
    Its `ledger` has as loaded what is in `path`; later steps may take rows away from it.
    `days`: the order of day and month that the texts of its dates proved, or the months beside them, as `DayOrder` has
    it; empty where they proved none, be it that they needed none.
    """

    file: SourceFile
    sheet: str
    role: Role
    path: Path
    rejects: Path
    ledger: Ledger
    columns: tuple[RawColumn, ...] = ()
    notes: tuple[Note, ...] = ()
    days: str = ""

    @property
    def label(self) -> str:
        return label_of(self.file.name, self.sheet)


@dataclass(frozen=True, slots=True)
class Account:
    """What became of a run's rows: the ledger of every table by its label, and what is worth knowing."""

    ledgers: Mapping[str, Ledger]
    notes: tuple[Note, ...] = ()


def label_of(file: str, sheet: str) -> str:
    return f"{file}#{sheet}" if sheet else file
