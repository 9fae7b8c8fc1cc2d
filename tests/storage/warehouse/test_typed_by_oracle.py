"""Any table at all: every row is somewhere, and what was loaded is what plain Python makes of the texts."""

from __future__ import annotations

import re
import tempfile
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.sales.options import DayOrder, Options
from kpi.sales.source import Role, SourceFile
from tests.storage.warehouse.raw_rows import FILE, LARGE, column, raw_table, rejected, typed

EXAMPLES = settings(max_examples=25, deadline=None)
COLUMNS = "Date=date, Id=sale_number, Client=customer_id, Name=customer, Qty=quantity, Price=unit_price, Off=discount"
FOUR = Decimal("0.0001")
NUMBERS = st.decimals(min_value=-(10**10), max_value=10**10, places=6, allow_nan=False, allow_infinity=False)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
ANY = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.from_regex(r"[-+(]?[0-9.,'% ]{1,12}[)%\-]?", fullmatch=True),
    st.sampled_from(["", " ", "n/a", "Total", "Date", "2025-01-31", "31/12/2025", "5", "0.5", "1e3", "inf", "NaN", "1_0"]),
    DAYS.map(str),
)  # fmt: skip
ROWS = st.lists(st.lists(ANY, min_size=7, max_size=7), min_size=1, max_size=30)


@EXAMPLES
@given(rows=ROWS, role=st.sampled_from(list(Role)), file=st.sampled_from([FILE, LARGE]))
def test_every_row_of_any_table_is_loaded_or_rejected_or_set_aside(
    rows: list[list[str | None]], role: Role, file: SourceFile
) -> None:
    signs = [
        [cell and cell.replace(",", "") for cell in row] for row in rows
    ]  # what commas are may be refused
    clean = [[cell and re.sub("[€$£¥₹₽]|[^\\W\\d_]{3}", "", cell) for cell in row] for row in signs]
    raw = raw_table(role, COLUMNS, clean, file=file)
    with tempfile.TemporaryDirectory() as folder:
        table = typed(raw, Path(folder), Options(days=DayOrder.DAY_FIRST))
        kept, out = column(table, "line"), [line for line, _, _ in rejected(table)]

    assert not set(kept) & set(out)
    assert set(kept) | set(out) <= set(range(2, len(rows) + 2))
    ledger = table.ledger
    assert (ledger.read, ledger.loaded, ledger.rejected) == (len(rows), len(kept), len(out))


def _written(number: Decimal, style: int) -> str:
    """The number with a point, with a comma, or grouped either way."""
    text = f"{number:,f}" if style > 1 else f"{number:f}"
    return text.translate(str.maketrans(",.", ".,")) if style % 2 else text


@EXAMPLES
@given(numbers=st.lists(NUMBERS, min_size=1, max_size=40), style=st.integers(0, 3), odd=st.integers(0, 3))
def test_figures_are_those_that_were_written(numbers: list[Decimal], style: int, odd: int) -> None:
    dress = ["{}", " {} ", "{} EUR", "{}-"][odd]
    proof = "0,5" if style % 2 else "0.5"
    texts = [proof, *(_dressed(_written(abs(n) if odd == 3 else n, style), dress) for n in numbers)]
    rows = [["2025-01-31", text, "1"] for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        table = typed(raw_table(Role.SALES, "D=date, Q=quantity, P=unit_price", rows), Path(folder))
        found = column(table, "quantity")

    wanted = [Decimal("0.5"), *(-abs(n) if odd == 3 else n for n in numbers)]
    assert found == [number.quantize(FOUR, ROUND_HALF_UP) for number in wanted]


def _dressed(text: str, dress: str) -> str:
    return dress.format(text)


PATTERNS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%Y%m%d", "%Y/%m/%d"]
TIMES = ["", " 08:26", " 8:26:59", "T08:26:00", " 11:05 PM"]


@EXAMPLES
@given(
    days=st.lists(DAYS.filter(lambda day: day.year >= 1970), min_size=1, max_size=40),
    pattern=st.sampled_from(PATTERNS),
    time=st.sampled_from(TIMES),
    file=st.sampled_from([FILE, LARGE]),
)
def test_days_are_those_that_were_written(
    days: list[date], pattern: str, time: str, file: SourceFile
) -> None:
    texts = [day.strftime(pattern) + time for day in (date(2024, 12, 31), *days)]
    raw = raw_table(Role.SALES, "D=date, R=revenue", [[text, "1"] for text in texts], file=file)
    with tempfile.TemporaryDirectory() as folder:
        table = typed(raw, Path(folder))
        assert rejected(table) == []
        assert column(table, "date") == [date(2024, 12, 31), *days]
        assert pq.read_schema(table.path).field("date").type == "date32[day]"
