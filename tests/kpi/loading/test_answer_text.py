from __future__ import annotations

import pytest

from kpi.loading.answer_text import AnswerError, own_name, read_answers
from kpi.loading.answers import Answers


def test_answers_are_read_as_people_write_them() -> None:
    said = read_answers(
        [" Net  amount =Revenue", "Notes=", "A=B=net takings"], ["date_order=the day"], ["unit_scale"]
    )
    fields = {"Net amount": "revenue", "Notes": "", "A=B": "net_takings"}
    assert said == Answers(fields, {"date_order": "the day"}, frozenset({"unit_scale"}))


@pytest.mark.parametrize(
    ("fields", "choices", "off", "message"),
    [
        (["Net"], [], [], "wanted HEADER=FIELD"),
        (["=revenue"], [], [], "wanted HEADER=FIELD"),
        (["Net=revenu"], [], [], "did you mean `revenue`"),
        (["Net=!!"], [], [], "wanted one of date, revenue"),
        ([f"Net={'x' * 61}"], [], [], "at most 60 letters"),
        (["Net=revenue", "Gross=revenue"], [], [], "Net and Gross cannot both be revenue"),
        (["Net=revenue", "Net="], [], [], "Net cannot be both revenue and left out"),
        ([], ["date_order"], [], "wanted KEY=CANDIDATE"),
        ([], ["a=1", "a=2"], [], "a cannot be answered both by '1' and by '2'"),
        ([], [], ["Unit scale"], "found 'Unit scale' as the code of a repair"),
        ([f"{'x' * 32_768}=revenue"], [], [], "at most 32,767"),
    ],
)
def test_an_answer_that_cannot_be_meant_is_refused(
    fields: list[str], choices: list[str], off: list[str], message: str
) -> None:
    with pytest.raises(AnswerError, match=message):
        read_answers(fields, choices, off)


def test_a_column_kept_under_its_own_name_does_not_pass_for_a_field_that_ships() -> None:
    assert [own_name(header) for header in ("Net Revenu", "Revenue", "€")] == [
        "net_revenu",
        "revenue_given",
        "column",
    ]


def test_a_field_leaves_the_header_it_had_when_it_is_given_to_another() -> None:
    earlier = Answers({"Gross": "revenue", "Notes": ""}, {"date_order": "the day"}, frozenset({"unit_scale"}))
    assert earlier | Answers({"Net": "revenue"}, {"date_order": "the month"}) == Answers(
        {"Notes": "", "Net": "revenue"}, {"date_order": "the month"}, frozenset({"unit_scale"})
    )
