"""What a version of the warehouse is made of, and what is left where the making goes wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from kpi.sales.options import DayOrder, Mode, Options, Orphans
from kpi.sales.source import Note, Reject
from monitor.sales.road import SalesRoad
from storage.warehouse import rejects, versions
from storage.warehouse.runs import Status
from tests.monitor.sales.small_source import (
    FEBRUARY,
    HEAD,
    JANUARY,
    Total,
    forget_rows_of,
    put,
    run,
    total,
)
from wiring import System

CUSTOMERS = "customer_id,name,city\n1,Ada,{}\n"


def breaking(system: System, seam: str, error: BaseException) -> SalesRoad:
    """The system's road, on which something goes wrong at a seam."""

    def reached(at: str) -> None:
        if at == seam:
            raise error

    return replace(system.sales, committing=replace(system.sales.committing, reached=reached))


def folders(system: System) -> list[str]:
    return sorted(path.name for path in system.sales.warehouse.glob("v*"))


def newest_folder(system: System) -> str:
    with system.database.read() as connection:
        version = versions.newest(connection)
    assert version is not None
    return version.folder


def cities(system: System) -> list[str]:
    with system.database.read() as connection:
        return list(connection.execute(text("SELECT city FROM dim_customer")).scalars())


@pytest.mark.parametrize("seam", ["sales_conformed", "sales_built", "in_sales_commit"])
def test_what_was_made_is_gone_where_it_was_not_committed(system: System, seam: str) -> None:
    put(system, january=JANUARY)
    with pytest.raises(KeyboardInterrupt):
        run(system, road=breaking(system, seam, KeyboardInterrupt()))
    assert folders(system) == []


def test_a_stop_after_the_commit_leaves_the_version_whole(system: System) -> None:
    put(system, january=JANUARY)
    with pytest.raises(KeyboardInterrupt):
        run(system, road=breaking(system, "after_sales_commit", KeyboardInterrupt()))
    assert folders(system) == [newest_folder(system)]
    assert run(system).status is Status.UNCHANGED
    assert total(system) == Total(2, 27.0)


def test_an_error_after_the_commit_leaves_the_run_done_and_the_version_whole(system: System) -> None:
    put(system, january=JANUARY)
    done = run(system, road=breaking(system, "after_sales_commit", OSError("the disk is away")))
    assert (done.status, done.version, folders(system)) == (Status.DONE, 1, [newest_folder(system)])


@pytest.mark.parametrize("mode", list(Mode))
def test_of_two_files_the_later_by_name_holds_whichever_came_first(system: System, mode: Mode) -> None:
    put(system, sales=JANUARY, z_customers=CUSTOMERS.format("Rome"))
    run(system)
    put(system, sales=JANUARY, z_customers=CUSTOMERS.format("Rome"), a_customers=CUSTOMERS.format("Oslo"))
    run(system, mode)
    assert cities(system) == ["Rome"]


def test_a_new_name_that_comes_later_makes_its_rows_hold(system: System) -> None:
    put(system, sales=JANUARY, a=CUSTOMERS.format("Oslo"), b=CUSTOMERS.format("Rome"))
    run(system)
    before = cities(system)
    put(system, sales=JANUARY, c=CUSTOMERS.format("Oslo"), b=CUSTOMERS.format("Rome"))
    done = run(system)
    assert (before, cities(system), done.status) == (["Rome"], ["Oslo"], Status.DONE)


def test_a_file_that_was_renamed_and_is_to_be_read_in_another_order_of_days_counts_once(
    system: System,
) -> None:
    sales = HEAD.replace("order_id,", "") + "03/02/2025,1,A,1,10\n"
    put(system, sales=sales)
    run(system, road=replace(system.sales, options=Options(days=DayOrder.DAY_FIRST)))
    put(system, renamed=sales)
    done = run(system, road=replace(system.sales, options=Options(days=DayOrder.MONTH_FIRST)))
    assert done.status is Status.DONE
    assert total(system) == Total(1, 10.0)


def test_a_merge_refuses_to_lose_a_file_that_nobody_can_read_again(system: System) -> None:
    put(system, january=JANUARY, february=FEBRUARY)
    run(system)
    put(system, january=JANUARY)
    forget_rows_of(system, "february.csv")
    done = run(system)
    assert done.error is not None
    assert (done.status, done.error.code, total(system)) == (Status.REFUSED, "files_lost", Total(4, 27.0))
    assert done.error.message == (
        f"{system.sales.source}: found neither february.csv nor the rows that were read from there (a backup holds "
        "neither), wanted all files that the warehouse is made of. Put them back and run again, or run a reload, which "
        "holds only what is there. The warehouse is as it was."
    )


def test_a_reload_says_which_files_it_leaves_out_that_nobody_can_read_again(system: System) -> None:
    put(system, january=JANUARY, february=FEBRUARY)
    run(system)
    put(system, january=JANUARY)
    forget_rows_of(system, "february.csv")
    done = run(system, Mode.RELOAD)
    problem = "neither the file nor the rows read from it are there any more"
    assert Note("february.csv", "", "", problem, "its rows are left out", 1) in done.notes
    assert total(system) == Total(2, 27.0)


def test_a_lost_file_that_has_another_name_now_is_read_once_more(system: System) -> None:
    put(system, january=JANUARY, february=FEBRUARY)
    run(system)
    put(system, january=JANUARY, feb=FEBRUARY)
    forget_rows_of(system, "february.csv")
    assert run(system).status is Status.DONE
    assert total(system) == Total(4, 27.0)


def test_where_no_sale_is_left_the_rejected_rows_say_why(system: System) -> None:
    put(system, sales=HEAD + "O1,2025-01-30,9,A,2,10\n", customers=CUSTOMERS.format("Rome"))
    done = run(system, road=replace(system.sales, options=Options(Orphans.REJECT)))
    with system.database.read() as connection:
        kept = [one for _, one in rejects.page(connection, done.id, 10)]
    reason, row = "no file lists the customer 9", "O1,2025-01-30,9,A,2.0000,10.0000"
    assert (done.status, done.error and done.error.code) == (Status.REFUSED, "no_sales")
    assert kept == [Reject("sales.csv", "", 2, "customer_id", "9", reason, row)]
