from __future__ import annotations

from datetime import date

from kpi.loading.difference import (
    Columns,
    Difference,
    NewIssue,
    RowsChanged,
    SumChanged,
    changed_columns,
    in_words,
    moved_values,
    new_issues,
)
from kpi.report import Effect, FactField, Issue, Kind

OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)
REVENUE = FactField("revenue", Kind.MEASURE, "Umsatz")
REGION = FactField("region", Kind.DIMENSION, "Region")


def issue(problem: str, count: int = 1, cell: str = "A1") -> Issue:
    return Issue("S", cell, "H", "x", problem, "done", Effect.REJECTED, count)


def test_values_that_differ_are_listed_by_their_relative_change_and_the_same_ones_are_not() -> None:
    old = {("margin", OCTOBER): 0.4, ("revenue", OCTOBER): 1_000.0, ("orders", OCTOBER): 7.0}
    new = {("margin", OCTOBER): 0.2, ("revenue", OCTOBER): 900.0, ("orders", OCTOBER): 7.0 + 1e-12}
    assert [(one.kpi, one.old, one.new) for one in moved_values(old, new, "month")] == [
        ("margin", 0.4, 0.2),
        ("revenue", 1_000.0, 900.0),
    ]


def test_a_value_that_came_or_went_is_as_large_a_change_as_can_be() -> None:
    moved = moved_values(
        {("a", OCTOBER): 1.0, ("b", OCTOBER): 1.0}, {("b", OCTOBER): 0.9, ("c", OCTOBER): 2.0}, "month"
    )
    assert [(one.kpi, one.old, one.new) for one in moved] == [
        ("c", None, 2.0),
        ("a", 1.0, None),
        ("b", 1.0, 0.9),
    ]


def test_columns_come_go_and_change_their_kind_by_name() -> None:
    plainer = FactField("region", Kind.TEXT, "Region")
    note = FactField("note", Kind.TEXT, "Note")
    assert changed_columns((REVENUE, REGION), (plainer, note)) == Columns((note,), (REVENUE,), (plainer,))


def test_a_problem_is_new_where_more_cells_have_it_wherever_they_stand() -> None:
    old = [issue("no date", 2), issue("no number")]
    new = [issue("no date", 2, "A9"), issue("no number"), issue("no number"), issue("blank", 3)]
    assert new_issues(old, new) == [
        NewIssue("S", "H", "no number", Effect.REJECTED, 1),
        NewIssue("S", "H", "blank", Effect.REJECTED, 3),
    ]


def test_the_paragraph_names_rows_sums_values_columns_and_issues() -> None:
    difference = Difference(
        against=7,
        rows=RowsChanged(("order_id", "date"), 1, 2, 1_234),
        sums=(SumChanged("revenue", "Umsatz", 100.0, 120.5), SumChanged("cogs", "Cost", 3.0, 3.0)),
        moved=tuple(moved_values({("revenue", OCTOBER): 100.0}, {("revenue", OCTOBER): 120.5}, "month")),
        moved_in_all=1,
        columns=Columns(new=(REGION,)),
        issues=(NewIssue("S", "H", "blank", Effect.SET_ASIDE, 3),),
    )
    assert in_words(difference) == (
        "Against load 7: 1 row added, 2 removed, 1,234 changed (by order_id and date); 1 sum moved: revenue 100.00 → "
        "120.50; 1 monthly value moved: revenue of 2025-10 100.00 → 120.50; new columns: Region; 3 new issues."
    )


def test_a_difference_of_nothing_says_so() -> None:
    nothing = Difference(7, RowsChanged((), 0, 0, None), (), (), 0, Columns(), ())
    assert in_words(nothing) == (
        "Against load 7: 0 rows added, 0 removed (as whole rows, for no column tells them apart); no sum moved; "
        "no monthly value moved."
    )
