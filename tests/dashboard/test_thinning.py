"""A long line is drawn with fewer points: the extremes, the ends and the gaps stay."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard.thinning import MOST_POINTS, thinned

amounts = st.one_of(st.none(), st.floats(-1e9, 1e9))


def line(values: list[float | None]) -> pd.DataFrame:
    days = [date(2000, 1, 1) + timedelta(days=number) for number in range(len(values))]
    return pd.DataFrame({"period": days, "value": pd.Series(values, dtype="float64")})


def test_a_short_line_is_left_alone() -> None:
    short = line([1.0, None, 3.0])
    assert thinned(short) is short


@given(st.lists(amounts, min_size=12, max_size=300), st.integers(11, 60))
def test_its_extremes_and_ends_stay_and_it_is_short_enough(values: list[float | None], most: int) -> None:
    whole = line(values)
    found = thinned(whole, most)
    assert len(found) <= max(most, 0)
    assert (found["value"].min(), found["value"].max()) == (
        whole["value"].min(),
        whole["value"].max(),
    ) or whole["value"].isna().all()
    assert (found["period"].iloc[0], found["period"].iloc[-1]) == (
        whole["period"].iloc[0],
        whole["period"].iloc[-1],
    )
    assert found["period"].is_monotonic_increasing


def test_a_single_peak_among_many_days_is_drawn() -> None:
    values: list[float | None] = [1.0] * 20_000
    values[12_345] = 99.0
    found = thinned(line(values))
    assert (len(found) <= MOST_POINTS, found["value"].max()) == (True, 99.0)


def test_a_gap_stays_a_gap() -> None:
    values: list[float | None] = [1.0] * 20_000
    values[500:600] = [None] * 100
    assert thinned(line(values))["value"].isna().any()
