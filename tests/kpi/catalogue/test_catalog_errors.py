from __future__ import annotations

import pytest

from kpi.catalogue.catalog_file import CatalogError
from kpi.definitions import read_catalog
from kpi.language.tree import Place
from tests.kpi.catalogs import FIELDS, PLAIN, catalog_with


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        pytest.param(
            ['formula = "sum(revenue)"\ncolour = "red"'],
            "KPI `a`, key `colour`: there is no such key",
            id="unknown key",
        ),
        pytest.param(
            ["formula = 1"], "KPI `a`, key `formula`: Input should be a valid string", id="wrong type"
        ),
        pytest.param([""], "KPI `a`: kind `formula` needs the key `formula`", id="no formula"),
        pytest.param(
            ['kind = "growth"\nof = "b"\ngrains = ["month"]'],
            "KPI `a`: kind `growth` needs the key `back`",
            id="no back",
        ),
        pytest.param(
            ['kind = "sum"'], "KPI `a`, key `kind`: Input should be 'formula', 'growth'", id="unknown kind"
        ),
        pytest.param(
            ['formula = "sum(revenue)"\nof = "b"'],
            "KPI `a`: kind `formula` has no key `of`",
            id="key of another kind",
        ),
        pytest.param(
            ['formula = "sum(reveneu)"'],
            "KPI `a`, key `formula`, line 1, column 5: unknown field `reveneu`; did you mean `revenue`?",
            id="unknown field",
        ),
        pytest.param(
            ['formula = "sum("'],
            "KPI `a`, key `formula`, line 1, column 5: found the end",
            id="no formula at all",
        ),
        pytest.param(
            ['formula = "a + 1"'],
            "KPI `a`, key `formula`, line 1, column 1: goes in a circle: a → a",
            id="itself",
        ),
        pytest.param(
            ['formula = "b + 1"', 'formula = "revenue / c"', 'formula = "-a"'],
            "KPI `c`, key `formula`, line 1, column 2: goes in a circle: a → b → c → a",
            id="round about",
        ),
        *(
            pytest.param(
                [f'kind = "rolling"\nof = "b"\nperiods = {wrong}\ngrains = ["month"]'],
                "KPI `a`: `periods` is a whole number from 1",
                id=f"rolling over {wrong} periods",
            )
            for wrong in (0, -1)
        ),
        pytest.param(
            ['kind = "rolling"\nof = "b"\nperiods = 3\ngrains = ["month", "year"]'],
            "KPI `a`: kind `rolling` adds up the periods of one grain; give `grains` exactly one",
            id="rolling over two grains",
        ),
        pytest.param(
            ['kind = "growth"\nof = "z"\nback = "year"\ngrains = ["month"]'],
            "KPI `a`, key `of`: `z` is no KPI, wanted a KPI with a formula",
            id="growth of nothing",
        ),
        pytest.param(
            ['formula = "sum(revenue)"', 'kind = "offset"\nof = "A"\nback = "year"'],
            "KPI `b`, key `of`: `A` is no KPI, wanted a KPI with a formula; did you mean `a`?",
            id="offset of nothing",
        ),
        pytest.param(
            [
                'formula = "sum(revenue)"',
                'kind = "growth"\nof = "a"\nback = "year"',
                'kind = "offset"\nof = "b"\nback = "year"',
            ],
            "KPI `c`, key `of`: `b` is of kind `growth`, wanted a KPI with a formula",
            id="offset of a growth",
        ),
        pytest.param(
            ['kind = "growth"\nof = "b"\nback = "year"', 'formula = "1 + a"'],
            "KPI `b`, key `formula`, line 1, column 5: `a` is of kind `growth`; "
            "a formula is made of columns and of KPIs with a formula",
            id="formula of a growth",
        ),
        pytest.param(
            ['kind = "new_members"\nof = "revenue"'],
            "KPI `a`, key `of`: `revenue` is a measure column, wanted texts: who the members are",
            id="members of numbers",
        ),
        pytest.param(
            ['kind = "repeat_rate"\nof = "order_id"\nby = "customer_id"'],
            "KPI `a`, key `of`: unknown field `customer_id`",
            id="members of no column",
        ),
        pytest.param(
            ['formula = "sum(revenue)"', 'kind = "growth"\nof = "a"\nback = "month"\ngrains = ["quarter"]'],
            "KPI `b`: change of a against 1 month earlier: has no values by quarter, only by day, month",
            id="a quarter has no month before",
        ),
        pytest.param(
            ['formula = "sum(revenue)"', 'kind = "to_date"\nof = "a"\nsince = "month"\ngrains = ["year"]'],
            "KPI `b`: a since the start of the month: has no values by year, only by day, week, month",
            id="a year is longer than a month to date",
        ),
        pytest.param(
            ['formula = "sum(revenue)"', 'kind = "rolling"\nof = "a"\nperiods = 3\ngrains = ["total"]'],
            "KPI `b`: a of the last 3 complete totals: has no values by total, only by day, week, month, quarter, year",
            id="rolling over everything",
        ),
        pytest.param(
            ['formula = "sum(revenue)"\nlow = 1'],
            'KPI `a`: the keys `low` and `high` belong to favourable = "range"',
            id="a limit of no range",
        ),
        pytest.param(
            ['formula = "sum(revenue)"\nsince = "year"'],
            "KPI `a`: kind `formula` has no key `since`",
            id="a formula begins nowhere",
        ),
        pytest.param(
            ['formula = "sum(revenue)"\nmin_sample = -1'],
            "KPI `a`, key `min_sample`: Input should be greater than or equal to 0",
            id="less than nothing",
        ),
        pytest.param(
            ['formula = "count()"', 'kind = "growth"\nof = "a"\nback = "year"\nmin_sample = 5'],
            "KPI `b`: kind `growth` has no key `min_sample`; that of `a` counts",
            id="the sample is that of the KPI it is about",
        ),
    ],
)
def test_a_wrong_catalogue_names_the_kpi_and_the_key(entries: list[str], message: str) -> None:
    with pytest.raises(CatalogError) as error:
        catalog_with(*entries)
    assert str(error.value).startswith(message)


def test_an_error_in_a_formula_has_its_place_in_it() -> None:
    with pytest.raises(CatalogError) as error:
        catalog_with('formula = "(revenue - cogs) / reveneu"')
    assert str(error.value) == (
        "KPI `a`, key `formula`, line 1, column 20: unknown field `reveneu`; did you mean `revenue`?"
    )
    assert error.value.place == Place(1, 20)


def test_a_range_has_both_ends_in_order() -> None:
    for ends in ("low = 1", "low = 3\nhigh = 2", "low = nan\nhigh = 2"):
        with pytest.raises(CatalogError, match=r"favourable|low"):
            read_catalog(f'{FIELDS}[kpi.a]{PLAIN.replace("none", "range")}formula = "count()"\n{ends}\n')


def test_a_key_is_a_name() -> None:
    with pytest.raises(CatalogError) as error:
        read_catalog(f'{FIELDS}[kpi."1 a"]{PLAIN}formula = "count()"')
    assert str(error.value) == (
        "KPI `1 a`: the key is no name; wanted a name of at most 120 letters, digits and _, that begins with no digit"
    )
