"""A dashboard: cards in a grid of four columns, one beside the other in the order given. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, TypeVar

COLUMNS = 4  # of the grid
HEIGHTS = (1, 2, 3)  # rows of the grid: low, as a chart needs it, tall


class Look(StrEnum):
    """What a card shows."""

    KPI = "kpi"  # the value of the latest period, its change and its course
    TREND = "trend"  # a line over time; with `by` one for each of the largest members
    BREAKDOWN = "breakdown"  # bars of the members of `by`
    DISTRIBUTION = "distribution"  # how often days of a size occur
    TABLE = "table"  # KPIs in full; with `by` one KPI for each member
    TEXT = "text"  # what somebody wrote


NEEDS_KPI = (Look.KPI, Look.TREND, Look.BREAKDOWN, Look.DISTRIBUTION)
WIDTHS: Mapping[Look, int] = MappingProxyType(
    {Look.KPI: 1, Look.TREND: 2, Look.BREAKDOWN: 2, Look.DISTRIBUTION: 2, Look.TABLE: 4, Look.TEXT: 4}
)  # where nobody says otherwise


@dataclass(frozen=True, slots=True)
class Card:
    """One place of the grid. `kpi` is a KPI's key, `by` a dimension of the dataset; each empty where it is not meant.

    `title` takes the place of the one that the card would have. `top`: so many members, all others as one.
    """

    look: Look
    kpi: str = ""
    by: str = ""
    title: str = ""
    text: str = ""
    top: int = 8
    width: int = 1
    height: int = 2


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard of one dataset under a name that no other one has."""

    name: str
    dataset: str
    cards: tuple[Card, ...] = ()


class Wide(Protocol):
    """What takes so many columns of the grid."""

    @property
    def width(self) -> int: ...


OneWide = TypeVar("OneWide", bound=Wide)


def in_rows(cards: Iterable[OneWide]) -> list[list[OneWide]]:
    """The cards as the grid lays them: a new row where the next card finds no place in the last."""
    rows: list[list[OneWide]] = []
    taken = COLUMNS
    for card in cards:
        if taken + card.width > COLUMNS:
            rows.append([])
            taken = 0
        rows[-1].append(card)
        taken += card.width
    return rows
