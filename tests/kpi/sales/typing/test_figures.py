"""Figures as people write them: the sign of a column, and what its odd texts say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.cleaning.values.numbers import Sign
from kpi.sales.source import RawTable, Role, SourceError, SourceFile
from kpi.sales.typing.discounts import Reading
from kpi.sales.typing.figures import Odd, Sample, Signs, decimal_signs, odd_figures, read_figure

PRICE = (15, 4)


def _no_rows() -> Iterator[pa.RecordBatch]:
    return iter(())


RAW = RawTable(SourceFile("sales.csv", "", 0), "March", Role.SALES, (), _no_rows)


@pytest.mark.parametrize(
    ("text", "sign", "figure"),
    [
        ("€ 1.234,50", Sign.COMMA, Decimal("1234.5000")),
        ("(5)", Sign.POINT, Decimal("-5.0000")),
        ("1 200", Sign.POINT, Decimal("1200.0000")),
        ("5,-", Sign.COMMA, Decimal("5.0000")),
        ("12,34,567.5", Sign.POINT, Decimal("1234567.5000")),
        ("25 %", Sign.POINT, Decimal("0.2500")),
        ("2.5", Sign.COMMA, Odd.OTHER_SIGN),
        ("2,5", None, Decimal("2.5000")),
        ("1,234", None, Odd.OTHER_SIGN),
        ("1.5k", Sign.POINT, Odd.UNREADABLE),
        ("abc", Sign.POINT, Odd.UNREADABLE),
        ("inf", Sign.POINT, Odd.UNREADABLE),
        ("1_000", Sign.POINT, Odd.UNREADABLE),
        ("NaN", Sign.POINT, Odd.BLANK),
        ("-", Sign.POINT, Odd.BLANK),
        ("100000000000", Sign.POINT, Odd.TOO_LARGE),
        ("99999999999.99995", Sign.POINT, Odd.TOO_LARGE),
    ],
)
def test_what_an_odd_text_says(text: str, sign: Sign | None, figure: Decimal | Odd) -> None:
    assert read_figure(text, sign, PRICE) == figure


@given(
    number=st.decimals(min_value=-(10**10), max_value=10**10, places=9, allow_nan=False, allow_infinity=False)
)
def test_no_digit_is_lost_before_the_figure_is_rounded(number: Decimal) -> None:
    assert read_figure(f"EUR {number:f}", Sign.POINT, PRICE) == number.quantize(
        Decimal("0.0001"), ROUND_HALF_UP
    )


@pytest.mark.parametrize(
    ("samples", "signs"),
    [
        pytest.param({"quantity": ["1.5"]}, {"quantity": Sign.POINT}, id="proven"),
        pytest.param({"quantity": []}, {"quantity": Sign.POINT}, id="no marks at all"),
        pytest.param(
            {"quantity": ["1.250"], "unit_price": ["3,5"]},
            {"quantity": Sign.COMMA, "unit_price": Sign.COMMA},
            id="by another column",
        ),
        pytest.param(
            {"quantity": ["1,250"], "unit_price": ["3.5"], "revenue": ["3,5"]},
            None,
            id="two columns that differ prove nothing for a third",
        ),
        pytest.param({"quantity": ["1,5", "1.5", "1,250"]}, None, id="a column that goes against itself"),
    ],
)
def test_the_decimal_sign_of_columns(samples: dict[str, list[str]], signs: dict[str, Sign] | None) -> None:
    columns = {field: Sample("Qty", texts) for field, texts in samples.items()}

    if signs is None:
        with pytest.raises(SourceError, match=r"sales.csv#March, column 'Qty': found '1,250'"):
            decimal_signs(columns, RAW)
    else:
        assert decimal_signs(columns, RAW) == Signs(signs, {})


def test_a_point_without_proof_is_taken_and_told() -> None:
    found = decimal_signs({"quantity": Sample("Qty", ["2.500", "1.250"])}, RAW)

    assert found == Signs({"quantity": Sign.POINT}, {"quantity": "1.250"})


@pytest.mark.parametrize(
    ("discount", "figures"),
    [
        pytest.param(
            Reading(), {"€5": Decimal("5.0000"), "5%": Odd.UNREADABLE, "x": Odd.BLANK}, id="amounts"
        ),
        pytest.param(
            Reading(rate=True),
            {"€5": Decimal("5.0000"), "5%": Decimal("0.0500"), "x": Odd.BLANK},
            id="parts",
        ),
        pytest.param(
            Reading(rate=True, hundredths=True, negated=True),
            {"€5": Decimal("-0.0500"), "5%": Decimal("-0.0500"), "x": Odd.BLANK},
            id="percent with a minus",
        ),
    ],
)
def test_odd_texts_of_discounts(discount: Reading, figures: dict[str, Decimal | Odd]) -> None:
    assert odd_figures(["€5", "5%", "x"], Sign.POINT, PRICE, discount) == figures
