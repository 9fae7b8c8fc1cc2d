from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kpi.calendar import Grain
from kpi.catalogue.catalog_file import CatalogError
from kpi.definitions import (
    Definition,
    Favourable,
    KpiKind,
    Unit,
    load_catalog,
    read_catalog,
)
from kpi.report import FactField, Kind
from tests.kpi.catalogs import FIELDS, catalog_with
from tests.kpi.shop import fields_of

PROJECT = Path(__file__).resolve().parents[2]
SHIPPED = [
    "revenue",
    "cogs",
    "gross_profit",
    "gross_margin",
    "operating_expenses",
    "operating_profit",
    "operating_margin",
    "net_profit",
    "net_margin",
    "orders",
    "units",
    "customers",
    "new_customers",
    "returning_customers",
    "average_order_value",
    "revenue_per_customer",
    "units_per_order",
    "average_unit_price",
    "discount_rate",
    "refund_rate",
    "repeat_rate",
    "revenue_growth_mom",
    "revenue_growth_qoq",
    "revenue_growth_yoy",
    "revenue_ytd",
    "revenue_rolling_3",
    "revenue_rolling_12",
    "target_attainment",
]
OF_REVENUE = [
    "revenue",
    "revenue_growth_mom",
    "revenue_growth_qoq",
    "revenue_growth_yoy",
    "revenue_ytd",
    "revenue_rolling_3",
    "revenue_rolling_12",
]


def keys(*names: str) -> list[str]:
    fields = fields_of([dict.fromkeys(("date", *names))])
    return [one.key for one in load_catalog().available(fields)]


def test_the_catalogue_that_ships_is_this_one() -> None:
    assert [one.key for one in load_catalog().definitions] == SHIPPED


def test_every_kpi_is_in_the_glossary_with_its_label_formula_and_unit() -> None:
    glossary = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| `(.+?)` \| (\w+) \|$", glossary, flags=re.MULTILINE)
    assert rows == [(one.key, one.label, one.formula, one.unit.value) for one in load_catalog().definitions]


@pytest.mark.parametrize(
    ("columns", "more"),
    [
        pytest.param(("revenue",), [], id="revenue alone"),
        pytest.param(("revenue", "cogs"), ["cogs", "gross_profit", "gross_margin"], id="with cost"),
        pytest.param(
            ("revenue", "discount", "refund"), ["discount_rate", "refund_rate"], id="with deductions"
        ),
        pytest.param(("revenue", "target"), ["target_attainment"], id="with a target"),
        pytest.param(("revenue", "quantity"), ["units", "average_unit_price"], id="with pieces"),
        pytest.param(
            ("revenue", "customer"),
            ["customers", "new_customers", "returning_customers", "revenue_per_customer"],
            id="customers by name where there is no number",
        ),
        pytest.param(("revenue", "order_id"), ["orders", "average_order_value"], id="with orders"),
    ],
)
def test_a_kpi_appears_where_its_inputs_are(columns: tuple[str, ...], more: list[str]) -> None:
    assert keys(*columns) == [key for key in SHIPPED if key in OF_REVENUE + more]


def test_net_profit_needs_one_of_its_three_inputs_and_takes_the_others_as_nothing() -> None:
    costs = ("revenue", "cogs", "operating_expenses")
    assert "net_profit" not in keys(*costs)
    assert [
        {"net_profit", "net_margin"} <= set(keys(*costs, one)) for one in ("other_income", "interest", "tax")
    ] == [True] * 3


def test_a_column_of_rates_is_never_summed() -> None:
    fields = (FactField("revenue", Kind.MEASURE, "Sales"), FactField("discount", Kind.RATE, "Discount"))
    assert [one.key for one in load_catalog().available(fields)] == OF_REVENUE


def test_a_measure_of_the_data_s_own_is_a_kpi_under_its_header() -> None:
    fields = (
        FactField("profit_€_2024", Kind.MEASURE, "Profit € 2024"),
        FactField("null", Kind.MEASURE, "null"),
    )
    first, second = load_catalog().available(fields)
    assert first == Definition(
        key="profit_€_2024",
        label="Profit € 2024",
        formula="sum(`profit_€_2024`)",
        description="The sum of the column “Profit € 2024”.",
        unit=Unit.NUMBER,
        favourable=Favourable.NONE,
        decimals=2,
    )
    assert second.key == "null"


def test_a_canonical_measure_that_only_other_kpis_use_is_no_kpi_itself() -> None:
    assert keys("tax") == []


def test_a_kpi_that_the_data_state_themselves_stands_in_for_missing_inputs() -> None:
    fields = fields_of([dict.fromkeys(("date", "revenue", "gross_profit"))])
    found = {one.key: one.formula for one in load_catalog().available(fields)}
    assert (found["gross_profit"], found["gross_margin"]) == ("sum(gross_profit)", "gross_profit / revenue")


def test_a_stated_kpi_does_not_replace_one_that_can_be_worked_out() -> None:
    fields = fields_of([dict.fromkeys(("date", "revenue", "cogs", "gross_profit"))])
    found = [(one.key, one.formula) for one in load_catalog().available(fields) if one.key == "gross_profit"]
    assert found == [("gross_profit", "revenue - cogs")]


