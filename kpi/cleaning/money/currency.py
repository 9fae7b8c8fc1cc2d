"""Currencies as people write them, and what a sheet says about those of its amounts: in headers and beside numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.values.content import Content
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.units import read_marks
from kpi.cleaning.vocabulary import AMOUNTS, PRICES
from kpi.cleaning.words import clean_text

MONEY = AMOUNTS | PRICES
SHARED: Mapping[str, frozenset[str]] = {  # signs that several currencies have, and which
    "$": frozenset(("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS")),
    "¥": frozenset(("JPY", "CNY")),
    "KR": frozenset(("SEK", "NOK", "DKK", "ISK")),
    "RS": frozenset(("INR", "PKR")),
}
_WORKED_OUT = {"revenue": "unit_price", "cogs": "unit_cost", "target": "revenue"}
_NAMES = {
    "pound": "GBP",
    "pounds": "GBP",
    "pound sterling": "GBP",
    "british pound": "GBP",
    "us dollar": "USD",
    "us dollars": "USD",
    "yen": "JPY",
    "swiss franc": "CHF",
    "swiss francs": "CHF",
}


@dataclass(frozen=True, slots=True)
class Stated:
    """What a sheet says about the currency of one column of amounts, called `title`.

    `header` is empty where the header names none; `signs` are those beside the numbers, by row of the facts, null
    where a cell has none, and None where none has.
    """

    title: str
    cell: str
    header: str
    signs: pa.Array | None = None

    @property
    def says(self) -> bool:
        return bool(self.header) or self.signs is not None


def code(text: str) -> str:
    """The ISO code of a currency: `€` and `euro` are `EUR`. What several share (`$`) and what is not known stays."""
    cleaned = clean_text(text)
    marks = read_marks(cleaned, beside_digits=True)
    return (marks and marks.currency) or _NAMES.get(cleaned.casefold(), cleaned.upper())


def resolved(found: str, named: Collection[str]) -> str:
    """A shared sign as the one currency of those `named` that has it; as it is where none or several have."""
    having = SHARED.get(found, frozenset()) & frozenset(named)
    return next(iter(having)) if len(having) == 1 else found


def read_stated(
    plans: Sequence[Plan], place: Place, dropped: Collection[int], fields: Collection[str]
) -> dict[str, Stated]:
    """What is said of each column of amounts, by its field; of what was worked out what is said of its price."""
    found = {}
    for plan in plans:
        if plan.role is Role.NUMBERS:
            column = plan.content.column
            signs = _signs(plan.content, dropped)
            stated = Stated(column.label, place.header_cell(plan.content), column.header.currency, signs)
            if stated.says or (plan.canonical and plan.name in MONEY):
                found[plan.name] = stated
    for name, source in _WORKED_OUT.items():
        if name in fields and name not in found and source in found:
            found[name] = found[source]
    return found


def _signs(content: Content, dropped: Collection[int]) -> pa.Array | None:
    texts = {
        text: code(reading.currency)
        for text, reading in content.numbers.items()
        if reading and reading.currency
    }
    if not texts:
        return None
    cells = content.column.cells
    kept = (cell for row, cell in enumerate(cells) if row not in dropped)
    return pa.array([texts.get(cell) if cell.__class__ is str else None for cell in kept], pa.string())


def each(texts: Any, change: Callable[[str], str]) -> pa.Array:
    """The column of text with every distinct text changed, nulls left."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    encoded = whole if isinstance(whole, pa.DictionaryArray) else pc.dictionary_encode(whole)
    entries = [None if text is None else change(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(entries, pa.string()).take(encoded.indices)
