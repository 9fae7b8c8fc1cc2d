"""Where tables lie on a sheet: below and beside each other, under one or two rows of headings."""

from __future__ import annotations

from datetime import date

from kpi.cleaning.sheet import CleanSheet, LeftSheet
from kpi.reading.cells import Merge, NamedRange
from tests.kpi.cleaning.tables import answered, cleaned, facts, raw, said

FIRST, SECOND, THIRD, FOURTH = (date(2025, month, 1) for month in (1, 2, 3, 4))


def test_tables_below_each_other_are_read_one_by_one() -> None:
    rows = [
        ["Sales"],
        ["Date", "Region", "Revenue"],
        [FIRST, "North", 10],
        [SECOND, "South", 20],
        [],
        ["Costs"],
        ["Date", "COGS"],
        [FIRST, 4],
        [SECOND, 6],
    ]
    first, second = answered(raw(rows))
    assert isinstance(first, CleanSheet)
    assert isinstance(second, CleanSheet)
    assert facts(first, "date", "revenue", "_row") == [("2025-01-01", 10.0, 3), ("2025-02-01", 20.0, 4)]
    assert facts(second, "date", "cogs", "_row") == [("2025-01-01", 4.0, 8), ("2025-02-01", 6.0, 9)]


def test_a_look_up_table_beside_the_table_adds_nothing_to_it() -> None:
    rows = [
        ["Date", "Region", "Revenue", "", "Region", "Target"],
        [FIRST, "North", 10, "", "North", 100],
        [SECOND, "South", 20, "", "South", 200],
        [THIRD, "South", 30],
        [FOURTH, "South", 40],
    ]
    table, look_up = answered(raw(rows))
    assert isinstance(table, CleanSheet)
    assert table.facts.table.column_names == ["date", "region", "revenue", "_sheet", "_row"]
    assert isinstance(look_up, LeftSheet)


def test_an_empty_column_within_a_table_parts_nothing() -> None:
    rows = [["Date", "Region", "", "Revenue"], [FIRST, "North", "", 10], [SECOND, "South", "", 20]]
    assert facts(cleaned(raw(rows)), "region", "revenue") == [("North", 10.0), ("South", 20.0)]


def test_a_header_that_is_repeated_after_a_page_break_begins_no_new_table() -> None:
    header = ["Date", "Region", "Revenue"]
    rows = [header, [FIRST, "North", 10], [], header, [SECOND, "South", 20]]
    assert facts(cleaned(raw(rows)), "revenue") == [(10.0,), (20.0,)]


def test_headings_of_two_rows_with_names_merged_over_both() -> None:
    rows = [["Date", "Amounts", ""], ["", "Revenue", "COGS"], [FIRST, 10, 5], [SECOND, 20, 6]]
    table = cleaned(raw(rows, merges=[Merge(0, 0, 1, 0), Merge(0, 1, 0, 2)]))
    assert facts(table, "date", "revenue", "cogs") == [("2025-01-01", 10.0, 5.0), ("2025-02-01", 20.0, 6.0)]


def test_the_same_names_under_actual_and_plan_are_told_apart() -> None:
    rows = [["", "Actual", "Plan"], ["Date", "Revenue", "Revenue"], [FIRST, 10, 11], [SECOND, 20, 22]]
    table = cleaned(raw(rows))
    assert facts(table, "revenue", "target") == [(10.0, 11.0), (20.0, 22.0)]
    assert table.questions == ()


def test_a_unit_in_the_title_counts_the_amounts_below() -> None:
    rows = [
        ["Sales, in thousands of EUR"],
        [],
        ["Date", "Revenue", "Quantity"],
        [FIRST, 10, 5],
        [SECOND, 20, 6],
    ]
    table = cleaned(raw(rows))
    assert facts(table, "revenue", "quantity") == [(10_000.0, 5.0), (20_000.0, 6.0)]
    assert ("repaired", "B3", "the header gives a unit") in said(table)


def test_a_table_that_the_author_marked_is_the_table() -> None:
    rows = [
        ["Date", "Printed", "", ""],
        ["", "", "", ""],
        ["", "", "Day", "Umsatz"],
        ["", "", FIRST, 10],
        ["", "", SECOND, 20],
        ["", "", THIRD, 30],
    ]
    table = cleaned(raw(rows, tables=[NamedRange("Table1", 2, 2, 4, 3)]))
    assert facts(table, "date", "revenue") == [
        ("2025-01-01", 10.0),
        ("2025-02-01", 20.0),
        ("2025-03-01", 30.0),
    ]


def test_of_two_equal_headers_the_first_is_the_header() -> None:
    header = ["Date", "Region", "Revenue"]
    rows = [header, [FIRST, "North", 10], [], ["continued"], header, [SECOND, "S", 20], [THIRD, "S", 30]]
    assert facts(cleaned(raw(rows)), "revenue") == [(10.0,), (20.0,), (30.0,)]


def test_values_above_the_header_are_told() -> None:
    rows = [["Total sales", 30], [], ["Date", "Region", "Revenue"], [FIRST, "North", 10], [SECOND, "S", 20]]
    assert ("left_out", "A1", "rows above the header hold values") in said(cleaned(raw(rows)))


def test_many_notes_below_few_rows_hide_no_date() -> None:
    rows = [
        ["Date", "Revenue"],
        [FIRST, 10],
        [SECOND, 20],
        ["Source: ledger"],
        ["Prepared by finance"],
        ["Unaudited"],
        ["Page 1 of 1"],
    ]
    assert facts(cleaned(raw(rows)), "revenue") == [(10.0,), (20.0,)]
