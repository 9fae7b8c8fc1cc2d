"""Whether discounts are rates or amounts."""

from __future__ import annotations

import pytest

from kpi.sales.typing.discounts import DiscountFigures, Reading, discount_reading

KIND = "a discount may be a rate or an amount"
UNIT = "a discount may be written in percent or in parts of the price"
AMOUNTS, MAYBE_AMOUNTS = Reading(), Reading(doubt=KIND)
PERCENT, MAYBE_PERCENT = Reading(rate=True, hundredths=True), Reading(rate=True, hundredths=True, doubt=UNIT)
PARTS = Reading(rate=True, bounded=True)


def _parts(doubt: str, *, bounded: bool = True, negated: bool = False) -> Reading:
    return Reading(rate=True, negated=negated, bounded=bounded, doubt=doubt)


@pytest.mark.parametrize(
    ("header", "figures", "reading"),
    [
        pytest.param("Discount", DiscountFigures(parts=5, ones=1, above=6), _parts(KIND), id="nothing above one"),
        pytest.param("Discount", DiscountFigures(parts=5, larger=1, above=6), MAYBE_AMOUNTS, id="some above one"),
        pytest.param("Discount", DiscountFigures(parts=500, larger=1, above=501), _parts(KIND, bounded=False), id="a slip"),
        pytest.param("Discount", DiscountFigures(), MAYBE_AMOUNTS, id="nothing off"),
        pytest.param("Discount", DiscountFigures(ones=3, above=3), MAYBE_AMOUNTS, id="ones alone"),
        pytest.param("Discount", DiscountFigures(parts=5, below=5), _parts(KIND, negated=True), id="with a minus"),
        pytest.param("Discount", DiscountFigures(larger=5, below=4, above=1), MAYBE_AMOUNTS, id="both signs"),
        pytest.param("Discount amount", DiscountFigures(parts=5, above=5), AMOUNTS, id="called amounts"),
        pytest.param("Disc. %", DiscountFigures(parts=5, above=5), _parts(UNIT), id="parts under a percent sign"),
        pytest.param("Disc. %", DiscountFigures(larger=5, above=5), PERCENT, id="percent under its sign"),
        pytest.param("Disc. %", DiscountFigures(ones=5, above=5), MAYBE_PERCENT, id="one percent"),
        pytest.param("Disc. %", DiscountFigures(), PARTS, id="nothing off under a percent sign"),
        pytest.param("Discount rate", DiscountFigures(parts=5, above=5), PARTS, id="parts called rates"),
        pytest.param("Discount rate", DiscountFigures(larger=5, above=5), PERCENT, id="percent called rates"),
        pytest.param("Discount rate", DiscountFigures(larger=5, parts=1, above=6), MAYBE_PERCENT, id="half a percent called a rate"),
        pytest.param("Rabatt", DiscountFigures(percentages=5), PARTS, id="percent signs in the cells"),
        pytest.param("Rabatt", DiscountFigures(percentages=5, larger=2, above=2), Reading(rate=True, hundredths=True, doubt=KIND), id="signs left out"),
    ],
)  # fmt: skip
def test_what_discounts_are(header: str, figures: DiscountFigures, reading: Reading) -> None:
    assert discount_reading(header, figures) == reading


@pytest.mark.parametrize(
    "header",
    ["Discount %", "Discount(%)", "discount pct", "discount_pct", "DiscountPercent", "Rabatt %", "rate in percent", "% of total"],
)  # fmt: skip
def test_one_figure_above_one_under_a_word_for_percent_makes_all_of_them_percent(header: str) -> None:
    assert discount_reading(header, DiscountFigures(parts=500, larger=1, above=501)) == PERCENT
