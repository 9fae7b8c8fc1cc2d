"""The lines of sheets with periods across: what adds up what, and which amounts are of another kind."""

from __future__ import annotations

from typing import Any

import pytest

from kpi.cleaning.sheet import CleanSheet, LeftSheet
from kpi.reading.cells import RawSheet
from tests.kpi.cleaning.tables import Rows, answered, cleaned, facts, raw, said

Line = list[Any]
HEADER = ["Region", "2025-01", "2025-02", "2025-03"]
NORTH: Line = ["North", 5440.71, 7680.4, 8843.44]
SOUTH: Line = ["South", 4037.29, 8863.75, 5467.76]
EAST: Line = ["East", 5004.3, 7361.22, 5494.19]
ALL: Line = ["", *(round(sum(amounts), 2) for amounts in zip(NORTH[1:], SOUTH[1:], EAST[1:], strict=True))]
ACTUAL: Line = ["Revenue", 100, 110, 120]


def named(name: str, line: Rows, times: float = 1) -> list[Any]:
    """The amounts of a line under another name, so many times."""
    return [name, *(round(amount * times, 2) for amount in line[1:])]


def total(table: CleanSheet, field: str) -> float:
    """What a field adds up to."""
    return round(sum(value or 0.0 for (value,) in facts(table, field)), 2)


def revenue_of(*lines: Rows) -> float:
    """What the lines add up to."""
    return round(sum(sum(line[1:]) for line in lines), 2)


def left_out(table: CleanSheet) -> list[str]:
    return [issue.found for issue in table.issues if issue.effect.value == "left_out"]


def test_a_line_above_its_parts_is_their_sum_at_any_depth() -> None:
    rows = [
        HEADER,
        named("World", ALL),
        named("Inland", ["", *(round(a + b, 2) for a, b in zip(NORTH[1:], SOUTH[1:], strict=True))]),
        NORTH,
        SOUTH,
        EAST,
    ]
    assert total(cleaned(raw(rows, "Revenue")), "revenue") == revenue_of(NORTH, SOUTH, EAST)


def test_a_sum_without_a_word_for_it_is_set_aside_where_many_digits_agree() -> None:
    rows = [HEADER, NORTH, SOUTH, EAST, named("Group", ALL)]
    table = cleaned(raw(rows, "Revenue"))
    assert total(table, "revenue") == revenue_of(NORTH, SOUTH, EAST)
    assert table.questions == ()


def test_a_sum_of_few_digits_is_asked_about() -> None:
    rows = [HEADER, ["North", 11, 12, 13], ["South", 11, 13, 14], ["West", 22, 25, 27]]
    sheet = raw(rows, "Revenue")
    assert [question.key for question in cleaned(sheet).questions] == ["sum:west"]
    told = cleaned(sheet, choices={"sum:west": "a line of its own: add it"})
    assert total(told, "revenue") == 148.0


@pytest.mark.parametrize("name", ["Average per region", "Durchschnitt", "Ø Region", "Typical"])
def test_an_average_is_no_member(name: str) -> None:
    rows = [HEADER, NORTH, SOUTH, EAST, named(name, ALL, 1 / 3)]
    table = cleaned(raw(rows, "Revenue"))
    assert total(table, "revenue") == revenue_of(NORTH, SOUTH, EAST)
    assert left_out(table) == [name]


@pytest.mark.parametrize(
    "name", ["Last year", "Vorjahr", "Change", "Growth on last year", "% of target", "Max"]
)
def test_lines_that_compare_are_no_members(name: str) -> None:
    rows = [HEADER, NORTH, SOUTH, named(name, EAST, 0.77)]
    table = cleaned(raw(rows, "Revenue"))
    assert total(table, "revenue") == revenue_of(NORTH, SOUTH)
    assert left_out(table) == [name]


@pytest.mark.parametrize("name", ["Target Stores", "Max Mustermann", "Meta Platforms", "Last Mile"])
def test_members_whose_names_hold_such_words_stay(name: str) -> None:
    rows = [HEADER, NORTH, SOUTH, named(name, EAST)]
    assert total(cleaned(raw(rows, "Revenue")), "revenue") == revenue_of(NORTH, SOUTH, EAST)


def test_what_stands_below_the_total_is_no_member_and_a_plan_is_the_target() -> None:
    rows = [HEADER, NORTH, SOUTH, EAST, named("Total", ALL), ["Crew", 12, 12, 13], named("Target", ALL, 1.1)]
    table = cleaned(raw(rows, "Revenue"))
    assert total(table, "revenue") == revenue_of(NORTH, SOUTH, EAST)
    assert total(table, "target") == revenue_of(named("", ALL, 1.1))
    assert left_out(table) == ["Crew"]


