"""A question is answered once: kept with the load it made, used for every later file of the layout and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi.loading.answers import Answers, Instructions
from kpi.report import Effect, Status
from monitor.intake import accepted, take
from monitor.memory import remember
from monitor.pipeline import Loaded
from storage import loads, mappings
from storage.loads import NewLoad
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, load, month, months, save, versions
from wiring import System

GUESSED = "Date,Region,Net takings,Gross takings"
NET = Answers({"Net takings": "revenue"})
ASKED = "Date,Region,Revenu,COGS"  # resembles revenue and is therefore asked about


def kept(system: System) -> dict[str, Answers]:
    with system.database.read() as connection:
        return mappings.kept(connection)


def a_month(folder: Path, name: str, revenue: float = 100, header: str = ASKED, which: int = 10) -> Path:
    return save(folder, name, *month(which, revenue, 60), header=header)


def fingerprint(loaded: Loaded) -> str:
    return loaded.report.sheets[0].fingerprint


def answered(loaded: Loaded) -> list[str]:
    return [issue.problem for issue in loaded.report.issues if issue.effect is Effect.ANSWERED]


def say(system: System, mark: str, answers: Answers) -> list[str]:
    with system.database.begin() as connection:
        return mappings.say(connection, mark, answers, NOON)


def test_a_field_that_was_given_with_one_file_is_used_for_the_next_and_said_so(
    system: System, tmp_path: Path
) -> None:
    first = load(system, a_month(tmp_path, "september.csv"), "shop", answers=Answers({"Revenu": "revenue"}))
    second = load(system, a_month(tmp_path, "october.csv", 70), "shop")
    assert (first.status, second.status) == (Status.LOADED, Status.LOADED)
    assert answered(first) == ["answers given with this file were used: revenue = Revenu"]
    assert answered(second) == ["answers given earlier were used: revenue = Revenu"]
    assert kept(system) == {fingerprint(first): Answers({"Revenu": "revenue"})}


def test_an_accepted_guess_is_not_asked_about_again(system: System, tmp_path: Path) -> None:
    asked = load(system, a_month(tmp_path, "september.csv"))
    accept = load(system, a_month(tmp_path, "september.csv"), accept=True)
    later = load(system, a_month(tmp_path, "october.csv"))
    assert [one.status for one in (asked, accept, later)] == [Status.REVIEW, Status.LOADED, Status.LOADED]
    assert kept(system) == {fingerprint(asked): Answers(choices={"revenue": "Revenu"})}
    assert answered(later) == ["answers given earlier were used: revenue = Revenu"]


def test_an_answer_never_leaks_to_another_layout(system: System, tmp_path: Path) -> None:
    load(system, a_month(tmp_path, "september.csv"), answers=Answers({"Revenu": "revenue"}))
    other = load(system, a_month(tmp_path, "october.csv", header="Date,Branch,Revenu,COGS"))
    assert other.status is Status.REVIEW


def test_what_did_not_load_is_not_kept(system: System, tmp_path: Path) -> None:
    path = save(tmp_path, "shop.csv", "North,5", "South,6", header="Region,Revenu")
    refused = load(system, path, answers=Answers({"Revenu": "revenue"}))
    assert (refused.status, kept(system)) == (Status.REJECTED, {})


def test_a_dry_run_keeps_nothing(system: System, tmp_path: Path) -> None:
    load(system, a_month(tmp_path, "shop.csv"), answers=Answers({"Revenu": "revenue"}), dry_run=True)
    assert kept(system) == {}


def test_the_same_bytes_with_the_same_answers_change_nothing(system: System, tmp_path: Path) -> None:
    path, said = a_month(tmp_path, "shop.csv"), Answers({"Revenu": "revenue"})
    done = [load(system, path, answers=said), load(system, path, answers=said), load(system, path)]
    assert [(one.status, one.version) for one in done] == [
        (Status.LOADED, 1),
        (Status.UNCHANGED, 1),
        (Status.UNCHANGED, 1),
    ]


def test_the_same_bytes_with_another_answer_are_read_anew(system: System, tmp_path: Path) -> None:
    path = save(tmp_path, "shop.csv", "2025-10-01,North,100,120", "2025-10-31,North,0,0", header=GUESSED)
    load(system, path, answers=NET)
    gross = load(system, path, answers=Answers({"Gross takings": "revenue"}))
    assert (gross.status, gross.version) == (Status.LOADED, 2)
    assert months(system) == {(OCTOBER, ""): 120}
    assert kept(system) == {fingerprint(gross): Answers({"Gross takings": "revenue"})}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (
            Answers({"Revenue": "revenue"}),
            "found no column called Revenue; the columns are Date, Region, Revenu, COGS",
        ),
        (
            Answers(choices={"date": "Date"}),
            "found no question date=Date; what is asked is revenue (Revenu | none of them)",
        ),
        (Answers(off=frozenset({"nonsense"})), "found no repair nonsense"),
    ],
)
def test_an_answer_about_nothing_in_the_file_is_refused_and_leaves_no_trace(
    system: System, tmp_path: Path, answers: Answers, said: str
) -> None:
    refused = load(system, a_month(tmp_path, "shop.csv"), answers=answers)
    assert refused.report.error is not None
    assert (refused.status, refused.report.error.code) == (Status.REJECTED, "unknown_answer")
    assert said in refused.report.error.message
    with system.database.read() as connection:
        assert loads.recent_loads(connection) == []


def test_a_waiting_file_of_the_inbox_is_read_again_once_its_layout_is_answered(system: System) -> None:
    path = a_month(system.road.folders.inbox, "shop.csv")
    take(system.road, path, NOON)
    before = accepted(system.road)
    with system.database.read() as connection:
        (mark,) = mappings.layouts(connection)
    assert say(system, mark, Answers({"Revenu": "revenue"})) == [str(path)]
    assert (before, accepted(system.road)) == ([], [path])
    take(system.road, path, NOON)
    assert (versions(system), accepted(system.road)) == ({"shop": 1}, [])


def test_an_answer_given_with_one_file_reaches_another_that_waits(system: System, tmp_path: Path) -> None:
    waiting = a_month(system.road.folders.inbox, "shop.csv")
    take(system.road, waiting, NOON)
    load(system, a_month(tmp_path, "depot.csv"), answers=Answers({"Revenu": "revenue"}))
    assert accepted(system.road) == [waiting]
    take(system.road, waiting, NOON)
    assert versions(system) == {"depot": 1, "shop": 1}


def test_forgetting_brings_the_question_back_while_the_last_good_data_stay(
    system: System, tmp_path: Path
) -> None:
    path = a_month(system.road.folders.inbox, "shop.csv")
    first = load(system, path, answers=Answers({"Revenu": "revenue"}))
    with system.database.begin() as connection:
        assert mappings.forget(connection, fingerprint(first)) == (1, [str(path)])
    assert accepted(system.road) == [path]
    take(system.road, path, NOON)
    with system.database.read() as connection:
        (newest,) = loads.newest_by_source(connection)
    assert (newest.status, months(system)) == (Status.REVIEW, {(OCTOBER, ""): 100})
    assert accepted(system.road) == []


def test_an_answer_that_came_while_the_file_was_read_is_not_lost(system: System) -> None:
    path = a_month(system.road.folders.inbox, "shop.csv")
    take(system.road, path, NOON)
    before = Instructions()
    with system.database.begin() as connection:
        (mark,) = mappings.layouts(connection)
        mappings.say(connection, mark, Answers({"Revenu": "revenue"}), NOON)
        (source,) = loads.list_sources(connection)
        (asked,) = loads.newest_by_source(connection)
        late = NewLoad(source.id, asked.sha256, asked.report, "watch", NOON, 0.1)
        loads.record_load(connection, late)
        remember(connection, source, late, before)
    assert accepted(system.road) == [path]


def test_a_reading_that_heard_everything_is_not_repeated(system: System) -> None:
    path = a_month(system.road.folders.inbox, "shop.csv", header=ASKED)
    with system.database.begin() as connection:
        mappings.keep(connection, "0" * 64, Answers({"Revenu": "revenue"}), "elsewhere", NOON)
    take(system.road, path, NOON)
    assert accepted(system.road) == []
