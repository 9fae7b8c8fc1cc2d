"""Rows that show one thing several times: actual and planned, or in two currencies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.kpi.cleaning.tables import answered, cleaned, facts, raw


def table(header: str, members: dict[str, float], *, later: frozenset[str] = frozenset()) -> Any:
    """Six months of two regions for each member, at a part of the actual amounts; some of them six months later."""
    rows: list[list[Any]] = [["Month", "Region", header, "Revenue", "COGS"]]
    for month in range(1, 7):
        for place, region in enumerate(("North", "South")):
            for member, part in members.items():
                amount = 100.0 * month + 10 * place
                day = datetime(2025, month + 6 * (member in later), 1)  # noqa: DTZ001 -- as in a workbook
                rows.append([day, region, member, part * amount, part * amount / 2])
    return raw(rows)


def totals(found: Any, *names: str) -> tuple[float | None, ...]:
    sums = []
    for name in names:
        values = [row[0] for row in facts(found, name) if row[0] is not None]
        sums.append(sum(values) if values else None)
    return tuple(sums)


ACTUAL = 12 * 355.0


@pytest.mark.parametrize(
    ("header", "actual", "plan"),
    [("Scenario", "Actual", "Budget"), ("Datenart", "Ist", "Plan"), ("Version", "Réel", "Prévision")],
)
def test_planned_rows_become_the_target(header: str, actual: str, plan: str) -> None:
    found = cleaned(table(header, {actual: 1.0, plan: 0.5}))
    assert (totals(found, "revenue", "cogs", "target"), found.questions) == (
        (ACTUAL, ACTUAL / 2, ACTUAL / 2),
        (),
    )
    assert [(i.repair, i.count) for i in found.issues if i.repair == "scenario_rows"] == [
        ("scenario_rows", 12)
    ]


def test_rows_of_the_year_before_are_set_aside_with_the_ledger_balanced() -> None:
    found = cleaned(table("Version", {"Actual": 1.0, "Forecast": 0.5, "Prior Year": 0.25}))
    assert totals(found, "revenue", "target") == (ACTUAL, ACTUAL / 2)
    assert (found.ledger.read, found.ledger.loaded, found.ledger.set_aside) == (36, 24, 12)


def test_of_two_kinds_of_plans_one_is_asked_for_and_the_expected_comes_last() -> None:
    found = cleaned(table("Scenario", {"Actual": 1.0, "Forecast": 0.5, "Budget": 0.25}))
    assert [(q.key, q.candidates) for q in found.questions] == [
        ("scenario_target:scenario", ("Budget", "Forecast"))
    ]
    assert totals(found, "revenue", "target") == (ACTUAL, ACTUAL / 4)


def test_a_forecast_of_months_that_have_no_actual_amounts_is_asked_about() -> None:
    sheet = table("Scenario", {"Actual": 1.0, "Forecast": 0.5}, later=frozenset({"Forecast"}))
    found = cleaned(sheet)
    assert [q.key for q in found.questions] == ["scenario:scenario"]
    (told,) = answered(sheet, choices={"scenario:scenario": "they are actual amounts"})
    assert (totals(found, "revenue"), totals(told, "revenue")) == ((ACTUAL,), (1.5 * ACTUAL,))


def test_names_of_plans_that_people_buy_are_no_scenarios() -> None:
    found = cleaned(table("Subscription", {"Basic plan": 1.0, "Pro plan": 0.5}))
    assert (totals(found, "revenue"), found.questions) == ((1.5 * ACTUAL,), ())


def test_the_same_amounts_in_two_currencies_are_asked_about_and_counted_once() -> None:
    sheet = table("Currency type", {"Local": 1.0, "Group EUR": 0.5})
    found = cleaned(sheet)
    assert [(q.key, q.candidates[:2]) for q in found.questions] == [
        ("currency_view:currency type", ("only Group EUR", "only Local"))
    ]
    (told,) = answered(sheet, choices={"currency_view:currency type": "only Local"})
    assert (totals(found, "revenue"), totals(told, "revenue")) == ((ACTUAL / 2,), (ACTUAL,))


def test_rows_of_the_year_before_under_dates_of_their_own_are_asked_about() -> None:
    sheet = table("Version", {"Actual": 1.0, "Prior Year": 0.5}, later=frozenset({"Actual"}))
    found = cleaned(sheet)
    assert [(q.key, q.candidates[0]) for q in found.questions] == [
        ("scenario_other:version", "they are actual amounts")
    ]
    assert totals(found, "revenue") == (1.5 * ACTUAL,)
