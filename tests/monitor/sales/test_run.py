"""Runs of the sales warehouse over files as people keep them: corrected, renamed, copied, one a month."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from kpi.calculator import Slice
from kpi.calendar import Grain
from kpi.report import Ledger
from monitor.sales.feed import DATASET, is_fed
from monitor.sales.loop import ANOTHER_TRY, SalesLoop, SalesService
from monitor.sales.road import SalesRoad
from monitor.service import clock
from settings import Settings
from storage.engines.contract import EngineUnavailableError
from storage.engines.on_duckdb import DuckDB
from storage.warehouse.runs import Status
from storage.warehouse.versions import newest
from tests.monitor.sales.small_source import FEBRUARY, HEAD, JANUARY, Total, put, run, total
from tests.servers import fresh_url
from wiring import System, build


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


class Away(DuckDB):
    """An engine that does not answer."""

    def prepare(self, snapshots: Sequence[Path], at: datetime) -> None:
        raise EngineUnavailableError("the engine does not answer")


def without_engine(system: System) -> SalesRoad:
    desk = replace(system.sales.committing.desk, engine=Away())
    return replace(system.sales, committing=replace(system.sales.committing, desk=desk))


def test_a_run_is_done_also_where_its_kpis_cannot_be_worked_out_now(system: System) -> None:
    put(system, january=JANUARY)
    done = run(system, road=without_engine(system))
    assert (done.status, total(system), fed(system)) == (Status.DONE, Total(2, 27.0), False)


def test_the_service_works_the_kpis_out_once_the_engine_answers(system: System) -> None:
    put(system, january=JANUARY)
    road = without_engine(system)
    run(system, road=road)
    now, away = clock(), SalesLoop(SalesService(road, ()))
    with pytest.raises(EngineUnavailableError):
        away.turn(now, leading=True)
    away.turn(now + ANOTHER_TRY / 2, leading=True)
    with pytest.raises(EngineUnavailableError):
        away.turn(now + ANOTHER_TRY, leading=True)
    SalesLoop(SalesService(system.sales, ())).turn(clock(), leading=True)
    assert fed(system)


def fed(system: System) -> bool:
    """Whether the dataset says what the warehouse says."""
    with system.database.read() as connection:
        version = newest(connection)
        return version is not None and is_fed(connection, version)


def test_a_version_whose_tables_cannot_take_their_place_yet_holds_nevertheless(tmp_path: Path) -> None:
    with fresh_url("mariadb", tmp_path) as url:
        system = build(Settings.from_env({"KPI_HOME": str(tmp_path / "home"), "KPI_DATABASE_URL": url}))

        def reached(seam: str) -> None:
            if seam == "after_sales_commit":  # stands for readers that do not let go of the tables
                with system.database.begin() as connection:
                    connection.execute(text("RENAME TABLE fact_sales_b1 TO put_away"))

        put(system, january=JANUARY)
        done = run(
            system, road=replace(system.sales, committing=replace(system.sales.committing, reached=reached))
        )
        with system.database.begin() as connection:
            version = newest(connection)
            connection.execute(text("RENAME TABLE put_away TO fact_sales_b1"))
        assert version is not None
        assert (done.status, version.build, (system.sales.warehouse / version.folder).exists()) == (
            Status.DONE,
            1,
            True,
        )
        assert fed(system)
        SalesLoop(SalesService(system.sales, ())).turn(clock(), leading=True)
        assert total(system) == Total(2, 27.0)
        system.close()
