from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from kpi.loading.answers import AnswerKind, Answers
from kpi.report import Choice, ColumnReport, FileReport, Ledger, Question, SheetReport, Status
from storage import loads, mappings
from storage.database import Database
from storage.loads import NewLoad, Source
from storage.mappings import KeptAnswer, LayoutError
from tests.moments import NOON

LAYOUT, OTHER = "a" * 64, "b" * 64
LATER = NOON + timedelta(minutes=5)
NET = Answers({"Net amount": "revenue"})


def keep(database: Database, answers: Answers, fingerprint: str = LAYOUT, dataset: str = "shop") -> bool:
    with database.begin() as connection:
        return mappings.keep(connection, fingerprint, answers, dataset, NOON)


def kept(database: Database, most: int = 100) -> dict[str, Answers]:
    with database.read() as connection:
        return mappings.kept(connection, most)


def sheet(fingerprint: str, *headers: str) -> SheetReport:
    columns = tuple(ColumnReport(header, header.lower(), "text", 1.0) for header in headers)
    return SheetReport("Data", True, "", 1, Ledger(), columns, fingerprint, ("unit_scale",))


def recorded(database: Database, name: str, report: FileReport) -> None:
    with database.begin() as connection:
        source = loads.ensure_source(connection, "shop", name, f"{name}.csv", f"/inbox/{name}.csv")
        loads.record_load(connection, NewLoad(source.id, "00", report, "watch", NOON, 0.1))


def sources(database: Database) -> dict[str, Source]:
    with database.read() as connection:
        return {source.key: source for source in loads.list_sources(connection)}


def test_answers_of_every_kind_come_back_as_they_were_given(database: Database) -> None:
    answers = Answers(
        {"Net amount": "revenue", "Notes": ""}, {"date_order": "the day"}, frozenset({"unit_scale"})
    )
    assert keep(database, answers)
    assert kept(database) == {LAYOUT: answers}


def test_the_same_answer_again_changes_nothing(database: Database) -> None:
    assert (keep(database, NET), keep(database, NET)) == (True, False)


def test_a_field_leaves_the_header_it_had_before(database: Database) -> None:
    keep(database, Answers({"Gross": "revenue", "Notes": ""}))
    assert keep(database, NET)
    assert kept(database) == {LAYOUT: Answers({"Notes": "", "Net amount": "revenue"})}


def test_an_answer_is_kept_under_its_layout_only(database: Database) -> None:
    keep(database, NET)
    keep(database, Answers({"Net amount": ""}), OTHER)
    assert kept(database) == {LAYOUT: NET, OTHER: Answers({"Net amount": ""})}


def test_a_header_longer_than_any_index_is_kept_whole(database: Database) -> None:
    long = {"x" * 5_000 + end: field for end, field in (("1", "revenue"), ("2", "cogs"))}
    keep(database, Answers(long))
    assert kept(database) == {LAYOUT: Answers(long)}


def test_of_very_many_layouts_the_newest_are_given_and_each_whole(database: Database) -> None:
    both = Answers({"Net": "revenue", "Cost": "cogs"})
    with database.begin() as connection:
        for number in range(5):
            mark = f"{number:064x}"
            mappings.keep(connection, mark, both, "shop", NOON + timedelta(seconds=number))
    assert kept(database, most=2) == {f"{number:064x}": both for number in (3, 4)}


def test_the_list_says_where_and_when_something_was_said_first_and_last(database: Database) -> None:
    keep(database, NET)
    with database.begin() as connection:
        mappings.keep(connection, LAYOUT, Answers({"Net amount": "cogs"}), "depot", LATER)
    with database.read() as connection:
        assert mappings.list_mappings(connection) == [
            KeptAnswer(LAYOUT, AnswerKind.FIELD, "Net amount", "cogs", "shop", LATER)
        ]
        assert mappings.list_mappings(connection, "depot") == []


