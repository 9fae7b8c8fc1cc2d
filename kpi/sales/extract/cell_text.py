"""Typed cells of workbooks written out as text that reads the same everywhere.

Days as `2025-12-31`, moments as `2025-12-31 08:26:00`; numbers with a point, without grouping and exponents, with at most
fifteen digits that count, as many as a cell holds; `true` and `false`; errors as the workbook shows them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from kpi.reading.cells import Cell, CellError

_LOST = "\ufffd"  # for the character 0, which not every database takes
_WHOLE = 1e15  # from here on a number has digits that its cell does not hold


def cell_texts(cells: Sequence[Cell]) -> list[str | None]:
    """The cells of one column; None where one is empty."""
    known: defaultdict[type, dict[Cell, str]] = defaultdict(
        dict
    )  # by type: `True` and `1.0` would be one key
    texts: list[str | None] = []
    for cell in cells:
        if isinstance(cell, str):
            texts.append((cell.replace("\0", _LOST) if "\0" in cell else cell) or None)
            continue
        of_type = known[cell.__class__]
        text = of_type.get(cell)
        if text is None:
            text = of_type[cell] = cell_text(cell)
        texts.append(text)
    return texts


def cell_text(cell: Cell) -> str:
    """One cell; an empty one is an empty text."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, datetime):
        moment = cell.replace(microsecond=0, tzinfo=None)
        return str(moment.date() if moment.time() == time.min else moment)
    if isinstance(cell, date):
        return cell.isoformat()
    return cell.text if isinstance(cell, CellError) else str(cell)


def number_text(number: float) -> str:
    """`17850.0` is `17850`, `0.1 + 0.2` is `0.3`, `1e-7` is `0.0000001`."""
    if number.is_integer() and abs(number) < _WHOLE:
        return str(int(number))
    text = f"{number:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text
