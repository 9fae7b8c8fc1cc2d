"""How each column of one table is to be read: what its evidence came to, and what follows for the SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kpi.cleaning.values.numbers import Sign
from kpi.sales.source import RawTable
from kpi.sales.typing.discounts import Reading
from kpi.sales.typing.fields import AMOUNT, FIGURES, KINDS, RATE, Kind
from kpi.sales.typing.months import Beside

_LONG, _LONGER = (18, 9), (20, 11)  # of what may be rates, before and after hundredths were made of percent


@dataclass(frozen=True, slots=True)
class FigureWay:
    """`marks`: some texts have commas, or are written with a comma for the decimals. `underscores`: some have these,
    which a cast would take. `odd`: the table `odd_<field>` says what the texts mean that no cast takes.
    """

    sign: Sign = Sign.POINT
    marks: bool = False
    underscores: bool = False
    odd: bool = False


@dataclass(frozen=True, slots=True)
class TextWay:
    """`long`: some are too long. `whole`: `17850.0` is the id 17850."""

    long: bool = True
    whole: bool = False


@dataclass(frozen=True, slots=True)
class DayWay:
    """`odd`: the table `odd_date` says what the texts mean that are no ISO days; `periods`: some of them a month.

    `proved`: the order of day and month that they prove, as `DayOrder` has it, empty where they prove none. `beside`: the
    column of months that proved it, where they did not do so themselves.
    """

    odd: bool = False
    periods: bool = False
    proved: str = ""
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """How the columns of one table are read, by field.

    `sure`: the fields of which every row has a sound value, so that none need be asked about; `problem` among them
    where every row could be taken apart.
    """

    figures: Mapping[str, FigureWay] = field(default_factory=dict)
    labels: Mapping[str, TextWay] = field(default_factory=dict)
    discount: Reading = field(default_factory=Reading)
    days: DayWay = field(default_factory=DayWay)
    sure: frozenset[str] = frozenset()

    def size(self, name: str) -> tuple[int, int]:
        """The digits of a figure as the typed rows have it."""
        if name == "discount":
            return RATE if self.discount.rate else AMOUNT
        return FIGURES[name]

    def cast_size(self, name: str) -> tuple[int, int]:
        """The digits with which its texts are cast: those of rates wide enough for percent and for what is no rate."""
        return _LONG if self.size(name) == RATE else self.size(name)

    def odd_size(self, name: str) -> tuple[int, int]:
        """The digits of what its odd texts mean."""
        return _LONGER if self.size(name) == RATE else self.size(name)


def fields_of(raw: RawTable, *kinds: Kind) -> dict[str, str]:
    """The fields that the table has a column for, of these kinds or of any, with their places."""
    found: dict[str, str] = {}
    for column in raw.columns:
        kind = KINDS.get(column.field)
        if kind is not None and (kind in kinds or not kinds):
            found.setdefault(column.field, column.place)
    return found


def headers_of(raw: RawTable) -> dict[str, str]:
    """What the table calls its fields."""
    fields: dict[str, str] = {}
    for column in raw.columns:
        fields.setdefault(column.field, column.header)
    return fields
