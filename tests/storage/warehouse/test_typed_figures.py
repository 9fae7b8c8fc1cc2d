"""Figures and discounts of raw rows: one style a column, exact, and nothing guessed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kpi.sales.source import Role, SourceError, SourceFile
from kpi.sales.typing.faults import MOST_ODD
from tests.storage.warehouse.raw_rows import FILE, LARGE, column, raw_table, rejected, told, typed

BOTH = pytest.mark.parametrize("file", [FILE, LARGE], ids=["kept", "read anew"])
FIGURES = "D=date, Q=quantity, P=unit_price"


def _prices(
    tmp_path: Path, *texts: str, file: SourceFile = FILE, typed_cells: bool = False
) -> list[str | None]:
    """The prices of these texts, by line; None for those of rejected rows."""
    rows = [["2025-01-31", "1", text] for text in texts]
    table = typed(raw_table(Role.SALES, FIGURES, rows, file=file, typed=typed_cells), tmp_path)
    lines, prices = column(table, "line"), column(table, "unit_price")
    found = dict(zip(lines, map(str, prices), strict=True))
    return [found.get(line) for line in range(2, len(texts) + 2)]


@BOTH
@pytest.mark.parametrize(
    ("texts", "prices"),
    [
        pytest.param(["1.5", "1,234.50", "1,234,567"], ["1.5000", "1234.5000", "1234567.0000"], id="point"),
        pytest.param(["1,5", "1.234,50", "1.234"], ["1.5000", "1234.5000", "1234.0000"], id="comma"),
        pytest.param(
            ["2.50", "$1,234.50", "(5)", "1 200", "5.-", "EUR 3", "+7", "1e3"],
            ["2.5000", None, "-5.0000", "1200.0000", "5.0000", "3.0000", "7.0000", "1000.0000"],
            id="odd texts",
        ),
        pytest.param(["0.00005", "-0.00005", "0.000049"], ["0.0001", "-0.0001", "0.0000"], id="half away from zero"),
        pytest.param(["99999999999.9999", "1e11", "1_000", "5%", "\u0663"], ["99999999999.9999", None, None, None, "3.0000"], id="the ends"),
        pytest.param(["12.5", "12,5", *["1.5"] * 3, *(f"{n}.25" for n in range(100))], ["12.5000", None, *["1.5000"] * 3, *(f"{n}.2500" for n in range(100))], id="one against many"),
        pytest.param([" 7 ", "7\t", "\u00a07"], ["7.0000", "7.0000", "7.0000"], id="spaces around"),
    ],
)  # fmt: skip
def test_figures_are_read_as_the_column_writes_them(
    tmp_path: Path, texts: list[str], prices: list[str | None], file: SourceFile
) -> None:
    if "$1,234.50" in texts:
        texts = [text.replace("$1,234.50", "1,5") for text in texts]  # the comma is no decimal sign here

    assert _prices(tmp_path, *texts, file=file) == prices


def test_a_column_that_is_decided_decides_for_the_others(tmp_path: Path) -> None:
    raw = raw_table(Role.SALES, FIGURES, ["2025-01-31|1.250|3,5", "2025-01-31|2.000|4,25"])

    assert column(typed(raw, tmp_path), "quantity") == [Decimal("1250.0000"), Decimal("2000.0000")]


def test_a_point_that_may_part_thousands_is_told(tmp_path: Path) -> None:
    raw = raw_table(Role.SALES, FIGURES, ["2025-01-31|1.250|3", "2025-01-31|2|4"])

    table = typed(raw, tmp_path)

    assert column(table, "quantity") == [Decimal("1.2500"), Decimal("2.0000")]
    assert told(table) == [
        ("Q", "nothing tells whether the point in figures such as '1.250' stands before decimals", 1, 0)
    ]


def test_a_comma_that_may_be_either_is_refused(tmp_path: Path) -> None:
    raw = raw_table(Role.SALES, FIGURES, ["2025-01-31|1|1,250", "2025-01-31|1|2"])

    with pytest.raises(SourceError, match=r"sales.csv, column 'P': found '1,250'") as refused:
        typed(raw, tmp_path)

    assert refused.value.code == "decimal_sign"


def test_amounts_of_several_currencies_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="found amounts in EUR and GBP") as refused:
        _prices(tmp_path, "€ 1.50", "£ 2.50")

    assert refused.value.code == "several_currencies"


def test_figures_of_typed_formats_have_a_point_whatever_texts_stand_among_them(tmp_path: Path) -> None:
    assert _prices(tmp_path, "1.234", "12.5", "1.234,50", "1,234", typed_cells=True) == [
        *("1.2340", "12.5000", "1234.5000", None),
    ]


def test_decimals_that_are_lost_are_counted(tmp_path: Path) -> None:
    rows = ["2025-01-31|1|0.12345", "2025-01-31|1|0.30000000000000004", "2025-01-31|1|1,234.56789"]

    table = typed(raw_table(Role.SALES, FIGURES, rows), tmp_path)

    assert [str(price) for price in column(table, "unit_price")] == ["0.1235", "0.3000", "1234.5679"]
    assert told(table) == [("P", "figures have more than 4 decimals", 2, 2)]


def test_more_odd_texts_than_are_read_are_rejected(tmp_path: Path) -> None:
    rows = [f"2025-01-31|EUR {10**6 + n}|1" for n in range(MOST_ODD + 2)]

    table = typed(raw_table(Role.SALES, FIGURES, rows, batch=MOST_ODD), tmp_path)

    reason = "the quantity is no plain number, as are more than 50,000 different texts of the column"
    assert rejected(table) == [(MOST_ODD + 2, reason, "EUR 1050000"), (MOST_ODD + 3, reason, "EUR 1050001")]


@BOTH
@pytest.mark.parametrize(
    ("header", "texts", "rates", "amounts"),
    [
        pytest.param("Discount", ["0.2", "0", "1"], ["0.200000", "0.000000", "1.000000"], [None] * 3, id="parts"),
        pytest.param("Discount", ["0.5", "12", "0"], [None] * 3, ["0.5000", "12.0000", "0.0000"], id="amounts"),
        pytest.param("Discount amount", ["0.5", "0.2"], [None] * 2, ["0.5000", "0.2000"], id="called amounts"),
        pytest.param("Discount", ["20%", "5 %", "0"], ["0.200000", "0.050000", "0.000000"], [None] * 3, id="percent signs"),
        pytest.param("Rabatt %", ["20", "7,5", ""], ["0.200000", "0.075000", None], [None] * 3, id="percent"),
        pytest.param("Rabatt %", ["0,2", "0,075"], ["0.200000", "0.075000"], [None] * 2, id="parts of a percent column"),
        pytest.param("Discount %", ["0.5", "0.5", "10"], ["0.005000", "0.005000", "0.100000"], [None] * 3, id="half a percent"),
        pytest.param("Discount %", ["-20", "-5"], ["0.200000", "0.050000"], [None] * 2, id="written with a minus"),
        pytest.param("Discount", ["-3", "-5"], [None] * 2, ["3.0000", "5.0000"], id="amounts with a minus"),
        pytest.param("Discount", ["0", "0"], [None] * 2, ["0.0000", "0.0000"], id="none at all"),
    ],
)  # fmt: skip
def test_a_discount_is_a_rate_or_an_amount(
    tmp_path: Path,
    header: str,
    texts: list[str],
    rates: list[str | None],
    amounts: list[str | None],
    file: SourceFile,
) -> None:
    rows = [["2025-01-31", "1", "3", text] for text in texts]
    table = typed(raw_table(Role.SALES, f"{FIGURES}, {header}=discount", rows, file=file), tmp_path)

    found = [
        [None if cell is None else str(cell) for cell in column(table, name)]
        for name in ("discount_rate", "discount_amount")
    ]
    assert found == [rates, amounts]


@pytest.mark.parametrize(
    ("header", "texts", "told"),
    [
        pytest.param("Discount %", ["0.5", "10"], [], id="the header says it"),
        pytest.param("Discount", ["20%", "5%", "0"], [], id="the signs say it"),
        pytest.param("Discount amount", ["5", "0.5"], [], id="called amounts"),
        pytest.param(
            "Discount %",
            ["0.5", "0.2"],
            [("a discount may be written in percent or in parts of the price", "the figures were taken for rates in parts of the price, 0.2 for 20 %", 2)],
            id="parts under a percent sign",
        ),
        pytest.param(
            "Discount",
            ["5", "10"],
            [("a discount may be a rate or an amount", "the figures were taken for amounts", 2)],
            id="nothing says it",
        ),
    ],
)  # fmt: skip
def test_a_doubt_about_discounts_is_told(
    tmp_path: Path, header: str, texts: list[str], told: list[tuple[str, str, int]]
) -> None:
    rows = [["2025-01-31", "1", "3", text] for text in texts]
    table = typed(raw_table(Role.SALES, f"{FIGURES}, {header}=discount", rows), tmp_path)

    assert [(one.problem, one.action, one.count) for one in table.notes] == told


def test_a_rate_beyond_the_price_is_rejected(tmp_path: Path) -> None:
    texts = ["150", "20%", "250%", "10", "abc", "5"]
    raw = raw_table(
        Role.SALES, f"{FIGURES}, Discount=discount", [["2025-01-31", "1", "3", text] for text in texts]
    )

    assert rejected(typed(raw, tmp_path)) == [
        (2, "the discount is no rate between 0 and 100 %", "150"),
        (4, "the discount is no rate between 0 and 100 %", "250%"),
        (6, "the discount is no number", "abc"),
    ]
