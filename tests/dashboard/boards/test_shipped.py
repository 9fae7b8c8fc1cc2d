"""The dashboard that every dataset has: its charts never stand beside tiles, which they would stretch."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dashboard.boards.board import Card, Look
from dashboard.boards.reading import Figures
from dashboard.boards.shipped import shipped


@dataclass(frozen=True)
class Named:
    name: str
    key: str


def figures(kpis: int, *dimensions: str) -> Figures:
    """So many KPIs with a value, and these dimensions; nothing else is asked for."""
    found = tuple(Named("", f"k{number}") for number in range(kpis))
    named = tuple(Named(name, "") for name in dimensions)
    view = SimpleNamespace(plain_definitions=found, dimensions=named, dataset=Named("shop", ""))
    given: Any = SimpleNamespace(view=view, compared={one.key: None for one in found})
    return cast("Figures", given)


@pytest.mark.parametrize(("kpis", "width"), [(1, 4), (2, 4), (3, 2), (4, 2), (5, 4), (7, 2), (8, 2), (20, 2)])
def test_charts_begin_a_row_of_their_own(kpis: int, width: int) -> None:
    charts = [card for card in shipped(figures(kpis, "region")).cards if card.look is not Look.KPI]
    assert charts == [
        Card(Look.TREND, "k0", width=width),
        Card(Look.BREAKDOWN, "k0", by="region", top=6, width=width),
    ]


def test_without_a_dimension_the_trend_has_the_whole_row() -> None:
    assert shipped(figures(4)).cards[-1] == Card(Look.TREND, "k0", width=4)


def test_without_values_it_is_empty() -> None:
    assert shipped(figures(0)).cards == ()
