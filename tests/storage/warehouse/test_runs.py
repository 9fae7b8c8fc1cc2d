from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from kpi.report import Ledger, Refusal
from kpi.sales.options import Mode
from kpi.sales.source import Account, Note
from storage import leases
from storage.database import Database
from storage.etl_schema import etl_runs
from storage.schema import leases as lease_rows
from storage.warehouse import run_history, runs
from storage.warehouse.asking import TRIES, ask_for, clear_away
from storage.warehouse.carriers import carrier_name
from storage.warehouse.runs import BusyError, Outcome, Phase, Progress, Run, Status, Wish
from tests.conftest import PROJECT
from tests.moments import NOON
from tests.servers import KINDS, fresh_database

WISH = Wish("cli", "/sales", Mode.MERGE, "infer overwrite evidence")
OTHERS = "another-host:1:abc"
GONE = carrier_name().replace(f":{os.getpid()}:", f":{2**22 + 1}:")  # above all process ids
LATER = NOON + timedelta(seconds=20)
DONE = Outcome(Status.DONE, 1)


@pytest.fixture(scope="module", params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path_factory.mktemp("runs")) as database:
        yield database


@pytest.fixture
def database(opened: Database) -> Iterator[Database]:
    """Without any run."""
    yield opened
    with opened.begin() as connection:
        connection.execute(delete(etl_runs))
        connection.execute(delete(lease_rows))


def asked(database: Database, wish: Wish = WISH) -> Run:
    return ask_for(database, wish, NOON)


def found(database: Database, run_id: int) -> Run:
    with database.read() as connection:
        run = runs.find_run(connection, run_id)
    assert run is not None
    return run


def begun(database: Database, owner: str = OTHERS) -> Run:
    run = asked(database)
    with database.begin() as connection:
        assert leases.hold(connection, runs.LEASE, owner, NOON, runs.TTL)
        assert runs.begin(connection, run.id, NOON)
    return run


def test_a_run_is_kept_from_the_asking_to_the_end_with_its_ledgers_and_notes(database: Database) -> None:
    ledger, note = Ledger(5, 3, 1, 1), Note("sales.csv", "", "date", "no day", "rejected", 1, 4)
    outcome = Outcome(Status.DONE, 1, Account({"sales.csv": ledger}, (note,)), {"fact_sales": 3})
    run = asked(database)
    with database.begin() as connection:
        runs.begin(connection, run.id, NOON)
        runs.report(connection, run.id, Progress(Phase.TYPING, 2, 5, 1.5), NOON + timedelta(seconds=1))
        under_way = runs.find_run(connection, run.id)
        runs.end(connection, run.id, outcome, NOON + timedelta(seconds=3))
    assert run == Run(
        run.id, "cli", "/sales", Mode.MERGE, WISH.options, Status.ASKED, Progress(Phase.WAITING), NOON,
        None, None, None, {}, (), {}, None,
    )  # fmt: skip
    assert under_way == replace(
        run,
        status=Status.RUNNING,
        started_at=NOON,
        progress=Progress(Phase.TYPING, 2, 5, 1.5),
        progressed_at=NOON + timedelta(seconds=1),
    )
    assert found(database, run.id) == replace(
        under_way,
        status=Status.DONE,
        progress=Progress(Phase.ENDED, 2, 5),
        ended_at=NOON + timedelta(seconds=3),
        version=1,
        ledger={"sales.csv": ledger},
        notes=(note,),
        rows={"fact_sales": 3},
    )
    assert (under_way.seconds, found(database, run.id).seconds) == (1, 3)


def test_many_who_ask_for_the_same_at_once_get_one_run(database: Database) -> None:
    together = threading.Barrier(6)

    def ask(_: int) -> int:
        together.wait()
        return asked(database).id

    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(ask, range(6)))
    with database.read() as connection:
        assert [{run.id for run in runs.list_runs(connection)}] == [ids]