def test_lines_below_a_total_that_says_what_it_is_of_are_asked_about() -> None:
    rows = [HEADER, NORTH, SOUTH, EAST, named("Total inland", ALL), ["Export", 1000, 1100, 1200]]
    table = cleaned(raw(rows, "Revenue"))
    assert [question.key for question in table.questions] == ["below:export"]
    assert total(table, "revenue") == revenue_of(NORTH, SOUTH, EAST, ["", 1000, 1100, 1200])


def test_sections_of_an_accounting_export_give_their_field_to_all_their_lines() -> None:
    rows = [
        ["Account", "Jan 2025", "Feb 2025"],
        ["Trading Income"],
        ["Sales", 1000.5, 1100.25],
        ["Other Revenue", 50.25, 60.5],
        ["Total Trading Income", 1050.75, 1160.75],
        ["Cost of Sales"],
        ["Purchases", 400.5, 410.5],
        ["Direct Wages", 20, 30],
        ["Total Cost of Sales", 420.5, 440.5],
        ["Gross Profit", 630.25, 720.25],
        ["Expenses"],
        ["Rent", 100, 100],
        ["Bank Fees", 5.25, 6.25],
        ["Total Expenses", 105.25, 106.25],
        ["Net Profit", 525, 614],
    ]
    table = cleaned(raw(rows))
    fields = ("revenue", "cogs", "operating_expenses")
    assert {field: total(table, field) for field in fields} == {
        "revenue": 2211.5,
        "cogs": 861.0,
        "operating_expenses": 211.5,
    }
    assert table.questions == ()
    assert not [effect for effect, _, _ in said(table) if effect == "doubt"]


def test_costs_of_several_kinds_keep_names_that_can_be_nothing_else() -> None:
    rows = [
        ["", "Jan 2025", "Feb 2025"],
        ["Revenue", 1000, 1100],
        ["Expenses"],
        ["COGS", 400, 410],
        ["Rent", 100, 100],
        ["Total expenses", 500, 510],
    ]
    table = cleaned(raw(rows))
    assert (total(table, "cogs"), total(table, "operating_expenses")) == (810.0, 200.0)


def test_a_profit_that_comes_out_proves_what_the_lines_above_it_are() -> None:
    rows = [
        ["Position", "Jan 2025", "Feb 2025"],
        ["Umsatzerlöse", 536, 760],
        ["Stoffe und Teile", 79, 62],
        ["Rohertrag", 457, 698],
        ["Löhne", 11, 17],
        ["Sonstiges", 16, 6],
        ["Betriebsergebnis", 430, 675],
    ]
    table = cleaned(raw(rows))
    assert (total(table, "cogs"), total(table, "operating_expenses")) == (141.0, 50.0)
    assert table.questions == ()


def test_income_less_costs_is_a_profit_under_any_name() -> None:
    rows = [
        HEADER,
        ["Revenue", *NORTH[1:]],
        ["COGS", 1000.25, 1100.5, 1200],
        ["DB I", 4440.46, 6579.9, 7643.44],
    ]
    table = cleaned(raw(rows))
    assert sorted(table.measures) == ["cogs", "revenue"]


def test_a_column_of_labels_tells_actual_from_planned_lines() -> None:
    rows = [
        ["Line", "Scenario", "2025-01", "2025-02"],
        ["Revenue", "Actual", 100, 110],
        ["", "Budget", 120, 130],
        ["COGS", "Actual", 40, 50],
        ["", "Budget", 45, 55],
        ["", "Prior year", 35, 36],
    ]
    table = cleaned(raw(rows))
    fields = ("revenue", "target", "cogs")
    assert {field: total(table, field) for field in fields} == {"revenue": 210, "target": 250, "cogs": 90}
    assert left_out(table) == ["COGS"]


def test_of_a_budget_and_a_forecast_only_one_is_the_target() -> None:
    rows = [["", "2025-01", "2025-02"], ACTUAL[:3], ["Revenue Budget", 1, 2], ["Revenue Forecast", 3, 4]]
    table = cleaned(raw(rows))
    assert [question.key for question in table.questions] == ["plan"]
    assert (total(table, "revenue"), total(table, "target")) == (210.0, 3.0)


def test_a_title_says_what_is_shown_before_it_says_by_what() -> None:
    rows = [["Sales by rep 2025"], ["Rep", "Q1", "Q2"], ["Ann", 5.5, 6], ["Bob", 7, 8]]
    table = cleaned(raw(rows, "D"))
    assert total(table, "revenue") == 26.5
    assert table.questions == ()


