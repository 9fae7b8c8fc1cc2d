from __future__ import annotations

from math import inf, nan

import pytest

from kpi.calculator import SliceError
from kpi.statements.cut import settled
from tests.kpi.conftest import OpenShop

SALES = """
date       revenue region product
2025-01-01 1       North  desk
2025-01-01 2       South  desk
2025-01-01 4       .      desk
2025-01-01 8       North  .
"""


def test_members_that_are_left_out_leave_the_rows_that_have_none(open_shop: OpenShop) -> None:
    shop = open_shop(SALES)
    assert shop.total("revenue", without=(("region", "North"),)) == 6.0
    assert shop.total("revenue", without=(("region", "North"), ("region", "South"))) == 4.0


def test_rows_without_a_member_are_left_out_by_their_own_name(open_shop: OpenShop) -> None:
    shop = open_shop(SALES)
    assert shop.total("revenue", without=(("region", "(blank)"),)) == 11.0
    assert shop.by_member("revenue", "region", without=(("region", "(blank)"), ("region", "South"))) == {
        "North": 9.0
    }


def test_what_is_left_out_is_left_out_of_what_is_asked_for(open_shop: OpenShop) -> None:
    shop = open_shop(SALES)
    assert shop.total("revenue", where=(("region", "North"),), without=(("product", "desk"),)) == 8.0
    assert shop.values("revenue", where=(("region", "North"),), without=(("region", "North"),)) == []


def test_the_rest_of_the_members_and_the_ones_left_out_are_the_whole(open_shop: OpenShop) -> None:
    shop, top = open_shop(SALES), (("region", "North"), ("region", "South"))
    rest, best = shop.total("revenue", without=top), shop.total("revenue", where=top)
    assert (rest, best) == (4.0, 11.0)


def test_only_a_dimension_has_members_to_leave_out(open_shop: OpenShop) -> None:
    with pytest.raises(SliceError, match="`revenue` is no dimension"):
        open_shop(SALES).total("revenue", without=(("revenue", "1"),))


@pytest.mark.parametrize(
    ("number", "becomes"),
    [
        pytest.param(0.1 + 0.2, 0.3, id="noise"),
        pytest.param(-1e-12, 0.0, id="what is left of nothing"),
        pytest.param(112345678901.23999, 112345678901.24, id="cents of a large sum"),
        pytest.param(1234.56789012345, 1234.56789012, id="twelve digits"),
        pytest.param(None, None, id="nothing"),
        pytest.param(nan, None, id="not a number"),
        pytest.param(-inf, None, id="infinity"),
    ],
)
def test_a_number_is_free_of_the_noise_of_floats(number: float | None, becomes: float | None) -> None:
    assert settled(number) == becomes
