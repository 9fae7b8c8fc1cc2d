"""What people write, as a target, and why it can be none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from kpi.calendar import Calendar, Grain
from kpi.definitions import load_catalog
from kpi.report import Effect, FactField, FileReport, Kind, Ledger, SheetReport, StatedTarget, Status
from kpi.targeting.settled_targets import said_targets, settle_targets, settles_alike
from kpi.targeting.target_terms import TargetError, Terms, read_value, terms_of
from kpi.targeting.targets import Target

FIELDS = (
    FactField("date", Kind.DATE, "Date"),
    FactField("revenue", Kind.MEASURE, "Umsatz"),
    FactField("cogs", Kind.MEASURE, "COGS"),
    FactField("parcels", Kind.MEASURE, "Parcels sent"),
    FactField("region", Kind.DIMENSION, "Region"),
)
TERMS = terms_of(load_catalog(), Calendar(), FIELDS)
MARCH = (Grain.MONTH, date(2025, 3, 1))
WHOLE = ("", "")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("revenue", "revenue", id="by key"),
        pytest.param("GROSS MARGIN", "gross_margin", id="by label, in whatever case"),
        pytest.param("Gross_Margin", "gross_margin", id="by key, in whatever case"),
        pytest.param("Parcels sent", "parcels", id="a number of the workbook's own"),
    ],
)
def test_a_kpi_is_named_by_key_or_label(text: str, key: str) -> None:
    assert TERMS.kpi(text).key == key


@pytest.mark.parametrize(
    ("text", "grain", "first"),
    [
        ("2025-03", "month", "2025-03-01"),
        ("Mar 2025", "month", "2025-03-01"),
        ("2025 Q1", "quarter", "2025-01-01"),
        ("2025-Q3", "quarter", "2025-07-01"),
        ("2025", "year", "2025-01-01"),
        ("2025-W02", "week", "2025-01-06"),
        ("2025-03-14", "day", "2025-03-14"),
        ("2025-03-01", "day", "2025-03-01"),
        ("2024-02-29", "day", "2024-02-29"),
    ],
)
def test_the_grain_follows_from_the_form_of_the_period(text: str, grain: str, first: str) -> None:
    assert TERMS.period(text) == (Grain(grain), date.fromisoformat(first))


def test_with_a_grain_a_day_stands_for_its_period() -> None:
    assert TERMS.period("2025-03-14", Grain.QUARTER) == (Grain.QUARTER, date(2025, 1, 1))


@pytest.mark.parametrize(
    ("text", "grain", "first"),
    [
        pytest.param("2025", Grain.YEAR, date(2025, 4, 1), id="the fiscal year that begins in 2025"),
        pytest.param("2025 Q1", Grain.QUARTER, date(2025, 4, 1), id="its first quarter"),
        pytest.param("2025-03", Grain.MONTH, date(2025, 3, 1), id="a month is a month"),
    ],
)
def test_years_and_quarters_are_fiscal_ones(text: str, grain: Grain, first: date) -> None:
    terms = terms_of(load_catalog(), Calendar(fiscal_year_start=4), FIELDS)
    assert terms.period(text) == (grain, first)


@pytest.mark.parametrize(
    ("given", "value"), [("1200", (1200.0, False)), ("1,200.50", (1200.5, False)), ("30 %", (0.3, True))]
)
def test_values_are_numbers_or_percentages(given: str, value: tuple[float, bool]) -> None:
    assert read_value(given) == value


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        pytest.param(lambda terms: terms.kpi("revenu"), "there is no KPI 'revenu'; did you mean `revenue`", id="typo"),
        pytest.param(lambda terms: terms.kpi("orders"), "the data have no column `order_id`", id="not of these data"),
        pytest.param(lambda terms: terms.kpi("revenue_ytd"), "no target of its own; set one for `revenue`", id="made of others"),
        pytest.param(
            lambda terms: terms.kpi("revenue_growth_mom"), "no target of its own; set one for `revenue`", id="a change over time"
        ),
        pytest.param(lambda terms: terms.period("soon"), "found the period 'soon'; wanted a month", id="no period"),
        pytest.param(lambda terms: terms.period("H1 2025"), "found the period 'H1 2025'", id="half a year"),
        pytest.param(lambda terms: terms.period("2025", Grain.MONTH), "a year; wanted a month", id="another grain"),
        pytest.param(lambda _: read_value("much"), "found the value 'much', wanted a number", id="no number"),
        pytest.param(
            lambda terms: terms.target("gross margin", MARCH, WHOLE, 30), "30 for Gross margin would be 3000 %; write 30% or 0.3",
            id="a percentage without its sign",
        ),
        pytest.param(
            lambda terms: terms.target("revenue", MARCH, WHOLE, 0.3, percent=True), "a percentage is no target for Revenue",
            id="a percentage of money",
        ),
        pytest.param(
            lambda terms: terms.target("revenue", MARCH, ("regio", "North"), 1), "no dimension 'regio'; did you mean `region`",
            id="no dimension",
        ),
        pytest.param(lambda terms: terms.target("revenue", MARCH, ("", "North"), 1), "found 'North' alone", id="no dimension at all"),
        pytest.param(lambda terms: terms.target("revenue", MARCH, WHOLE, float("inf")), "a target is a number", id="infinite"),
    ],
)  # fmt: skip
def test_what_can_be_no_target_says_why(wrong: Callable[[Terms], object], because: str) -> None:
    with pytest.raises(TargetError) as refused:
        wrong(TERMS)
    assert because in str(refused.value)


def test_before_there_are_data_any_kpi_of_the_catalogue_can_have_one() -> None:
    early = terms_of(load_catalog(), Calendar(), ())
    assert early.target("orders", MARCH, ("region", "North"), 5) == Target(
        "orders", *MARCH, "region", "North", 5
    )


def a_line(row: int, kpi: str = "Revenue", value: float = 10, month: int = 3) -> StatedTarget:
    return StatedTarget(
        "Targets", row, f"C{row}", f"A{row}", kpi, "month", f"2025-{month:02}-01", "", "", value
    )


def a_report(*lines: StatedTarget) -> FileReport:
    rows = Ledger(len({line.row for line in lines}), 0, 0, len({line.row for line in lines}))
    sheet = SheetReport("Targets", used=False, reason="it is a list of targets", header_row=1, rows=rows)
    return FileReport(Status.LOADED, rows, (sheet,), targets=lines)


def settle(*lines: StatedTarget, terms: Terms = TERMS) -> tuple[FileReport, tuple[Target, ...]]:
    report = settle_targets(a_report(*lines), terms)
    return report, said_targets(report)


class TestFiles:
    def test_lines_become_targets_of_the_data(self) -> None:
        report, targets = settle(a_line(2), a_line(3, "Gross margin", 0.3))
        assert targets == (Target("revenue", *MARCH, "", "", 10), Target("gross_margin", *MARCH, "", "", 0.3))
        assert report.rows == Ledger(read=2, set_aside=2)

    def test_a_row_with_an_unknown_kpi_is_rejected_once_whatever_its_months(self) -> None:
        report, targets = settle(a_line(2), a_line(3, "Revenu"), a_line(3, "Revenu", month=4))
        assert len(targets) == 1
        ((issue),) = report.issues
        assert (issue.sheet, issue.cell, issue.effect) == ("Targets", "A3", Effect.REJECTED)
        assert issue.problem.startswith("there is no KPI 'Revenu'; did you mean `revenue`")
        assert report.rows == report.sheets[0].rows == Ledger(read=2, rejected=1, set_aside=1)

    def test_two_values_for_the_same_are_told_and_the_first_is_taken(self) -> None:
        report, targets = settle(a_line(2, value=10), a_line(3, value=20), a_line(4, value=10))
        assert [target.value for target in targets] == [10]
        assert [issue.problem for issue in report.issues] == [
            "the file says 10 for the same before; that was taken"
        ]

    def test_a_line_waits_for_a_kpi_that_is_not_there_yet(self) -> None:
        report, _ = settle(
            a_line(2), a_line(3, "parcels"), terms=terms_of(load_catalog(), Calendar(), FIELDS[:3])
        )
        assert settles_alike(report, terms_of(load_catalog(), Calendar(), FIELDS[:3]))
        assert not settles_alike(report, TERMS)

    def test_a_second_value_for_the_same_stays_out(self) -> None:
        report, _ = settle(a_line(2, value=10), a_line(3, value=20))
        assert settles_alike(report, TERMS)