def blocks(*titles: str) -> RawSheet:
    """The same regions and months under each title; each block a little more than the one before."""
    rows: list[Rows] = []
    for number, title in enumerate(titles, 1):
        rows += [
            [title],
            ["Region", "Jan", "Feb"],
            ["North", 10.5 * number, 20],
            ["South", 5, 7.25 * number],
            [],
        ]
    return raw(rows, "D")


def test_blocks_of_two_years_are_two_years() -> None:
    first, second = answered(blocks("Revenue 2024", "Revenue 2025"))
    assert isinstance(first, CleanSheet)
    assert isinstance(second, CleanSheet)
    assert facts(first, "date", "region", "revenue")[0] == ("2024-01-01", "North", 10.5)
    assert facts(second, "date", "region", "revenue")[0] == ("2025-01-01", "North", 21.0)


def test_blocks_of_two_measures_are_two_measures() -> None:
    first, second = answered(blocks("Revenue 2025", "Units sold 2025"))
    assert isinstance(first, CleanSheet)
    assert isinstance(second, CleanSheet)
    assert [*first.measures, *second.measures] == ["revenue", "quantity"]


def test_a_block_that_adds_up_the_others_is_left_and_the_others_are_members() -> None:
    rows: list[Line] = [["P&L 2025"]]
    for name, times in (("North", 1), ("South", 2), ("Group", 3)):
        rows += [[name], ["", "Jan", "Feb"], named("Revenue", ["", 5440.71, 7680.4], times)]
        rows += [named("COGS", ["", 1037.29, 863.75], times), []]
    north, south, group = answered(raw(rows))
    assert isinstance(north, CleanSheet)
    assert isinstance(south, CleanSheet)
    assert isinstance(group, LeftSheet)
    assert facts(north, "block", "revenue")[0] == ("North", 5440.71)
    assert facts(south, "block", "revenue")[0] == ("South", 10881.42)
    assert left_out(north) == ["Group"]


def test_a_block_of_planned_amounts_is_the_target() -> None:
    first, second = answered(blocks("Revenue Actual 2025", "Revenue Budget 2025"))
    assert isinstance(first, CleanSheet)
    assert isinstance(second, CleanSheet)
    assert [*first.measures, *second.measures] == ["revenue", "target"]


def test_the_second_half_of_a_year_below_the_first_has_its_own_months() -> None:
    rows = [["Revenue 2025"], ["Region", "Jan", "Feb"], NORTH[:3], [], ["Region", "Jul", "Aug"], SOUTH[:3]]
    first, second = answered(raw(rows))
    assert isinstance(first, CleanSheet)
    assert isinstance(second, CleanSheet)
    assert facts(second, "date", "revenue") == [("2025-07-01", 4037.29), ("2025-08-01", 8863.75)]


def test_a_header_that_is_repeated_on_the_next_page_begins_no_block() -> None:
    rows = [["Revenue 2025"], ["Region", "Jan", "Feb"], NORTH[:3], [], ["Region", "Jan", "Feb"], SOUTH[:3]]
    assert total(cleaned(raw(rows)), "revenue") == revenue_of(NORTH[:3], SOUTH[:3])


def test_the_same_lines_again_without_a_title_are_left_until_a_person_says_what_they_are() -> None:
    header = ["Region", "2025-01", "2025-02"]
    rows = [header, NORTH[:3], EAST[:3], [], header, named("North", SOUTH[:3]), named("East", SOUTH[:3])]
    first, second = answered(raw(rows, "Revenue"))
    assert isinstance(first, CleanSheet)
    assert isinstance(second, LeftSheet)
    assert [question.key for question in first.questions] == ["block"]


def test_years_that_follow_each_other_below_are_a_header_and_no_amounts() -> None:
    rows = [
        ["Revenue"],
        ["Region", 2022, 2023],
        NORTH[:3],
        [],
        ["Region", 2024, 2025],
        named("North", SOUTH[:3]),
    ]
    first, second = answered(raw(rows))
    assert isinstance(first, CleanSheet)
    assert isinstance(second, CleanSheet)
    assert facts(first, "date", "revenue") == [("2022-01-01", 5440.71), ("2023-01-01", 7680.4)]
    assert facts(second, "date", "revenue") == [("2024-01-01", 4037.29), ("2025-01-01", 8863.75)]


def test_the_year_is_asked_where_only_the_day_of_saving_is_known() -> None:
    sheet = raw([["", "Jan", "Feb"], ["Revenue", 1, 2], ["COGS", 3, 4]])
    saved = RawSheet(sheet.name, sheet.columns, saved_in=2025)
    table = cleaned(saved)
    assert [(question.key, question.candidates) for question in table.questions] == [
        ("year", ("2025", "2024"))
    ]
    told = cleaned(saved, choices={"year": "2024"})
    assert (facts(told, "date")[0], told.questions) == (("2024-01-01",), ())