def test_named_kpis_come_in_catalogue_order() -> None:
    fields = fields_of([dict.fromkeys(("date", "revenue", "cogs"))])
    assert [one.key for one in load_catalog().find(fields, ("gross_margin", "revenue"))] == [
        "revenue",
        "gross_margin",
    ]


def test_a_kpi_that_the_data_cannot_give_says_what_is_missing() -> None:
    fields = fields_of([dict.fromkeys(("date", "revenue"))])
    with pytest.raises(
        CatalogError,
        match=r"^KPI `gross_margin` = gross_profit / revenue cannot be worked out from these data: the data have no column `cogs`$",
    ):
        load_catalog().find(fields, ("gross_margin",))


def test_an_unknown_kpi_is_answered_with_the_nearest_and_all_there_are() -> None:
    fields = fields_of([dict.fromkeys(("date", "cogs"))])
    with pytest.raises(
        CatalogError, match=r"^unknown KPI `cog`; did you mean `cogs`\? These data give: cogs\.$"
    ):
        load_catalog().find(fields, ("cog",))


def test_a_definition_says_all_of_itself() -> None:
    found = {one.key: one for one in load_catalog().definitions}
    growth, rolling = found["revenue_growth_mom"], found["revenue_rolling_3"]
    assert (growth.kind, growth.of, growth.back, growth.grains) == (
        KpiKind.GROWTH,
        "revenue",
        Grain.MONTH,
        (Grain.MONTH,),
    )
    assert (rolling.kind, rolling.periods, rolling.formula) == (
        KpiKind.ROLLING,
        3,
        "revenue of the last 3 complete months",
    )


def test_kinds_have_the_grains_that_fit_them_where_none_are_named() -> None:
    catalog = catalog_with(
        'formula = "count()"',
        'kind = "growth"\nof = "a"\nback = "month"',
        'kind = "offset"\nof = "a"\nback = "week"',
        'kind = "to_date"\nof = "a"\nsince = "quarter"',
        'kind = "to_date"\nof = "a"',
        'kind = "attainment"\nof = "a"',
    )
    assert {one.key: " ".join(one.grains) for one in catalog.definitions} == {
        "a": "day week month quarter year total",
        "b": "day month",
        "c": "day week",
        "d": "day week month quarter",
        "e": "day week month quarter year",
        "f": "day week month quarter year total",
    }


def test_kpis_over_time_may_be_about_any_formula() -> None:
    catalog = catalog_with(
        'formula = "count_distinct(order_id)"',
        'kind = "rolling"\nof = "a"\nperiods = 3\ngrains = ["month"]',
        'formula = "revenue / cogs"',
        'kind = "to_date"\nof = "c"\nsince = "month"',
        'formula = "median(revenue)"',
        'kind = "offset"\nof = "e"\nback = "year"',
    )
    assert {one.key: (one.form, one.formula) for one in catalog.definitions} == {
        "a": ("simple", "count_distinct(order_id)"),
        "b": ("cumulative", "a of the last 3 complete months"),
        "c": ("ratio", "revenue / cogs"),
        "d": ("cumulative", "c since the start of the month"),
        "e": ("simple", "median(revenue)"),
        "f": ("offset", "e of 1 year earlier"),
    }


def test_hierarchies_go_from_the_coarsest_to_the_finest_column() -> None:
    assert load_catalog().hierarchies == {
        "place": ("country", "region", "city"),
        "assortment": ("category", "product"),
    }


def test_a_hierarchy_is_of_columns_of_text() -> None:
    with pytest.raises(CatalogError) as error:
        read_catalog(FIELDS + '[hierarchies]\nplace = ["category", "city"]\n[kpi]\n')
    assert str(error.value) == "hierarchy `place`: `city` is none of the texts in `fields`"


def test_a_hierarchy_is_not_called_like_a_column() -> None:
    with pytest.raises(CatalogError) as error:
        read_catalog(FIELDS + '[hierarchies]\ncategory = ["category"]\n[kpi]\n')
    assert (
        str(error.value) == "hierarchy `category` is called like a column of `fields`; give it another name"
    )


def test_a_file_that_is_no_toml_says_where() -> None:
    with pytest.raises(CatalogError, match=r"the catalogue is not TOML: .*line 2"):
        read_catalog("[fields]\nmeasures = 1 2")


def test_the_catalogue_and_the_vocabulary_of_headers_know_the_same_fields() -> None:
    catalog = tomllib.loads((PROJECT / "kpi" / "catalog.toml").read_text(encoding="utf-8"))["fields"]
    vocabulary = tomllib.loads((PROJECT / "kpi" / "cleaning" / "vocabulary.toml").read_text(encoding="utf-8"))
    kinds = {"measure": "measures", "rate": "rates"}
    found: dict[str, set[str]] = {"measures": set(), "rates": set(), "texts": set()}
    for name, entry in vocabulary["fields"].items():
        if name != "date":
            found[kinds.get(entry["kind"], "texts")].add(name)
    assert {group: set(names) for group, names in catalog.items()} == found


def test_a_key_that_belongs_to_no_kpi_is_named_too() -> None:
    with pytest.raises(CatalogError, match="key `colours`: there is no such key"):
        read_catalog(FIELDS + "[kpi]\n[colours]\n")
