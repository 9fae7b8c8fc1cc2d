"""`kpi etl generate`: files and their truth, over what it made itself and over nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.etl_generate import NotOursError, write_source
from kpi.sales.generator.plan import Plan
from tests.homes import run

FILES = ["customers.csv", "products.csv", "sales.csv", "truth.json"]
PLAN = Plan(300, seed=1)


def generate(*arguments: str | Path) -> tuple[int, str, str]:
    return run({}, "etl", "generate", *map(str, arguments))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def truth(folder: Path) -> Any:
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


def test_it_puts_three_files_and_their_truth_into_a_new_folder(tmp_path: Path) -> None:
    out = tmp_path / "new" / "sales"
    code, said, hint = generate("--out", out, "--rows", "300", "--seed", "7", "--dirty", "0.1")
    assert (code, said, sorted(contents(out))) == (0, "", FILES)
    assert f"{out / 'sales.csv'}: 300 rows" in hint
    assert {name: found["sha256"] for name, found in truth(out)["files"].items()} == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in contents(out).items()
        if name != "truth.json"
    }


def test_what_was_asked_for_is_in_the_truth(tmp_path: Path) -> None:
    code, said, _ = generate(
        "--out", tmp_path, "--rows", "50", "--seed", "9", "--dirty", "0", "--start", "2026-01-01", "--end", "2026-01-31",
        "--customers", "3", "--products", "2", "--json",
    )  # fmt: skip
    assert (code, json.loads(said)["plan"]) == (
        0,
        {
            "rows": 50,
            "seed": 9,
            "dirty": 0,
            "first": "2026-01-01",
            "last": "2026-01-31",
            "customers": 3,
            "products": 2,
        },
    )


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        generate("--out", tmp_path / name, "--rows", "300", "--seed", "7")
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_it_writes_over_what_it_made_itself(tmp_path: Path) -> None:
    write_source(tmp_path, PLAN)
    write_source(tmp_path, Plan(20, seed=2))
    assert (truth(tmp_path)["plan"]["rows"], sorted(contents(tmp_path))) == (20, FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_somebody_else_stands_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    code, said, hint = generate("--out", tmp_path, "--rows", "300")
    assert (code, said, contents(tmp_path)) == (1, "", {name: b"mine"})
    assert f"{tmp_path / name} is there and was not made by this command" in hint


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_changed_since_is_somebody_elses(tmp_path: Path, name: str) -> None:
    write_source(tmp_path, PLAN)
    with (tmp_path / name).open("a") as file:
        file.write("C1,Ada,Zürich\n")
    before = contents(tmp_path)
    with pytest.raises(NotOursError):
        write_source(tmp_path, PLAN)
    assert contents(tmp_path) == before


def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_text("mine")
    (tmp_path / "sales.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(NotOursError):
        write_source(tmp_path, PLAN)
    assert (tmp_path / "elsewhere.csv").read_text() == "mine"


@pytest.mark.parametrize("missing", FILES[:3])
def test_after_a_crash_among_the_renames_it_can_be_done_again(tmp_path: Path, missing: str) -> None:
    """What a crash leaves: the truth, and those of its files that had got their names."""
    write_source(tmp_path, PLAN)
    whole = contents(tmp_path)
    (tmp_path / missing).unlink()
    write_source(tmp_path, PLAN)
    assert contents(tmp_path) == whole


def test_what_lies_beside_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("mine")
    write_source(tmp_path, PLAN)
    assert (sorted(contents(tmp_path)), contents(tmp_path)["notes.csv"]) == (
        ["customers.csv", "notes.csv", "products.csv", "sales.csv", "truth.json"],
        b"mine",
    )


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda folder: folder.write_text("a file"), "a file is where the folder should be"),
        (lambda folder: (folder / "sales.csv").mkdir(parents=True), "a folder is where a file should be"),
    ],
)
def test_where_it_cannot_write_it_says_so(tmp_path: Path, spoil: Callable[[Path], object], why: str) -> None:
    out = tmp_path / "out"
    spoil(out)
    code, said, hint = generate("--out", out, "--rows", "300")
    assert (code, said, str(out) in hint) == (1, "", True), why


def test_what_cannot_be_made_ends_with_code_2(tmp_path: Path) -> None:
    code, said, hint = generate("--out", tmp_path, "--rows", "0")
    assert (code, said, hint) == (2, "", "kpi: rows: found 0, wanted a number from 1 to 1,000,000,000\n")
