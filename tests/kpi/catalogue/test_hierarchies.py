"""Going down: country, region, city."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.calculator import Slice, SliceError
from kpi.calendar import Grain
from kpi.catalogue.hierarchies import level, trail
from kpi.definitions import load_catalog
from kpi.report import FactField, Kind
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop

LEVELS = ("country", "region", "city")
PLACES = """
date       revenue country region city
2025-01-01 10      France  North  Lille
2025-01-01 20      France  South  Nice
2025-01-01 40      Spain   South  Cadiz
"""


def columns(*names: str, kind: Kind = Kind.DIMENSION) -> list[FactField]:
    return [FactField(name, kind, name.title()) for name in names]


def test_the_data_have_a_hierarchy_where_they_have_two_of_its_levels() -> None:
    levels = load_catalog().levels
    assert levels(columns("city", "product", "category", "country")) == {
        "place": ("country", "city"),
        "assortment": ("category", "product"),
    }
    assert levels(columns("city", "category")) == {}
    assert levels([]) == {}


def test_a_column_with_too_many_texts_to_group_by_is_no_level() -> None:
    fields = [*columns("category"), *columns("product", kind=Kind.TEXT)]
    assert load_catalog().levels(fields) == {}


def test_a_column_of_the_name_of_a_hierarchy_goes_before_it() -> None:
    assert load_catalog().levels(columns("country", "city", "place")) == {}


@pytest.mark.parametrize(
    ("where", "at"),
    [
        ((), "country"),
        ((("country", "France"),), "region"),
        ((("country", "France"), ("country", "Spain")), "country"),
        ((("country", "France"), ("region", "North")), "city"),
        ((("region", "North"),), "country"),
        ((("country", "France"), ("region", "North"), ("city", "Lille")), "city"),
    ],
)
def test_the_level_is_the_first_that_no_filter_fixes_to_one_member(
    where: tuple[tuple[str, str], ...], at: str
) -> None:
    assert level(LEVELS, where) == at


def test_the_trail_names_the_members_on_the_way_down() -> None:
    where = (("channel", "Web"), ("region", "North"), ("country", "France"))
    assert trail(LEVELS, where) == (("country", "France"), ("region", "North"))


def by_place(shop: Shop, *where: tuple[str, str]) -> dict[str, float | None]:
    return shop.by_member("revenue", "place", where=where)


def test_values_by_a_hierarchy_are_those_of_its_level(open_shop: OpenShop) -> None:
    shop = open_shop(PLACES)
    assert by_place(shop) == {"France": 30.0, "Spain": 40.0}
    assert by_place(shop, ("country", "France")) == {"North": 10.0, "South": 20.0}
    assert by_place(shop, ("country", "France"), ("region", "South")) == {"Nice": 20.0}


def test_comparisons_and_ranks_go_by_the_level_too(open_shop: OpenShop) -> None:
    shop = open_shop(PLACES, upto=date(2025, 1, 1))
    compared = shop.compare("revenue", by="place", where=(("country", "France"),))
    assert {one.member: one.current.value for one in compared} == {"North": 10.0, "South": 20.0}
    asked = Slice(("revenue",), Grain.TOTAL, by="place", where=(("country", "France"),))
    found = shop.calculator.ranked(shop.run, shop.fields, asked, shop.upto, 1)
    assert [(one.value.member, one.value.value, one.rank, one.others) for one in found] == [
        ("South", 20.0, 1, 0),
        ("", 10.0, None, 1),
    ]


def test_what_is_neither_a_column_nor_a_hierarchy_is_refused(open_shop: OpenShop) -> None:
    with pytest.raises(SliceError, match="`plaze` is no dimension of these data"):
        open_shop(PLACES).by_member("revenue", "plaze")