def test_one_answer_can_be_forgotten_or_all_of_a_layout(database: Database) -> None:
    keep(database, Answers({"Net": "revenue", "Cost": "cogs"}, {"date_order": "the day"}))
    keep(database, NET, OTHER)
    with database.begin() as connection:
        assert mappings.remove(connection, LAYOUT, "Net") == 1
        assert mappings.kept_of(connection, LAYOUT) == Answers({"Cost": "cogs"}, {"date_order": "the day"})
        assert mappings.remove(connection, LAYOUT) == 2
        assert mappings.remove(connection, LAYOUT) == 0
        assert mappings.kept(connection) == {OTHER: NET}


def test_many_at_once_leave_one_answer_about_each_thing(database: Database) -> None:
    def say(number: int) -> None:
        keep(database, Answers({"Net": "revenue" if number % 2 else "cogs"}, {"date_order": "the day"}))

    threads = [threading.Thread(target=say, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert [one.key for one in mappings.list_mappings(connection)] in (
            ["Net", "date_order"],
            ["date_order", "Net"],
        )


def test_a_layout_is_found_by_the_beginning_of_its_fingerprint(database: Database) -> None:
    keep(database, NET)
    recorded(database, "march", FileReport(Status.LOADED, Ledger(), (sheet(OTHER, "Net"),)))
    with database.read() as connection:
        found = [mappings.find_fingerprint(connection, text) for text in ("aaa", "BB", "c" * 64)]
    assert found == [LAYOUT, OTHER, "c" * 64]


@pytest.mark.parametrize(
    ("beginning", "said"),
    [("a", "2 layouts begin with a"), ("c", "no layout begins with c"), ("net", "wanted the fingerprint")],
)
def test_a_beginning_that_does_not_mean_one_layout_is_refused(
    database: Database, beginning: str, said: str
) -> None:
    keep(database, NET)
    keep(database, NET, "a" * 63 + "b")
    with database.read() as connection, pytest.raises(LayoutError, match=said):
        mappings.find_fingerprint(connection, beginning)


def test_only_files_that_would_be_read_otherwise_are_read_again(database: Database) -> None:
    question = Question(
        "Data", "B1", "Net", "Which column is the revenue?", ("Net", "none of them"), "revenue", LAYOUT
    )
    plain, asked = (FileReport(Status.LOADED, Ledger(), (sheet(LAYOUT, "Net"),)) for _ in range(2))
    asked = FileReport(Status.REVIEW, Ledger(), (sheet(LAYOUT, "Net"),), questions=(question,))
    said = (Choice(LAYOUT, "Net", "revenue", "field"),)
    followed = FileReport(Status.LOADED, Ledger(), (sheet(LAYOUT, "Net"),), answers=said, in_force=said)
    elsewhere = FileReport(Status.LOADED, Ledger(), (sheet(OTHER, "Net"),))
    for name, report in {
        "plain": plain,
        "asked": asked,
        "followed": followed,
        "elsewhere": elsewhere,
    }.items():
        recorded(database, name, report)
    keep(database, Answers({"Net": "revenue"}))
    with database.begin() as connection:
        assert sorted(mappings.read_again(connection, [LAYOUT])) == ["/inbox/asked.csv", "/inbox/plain.csv"]
    assert {name for name, source in sources(database).items() if source.read_again} == {"plain", "asked"}


def test_an_answer_to_a_question_reaches_only_files_that_were_asked_it(
    database: Database, tmp_path: Path
) -> None:
    question = Question(
        "Data", "A2", "Date", "Which comes first?", ("the day", "the month"), "date_order", LAYOUT
    )
    recorded(database, "clear", FileReport(Status.LOADED, Ledger(), (sheet(LAYOUT, "Date"),)))
    recorded(
        database,
        "asked",
        FileReport(Status.REVIEW, Ledger(), (sheet(LAYOUT, "Date"),), questions=(question,)),
    )
    keep(database, Answers(choices={"date_order": "the month"}))
    with database.begin() as connection:
        assert mappings.read_again(connection, [LAYOUT]) == ["/inbox/asked.csv"]
