"""What is written in a supported style is read back as it was, or asked about; never as another value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import Column, Table
from kpi.cleaning.values.content import count_content
from kpi.cleaning.values.rules import number_rules
from kpi.cleaning.values.styles import Place, date_order
from kpi.cleaning.values.typed import to_days, to_numbers
from kpi.loading.answers import Answers
from kpi.report import Kind, Question

GROUPS = ["", ",", ".", " ", "\u00a0", "\u202f", "'", "\u2019", "lakh"]
NEGATIVES = ["-{}", "{}-", "({})", "\u2212{}"]
DRESSES = ["{}", "${}", "{} €", "EUR {}", "{} CHF", "₹{}", " {} "]
MONTHS = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"]
MONTHS += ["August", "September", "Oktober", "November", "Dezember"]


def written(number: Decimal, group: str, decimal: str, negative: str, dress: str) -> str:
    """The number as a program with these settings writes it."""
    whole, _, fraction = f"{abs(number):f}".partition(".")
    text = (in_lakhs(whole) if group == "lakh" else f"{int(whole):,}".replace(",", group)) + (
        decimal + fraction if fraction else ""
    )
    if negative == "({})" and number < 0:
        return f"({dress.format(text).strip()})"
    text = dress.format(text)
    return negative.format(text) if number < 0 else text


def in_lakhs(whole: str) -> str:
    head, tail = whole[:-3], whole[-3:]
    parts = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*parts, tail])


def numbers_read(texts: Sequence[str], choices: Mapping[str, str]) -> tuple[list[float], list[Question]]:
    """What a column of revenue with these cells is read as, and what was asked."""
    column = Column(0, read_header("Revenue"), texts)
    inquiry = Inquiry("Data", answers=Answers(choices=choices))
    place = Place("Data", Table(0, (column,), (), len(texts)), inquiry)
    plan = Plan(count_content(column), "revenue", Role.NUMBERS, Kind.MEASURE, 1.0, canonical=True)
    rule = number_rules([plan], place, typed_cells=False)[0]
    return to_numbers(plan.content, rule).values.to_pylist(), inquiry.questions


@settings(max_examples=300, deadline=None)
@given(
    cents=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=6),
    places=st.integers(0, 3),
    group=st.sampled_from(GROUPS),
    comma=st.booleans(),
    negative=st.sampled_from(NEGATIVES),
    dress=st.sampled_from(DRESSES),
)
def test_numbers_of_one_style_are_read_back_or_asked_about(
    cents: list[int], places: int, group: str, negative: str, dress: str, *, comma: bool
) -> None:
    decimal = "," if (comma and group not in (",", "lakh")) or group == "." else "."
    numbers = [Decimal(cent).scaleb(-places) for cent in cents]
    texts = [written(number, group, decimal, negative, dress) for number in numbers]
    expected = [float(number) for number in numbers]
    values, questions = numbers_read(texts, {})
    if not questions:
        assert values == expected
    else:
        (question,) = questions
        answers = [numbers_read(texts, {question.key: choice})[0] for choice in question.candidates]
        assert expected in answers


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


STYLES: Mapping[str, tuple[str, Callable[[date], date]]] = {
    "iso": ("{0:%Y-%m-%d}", lambda day: day),
    "timestamp": ("{0:%Y-%m-%dT23:30:00-05:00}", lambda day: day),
    "compact": ("{0:%Y%m%d}", lambda day: day),
    "day/month": ("{0:%d/%m/%Y}", lambda day: day),
    "month/day": ("{0:%m/%d/%Y}", lambda day: day),
    "month/day, short": ("{0.month}/{0.day}/{0:%Y}", lambda day: day),
    "dotted": ("{0.day}.{0.month}.{0:%Y}", lambda day: day),
    "weekday": ("{0:%a} {0:%m/%d/%Y}", lambda day: day),
    "named": ("{0:%d-%b-%Y}", lambda day: day),
    "american": ("{0:%A, %B %d, %Y}", lambda day: day),
    "german": ("{0.day}. {1} {0:%Y}", lambda day: day),
    "month": ("{0:%b %Y}", lambda day: day.replace(day=1)),
    "short month": ("{0:%b'%y}", lambda day: day.replace(day=1)),
    "german month": ("{1} {0:%Y}", lambda day: day.replace(day=1)),
    "numbered month": ("{0:%m/%Y}", lambda day: day.replace(day=1)),
    "iso month": ("{0:%YM%m}", lambda day: day.replace(day=1)),
    "quarter": ("Q{2} {0:%Y}", quarter),
    "french quarter": ("T{2} {0:%Y}", quarter),
    "short quarter": ("{2}Q{0:%y}", quarter),
    "week": ("{0:%G-W%V}", monday),
    "german week": ("KW {0:%V/%G}", monday),
}


def days_read(texts: Sequence[str], choices: Mapping[str, str]) -> tuple[list[date], list[Question]]:
    """What a column of dates with these cells is read as, and what was asked."""
    column = Column(0, read_header("Date"), texts)
    inquiry = Inquiry("Data", answers=Answers(choices=choices))
    place = Place("Data", Table(0, (column,), (), len(texts)), inquiry)
    content = count_content(column)
    order = date_order(content, place, decimal_comma=False)
    return to_days(content, order, days_1904=False).values.to_pylist(), inquiry.questions


@settings(max_examples=300, deadline=None)
@given(
    days=st.lists(st.dates(date(1990, 1, 1), date(2068, 12, 31)), min_size=1, max_size=6),
    style=st.sampled_from(sorted(STYLES)),
)
def test_dates_of_one_style_are_read_back_or_asked_about(days: list[date], style: str) -> None:
    form, meant = STYLES[style]
    texts = [form.format(day, MONTHS[day.month - 1], (day.month + 2) // 3) for day in days]
    expected = [meant(day) for day in days]
    values, questions = days_read(texts, {})
    if not questions:
        assert values == expected
    else:
        (question,) = questions
        answers = [days_read(texts, {question.key: choice})[0] for choice in question.candidates]
        assert expected in answers
