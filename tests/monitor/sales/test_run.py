"""Runs of the sales warehouse over files as people keep them: corrected, renamed, copied, one a month."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text

from kpi.calculator import Slice
from kpi.calendar import Grain
from kpi.report import Ledger
from kpi.sales.options import Mode
from monitor.sales.feed import DATASET
from monitor.sales.run import carry_out
from monitor.service import clock
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import Run, Status, Wish
from wiring import System

HEAD = "order_id,order_date,customer_id,product_id,quantity,unit_price\n"
JANUARY = HEAD + "O1,2025-01-30,1,A,2,10\nO1,2025-01-30,1,B,1,7\n"
FEBRUARY = HEAD + "O1,2025-02-02,1,A,-1,10\nO2,2025-02-03,2,A,1,10\n"


class Total(NamedTuple):
    """What all sales come to."""

    sales: int
    revenue: float


def put(system: System, **files: str) -> None:
    """Have these files in the source, and no others."""
    shutil.rmtree(system.sales.source, ignore_errors=True)
    system.sales.source.mkdir(parents=True)
    for name, content in files.items():
        (system.sales.source / f"{name}.csv").write_text(content)


def run(system: System, mode: Mode = Mode.MERGE) -> Run:
    wish = Wish("cli", str(system.sales.source), mode, system.sales.options.mark)
    return carry_out(system.sales, ask_for(system.database, wish, clock()).id, "here", clock)


def total(system: System) -> Total:
    with system.database.read() as connection:
        row = connection.execute(text("SELECT count(*), sum(revenue) FROM fact_sales")).one()
    return Total(*row)


def test_an_order_that_goes_on_in_the_next_file_keeps_all_of_its_lines(system: System) -> None:
    put(system, january=JANUARY, february=FEBRUARY)
    assert run(system).status is Status.DONE
    assert total(system) == Total(4, 27.0)


def test_rows_that_every_file_numbers_anew_are_rows_of_their_own(system: System) -> None:
    head = "Row ID," + HEAD
    put(
        system,
        january=head + "1,O1,2025-01-30,1,A,2,10\n2,O1,2025-01-30,1,B,1,7\n",
        february=head + "1,O2,2025-02-03,2,A,2,10\n",
    )
    run(system)
    assert total(system) == Total(3, 47.0)


def test_a_corrected_file_replaces_what_it_said(system: System) -> None:
    put(system, january=JANUARY)
    run(system)
    put(system, january=JANUARY.replace("B,1,7", "B,1,8"))
    run(system)
    assert total(system) == Total(2, 28.0)


def test_a_file_that_became_a_copy_of_another_says_nothing_of_its_own(system: System) -> None:
    put(system, a=JANUARY, b=FEBRUARY)
    run(system)
    put(system, a=FEBRUARY)
    run(system)
    assert total(system) == Total(2, 0.0)


def test_a_file_that_was_renamed_and_then_corrected_counts_once(system: System) -> None:
    put(system, jan=JANUARY)
    run(system)
    put(system, january=JANUARY)
    assert run(system).status is Status.UNCHANGED
    put(system, january=JANUARY.replace("B,1,7", "B,1,8"))
    run(system)
    assert total(system) == Total(2, 28.0)


def test_a_file_that_is_no_table_any_more_is_refused_and_its_sales_stay(system: System) -> None:
    put(system, january=JANUARY, february=FEBRUARY)
    run(system)
    put(system, january=JANUARY, february="please see the new file\n")
    assert run(system).status is Status.REFUSED
    assert total(system) == Total(4, 27.0)


def test_a_note_beside_the_files_makes_no_new_version(system: System) -> None:
    put(system, january=JANUARY)
    run(system)
    (system.sales.source / "notes.txt").write_text("Ask Ada about the returns.\n")
    done = run(system)
    assert (done.status, done.version) == (Status.UNCHANGED, 1)


def test_a_month_whose_days_do_not_tell_goes_by_the_months_that_do(system: System) -> None:
    head = HEAD.replace("order_date", "date")
    put(system, january=head + "O1,13/01/2025,1,A,2,10\n", february=head + "O2,03/02/2025,1,A,1,10\n")
    assert run(system).status is Status.DONE
    with system.database.read() as connection:
        months = connection.execute(
            text("SELECT DISTINCT month FROM fact_sales JOIN dim_date USING (date_id)")
        )
        assert sorted(months.scalars()) == [1, 2]


def test_a_merge_makes_anew_what_a_restore_did_not_bring(system: System) -> None:
    put(system, january=JANUARY, february=FEBRUARY)
    run(system)
    shutil.rmtree(system.sales.warehouse)
    assert run(system).status is Status.DONE
    assert total(system) == Total(4, 27.0)


def test_sums_beside_the_sales_are_not_counted_twice(system: System) -> None:
    put(system, january=JANUARY, summary="date,product_id,quantity,revenue\n2025-01-31,A,2,20\n")
    done = run(system)
    assert (done.status, done.error and done.error.code) == (Status.REFUSED, "may_be_sums")


def test_an_empty_source_is_refused(system: System) -> None:
    put(system)
    done = run(system)
    assert (done.status, done.error and done.error.code) == (Status.REFUSED, "no_sales_table")


def test_the_sales_are_a_dataset_of_the_same_numbers(system: System) -> None:
    put(system, january=JANUARY, february=FEBRUARY)
    run(system)
    with system.database.read() as connection, system.figures(connection, DATASET, clock()) as figures:
        found = figures.values(Slice(kpis=("revenue", "orders", "units", "customers"), grain=Grain.TOTAL))
    assert {one.kpi: one.value for one in found} == {
        "revenue": 27.0,
        "orders": 2,
        "units": 3.0,
        "customers": 2,
    }


@pytest.mark.shared
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["Sample - Superstore.xls", "Financial Sample.xlsx", "Online Retail.xlsx"])
def test_real_exports_come_to_their_known_totals(system: System, shared_workbooks: Path, name: str) -> None:
    known = json.loads((shared_workbooks / "real" / "expected.json").read_text())[name]
    put(system)
    shutil.copy(shared_workbooks / "real" / name, system.sales.source)
    done = run(system)
    rows = known["rows_loaded"]
    assert dict(done.ledger) == {name: Ledger(rows, rows, 0, 0)}
    with system.database.read() as connection:
        asked = "SELECT round(sum(revenue), 4) AS revenue, sum(quantity) AS units FROM fact_sales"
        found = connection.execute(text(asked)).one()
    assert (found.revenue, found.units) == (known["total"]["revenue"], known["total"]["units"])