def test_processes_that_ask_at_once_get_one_run(database: Database) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(PROJECT)!r})
from datetime import UTC, datetime
from kpi.sales.options import Mode
from storage.database import Database
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import Wish
database = Database.open({database.engine.url.render_as_string(hide_password=False)!r})
print(ask_for(database, Wish("cli", "/sales", Mode.MERGE, "infer"), datetime.now(UTC)).id)
"""
    asking = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = {int(one.communicate(timeout=60)[0]) for one in asking}
    with database.read() as connection:
        assert [{run.id for run in runs.list_runs(connection)}] == [said]


def test_asking_goes_on_while_runs_come_and_go(database: Database) -> None:
    """A run that ends in the instant of its asking may be what MariaDB turns away; real ones take longer."""

    def ask_and_end(_: int) -> None:
        run = asked(database)
        for _ in range(TRIES):
            with suppress(OperationalError), database.begin() as connection:
                runs.end(connection, run.id, DONE, NOON)
                return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask_and_end, range(24)))
    with database.read() as connection:
        assert runs.active_run(connection) is None


@pytest.mark.parametrize(
    "other",
    [replace(WISH, source="/elsewhere"), replace(WISH, mode=Mode.RELOAD), replace(WISH, options="reject")],
)
def test_another_wish_is_told_which_run_is_under_way(database: Database, other: Wish) -> None:
    run = asked(database)
    with pytest.raises(BusyError, match=f"run {run.id} is under way, a merge of /sales") as caught:
        asked(database, other)
    assert caught.value.run == run


def test_who_asks_by_another_way_gets_the_run_that_is_under_way(database: Database) -> None:
    run = asked(database)
    assert asked(database, replace(WISH, origin="page")) == run


def test_an_ended_run_makes_room_for_the_next(database: Database) -> None:
    first = asked(database)
    with database.begin() as connection:
        ended = [runs.end(connection, first.id, DONE, NOON) for _ in range(2)]
    second = asked(database, replace(WISH, source="/elsewhere"))
    with database.read() as connection:
        assert runs.list_runs(connection, 1, before=second.id) == [found(database, first.id)]
    assert (ended, second.id > first.id) == ([True, False], True)


def test_a_run_begins_once_and_tells_nothing_after_its_end(database: Database) -> None:
    run = begun(database)
    with database.begin() as connection:
        assert not runs.begin(connection, run.id, NOON)
        runs.end(connection, run.id, DONE, NOON)
        runs.report(connection, run.id, Progress(Phase.TYPING, 9), LATER)
    assert found(database, run.id).progress == Progress(Phase.ENDED, 0)


def test_only_who_has_the_lease_of_an_active_run_may_commit(database: Database) -> None:
    run = begun(database, "mine")
    with database.begin() as connection:
        answers = [runs.still_mine(connection, run.id, owner, NOON) for owner in ("mine", OTHERS)]
        late = runs.still_mine(connection, run.id, "mine", LATER)  # nobody has taken it over
        runs.end(connection, run.id, DONE, NOON)
        answers += [late, runs.still_mine(connection, run.id, "mine", LATER)]
    assert answers == [True, False, True, False]


def test_a_run_whose_process_died_has_failed_and_says_so(database: Database) -> None:
    run = begun(database)
    in_time, too_late = clear_away(database, NOON + timedelta(seconds=14)), clear_away(database, LATER)
    assert in_time is None
    assert too_late == found(database, run.id)
    assert (too_late.status, too_late.error) == (Status.FAILED, runs.PROCESS_ENDED)
    assert asked(database).id != run.id


def test_a_run_that_waits_has_no_process_that_could_die(database: Database) -> None:
    run = asked(database)
    assert (clear_away(database, LATER), found(database, run.id)) == (None, run)


def test_a_process_that_lives_may_be_late_with_its_sign_of_life(database: Database) -> None:
    run = begun(database, carrier_name())
    assert clear_away(database, LATER) is None
    assert clear_away(database, NOON + timedelta(minutes=11)) == found(database, run.id)


def test_a_process_that_is_gone_is_not_waited_for(database: Database) -> None:
    run = begun(database, GONE)
    assert clear_away(database, NOON) == found(database, run.id)
    with database.begin() as connection:
        assert leases.hold(connection, runs.LEASE, "the next", NOON, runs.TTL)


@pytest.mark.parametrize("owner", [GONE, carrier_name()], ids=["gone", "here"])
def test_after_its_run_only_a_process_that_lives_is_waited_for(database: Database, owner: str) -> None:
    run = begun(database, owner)
    with database.begin() as connection:
        runs.end(connection, run.id, DONE, NOON)
    assert (clear_away(database, NOON), found(database, run.id).status) == (None, Status.DONE)
    with database.begin() as connection:
        assert leases.hold(connection, runs.LEASE, "next", NOON, runs.TTL) is (owner == GONE)


def test_a_process_that_has_let_go_is_not_waited_for_though_it_lives(database: Database) -> None:
    run, mine = asked(database), carrier_name()
    with database.begin() as connection:
        leases.hold(connection, runs.LEASE, mine, NOON, runs.TTL)
        runs.begin(connection, run.id, NOON)
        leases.release(connection, runs.LEASE, mine, NOON + timedelta(seconds=1))
    assert clear_away(database, NOON + timedelta(seconds=1)) == found(database, run.id)


def test_who_was_taken_for_dead_cannot_commit(database: Database) -> None:
    run = begun(database)
    clear_away(database, LATER)
    with database.begin() as connection:
        assert not runs.still_mine(connection, run.id, OTHERS, LATER)


def test_nobody_ends_a_run_while_it_commits(database: Database) -> None:
    """The one who looks for dead runs waits for the commit, and then finds the run done."""
    run = begun(database)
    cleared: list[Run | None] = []

    def clear() -> None:
        with database.begin() as connection:
            cleared.append(runs.fail_dead(connection, LATER))

    other = threading.Thread(target=clear)
    with database.begin() as connection:
        assert runs.still_mine(connection, run.id, OTHERS, LATER)
        other.start()
        other.join(0.5)
        assert cleared == []
        runs.end(connection, run.id, DONE, LATER)
    other.join()
    assert (cleared, found(database, run.id).status) == ([None], Status.DONE)


def test_a_run_that_was_given_up_waits_as_if_it_had_not_begun(database: Database) -> None:
    run = begun(database)
    with database.begin() as connection:
        runs.report(connection, run.id, Progress(Phase.TYPING, 9, 10, 1.0), LATER)
        assert [runs.ask_again(connection, run.id) for _ in range(2)] == [True, False]
    assert found(database, run.id) == run


def test_why_it_failed_is_kept_whatever_its_text_is(database: Database) -> None:
    run = asked(database, replace(WISH, source="/a\udcff\0b"))
    refusal = Refusal("no_sales_table", "x" * 70_000)
    with database.begin() as connection:
        if connection.dialect.name == "mysql":
            refusal = replace(refusal, message="x" * 60_000)
        runs.end(connection, run.id, Outcome(Status.REFUSED, error=refusal), NOON)
    assert (found(database, run.id).error, run.source) == (refusal, "/a\\udcffb")


def test_old_runs_are_forgotten_save_those_that_something_rests_on(database: Database) -> None:
    ids = []
    for _ in range(5):
        run = asked(database)
        ids.append(run.id)
        with database.begin() as connection:
            runs.end(connection, run.id, DONE, NOON)
    with database.begin() as connection:
        assert [run_history.prune(connection, 3), run_history.prune(connection, 3)] == [2, 0]
        assert [run.id for run in runs.list_runs(connection)] == ids[:1:-1]
