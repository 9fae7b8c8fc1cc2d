from __future__ import annotations

import pytest

from kpi.catalogue.catalog_file import CatalogError
from kpi.definitions import Definition, Favourable, Unit, check_definition, load_catalog, read_definition
from kpi.formula import parse
from kpi.report import FactField, Kind
from tests.kpi.catalogs import OWN, own
from tests.kpi.shop import fields_of


def test_a_definition_is_read_from_an_entry_with_its_owner_and_version() -> None:
    one = read_definition(
        "lead_time",
        {
            **OWN,
            "formula": "average(hours) / 24",
            "unit": "days",
            "favourable": "range",
            "low": 2,
            "high": 4.5,
            "min_sample": 20,
            "owner": "Ada",
            "version": 3,
        },
    )
    assert one == Definition(
        key="lead_time",
        label="Own",
        formula="average(hours) / 24",
        description="Own.",
        unit=Unit.DAYS,
        favourable=Favourable.RANGE,
        decimals=1,
        owner="Ada",
        version=3,
        min_sample=20,
        low=2.0,
        high=4.5,
    )
    assert one.tree == parse("average(hours) / 24")


def test_who_stores_a_definition_says_its_version_and_owner() -> None:
    one = read_definition("a", {**OWN, "formula": "count()", "owner": "Ada", "version": 3}, 7, "Grace")
    assert (one.version, one.owner) == (7, "Grace")


def test_people_s_own_definitions_come_after_those_that_ship() -> None:
    catalog = load_catalog().with_own((own("share", "double / revenue"), own("double", "2 * gross_profit")))
    fields = fields_of([dict.fromkeys(("date", "revenue", "cogs"))])
    assert [one.key for one in catalog.available(fields)][-2:] == ["share", "double"]


def test_one_s_own_definition_stands_in_for_one_that_ships_later_under_its_key() -> None:
    catalog = load_catalog().with_own((own("units", "count()"),))
    assert [one.formula for one in catalog.definitions if one.key == "units"] == ["count()"]


def test_own_definitions_are_checked_together() -> None:
    with pytest.raises(CatalogError, match=r"^KPI `b`, .* goes in a circle: a → b → a$"):
        load_catalog().with_own((own("a", "b + revenue"), own("b", "-a")))


def test_a_definition_is_checked_against_the_columns_of_the_data_and_all_canonical_ones() -> None:
    hours = (FactField("hours", Kind.MEASURE, "Hours"),)
    one = own("efficiency", "gross_profit / hours")
    check_definition(load_catalog(), one, hours)
    with pytest.raises(CatalogError) as error:
        check_definition(load_catalog(), one)
    assert str(error.value) == "KPI `efficiency`, key `formula`, line 1, column 16: unknown field `hours`"
    with pytest.raises(CatalogError, match="line 1, column 1: goes in a circle: hours → hours"):
        check_definition(load_catalog(), own("hours", "hours / 2"), hours)


def test_a_change_is_checked_in_the_place_of_what_it_changes() -> None:
    catalog = load_catalog().with_own((own("a", "count()"),))
    with pytest.raises(CatalogError, match="unknown field `x`"):
        check_definition(catalog, own("a", "sum(x)"))


def test_a_kpi_that_the_data_do_not_give_says_what_they_lack() -> None:
    catalog = load_catalog().with_own(
        (own("late", "sum(revenue where plant = 'A')"), own("odd", "sum(revenue where category > 5)"))
    )
    fields = fields_of([dict.fromkeys(("date", "revenue", "category"))])
    found = catalog.unavailable(fields)
    assert {key: found[key] for key in ("gross_margin", "customers", "net_profit", "late", "odd")} == {
        "gross_margin": "the data have no column `cogs`",
        "customers": "the data have no column `customer_id`",
        "net_profit": "the data have no column `cogs`",
        "late": "unknown field `plant`",
        "odd": "found a number, wanted a text",
    }
    given = {one.key for one in catalog.available(fields)}
    assert given | found.keys() == {one.key for one in catalog.definitions}
    assert not given & found.keys()


def test_a_key_may_be_a_word_of_the_language() -> None:
    catalog = load_catalog().with_own((own("by", "count()"), own("in", "2 * `by`")))
    fields = fields_of([dict.fromkeys(("date", "revenue"))])
    assert {"by", "in"} <= {one.key for one in catalog.available(fields)}
