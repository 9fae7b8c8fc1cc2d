from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard import queries
from kpi.report import Refusal
from kpi.sales.options import DayOrder, Mode, Options
from storage.warehouse import rejects, runs
from storage.warehouse.runs import Outcome, Phase, Progress, Run, Status
from tests.dashboard.pages import errors, figures, open_page, said, table
from tests.dashboard.sales.star import AT, a_wish, give_warehouse
from tests.dashboard.sales.test_sales_tab import opened
from wiring import System


def asked(system: System, *, begun: bool = False) -> Run:
    with system.database.begin() as connection:
        run = runs.ask(connection, a_wish(system), AT)
        if begun:
            runs.begin(connection, run.id, AT)
    return run


def ended(system: System, outcome: Outcome) -> Run:
    run = asked(system, begun=True)
    with system.database.begin() as connection:
        runs.end(connection, run.id, outcome, AT + timedelta(seconds=2))
    return run


def active(system: System) -> Run | None:
    with system.database.read() as connection:
        return runs.active_run(connection)


def test_without_a_warehouse_the_tab_says_how_to_begin(empty: System) -> None:
    page = open_page("Sales")
    assert errors(page) == []
    assert [one.value for one in page.subheader] == ["There is no sales warehouse yet"]
    assert any(str(empty.sales.source) in text for text in said(page))
    assert (figures(page), len(page.file_uploader)) == ([], 1)


def test_the_button_asks_for_a_run_and_starts_nothing(empty: System) -> None:
    page = open_page("Sales").button(key="sales_run").click().run()
    run = active(empty)
    assert run is not None
    assert (run.status, run.origin, run.mode, run.source) == (
        Status.ASKED, "page", Mode.RELOAD, str(empty.sales.source),
    )  # fmt: skip
    assert page.button(key="sales_run").disabled
    assert any("nobody carries it out yet" in text.lower() for text in said(page))


def test_a_run_over_a_warehouse_reads_only_what_is_new_unless_chosen_otherwise(sold: System) -> None:
    open_page("Sales").button(key="sales_run").click().run()
    run = active(sold)
    assert run is not None
    assert run.mode is Mode.MERGE


def test_everything_can_be_made_anew(sold: System) -> None:
    page = open_page("Sales")
    page.segmented_control(key="sales_mode").set_value(Mode.RELOAD)
    page.button(key="sales_run").click().run()
    run = active(sold)
    assert run is not None
    assert run.mode is Mode.RELOAD


def test_two_who_ask_for_different_runs_are_told_which_one_is_under_way(sold: System) -> None:
    page = open_page("Sales")
    asked(sold)  # a reload; the page's is a merge
    page = page.button(key="sales_run").click().run()
    assert any("run 2 is under way, a reload" in text for text in said(page))


def test_files_that_are_handed_in_lie_in_the_source_folder_under_safe_names(empty: System) -> None:
    page = open_page("Sales")
    uploader = next(one for one in page.file_uploader if one.key == "sales_files")
    page = uploader.set_value(
        [("../../sales.csv", b"a,b\n", "text/csv"), ("customers?.csv", b"c\n", "text/csv")]
    ).run()
    folder = empty.sales.source
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "sales.csv": b"a,b\n", "customers.csv": b"c\n",
    }  # fmt: skip
    assert any("In the folder: customers.csv, sales.csv." in text for text in said(page))
    assert active(empty) is None


def test_a_source_that_is_one_file_cannot_be_handed_in(empty: System) -> None:
    empty.sales.source.parent.mkdir(parents=True, exist_ok=True)
    empty.sales.source.write_bytes(b"x")
    page = open_page("Sales")
    assert [one.key for one in page.file_uploader] == []
    assert any("The source is one file" in text for text in said(page))


def test_a_run_that_is_under_way_says_how_far_it_is(sold: System) -> None:
    run = asked(sold, begun=True)
    with sold.database.begin() as connection:
        runs.report(connection, run.id, Progress(Phase.LOADING, 1_200, 3_000, 130.0), AT)
    page = open_page("Sales")
    (bar,) = page.get("progress")
    assert bar.proto.text == "**Run 2** · Loading the tables · 1,200 of 3,000 rows · about 2 min left"
    assert len(figures(page)) == 10


