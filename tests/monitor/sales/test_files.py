"""Which files a run of the sales warehouse reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kpi.sales.options import Mode
from kpi.sales.source import Note, SourceError, SourceFile
from monitor.sales.files import Found, Sources, choose, missed
from storage.warehouse.files import HeldFile

JANUARY = HeldFile(SourceFile("january.csv", "a" * 64, 10, 3), "typed/a", ())
FEBRUARY = HeldFile(SourceFile("february.csv", "b" * 64, 10, 4), "typed/b", ())
HELD = (FEBRUARY, JANUARY)


def found(name: str, letter: str) -> Found:
    return Path("/source") / name, SourceFile(name, letter * 64, 10)


def numbered(one: Found, number: int) -> Found:
    path, file = one
    return path, SourceFile(file.name, file.sha256, file.size, number)


BOTH = frozenset({"january.csv", "february.csv"})


def stays(name: str) -> Note:
    return Note(name, "", "", "the file is no longer there", "its rows stay until a reload", 1)


def same_bytes(name: str, twin: str) -> Note:
    return Note(name, "", "", f"it has the same bytes as {twin}", "the file was left out", 1)


def test_a_merge_reads_nothing_that_it_has_read() -> None:
    same = [found("february.csv", "b"), found("january.csv", "a")]
    assert choose(same, HELD, Mode.MERGE, 5) == Sources((JANUARY, FEBRUARY), (), (), tables=BOTH)


def test_a_merge_reads_what_is_new_and_what_has_changed_and_keeps_what_is_gone() -> None:
    changed, new = found("february.csv", "c"), found("march.csv", "d")
    expected = Sources(
        (JANUARY,), (numbered(changed, 5), numbered(new, 6)), (4,), (stays("january.csv"),), tables=BOTH
    )
    assert choose([changed, new], HELD, Mode.MERGE, 5) == expected


def test_a_reload_reads_everything_and_keeps_nothing() -> None:
    same = found("january.csv", "a")
    assert choose([same], HELD, Mode.RELOAD, 5) == Sources((), (numbered(same, 5),), (3, 4), tables=BOTH)


def test_a_merge_anew_reads_again_what_it_finds() -> None:
    same = found("january.csv", "a")
    expected = Sources((FEBRUARY,), (numbered(same, 5),), (3,), (stays("february.csv"),), tables=BOTH)
    assert choose([same], HELD, Mode.MERGE, 5, anew=True) == expected


def test_the_same_bytes_under_two_names_count_once() -> None:
    first, copy = found("march (1).csv", "d"), found("march.csv", "d")
    note = same_bytes("march.csv", "march (1).csv")
    expected = Sources((), (numbered(first, 5),), (3, 4), (note,), tables=BOTH)
    assert choose([first, copy], HELD, Mode.RELOAD, 5) == expected


def test_a_file_that_was_renamed_is_the_one_that_is_held() -> None:
    chosen = choose([found("jan.csv", "a"), found("february.csv", "b")], HELD, Mode.MERGE, 5)
    renamed = HeldFile(SourceFile("jan.csv", "a" * 64, 10, 3), "typed/a", ())
    assert chosen == Sources((renamed, FEBRUARY), (), (), (), {3: "jan.csv"}, BOTH)


def test_a_file_that_took_the_place_of_another_holds_in_its_stead() -> None:
    chosen = choose([found("january.csv", "b")], HELD, Mode.MERGE, 5)
    moved = HeldFile(SourceFile("january.csv", "b" * 64, 10, 4), "typed/b", ())
    assert chosen == Sources((moved,), (), (3,), (), {4: "january.csv"}, BOTH)


def test_a_file_that_became_a_copy_of_another_holds_no_longer() -> None:
    chosen = choose([found("february.csv", "b"), found("january.csv", "b")], HELD, Mode.MERGE, 5)
    note = same_bytes("january.csv", "february.csv")
    assert chosen == Sources((FEBRUARY,), (), (3,), (note,), tables=BOTH)


def test_a_merge_anew_reads_a_renamed_file_once() -> None:
    renamed = found("jan.csv", "a")
    expected = Sources((FEBRUARY,), (numbered(renamed, 5),), (3,), (stays("february.csv"),), tables=BOTH)
    assert choose([renamed], HELD, Mode.MERGE, 5, anew=True) == expected


def test_of_many_files_that_are_lost_some_are_named() -> None:
    lost = [replace(JANUARY, file=replace(JANUARY.file, name=f"{number}.csv")) for number in range(10)]
    with pytest.raises(SourceError) as error:
        missed(lost, [found("0.csv", "c")], Mode.MERGE, "/source")
    shown = "1.csv, 2.csv, 3.csv, 4.csv, 5.csv, 6.csv, 7.csv, 8.csv and 1 more"
    assert error.value.args[0].startswith(f"/source: found neither {shown} nor the rows")
