"""What the askers of an analysis may choose: days, members, how many rows, by what they are ranked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kpi.values import SliceError

DIMENSIONS = (
    "city",
    "region",
    "country",
    "segment",
    "customer",
    "category",
    "subcategory",
    "product",
    "weekday",
    "month",
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS_A_YEAR = 12
YEAR_AND_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-01)?")


class QuestionError(SliceError):
    """A question that has no answer; the message says what was found and what was wanted."""


class Measure(StrEnum):
    """What the best are the best by."""

    REVENUE = "revenue"
    UNITS = "units"


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Question:
    """Which sales, and what of them.

    `start` and `end` are days, both included. `where` are conditions such as ("city", "Paris"): members of the same
    dimension are alternatives, dimensions narrow each other. Customers and products are meant by id; a weekday by name
    or number (1 is Monday); a month as 2025-03, or as 3 for every March. `top` is how many rows, by default as many as
    the analysis has by itself. Without `returns` only what was sold counts. `before` is the earlier of two periods, and
    `support` the least share of orders that a pair of products is in, where an analysis looks at such things.
    """

    start: date | None = None
    end: date | None = None
    where: tuple[tuple[str, str], ...] = ()
    top: int | None = None
    by: Measure = Measure.REVENUE
    returns: bool = True
    before: Period | None = None
    support: float = 0.001

    def __post_init__(self) -> None:
        for name, member in self.where:
            if name not in DIMENSIONS:
                raise QuestionError(f"where: found {name!r}, wanted one of {', '.join(DIMENSIONS)}")
            if name == "weekday":
                weekday_of(member)
            elif name == "month":
                month_of(member)
        before = self.before or Period(date.min, date.max)
        for start, end in ((self.start, self.end), (before.start, before.end)):
            if start and end and end < start:
                raise QuestionError(f"The period ends ({end}) before it starts ({start}).")
        if self.top is not None and self.top < 1:
            raise QuestionError(f"top: found {self.top}, wanted 1 or more")
        if not 0 <= self.support <= 1:
            raise QuestionError(f"support: found {self.support}, wanted a share from 0 to 1")

    def members(self, dimension: str) -> list[str]:
        """What the dimension is narrowed to; nothing where it is not."""
        return [member for name, member in self.where if name == dimension]

    def narrows(self, dimensions: Sequence[str]) -> bool:
        return any(name in dimensions for name, _ in self.where)


def weekday_of(text: str) -> int:
    """1 for Monday to 7, from a number or an English name."""
    plain = text.strip().lower()
    if plain in WEEKDAYS:
        return WEEKDAYS.index(plain) + 1
    if plain.isdecimal() and 1 <= int(plain) <= len(WEEKDAYS):
        return int(plain)
    raise QuestionError(f"weekday: found {text!r}, wanted a name such as monday, or 1 (Monday) to 7")


def month_of(text: str) -> tuple[int | None, int]:
    """Year and month; no year where every such month is meant."""
    plain = text.strip()
    found = YEAR_AND_MONTH.fullmatch(plain)
    year, month = (int(found[1]), int(found[2])) if found else (None, int(plain) if plain.isdecimal() else 0)
    if not 1 <= month <= MONTHS_A_YEAR:
        raise QuestionError(f"month: found {text!r}, wanted one such as 2025-03, or 1 (January) to 12")
    return year, month
