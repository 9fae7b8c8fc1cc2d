"""What columns of numbers prove about each other: one is the product or the difference of two others.

Some hundred rows tell; names have no say in it. Numbers that are rounded before they are multiplied prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from kpi.cleaning.values.content import NUMBERS, Content
from kpi.cleaning.values.numbers import NumberText, Sign, find_style
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import plain

MOST_ROWS = 400
_LEAST_ROWS = 10
_AGREEMENT = 0.99
_HALF_A_CENT, _RELATIVE = 0.005 + 1e-9, 1e-6
_WHOLE = 0.5

Values = Sequence[float | None]


@dataclass(slots=True)
class Sample:
    """The numbers of the columns in the same rows, spread over the whole table; None where a cell holds none.

    Rows that are labelled as totals are left out: of them, a product of sums would be asked.
    """

    columns: Sequence[Content]
    _rows: list[int] | None = None
    _values: dict[int, Values] = field(default_factory=dict)

    @property
    def rows(self) -> Sequence[int]:
        """Rows from 0 at the first row of the table, at most `MOST_ROWS` of them."""
        if self._rows is None:
            self._rows = _sampled_rows(self.columns)
        return self._rows

    @property
    def block(self) -> Sample:
        """The first rows of the table without gaps, for what shows in rows that follow each other."""
        height = max((len(content.column.cells) for content in self.columns), default=0)
        return Sample(self.columns, _without_totals(self.columns, range(min(height, MOST_ROWS))))

    def values(self, column: int) -> Values:
        """One value a sampled row, as the header scales it; all None where the decimal sign is not known."""
        if column not in self._values:
            self._values[column] = _numbers(self.columns[column], self.rows)
        return self._values[column]

    def filled(self, column: int) -> list[float]:
        return [value for value in self.values(column) if value is not None]

    def is_product(self, result: int, left: int, right: int) -> bool:
        """Whether the result is left × right, in at least ten rows in which neither is 0 or 1."""
        return self.proves(lambda c, a, b: are_equal(c, a * b), (result, left, right), frozenset((0.0, 1.0)))

    def is_difference(self, result: int, whole: int, part: int) -> bool:
        """Whether the result is whole − part, in at least ten rows in which neither is 0."""
        return self.proves(lambda c, a, b: are_equal(c, a - b), (result, whole, part))

    def proves(
        self,
        equation: Callable[..., bool],
        columns: Sequence[int],
        dull: frozenset[float] = frozenset((0.0,)),
    ) -> bool:
        """Whether the equation holds in 99 of 100 rows, and in ten whose numbers vary.

        The first column is what the others make up; rows in which one of these is `dull` may not contradict, but
        prove nothing either. Rows with a blank are passed over.
        """
        values = [self.values(column) for column in columns]
        wrong, allowed, told = 0, (1 - _AGREEMENT) * len(self.rows), []
        for row in zip(*values, strict=True):
            if None in row:
                continue
            if not equation(*row):
                wrong += 1
                if wrong > allowed:
                    return False
            elif dull.isdisjoint(row[1:]):
                told.append(row[1:])
        varied = all(len(set(side)) > 1 for side in zip(*told, strict=True))
        return len(told) >= _LEAST_ROWS and varied and wrong <= (1 - _AGREEMENT) * (len(told) + wrong)

    def is_some_product(self, result: int, columns: Sequence[int]) -> bool:
        """Whether the result is the product of any two of the columns."""
        others = [column for column in columns if column != result]
        return any(self.is_product(result, left, right) for left, right in combinations(others, 2))


def are_equal(left: float, right: float) -> bool:
    """To half a cent, or a millionth of what is there."""
    return abs(left - right) <= max(_HALF_A_CENT, _RELATIVE * max(abs(left), abs(right)))


def is_mostly_whole(values: Sequence[float]) -> bool:
    """Whether at least half of the numbers have no fraction; so it is where there are none."""
    return sum(value.is_integer() for value in values) >= _WHOLE * len(values)


def _sampled_rows(columns: Sequence[Content]) -> list[int]:
    height = max((len(content.column.cells) for content in columns), default=0)
    return _without_totals(columns, range(0, height, max(-(-height // MOST_ROWS), 1)))


def _without_totals(columns: Sequence[Content], rows: range) -> list[int]:
    texts = [content.column.cells for content in columns if str in content.types]
    said = {cell for cells in texts for row in rows if isinstance(cell := cells[row], str)}
    totals = {text for text in said if plain(text) in vocabulary().sets["totals"]}
    if not totals:
        return list(rows)
    return [row for row in rows if not any(cells[row] in totals for cells in texts)]


def _numbers(content: Content, rows: Sequence[int]) -> Values:
    cells = [content.column.cells[row] for row in rows]
    scale = content.column.header.scale
    readings = {
        cell: reading for cell in cells if isinstance(cell, str) and (reading := content.numbers.get(cell))
    }
    decimal = _decimal(readings)
    if decimal is None:
        return [None] * len(rows)
    texts = {text: reading.value(decimal) for text, reading in readings.items()}
    found: list[float | None] = []
    for cell in cells:
        value = float(cell) if cell.__class__ in NUMBERS else texts.get(cell)  # type: ignore[arg-type]
        found.append(None if value is None else value * scale)
    return found


def _decimal(readings: Mapping[str, NumberText]) -> Sign | None:
    """The decimal sign of the texts, None where they leave it open."""
    decimal = find_style(readings.values()).decimal
    if decimal is Sign.UNKNOWN:
        return None
    return Sign.POINT if decimal is Sign.EITHER else decimal