def test_why_a_run_was_refused_is_said_and_that_the_warehouse_stands(sold: System) -> None:
    ended(sold, Outcome(Status.REFUSED, error=Refusal("no_sales", "No file of sales was found in it.")))
    page = open_page("Sales")
    assert (
        "Run 2 was refused on 20 Dec 2025, 09:30. No file of sales was found in it. The warehouse stays as it was."
    ) in said(page)


@pytest.mark.parametrize("code", ["date_order", "date_orders"])
@pytest.mark.parametrize("days", [DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST])
def test_a_run_that_was_refused_for_its_days_is_run_again_as_they_are_chosen(
    sold: System, code: str, days: DayOrder
) -> None:
    ended(sold, Outcome(Status.REFUSED, error=Refusal(code, "sales.csv: found '03/04/2025'.")))
    open_page("Sales").button(key=f"sales_{days}").click().run()
    run = active(sold)
    assert run is not None
    assert (run.status, run.mode, Options.of(run.options)) == (
        Status.ASKED, Mode.RELOAD, replace(sold.sales.options, days=days),
    )  # fmt: skip


def test_a_run_that_was_refused_for_something_else_offers_no_order_of_days(sold: System) -> None:
    ended(sold, Outcome(Status.REFUSED, error=Refusal("date_years", "sales.csv: found '25-03-31'.")))
    assert not [
        one for one in open_page("Sales").button if one.key in ("sales_day_first", "sales_month_first")
    ]


def test_a_first_run_that_failed_leaves_the_way_to_begin(empty: System) -> None:
    ended(empty, Outcome(Status.FAILED, error=Refusal("disk", "The disk is full.")))
    page = open_page("Sales")
    assert [one.value for one in page.subheader] == ["There is no sales warehouse yet"]
    assert "The disk is full" in page.error[0].value


def test_the_ledger_of_each_file_and_the_notes_are_shown(sold: System) -> None:
    page = opened(open_page("Sales"), "sales_runs_opened")
    assert table(page, "file", "read", "loaded", "rejected", "set aside") == [
        ("customers.csv", 4, 4, 0, 0),
        ("products.csv", 4, 4, 0, 0),
        ("sales.csv", 8, 6, 1, 1),
        ("all", 16, 14, 1, 1),
    ]
    assert table(page, "column", "found", "what was done") == [("city", "missing", "became Unknown")]
    assert table(page, "run", "by", "mode", "result", "version") == [(1, "cli", "reload", "done", 1)]


def test_the_rejected_rows_of_a_run_can_be_saved(sold: System) -> None:
    folder = sold.sales.warehouse
    cells = {
        "file": "sales.csv",
        "sheet": "",
        "line": 7,
        "header": "date",
        "found": "=1",
        "reason": "no day",
        "raw": "",
    }
    pq.write_table(pa.Table.from_pylist([cells]), folder / "rejects.parquet")
    rejects.save(sold.database, 1, folder / "rejects.parquet")
    page = opened(open_page("Sales"), "sales_runs_opened")
    assert "Download the rejected row" in [button.proto.label for button in page.get("download_button")]


def test_rejected_rows_that_are_kept_no_longer_are_said_to_be_gone(sold: System) -> None:
    page = opened(open_page("Sales"), "sales_runs_opened")
    assert "The rejected rows of this run are not kept any more." in said(page)


@pytest.mark.parametrize("step", ["asked", "ended", "version"])
def test_the_page_follows_the_runs(sold: System, step: str) -> None:
    steps: dict[str, Callable[[], object]] = {
        "asked": lambda: asked(sold),
        "ended": lambda: ended(sold, Outcome(Status.UNCHANGED, 1)),
        "version": lambda: give_warehouse(sold),
    }
    before = queries.pulse()
    steps[step]()
    assert queries.pulse() != before


def test_the_page_is_still_while_rows_are_counted(sold: System) -> None:
    run = asked(sold, begun=True)
    before = queries.pulse()
    with sold.database.begin() as connection:
        runs.report(connection, run.id, Progress(Phase.LOADING, 5, 10, 1.0), AT)
    assert queries.pulse() == before
