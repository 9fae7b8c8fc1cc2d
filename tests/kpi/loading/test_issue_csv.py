from __future__ import annotations

import csv
import io

import pytest

from kpi.loading.issue_csv import COLUMNS, issues_csv
from kpi.report import Effect, Issue


def issue(found: str) -> Issue:
    return Issue("Sales", "D14", "Revenue", found, "no number", "the row was not loaded", Effect.REJECTED, 2)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_an_issue_is_a_line_under_the_names_of_its_columns_and_every_field_is_quoted() -> None:
    assert issues_csv([issue('say "x"')]) == (
        '"sheet","cell","header","found","problem","action","effect","count","repair"\r\n'
        '"Sales","D14","Revenue","say ""x""","no number","the row was not loaded","rejected","2",""\r\n'
    )


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_a_text_that_begins_like_a_formula_is_kept_from_being_one(start: str) -> None:
    (_, line) = rows(issues_csv([issue(start)]))
    assert line[COLUMNS.index("found")] == "'" + start


def test_other_texts_and_numbers_stay_as_they_are() -> None:
    (_, line) = rows(issues_csv([issue("a=b\nc")]))
    assert (line[COLUMNS.index("found")], line[COLUMNS.index("count")]) == ("a=b\nc", "2")


def test_no_issues_are_a_line_of_names() -> None:
    assert rows(issues_csv([])) == [list(COLUMNS)]
