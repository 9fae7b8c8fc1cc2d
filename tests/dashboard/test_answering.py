from __future__ import annotations

from dashboard import answering
from kpi.loading.answers import AnswerKind, Answers
from kpi.report import ColumnReport, FileReport, Ledger, Question, SheetReport, Status

MARK = "a" * 64
COLUMNS = (
    ColumnReport("Date", "date", "date", 1.0),
    ColumnReport("Net", "revenue", "measure", 0.5),
    ColumnReport("Gross", "gross", "measure", 1.0),
    ColumnReport("Branch", "branch", "dimension", 1.0),
    ColumnReport("Notes", "", "blank", 1.0),
)
ASKED = Question("Data", "B1", "Net", "Which column is the revenue?", ("Net", "Gross"), "revenue", MARK)


def layout(*questions: Question) -> answering.Layout:
    sheet = SheetReport("Data", True, "", 1, Ledger(), COLUMNS, MARK)
    (found,) = answering.layouts_of(FileReport(Status.REVIEW, Ledger(), (sheet,), questions=questions))
    return found


def test_a_column_may_be_what_its_cells_allow() -> None:
    date, net, gross, branch, notes = (answering.choices_for(column) for column in COLUMNS)
    assert date == ["date", "date_given", ""]
    assert (net[0], gross[0], branch[0], notes[0]) == ("revenue", "gross", "branch", "")
    assert {"cogs", "date", "customer_id", "net", ""} <= set(net)
    assert {"region", "customer_id", "branch", ""} <= set(branch)
    assert "revenue" not in branch


def test_only_what_was_changed_is_an_answer() -> None:
    picks = {column.header: answering.present(column) for column in COLUMNS}
    assert answering.answers_from(layout(ASKED), picks, {"revenue": "Net"}) == Answers(
        choices={"revenue": "Net"}
    )
    changed = {**picks, "Branch": "region", "Gross": ""}
    assert answering.answers_from(layout(), changed, {}) == Answers({"Branch": "region", "Gross": ""})


def test_a_field_given_by_hand_answers_its_question() -> None:
    picks = {"Gross": "revenue"}
    assert answering.answers_from(layout(ASKED), picks, {"revenue": "Net"}) == Answers({"Gross": "revenue"})
    assert answering.displaced(layout(ASKED), picks) == ["Net"]


def test_a_file_needs_one_date_and_one_column_a_field() -> None:
    assert answering.problem(layout(), {}) == ""
    assert answering.problem(layout(), {"Date": ""}) == "No column is the date of the row: one has to be."
    assert answering.problem(layout(), {"Net": "cogs", "Gross": "cogs"}) == (
        "Net and Gross cannot both be the cogs: choose one of them."
    )


def test_what_was_said_earlier_is_told_in_words() -> None:
    said = [
        answering.kept_in_words(AnswerKind.FIELD, "Net", "revenue"),
        answering.kept_in_words(AnswerKind.FIELD, "Notes", ""),
        answering.kept_in_words(AnswerKind.CHOICE, "date_order", "day first"),
        answering.kept_in_words(AnswerKind.CHOICE, "totals:region", "no, they are data"),
        answering.kept_in_words(AnswerKind.REPAIR, "unit_scale", "off"),
    ]
    assert said == [
        "Net: revenue",
        "Notes: left out",
        "day or month first in dates: day first",
        "totals (region): no, they are data",
        "not repaired: unit scale",
    ]
