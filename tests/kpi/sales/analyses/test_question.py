from __future__ import annotations

from datetime import date

import pytest

from kpi.sales.analyses.question import Period, Question, QuestionError, month_of, weekday_of

DAY = date(2024, 3, 1)


@pytest.mark.parametrize(("text", "weekday"), [("monday", 1), (" Sunday ", 7), ("3", 3)])
def test_a_weekday_is_a_name_or_a_number_from_monday(text: str, weekday: int) -> None:
    assert weekday_of(text) == weekday


@pytest.mark.parametrize(
    ("text", "month"),
    [("2024-03", (2024, 3)), ("2024-03-01", (2024, 3)), ("3", (None, 3)), (" 12", (None, 12))],
)
def test_a_month_is_one_of_a_year_or_every_such_month(text: str, month: tuple[int | None, int]) -> None:
    assert month_of(text) == month


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (("town", "Paris"), "where: found 'town', wanted one of city, region,"),
        (("weekday", "8"), "weekday: found '8', wanted a name such as monday, or 1"),
        (("weekday", "²"), "weekday: found '²'"),
        (("month", "13"), "month: found '13', wanted one such as 2025-03"),
        (("month", "2024-13"), "month: found '2024-13'"),
        (("month", "2024-03-02"), "month: found '2024-03-02'"),
    ],
)
def test_conditions_that_mean_nothing_are_refused(where: tuple[str, str], said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        Question(where=(where,))


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(QuestionError, match=r"ends \(2024-02-01\) before it starts \(2024-03-01\)"):
        Question(DAY, date(2024, 2, 1))
    with pytest.raises(QuestionError, match="before it starts"):
        Question(before=Period(DAY, date(2024, 2, 1)))


@pytest.mark.parametrize(("top", "support"), [(0, 0.1), (-1, 0.1), (1, -0.1), (1, 1.1)])
def test_counts_and_shares_that_cannot_be_are_refused(top: int, support: float) -> None:
    with pytest.raises(QuestionError, match="wanted"):
        Question(top=top, support=support)
