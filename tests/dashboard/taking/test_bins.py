from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.taking.bins import MOST, Bin, bins_of


def test_the_edges_are_round_numbers() -> None:
    assert bins_of([0.0, 10.0, 149.0]) == (
        Bin(0.0, 5.0, 1),
        Bin(5.0, 10.0, 0),
        Bin(10.0, 15.0, 1),
        *(Bin(low, low + 5.0, 0) for low in range(15, 145, 5)),
        Bin(145.0, 150.0, 1),
    )


def test_a_value_on_an_edge_lies_in_the_bin_that_begins_there() -> None:
    found = bins_of([0.0, 0.29, 0.3])
    assert [(one.low, one.high) for one in found if one.count] == [(0.0, 0.01), (0.29, 0.3), (0.3, 0.31)]


def test_large_values_that_differ_by_noise_have_edges_that_differ() -> None:
    found = bins_of([10_000_000_000.0, 10_000_000_000.000002])
    assert (sum(one.count for one in found), found[-1].high > found[0].low) == (2, True)


def test_no_bin_parts_a_count() -> None:
    assert bins_of([1.0, 2.0, 2.0], whole=True) == (Bin(1.0, 2.0, 1), Bin(2.0, 3.0, 2))


@pytest.mark.parametrize("value", [0.0, 7.0, -0.25, 1e9])
def test_days_that_are_all_alike_are_in_one_bin(value: float) -> None:
    (only,) = bins_of([value, value])
    assert (only.count, only.low <= value < only.high) == (2, True)


def test_no_values_give_no_bins() -> None:
    assert bins_of([]) == ()


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50))
def test_every_value_is_in_a_bin_and_there_are_not_many(values: list[float]) -> None:
    found = bins_of(values)
    assert sum(one.count for one in found) == len(values)
    assert len(found) <= MOST + 2
    assert found[0].low <= min(values) + 1e-6
    assert found[-1].high >= max(values) - 1e-6
