"""A file of sales as somebody published it, in which cells were broken as people break them."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text

from kpi.report import Ledger
from kpi.sales.options import Mode
from monitor.sales.run import carry_out
from monitor.service import clock
from storage.warehouse import rejects
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import Run, Wish
from wiring import System

NAME = "Financial Sample.csv"
UNITS, SALES, DAY = 4, 9, 12  # its columns
TWELVE, NO_DAY = 11, 402  # lines in which a cell is broken


class Broken(NamedTuple):
    """The file with its broken cells: what it holds else by day, and how its run ended."""

    by_day: dict[date, Decimal]
    run: Run


@pytest.fixture
def broken(system: System, shared_workbooks: Path) -> Broken:
    rows = list(csv.reader((shared_workbooks / "real" / NAME).read_text(encoding="utf-8-sig").splitlines()))
    rows[TWELVE - 1][UNITS], rows[NO_DAY - 1][DAY] = "twelve", "99/01/2014"
    system.sales.source.mkdir(parents=True)
    with (system.sales.source / NAME).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    by_day: dict[date, Decimal] = {}
    for line, row in enumerate(rows[1:], 2):
        if line not in (TWELVE, NO_DAY):
            day = date(*(int(part) for part in reversed(row[DAY].strip().split("/"))))
            by_day[day] = by_day.get(day, Decimal(0)) + _amount(row[SALES])
    wish = Wish("cli", str(system.sales.source), Mode.RELOAD, system.sales.options.mark)
    return Broken(by_day, carry_out(system.sales, ask_for(system.database, wish, clock()).id, "here", clock))


def _amount(cell: str) -> Decimal:
    bare = cell.strip().lstrip("$").replace(",", "").strip()
    return Decimal(0) if bare == "-" else Decimal(bare)


@pytest.mark.shared
def test_a_column_of_months_tells_how_to_read_the_days_of_a_real_file(system: System, broken: Broken) -> None:
    with system.database.read() as connection:
        asked = "SELECT date, sum(revenue) FROM fact_sales JOIN dim_date USING (date_id) GROUP BY date"
        found = {
            date.fromisoformat(str(day)): float(amount) for day, amount in connection.execute(text(asked))
        }
    assert found == pytest.approx({day: float(amount) for day, amount in broken.by_day.items()}, abs=0.005)


@pytest.mark.shared
def test_the_run_says_which_column_told_the_order_of_its_days(broken: Broken) -> None:
    told = [note for note in broken.run.notes if note.header == "Date"]
    assert [(note.problem, note.action, note.count) for note in told] == [
        ("the dates do not tell day from month", "read day first, as the column 'Month Number' says", 699)
    ]


@pytest.mark.shared
def test_the_broken_rows_of_a_real_file_are_rejected_by_line_and_reason(
    system: System, broken: Broken
) -> None:
    with system.database.read() as connection:
        found = [one for _, one in rejects.page(connection, broken.run.id, 10, 0)]
    assert dict(broken.run.ledger) == {NAME: Ledger(700, 698, 2)}
    assert [(one.line, one.header.strip(), one.found, one.reason) for one in found] == [
        (TWELVE, "Units Sold", "twelve", "the quantity is no number"),
        (NO_DAY, "Date", "99/01/2014", "the date is no day"),
    ]
