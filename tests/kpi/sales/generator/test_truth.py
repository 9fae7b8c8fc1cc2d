"""The truth beside generated files is what somebody finds who reads them row by row in decimals."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kpi.sales.generator.demand import RATES, Lines
from kpi.sales.generator.plan import Plan
from tests.kpi.sales.generator.made import made, read_again

SMALL = Plan(3_000, seed=11, dirty=0.2, customers=90, products=30)


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(SMALL, id="a fifth is dirty"),
        pytest.param(Plan(3_000, seed=12, dirty=0.5, customers=5, products=2), id="half is dirty"),
        pytest.param(Plan(2_000, seed=13, dirty=0.0), id="clean"),
        pytest.param(
            Plan(260_000, seed=14, first=date(2024, 2, 1), last=date(2024, 3, 31)), id="in two parts"
        ),
        pytest.param(Plan(1, seed=15), id="a single sale"),
        pytest.param(Plan(40, seed=16, first=date(2024, 2, 29), last=date(2024, 2, 29)), id="a single day"),
    ],
)
def test_the_truth_is_what_a_reader_finds(plan: Plan) -> None:
    found = made(plan)
    assert found.truth["clean"] == read_again(found)


def test_a_half_of_the_last_place_of_a_discount_is_rounded_away_from_zero() -> None:
    one = np.array([1, 1, 1], dtype=np.int64)
    rate = one * RATES.index(125)
    lines = Lines(one, one, one, one, one, np.array([1, -1, 2]), one * 101, rate)
    assert lines.revenue().tolist() == [
        8837,
        -8837,
        17675,
    ]  # 1.01 less 0.12625, the same back, 2.02 less 0.2525


def test_every_kind_of_dirt_is_counted_as_often_as_it_is_there() -> None:
    found = made(SMALL)
    rows = found.rows("sales.csv")
    dirt = found.truth["dirt"]["sales.csv"]
    full = [row for row in rows if len(row) == 8 and any(row)]
    assert {
        "date_missing": sum(row[2] == "" for row in full),
        "quantity_missing": sum(row[5] == "" for row in full),
        "price_missing": sum(row[6] == "" for row in full),
        "customer_unknown": sum(row[3].startswith("X") for row in full),
        "product_unknown": sum(row[4].startswith("Y") for row in full),
        "id_spaces": sum(row[3] != row[3].strip() for row in full),
        "cells_too_few": sum(len(row) < 8 for row in rows),
        "cells_too_many": sum(len(row) > 8 for row in rows),
        "blank": sum(not any(row) for row in rows),
        "duplicates": len(full) - len({row[0] for row in full}),
    } == {name: dirt[name] for name in (
        "date_missing", "quantity_missing", "price_missing", "customer_unknown", "product_unknown", "id_spaces",
        "cells_too_few", "cells_too_many", "blank",
    )} | {"duplicates": dirt["duplicate_exact"] + dirt["duplicate_conflicting"]}  # fmt: skip


def test_the_share_of_dirty_rows_is_the_one_asked_for() -> None:
    assert sum(made(SMALL).truth["dirt"]["sales.csv"].values()) == 600
