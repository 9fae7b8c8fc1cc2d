"""Members over time and place: what lines say about them, and what lists said before."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi.sales.options import Changes, Options
from tests.storage.warehouse.conformed_tables import conformed, rows_of

KEEP = Options(changes=Changes.KEEP)
MAY, JUNE, JULY = date(2025, 5, 1), date(2025, 6, 1), date(2025, 7, 1)
FLAT = [
    "sale_id",
    "order_date",
    "customer_id",
    "customer_name",
    "city",
    "product_name",
    "quantity",
    "unit_price",
]
SOLD = ["sale_id", "order_date", "customer_id", "quantity", "unit_price"]


def _flat(*lines: str) -> dict[str, list[list[str]]]:
    """Flat lines, each as day, customer, name and city."""
    rows = [[str(n), *line.split(","), "Pen", "1", "2"] for n, line in enumerate(lines, start=1)]
    return {"flat.csv": [FLAT, *rows]}


def _customers(folder: Path) -> list[tuple[Any, ...]]:
    return rows_of(
        folder, "dim_customer", "customer_key", "customer_id", "name", "city", "version", "is_current"
    )


def _cities(folder: Path) -> list[tuple[Any, ...]]:
    return rows_of(folder, "facts", "customer", "city")


def test_each_city_that_lines_name_is_a_version_of_the_customer(tmp_path: Path) -> None:
    star = conformed(
        tmp_path, _flat("2024-01-02,C1,Ann,Oslo", "2024-01-01,C1,Ann,Rome", "2024-01-03,C1,Ann,Oslo")
    )
    assert _customers(tmp_path) == [(1, "C1", "Ann", "Rome", 1, False), (2, "C1", "Ann", "Oslo", 2, True)]
    assert _cities(tmp_path) == [("Ann", "Rome"), ("Ann", "Oslo"), ("Ann", "Oslo")]
    assert star.account.notes == ()


def test_members_that_only_lines_name_are_not_inferred(tmp_path: Path) -> None:
    conformed(tmp_path, _flat("2024-01-02,C1,Ann,Oslo"))
    assert rows_of(tmp_path, "dim_customer", "valid_from", "valid_to", "is_inferred") == [(None, None, False)]


def test_another_spelling_of_the_name_is_no_version_and_the_latest_is_kept(tmp_path: Path) -> None:
    conformed(tmp_path, _flat("2024-01-02,C1,Ann B.,Rome", "2024-01-01,C1,Anne,Rome", "2024-01-03,C1,,Rome"))
    assert _customers(tmp_path) == [(1, "C1", "Ann B.", "Rome", 1, True)]


def test_a_line_that_says_nothing_counts_to_what_the_customer_is_now(tmp_path: Path) -> None:
    conformed(tmp_path, _flat("2024-01-01,C1,Ann,Rome", "2024-01-02,C1,Ann,Oslo", "2024-01-03,C1,Ann,"))
    assert _cities(tmp_path) == [("Ann", "Rome"), ("Ann", "Oslo"), ("Ann", "Oslo")]


def test_lines_of_nobody_stay_where_they_say_and_unknown_where_they_say_nothing(tmp_path: Path) -> None:
    conformed(tmp_path, _flat("2024-01-01,,,Rome", "2024-01-02,,,", "2024-01-03,,Ann,Oslo"))
    assert _cities(tmp_path) == [("Unknown", "Rome"), ("Unknown", "Unknown"), ("Unknown", "Oslo")]
    assert {row[0] for row in rows_of(tmp_path, "dim_customer", "customer_id")} == {""}


def test_without_ids_the_name_is_the_id(tmp_path: Path) -> None:
    header = ["order_date", "product_name", "quantity", "unit_price"]
    conformed(tmp_path, {"flat.csv": [header, ["2024-01-01", "Pen", "1", "1"]]})
    assert rows_of(tmp_path, "dim_product", "product_id", "name") == [("Pen", "Pen")]


def test_names_that_are_too_long_for_ids_stay_different(tmp_path: Path) -> None:
    names = ["x" * 130, "x" * 130 + "y"]
    header = ["order_date", "product_name", "quantity", "unit_price"]
    conformed(tmp_path, {"flat.csv": [header, *(["2024-01-01", name, "1", "1"] for name in names)]})
    assert [len(one) for (one,) in rows_of(tmp_path, "dim_product", "product_id")] == [120, 120]
    assert sorted(one for (one,) in rows_of(tmp_path, "dim_product", "name")) == names


def test_where_customers_are_listed_lines_do_not_describe_them(tmp_path: Path) -> None:
    listed = [["customer_id", "customer_name", "city"], ["C1", "Ann", "Rome"]]
    files = {"customers.csv": listed} | _flat("2024-01-01,C1,Anne,Oslo", "2024-01-01,C2,Bob,Oslo")
    conformed(tmp_path, files)
    assert _customers(tmp_path) == [(1, "C1", "Ann", "Rome", 1, True), (2, "C2", "Bob", "Unknown", 1, True)]


def test_versions_that_lines_make_keep_their_keys(tmp_path: Path) -> None:
    conformed(tmp_path / "1", _flat("2024-01-02,C1,Ann,Oslo"))
    conformed(
        tmp_path / "2", _flat("2024-01-01,C1,Ann,Rome", "2024-01-02,C1,Ann,Oslo", "2024-01-02,A,Al,Rome"), before=tmp_path / "1"
    )  # fmt: skip
    assert _customers(tmp_path / "2") == [
        (1, "C1", "Ann", "Oslo", 1, True),
        (2, "A", "Al", "Rome", 1, True),
        (3, "C1", "Ann", "Rome", 2, False),
    ]


def _listed(city: str, *others: str, sold: str = "C1") -> dict[str, list[list[str]]]:
    """C1 in a city, other customers, and a sale of May and one of July."""
    customers = [
        ["customer_id", "customer_name", "city"],
        ["C1", "Ann", city],
        *([one, one, "Bari"] for one in others),
    ]
    sales = [SOLD, ["1", "2025-05-01", sold, "1", "2"], ["2", "2025-07-01", sold, "1", "2"]]
    return {"customers.csv": customers, "sales.csv": sales}


def _history(folder: Path) -> list[tuple[Any, ...]]:
    columns = ("customer_key", "city", "version", "valid_from", "valid_to", "is_current", "is_inferred")
    return rows_of(folder, "dim_customer", *columns)


def test_a_changed_customer_is_overwritten(tmp_path: Path) -> None:
    conformed(tmp_path / "1", _listed("Rome"), today=MAY)
    conformed(tmp_path / "2", _listed("Oslo"), before=tmp_path / "1", today=JUNE)
    assert _history(tmp_path / "2") == [(1, "Oslo", 1, None, None, True, False)]


def test_a_changed_customer_is_kept_as_versions_and_a_sale_belongs_to_that_of_its_day(tmp_path: Path) -> None:
    conformed(tmp_path / "1", _listed("Rome"), KEEP, today=MAY)
    conformed(tmp_path / "2", _listed("Oslo"), KEEP, before=tmp_path / "1", today=JUNE)
    assert _history(tmp_path / "2") == [
        (1, "Rome", 1, None, JUNE, False, False),
        (2, "Oslo", 2, JUNE, None, True, False),
    ]
    assert _cities(tmp_path / "2") == [("Ann", "Rome"), ("Ann", "Oslo")]


def test_what_did_not_change_is_no_version(tmp_path: Path) -> None:
    conformed(tmp_path / "1", _listed("Rome"), KEEP, today=MAY)
    conformed(tmp_path / "2", _listed("Oslo"), KEEP, before=tmp_path / "1", today=JUNE)
    conformed(tmp_path / "3", _listed("Oslo"), KEEP, before=tmp_path / "2", today=JULY)
    assert _history(tmp_path / "3") == _history(tmp_path / "2")


def test_a_version_that_began_today_is_put_right_in_place(tmp_path: Path) -> None:
    conformed(tmp_path / "1", _listed("Rome"), KEEP, today=MAY)
    conformed(tmp_path / "2", _listed("Olso"), KEEP, before=tmp_path / "1", today=JUNE)
    conformed(tmp_path / "3", _listed("Oslo"), KEEP, before=tmp_path / "2", today=JUNE)
    assert _history(tmp_path / "3")[1:] == [(2, "Oslo", 2, JUNE, None, True, False)]


def test_a_customer_that_sales_alone_had_told_of_is_put_right_in_place(tmp_path: Path) -> None:
    conformed(tmp_path / "1", _listed("Rome", sold="C2"), KEEP, today=MAY)
    conformed(tmp_path / "2", _listed("Rome", "C2", sold="C2"), KEEP, before=tmp_path / "1", today=JUNE)
    assert _history(tmp_path / "2")[1:] == [(2, "Bari", 1, None, None, True, False)]


@pytest.mark.parametrize(
    ("options", "becomes"),
    [
        pytest.param(KEEP, [(1, "Rome", 1, None, None, True, False), (2, "Bari", 1, None, None, True, True)], id="kept"),
        pytest.param(Options(), [(1, "Rome", 1, None, None, True, False), (2, "Unknown", 1, None, None, True, True)], id="overwritten"),
    ],
)  # fmt: skip
def test_a_customer_that_the_list_no_longer_has_is_inferred(
    tmp_path: Path, options: Options, becomes: list[tuple[Any, ...]]
) -> None:
    conformed(tmp_path / "1", _listed("Rome", "C2", sold="C2"), options, today=MAY)
    conformed(tmp_path / "2", _listed("Rome", sold="C2"), options, before=tmp_path / "1", today=JUNE)
    assert _history(tmp_path / "2") == becomes


def test_a_listed_customer_without_sales_stays(tmp_path: Path) -> None:
    conformed(tmp_path, _listed("Rome", "C5"))
    assert [row[1] for row in _customers(tmp_path)] == ["C1", "C5"]


def test_a_price_of_the_list_holds_from_the_day_that_it_changed(tmp_path: Path) -> None:
    sold = [
        ["sale_id", "order_date", "product_id", "quantity"],
        ["1", "2025-05-01", "P", "1"],
        ["2", "2025-07-01", "P", "1"],
    ]

    def files(price: str) -> dict[str, list[list[str]]]:
        return {"products.csv": [["product_id", "unit_price"], ["P", price]], "sales.csv": sold}

    conformed(tmp_path / "1", files("2"), KEEP, today=MAY)
    conformed(tmp_path / "2", files("3"), KEEP, before=tmp_path / "1", today=JUNE)
    assert rows_of(tmp_path / "2", "fact_sales", "unit_price") == [(2,), (3,)]


def test_a_dimension_that_was_told_by_lines_can_come_to_be_listed(tmp_path: Path) -> None:
    lines = _flat("2025-05-01,C1,Ann,Rome", "2025-07-01,C1,Ann,Oslo", "2025-07-01,,,Bari")
    conformed(tmp_path / "1", lines, KEEP, today=MAY)
    listed = {"customers.csv": [["customer_id", "customer_name", "city"], ["C1", "Ann", "Bonn"]]} | lines
    conformed(tmp_path / "2", listed, KEEP, before=tmp_path / "1", today=JUNE)
    assert _cities(tmp_path / "2") == [("Ann", "Oslo"), ("Ann", "Bonn"), ("Unknown", "Unknown")]
