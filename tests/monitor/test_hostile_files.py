"""Files that are broken or made to do harm: each gets an answer in time, and nothing but that answer comes of it."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest

from kpi.reading.limits import MIB, Limits
from kpi.reading.refused import Refused
from kpi.report import FileReport, Status
from monitor.sandbox import FACTS, REPORT, SandboxLimits, read_workbook, told
from tests.conftest import PROJECT
from tests.fakes import hostile
from tests.fakes.damage import cut_at
from tests.fakes.mutants import kinds, mutant

SECONDS, MARGIN = 30, 10
TIGHT = SandboxLimits(1024 * MIB, SECONDS, Limits(file_bytes=8 * MIB, cells=2_000_000))
MUTANTS, LARGEST, SEED = 150, 150_000, "mutants"
MOST_GROWTH = 100 * MIB
ANSWERS = {Status.LOADED, Status.REVIEW, Status.REJECTED}

Hostile = tuple[str, bytes, str, str]  # a name, the file, the code of its refusal and words in it


@dataclass(frozen=True, slots=True)
class Reading:
    """One file that was read: its answer, how long it took, and what it left behind."""

    name: str
    report: FileReport
    seconds: float
    left: frozenset[str]

    @property
    def refused(self) -> tuple[str, str]:
        assert self.report.error is not None, self.report
        return self.report.error.code, self.report.error.message


@dataclass(frozen=True, slots=True)
class Run:
    """Many files that were read, and what became of this process and of the files beside."""

    readings: tuple[Reading, ...]
    growth: int
    before: dict[str, str]
    after: dict[str, str]


def read(folder: Path, name: str, data: bytes, limits: SandboxLimits = TIGHT) -> Reading:
    """Reads a file in a folder of its own, as a load does."""
    out = folder / hashlib.sha256(name.encode()).hexdigest()
    out.mkdir()
    path = out / "workbook"
    path.write_bytes(data)
    started = time.perf_counter()
    report = read_workbook(path, out, limits, name=name)
    seconds = time.perf_counter() - started
    return Reading(name, report, seconds, frozenset(entry.name for entry in out.iterdir()) - {"workbook"})


def held() -> int:
    """The memory that this process holds, in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def mutants(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Damaged copies of odd workbooks, the same ones in every run."""
    random = Random(SEED)
    files = sorted(path for path in folder.rglob("*.*") if path.stat().st_size < LARGEST)
    for number in range(MUTANTS):
        path = random.choice(files)
        data = path.read_bytes()
        kind = random.choice(kinds(data))
        yield f"{number} {kind} {path.name}", mutant(data, kind, random)


@pytest.fixture(scope="module")
def run(shared_workbooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The readings of all mutants, two at a time."""
    folder = tmp_path_factory.mktemp("mutants")
    beside = folder / "beside"
    beside.mkdir()
    (beside / "escaped.xml").write_text("as it was", encoding="utf-8")
    outs = folder / "one" / "two" / "three"
    outs.mkdir(parents=True)
    read(outs, "first.xlsx", hostile.book())  # what is imported once is no growth
    before, start = contents(beside), held()
    with ThreadPoolExecutor(2) as two:
        readings = tuple(two.map(lambda file: read(outs, *file), mutants(shared_workbooks / "odd")))
    strangers = {
        str(path): "not there before"
        for path in folder.rglob("*")
        if path.is_file() and outs not in path.parents and beside not in path.parents
    }
    return Run(readings, held() - start, before, {**contents(beside), **strangers})


@pytest.mark.shared
def test_every_broken_file_gets_an_answer_and_every_refusal_its_reason(run: Run) -> None:
    assert {reading.report.status for reading in run.readings} <= ANSWERS
    silent = [
        reading.name
        for reading in run.readings
        if reading.report.status is Status.REJECTED
        and (reading.report.error is None or len(reading.report.error.message) <= len(reading.name) + 40)
    ]
    assert silent == []


@pytest.mark.shared
def test_no_broken_file_stops_the_reader_without_a_reason(run: Run) -> None:
    stopped = [
        reading.name
        for reading in run.readings
        if reading.report.error is not None and reading.report.error.code == "unreadable"
    ]
    assert stopped == []


@pytest.mark.shared
def test_no_broken_file_is_waited_for_beyond_the_deadline(run: Run) -> None:
    assert [reading.name for reading in run.readings if reading.seconds > SECONDS + MARGIN] == []


@pytest.mark.shared
def test_broken_files_do_not_make_this_process_grow(run: Run) -> None:
    assert run.growth < MOST_GROWTH


@pytest.mark.shared
def test_a_broken_file_leaves_its_facts_and_its_report_and_touches_no_other_file(run: Run) -> None:
    assert {name for reading in run.readings for name in reading.left} <= {FACTS, REPORT}
    assert run.after == run.before


REFUSED: tuple[Hostile, ...] = (
    ("packed.xlsx", hostile.zip_bomb(64), "too_large", "times smaller than it is"),
    ("parts.xlsx", hostile.book("", names=[f"S{n}" for n in range(5_000)]), "too_large", "at most 5,000"),
    ("sheets.xlsx", hostile.book(names=[f"S{n}" for n in range(300)]), "too_large", "at most 200"),
    ("far.xlsx", hostile.book(hostile.ROWS + hostile.FAR), "too_large", "KPI_READ_CELLS"),
    (
        "far and denied.xlsx",
        hostile.book(hostile.ROWS + hostile.FAR, extent=hostile.SMALL_EXTENT),
        "too_large",
        "KPI_READ_MEMORY_MIB",
    ),
    (
        "far error.xlsx",
        hostile.book(hostile.ROWS + hostile.FAR_ERROR, extent=hostile.SMALL_EXTENT),
        "too_large",
        "KPI_READ_MEMORY_MIB",
    ),
    ("columns.csv", b",".join(b"c%d" % n for n in range(1_000_000)), "too_large", "KPI_READ_CELLS"),
    ("large.csv", b"a,b\n" * (9 * MIB // 4), "too_large", "at most 8 MiB (KPI_READ_FILE_MIB)"),
    ("entities.xlsx", hostile.entities(), "unsafe_file", "document type"),
    ("late entities.xlsx", hostile.entities(late=True), "unsafe_file", "an entity of its own"),
    ("outside.xlsx", hostile.outside(), "unsafe_file", "document type"),
    ("late outside.xlsx", hostile.outside(late=True), "unsafe_file", "an entity of its own"),
    ("linked.xlsx", hostile.linked_outside(), "incomplete", "sheet 1"),
    ("lying.xlsx", hostile.lying_size(), "incomplete", "sheet1.xml"),
    ("repeats.ods", hostile.ods(hostile.ods_row("x", rows="many")), "incomplete", "'many' times"),
    ("long.csv", b"x" * 500_000, "broken_text", "131,072 characters"),
    ("open.csv", b'Date,Revenue\n2025-01-01,"' + b"1,2\n" * 50_000, "broken_text", "quotation mark"),
    ("cut.xlsx", cut_at(hostile.book(), 50), "incomplete", "incomplete or damaged"),
)


@pytest.mark.parametrize("file", [pytest.param(file, id=file[0]) for file in REFUSED])
def test_a_hostile_file_is_refused_for_what_it_is(tmp_path: Path, file: Hostile) -> None:
    name, data, code, words = file
    reading = read(tmp_path, name, data)
    assert (reading.refused[0], words in reading.refused[1]) == (code, True), reading.refused
    assert reading.seconds < SECONDS + MARGIN
    assert reading.left <= {REPORT}


def test_a_part_whose_name_leads_out_of_the_workbook_is_left_where_it_is(tmp_path: Path) -> None:
    outs = tmp_path / "one" / "two"
    outs.mkdir(parents=True)
    reading = read(outs, "climbing.xlsx", hostile.climbing())
    assert (reading.report.status, sorted(reading.left)) == (Status.LOADED, [FACTS, REPORT])
    assert [path.name for path in tmp_path.rglob("escaped*")] == []


def test_names_from_outside_are_names(tmp_path: Path) -> None:
    names = ("../../x", "=cmd|'/C calc'!A0", "<script>alert(1)</script>", "\u202egpj.x", "{0.__class__}")
    written = [name.replace("<", "&lt;") for name in names]
    sheets = read(tmp_path, "../../=1+1 <b>.xlsx", hostile.book(names=written)).report.sheets
    assert tuple(sheet.name for sheet in sheets) == names


def test_a_report_that_is_too_large_to_hold_is_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / REPORT
    with path.open("wb") as report:
        report.truncate(17 * MIB)
    with pytest.raises(Refused) as caught:
        told(path)
    assert (caught.value.code, "at most 16 MiB of these" in caught.value.message) == ("too_large", True)


def test_the_character_zero_is_in_no_answer(tmp_path: Path) -> None:
    """Not every database takes it; Excel writes it as _x0000_."""
    rows = hostile.ROWS.replace("North", "No_x0000_rth")
    reading = read(tmp_path, "zero.xlsx", hostile.book(rows))
    assert reading.report.status is Status.LOADED
    answer = b"".join(path.read_bytes() for path in tmp_path.rglob(REPORT))
    assert b"\\u0000" not in answer
    (facts,) = tmp_path.rglob(FACTS)
    assert set(pq.read_table(facts).column("region").to_pylist()) == {"No\ufffdrth"}


def _child(code: str) -> subprocess.Popen[str]:
    limited = f"from monitor.reader_child import limit_itself\n{code}"
    return subprocess.Popen(
        [sys.executable, "-c", limited], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_a_child_that_used_up_its_time_is_told_from_one_that_used_up_its_memory() -> None:
    with _child("limit_itself(1 << 32, 1)\nwhile True: pass") as child:
        assert child.wait(20) == -signal.SIGXCPU


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_a_reader_ends_with_the_process_that_started_it() -> None:
    grandchild = "limit_itself(1 << 32, 60); print('reading', flush=True); import time; time.sleep(60)"
    start = f"[sys.executable, '-c', {('from monitor.reader_child import limit_itself; ' + grandchild)!r}]"
    with _child(f"import subprocess, sys\nsubprocess.run({start}, check=False)") as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "reading\n"
        parent.kill()
        started = time.perf_counter()
        assert parent.stdout.read() == ""  # the end of what both write to: neither is left
        assert time.perf_counter() - started < MARGIN
