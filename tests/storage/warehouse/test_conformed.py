"""Small sources and the whole stars that come of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpi.sales.options import Options, Orphans
from kpi.sales.source import Note, SourceError
from tests.storage.warehouse.conformed_tables import conformed, records, rows_of

CUSTOMERS = [
    ["customer_id", "customer_name", "city", "country"],
    ["C2", "Bob", "Oslo", "NO"],
    ["C1", "Ann", "Rome", ""],
]
PRODUCTS = [["product_id", "product_name", "category", "unit_price"], ["P1", "Pen", "Desk", "2.50"]]
SALES = [
    ["sale_id", "order_id", "order_date", "customer_id", "product_id", "quantity", "unit_price"],
    ["7", "O1", "2024-02-29", "C1", "P1", "3", "2"],
    ["A8", "O1", "2024-02-28", "C2", "P1", "-1", "2.5"],
]
FILES = {"customers.csv": CUSTOMERS, "products.csv": PRODUCTS, "sales.csv": SALES}


def _sales(*rows: list[str]) -> dict[str, list[list[str]]]:
    return FILES | {"sales.csv": [SALES[0], *rows]}


def test_sales_customers_and_products_become_a_star(tmp_path: Path) -> None:
    star = conformed(tmp_path, FILES)
    feb = date(2024, 2, 28), date(2024, 2, 29)
    assert (star.rows, star.first_day, star.last_day) == (
        {"dim_customer": 2, "dim_product": 1, "dim_date": 2, "fact_sales": 2},
        *feb,
    )
    assert rows_of(tmp_path, "dim_customer") == [
        (1, "C1", "Ann", "Rome", "Unknown", "Unknown", "Unknown", 1, None, None, True, False),
        (2, "C2", "Bob", "Oslo", "Unknown", "NO", "Unknown", 1, None, None, True, False),
    ]
    assert rows_of(tmp_path, "dim_product") == [
        (1, "P1", "Pen", "Desk", "Unknown", Decimal("2.5"), 1, None, None, True, False)
    ]
    assert rows_of(tmp_path, "dim_date") == [
        (20240228, feb[0], 2024, 1, 2, 28, 3, 2024, 9, 2024, 1, 2),
        (20240229, feb[1], 2024, 1, 2, 29, 4, 2024, 9, 2024, 1, 2),
    ]
    minus, plus = Decimal("-2.5"), Decimal(6)
    assert rows_of(tmp_path, "fact_sales") == [
        (8, "A8", "O1", 20240228, 2, 1, Decimal(-1), Decimal("2.5"), Decimal(0), minus, True, 3, 3),
        (7, None, "O1", 20240229, 1, 1, Decimal(3), Decimal(2), Decimal(0), plus, False, 3, 2),
    ]


def test_the_flat_rows_say_all_that_the_star_says(tmp_path: Path) -> None:
    conformed(tmp_path, FILES)
    assert records(tmp_path, "facts")[1] == {
        "date": date(2024, 2, 29),
        "order_id": "O1",
        "customer_id": "C1",
        "customer": "Ann",
        "product_id": "P1",
        "product": "Pen",
        "category": "Desk",
        "subcategory": "Unknown",
        "city": "Rome",
        "region": "Unknown",
        "country": "Unknown",
        "segment": "Unknown",
        "quantity": 3.0,
        "unit_price": 2.0,
        "discount": 0.0,
        "revenue": 6.0,
    }


def test_what_is_missing_or_remarkable_is_counted_with_its_first_line(tmp_path: Path) -> None:
    assert conformed(tmp_path, FILES).account.notes == (
        Note("customers.csv", "", "country", "the country is missing", "counted as Unknown", 1, 3),
        Note("sales.csv", "", "quantity", "the quantity is below zero", "kept as a return", 1, 3),
    )


def test_every_day_between_has_a_row_though_nothing_was_sold(tmp_path: Path) -> None:
    files = _sales(
        ["1", "O", "2023-12-31", "C1", "P1", "1", "1"], ["2", "O", "2025-01-01", "C1", "P1", "1", "1"]
    )
    assert conformed(tmp_path, files).rows["dim_date"] == 368


def test_of_a_key_that_stands_twice_in_a_file_the_first_row_stays(tmp_path: Path) -> None:
    first = ["17", "O1", "2024-01-01", "C1", "P1", "1", "2"]
    star = conformed(tmp_path, _sales(first, first, [*first[:-1], "3"]))
    assert rows_of(tmp_path, "fact_sales", "sale_id", "line") == [(17, 2)]
    assert rows_of(tmp_path, "rejects") == [
        ("sales.csv", "", 3, "sale_id", "17", "the key 17 stands already in line 2, with the same values",
         "17,O1,2024-01-01,C1,P1,1.0000,2.0000"),
        ("sales.csv", "", 4, "sale_id", "17", "the key 17 stands already in line 2, with other values",
         "17,O1,2024-01-01,C1,P1,1.0000,3.0000"),
    ]  # fmt: skip
    ledger = star.account.ledgers["sales.csv"]
    assert (ledger.read, ledger.loaded, ledger.rejected, ledger.set_aside) == (3, 1, 2, 0)


def test_between_files_the_later_row_of_a_key_holds_and_the_earlier_is_set_aside(tmp_path: Path) -> None:
    january = [
        SALES[0],
        ["1", "O1", "2024-01-01", "C1", "P1", "1", "2"],
        ["2", "O2", "2024-01-02", "C1", "P1", "1", "2"],
    ]
    corrected = [SALES[0], ["2", "O2", "2024-01-02", "C1", "P1", "5", "2"]]
    star = conformed(tmp_path, {"1.csv": january, "2.csv": corrected})
    assert rows_of(tmp_path, "fact_sales", "sale_id", "quantity") == [(1, 1), (2, 5)]
    assert star.account.ledgers["1.csv"].set_aside == 1
    superseded = Note(
        "1.csv", "", "", "a later file has the same keys", "set aside: the later rows hold", 1, 3
    )
    assert superseded in star.account.notes


def test_a_row_that_cannot_be_loaded_displaces_none(tmp_path: Path) -> None:
    sound = ["1", "O1", "2024-01-01", "C1", "P1", "1", "2"]
    later = ["1", "O1", "2024-01-01", "C9", "P1", "1", "2"]
    files = _sales(sound) | {"zz.csv": [SALES[0], later]}
    conformed(tmp_path, files, Options(Orphans.REJECT))
    assert rows_of(tmp_path, "fact_sales", "file_id", "line") == [(3, 2)]


def test_lines_of_an_order_without_numbers_of_their_own_are_counted(tmp_path: Path) -> None:
    header = ["order_id", "order_date", "product_id", "quantity", "unit_price"]
    line = ["O1", "2024-01-01", "P1", "1", "2"]
    conformed(tmp_path, {"orders.csv": [header, line, line, ["O2", *line[1:]]]})
    assert rows_of(tmp_path, "fact_sales", "sale_id", "sale_number", "order_id") == [
        (1, "orders.csv:O1/1", "O1"),
        (2, "orders.csv:O1/2", "O1"),
        (3, "orders.csv:O2/1", "O2"),
    ]


ORDERS = ["order_id", "order_date", "customer_id", "product_id", "quantity", "unit_price"]
JANUARY = [
    ORDERS,
    ["O1", "2025-01-30", "1", "A", "2", "10"],
    ["O1", "2025-01-30", "1", "B", "1", "7"],
]
FEBRUARY = [
    ORDERS,
    ["O1", "2025-02-02", "1", "A", "-1", "10"],
    ["O2", "2025-02-03", "2", "A", "1", "10"],
]


def test_an_order_that_goes_on_in_another_file_loses_no_line(tmp_path: Path) -> None:
    star = conformed(tmp_path, {"jan.csv": JANUARY, "feb.csv": FEBRUARY})
    assert rows_of(tmp_path, "fact_sales", "sale_number", "revenue") == [
        ("jan.csv:O1/1", 20),
        ("jan.csv:O1/2", 7),
        ("feb.csv:O1/1", -10),
        ("feb.csv:O2/1", 10),
    ]
    assert [one.set_aside for one in star.account.ledgers.values()] == [0, 0]


def test_lines_of_an_order_keep_their_ids_when_a_file_comes_before_theirs(tmp_path: Path) -> None:
    conformed(tmp_path / "before", {"jan.csv": JANUARY})
    both = {"feb.csv": FEBRUARY, "jan.csv": JANUARY}
    conformed(tmp_path / "after", both, before=tmp_path / "before")
    assert rows_of(tmp_path / "after", "fact_sales", "sale_id", "sale_number") == [
        (1, "jan.csv:O1/1"),
        (2, "jan.csv:O1/2"),
        (3, "feb.csv:O1/1"),
        (4, "feb.csv:O2/1"),
    ]


def test_a_colon_in_a_name_makes_no_two_sales_one(tmp_path: Path) -> None:
    line = JANUARY[1]
    files = {"a": [ORDERS, ["b:c", *line[1:]]], "a:b": [ORDERS, ["c", *line[1:]]]}
    conformed(tmp_path, files)
    assert rows_of(tmp_path, "fact_sales", "sale_number") == [("a:b:c/1",), ("a%3Ab:c/1",)]


def test_a_sale_without_number_and_order_is_known_by_its_line_and_is_an_order_itself(tmp_path: Path) -> None:
    conformed(tmp_path, {"till.csv": [["order_date", "quantity", "unit_price"], ["2024-01-01", "1", "2"]]})
    assert rows_of(tmp_path, "fact_sales", "sale_number", "order_id") == [("till.csv:2", "till.csv:2")]


@pytest.mark.parametrize("number", ["007", "1234567890123456789", "1E2", "-5", "1.0", "+3"])
def test_a_number_that_is_written_otherwise_is_kept_as_text(tmp_path: Path, number: str) -> None:
    conformed(tmp_path, _sales([number, "O1", "2024-01-01", "C1", "P1", "1", "2"]))
    assert rows_of(tmp_path, "fact_sales", "sale_id", "sale_number") == [(1, number)]


def test_a_sale_keeps_its_id_when_others_come_before_it(tmp_path: Path) -> None:
    kept = ["B", "O1", "2024-01-01", "C1", "P1", "1", "2"]
    conformed(tmp_path / "before", _sales(kept))
    more = _sales(["A", *kept[1:]], kept, ["500", *kept[1:]])
    conformed(tmp_path / "after", more, before=tmp_path / "before")
    assert rows_of(tmp_path / "after", "fact_sales", "sale_id", "sale_number") == [
        (1, "B"),
        (500, None),
        (501, "A"),
    ]


def test_an_id_that_the_source_now_gives_to_another_sale_is_given_up(tmp_path: Path) -> None:
    named = ["A", "O1", "2024-01-01", "C1", "P1", "1", "2"]
    conformed(tmp_path / "before", _sales(named))
    conformed(tmp_path / "after", _sales(named, ["1", *named[1:]]), before=tmp_path / "before")
    assert rows_of(tmp_path / "after", "fact_sales", "sale_id", "sale_number") == [(1, None), (2, "A")]


def test_a_sale_of_an_unlisted_customer_makes_one(tmp_path: Path) -> None:
    star = conformed(tmp_path, _sales(["1", "O1", "2024-01-01", "C9", "P1", "1", "2"]))
    assert rows_of(tmp_path, "dim_customer", "customer_id", "name", "city", "is_inferred")[-1] == (
        "C9",
        "C9",
        "Unknown",
        True,
    )
    inferred = Note(
        "sales.csv", "", "customer_id", "no file lists the customer", "a member was made for it", 1, 2
    )
    assert inferred in star.account.notes


def test_a_sale_that_names_no_customer_belongs_to_the_unknown_one(tmp_path: Path) -> None:
    star = conformed(tmp_path, _sales(["1", "O1", "2024-01-01", "", "P1", "1", "2"]))
    assert rows_of(tmp_path, "facts", "customer_id", "customer") == [(None, "Unknown")]
    unnamed = Note(
        "sales.csv", "", "customer_id", "no customer is named", "counted to the member Unknown", 1, 2
    )
    assert unnamed in star.account.notes


def test_sales_of_nobody_listed_are_rejected_where_options_say_so(tmp_path: Path) -> None:
    good = ["1", "O1", "2024-01-01", "C1", "P1", "1", "2"]
    rows = [
        good,
        ["2", *good[1:3], "", *good[4:]],
        ["3", *good[1:3], "C9", *good[4:]],
        ["4", *good[1:4], "P9", "1", "2"],
    ]
    conformed(tmp_path, _sales(*rows), Options(Orphans.REJECT))
    assert rows_of(tmp_path, "rejects", "line", "header", "found", "reason") == [
        (3, "customer_id", "", "no customer is named"),
        (4, "customer_id", "C9", "no file lists the customer C9"),
        (5, "product_id", "P9", "no file lists the product P9"),
    ]


def test_a_source_without_sales_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"found customers.csv lists customers; wanted") as refused:
        conformed(tmp_path, {"customers.csv": CUSTOMERS})
    assert refused.value.code == "no_sales_table"


def test_sales_of_which_none_is_left_are_refused_and_say_why(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No sale is left: of 1 rows") as refused:
        conformed(tmp_path, _sales(["1", "O1", "2024-01-01", "C9", "P1", "1", "2"]), Options(Orphans.REJECT))
    assert refused.value.code == "no_sales"
    assert rows_of(tmp_path, "rejects", "reason") == [("no file lists the customer C9",)]
