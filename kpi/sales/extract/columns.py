"""Which column holds which field, where it is known what a table lists.

Each field takes one column, each column one field. The fields choose in the order of `kpi.sales.extract.words.FIELDS`,
each the free column whose header is strongest for it; of equals the one whose name is more usual, then the leftmost. A
column without any cell in the sample is taken last. Beyond the names:
- What numbers the rows must not repeat: where the numbers of a column do, and no other column numbers orders, it is
  that of an order at most.
- `Customer` that holds nothing but numbers such as C0017 is the customer's id, where no other column is. So is `Product`.
- An amount under a name that may mean something else, such as `Total`, is taken for the revenue only where quantity and
  price are not both there; that of a whole order only where the rows are orders: they name no product and no quantity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kpi.sales.extract.words import DOUBTFUL, FIELDS, WEAKEST, Sense, senses
from kpi.sales.source import Role

_MOST_REPEATS = 5  # a fifth of the rows: as many may be entered twice by mistake
_CODE = re.compile(r"[A-Za-z]{0,5}[-_ #/]?\d+")
_CODED = {"customer_id": "customer", "product_id": "product"}


@dataclass(frozen=True, slots=True)
class Headed:
    """The headers of a table, and of each column the first cells; empty cells are empty texts."""

    headers: Sequence[str]
    samples: Sequence[Sequence[str]]


@dataclass(slots=True)
class _Choice:
    """Columns and fields while they find each other."""

    table: Headed
    senses: Sequence[Mapping[str, Sense]]
    meant: frozenset[str]  # fields that some header means, whether or not it gets them
    taken: dict[str, int] = field(default_factory=dict)

    def candidates(self, name: str) -> Iterator[tuple[bool, Sense, int]]:
        """The free columns that may be the field, to be compared: the least is the best."""
        for column, known in enumerate(self.senses):
            sense = known.get(name)
            if sense is None or column in self.taken.values():
                continue
            if not sense.beside or not self.meant.isdisjoint(sense.beside):
                yield not any(self.table.samples[column]), sense, column


def name_columns(table: Headed, role: Role) -> tuple[str, ...]:
    """The field of every column, empty where it has none; all are empty where no header is known."""
    role = Role.SALES if role is Role.FLAT else role
    known = [{sense.field: sense for sense in senses(header, role)} for header in table.headers]
    choice = _Choice(table, known, frozenset(name for one in known for name in one))
    for name in FIELDS[role]:
        column = _best(choice, name)
        if column is not None:
            choice.taken[name] = column
    fields = {column: name for name, column in choice.taken.items()}
    return tuple(fields.get(column, "") for column in range(len(table.headers)))


def _best(choice: _Choice, name: str) -> int | None:
    fits = [found for found in choice.candidates(name) if _is_fit(choice, name, *found[1:])]
    if fits:
        return min(fits)[2]
    return _coded(choice, _CODED[name]) if name in _CODED else None


def _is_fit(choice: _Choice, name: str, sense: Sense, column: int) -> bool:
    if name == "sale_number":
        return _orders_are_apart(choice, column) or not _repeats(choice.table.samples[column])
    if name != "revenue" or sense.strength < DOUBTFUL:
        return True
    if sense.strength == WEAKEST:
        return choice.taken.keys().isdisjoint(("quantity", "product_id")) and "product" not in choice.meant
    return not choice.taken.keys() >= {"quantity", "unit_price"}


def _orders_are_apart(choice: _Choice, column: int) -> bool:
    """Whether another column numbers the orders, so that this one is that of the rows, however many stand twice."""
    return any("order_id" in known for other, known in enumerate(choice.senses) if other != column)


def _repeats(cells: Sequence[str]) -> bool:
    """Whether more cells are repeated than people repeat by mistake."""
    filled = [cell for cell in cells if cell]
    return (len(filled) - len(set(filled))) * _MOST_REPEATS > len(filled)


def _coded(choice: _Choice, name: str) -> int | None:
    """The column that is named as the text, but holds ids and nothing else."""
    for _, sense, column in sorted(choice.candidates(name)):
        filled = [cell for cell in choice.table.samples[column] if cell]
        if sense.strength < DOUBTFUL and filled and all(_CODE.fullmatch(cell) for cell in filled):
            return column
    return None
