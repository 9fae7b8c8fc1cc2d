"""Rows that are called returns, with amounts that are written like those of sales."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kpi.cleaning.rows.returns import is_return
from kpi.cleaning.sheet import CleanSheet
from tests.kpi.cleaning.tables import answered, cleaned, facts, raw

ADD = "they are amounts like the others: add them"


def table(sale: str, back: str, amounts: tuple[float, float] = (10.5, 4.25)) -> Any:
    rows: list[list[Any]] = [["Date", "Type", "Revenue", "Quantity", "COGS"]]
    for day in range(1, 21):
        is_back = day % 5 == 0
        amount = amounts[1] if is_back else amounts[0]
        rows.append([datetime(2025, 1, day), back if is_back else sale, amount, 2, 1.5])  # noqa: DTZ001 -- as in a workbook
    return raw(rows)


@pytest.mark.parametrize(
    ("sale", "back"),
    [
        ("Sale", "Refund"),
        ("Sale", "Sales return"),
        ("Invoice", "Credit note"),
        ("Verkauf", "Retoure"),
        ("Rechnung", "Gutschrift"),
        ("Vente", "Avoir"),
        ("Venta", "Devolución"),
        ("Vendita", "Reso"),
        ("Venda", "Devolução"),
        ("Verkoop", "Retour"),
    ],
)
def test_returns_with_positive_amounts_are_asked_about_and_deducted(sale: str, back: str) -> None:
    found = cleaned(table(sale, back))
    assert [(q.key, q.cell) for q in found.questions] == [("returns:type", "B6")]
    assert facts(found, "revenue", "quantity", "cogs")[3:5] == [(10.5, 2.0, 1.5), (-4.25, -2.0, -1.5)]
    assert [(i.repair, i.count) for i in found.issues if i.repair == "returns"] == [("returns", 4)]


def test_returns_are_added_where_a_person_says_so() -> None:
    (found,) = answered(table("Sale", "Refund"), choices={"returns:type": ADD})
    assert isinstance(found, CleanSheet)
    assert facts(found, "revenue")[3:5] == [(10.5,), (4.25,)]


def test_returns_that_are_negative_already_are_no_question() -> None:
    assert cleaned(table("Sale", "Refund", (10.5, -4.25))).questions == ()


@pytest.mark.parametrize(("one", "other"), [("Credit", "Debit"), ("Shipped", "Returned"), ("Online", "Shop")])
def test_other_members_than_sales_and_returns_are_left_alone(one: str, other: str) -> None:
    assert cleaned(table(one, other)).questions == ()


def test_a_return_is_told_by_one_of_its_words() -> None:
    told = [is_return(text) for text in ("Return order", "Nota de crédito", "Sale", "Returning customer")]
    assert told == [True, True, False, False]
