"""What the page on formulas shows is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpi.definitions import check_definition, load_catalog
from kpi.formula import FUNCTIONS
from kpi.language.tokens import WORDS
from kpi.report import FactField, Kind
from tests.kpi.catalogs import own

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "formulas.md").read_text(encoding="utf-8")
EXAMPLES = [
    (quoted or plain).strip()
    for quoted, plain in re.findall(r"^\| (?:``(.+?)``|`(.+?)`) \|", PAGE, flags=re.MULTILINE)
]
PROFIT = (FactField("profit € 2024", Kind.MEASURE, "Profit € 2024"),)


@pytest.mark.parametrize("formula", EXAMPLES)
def test_every_formula_on_the_page_can_be_saved(formula: str) -> None:
    check_definition(load_catalog(), own("a", formula), PROFIT)


def test_every_word_and_function_is_on_the_page() -> None:
    shown = " ".join(EXAMPLES)
    assert [one for one in FUNCTIONS if f"{one}(" not in shown] == []
    assert [one for one in WORDS if not re.search(rf"\b{one}\b", shown)] == []
