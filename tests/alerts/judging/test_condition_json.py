"""Conditions as they lie in a column."""

from __future__ import annotations

import json
import re
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.judging.condition_json import condition_from_dict, condition_to_dict
from alerts.judging.conditions import (
    Against,
    Anomaly,
    Band,
    Change,
    Condition,
    Direction,
    Freshness,
    Limit,
    SourceError,
    Target,
)

BELOW = Direction.BELOW
NUMBERS = st.floats(allow_nan=False)
SIDES = st.sampled_from(list(Direction))
CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Limit, SIDES, NUMBERS, NUMBERS),
    st.builds(Band, NUMBERS, NUMBERS, NUMBERS),
    st.builds(Change, SIDES, NUMBERS, NUMBERS, st.sampled_from(list(Against)), st.booleans()),
    st.builds(Target, SIDES, NUMBERS, NUMBERS, st.booleans()),
    st.builds(Anomaly, NUMBERS, NUMBERS, st.integers(), st.text(), st.none() | SIDES),
    st.builds(
        Freshness, st.text(), st.lists(st.integers(0, 6)).map(tuple), st.times(), st.text(),
        st.timedeltas(timedelta(), timedelta(days=30)),
    ),
    st.builds(SourceError, st.text()),
)  # fmt: skip


@given(CONDITIONS)
def test_every_condition_comes_back_as_it_was(condition: Condition) -> None:
    assert condition_from_dict(json.loads(json.dumps(condition_to_dict(condition)))) == condition


@pytest.mark.parametrize(
    ("condition", "plain"),
    [
        (
            Limit(BELOW, 0.15, 0.18),
            {"kind": "limit", "direction": "below", "limit": 0.15, "recovery": 0.18},
        ),
        (
            Freshness("sales.xlsx", (0, 4), time(9), "Europe/Paris"),
            {
                "kind": "freshness",
                "file": "sales.xlsx",
                "days": [0, 4],
                "by": "09:00",
                "zone": "Europe/Paris",
                "grace": 1800,
            },
        ),
        (SourceError(), {"kind": "source_error", "file": ""}),
        (
            Anomaly(),
            {
                "kind": "anomaly",
                "width": 3.5,
                "recovery": 2.5,
                "window": 24,
                "method": "robust",
                "direction": None,
            },
        ),
    ],
)
def test_the_kind_and_every_field_are_written(condition: Condition, plain: dict[str, Any]) -> None:
    assert condition_to_dict(condition) == plain


def test_what_is_usual_may_be_left_out_and_whole_numbers_are_numbers() -> None:
    assert condition_from_dict({"kind": "band", "low": 1, "high": 2}) == Band(1.0, 2.0)


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({}, "condition: found the kind None, expected one of limit, band, change"),
        ({"kind": ["limit"]}, "condition: found the kind ['limit'], expected one of"),
        ({"kind": "band", "low": 1}, "condition band: 'high' is missing; give it"),
        ({"kind": "band", "low": 1, "high": 2, "mid": 3}, "condition band: found 'mid', expected high, low, margin"),
        ({"kind": "band", "low": "1", "high": 2}, "condition band: found '1' for 'low', expected a number"),
        ({"kind": "band", "low": True, "high": 2}, "condition band: found True for 'low', expected a number"),
        ({"kind": "target", "direction": "up"}, "found 'up' for 'direction', expected below or above"),
        ({"kind": "target", "direction": None}, "found None for 'direction', expected below or above"),
        ({"kind": "target", "pace": 1}, "found 1 for 'pace', expected true or false"),
        ({"kind": "anomaly", "window": 2.5}, "found 2.5 for 'window', expected a whole number"),
        ({"kind": "source_error", "file": 3}, "found 3 for 'file', expected a text"),
        (
            {"kind": "freshness", "file": "a", "days": "Monday", "by": "09:00", "zone": "UTC"},
            "found 'Monday' for 'days', expected a list of whole numbers",
        ),
        (
            {"kind": "freshness", "file": "a", "days": [0], "by": "nine", "zone": "UTC"},
            "found 'nine' for 'by', expected a time such as 09:30",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_where_and_what_was_wanted(plain: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        condition_from_dict(plain)
