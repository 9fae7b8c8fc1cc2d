"""Questions answered from the command line: once, and for every later file of the same layout."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.homes import environment, run

ASKED = "Date,Region,Revenu,COGS\n2025-10-01,North,100,60\n2025-10-31,South,50,40\n"
LATER = "Date,Region,Revenu,COGS\n2025-11-01,North,70,60\n2025-11-30,South,50,40\n"
TWICE = "When,Region,Revenu\n2025-10-01,North,100\n2025-10-31,South,50\n"


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Kpi = Callable[..., Answer]


@pytest.fixture
def kpi(tmp_path: Path) -> Kpi:
    """Run `kpi` with a home folder of its own."""
    return lambda *arguments: Answer(*run(environment(tmp_path / "home"), *arguments))


@pytest.fixture
def october(tmp_path: Path) -> str:
    path = tmp_path / "october.csv"
    path.write_text(ASKED)
    return str(path)


@pytest.fixture
def november(tmp_path: Path) -> str:
    path = tmp_path / "november.csv"
    path.write_text(LATER)
    return str(path)


def layout(kpi: Kpi, path: str) -> str:
    fingerprint: str = kpi("load", path, "--dry-run", "--json").json[0]["sheets"][0]["fingerprint"]
    return fingerprint


def test_a_question_names_its_key_its_layout_and_the_command_that_answers_it(kpi: Kpi, october: str) -> None:
    answer = kpi("load", october, "--json")
    (question,) = answer.json[0]["questions"]
    assert (answer.code, question["key"], question["fingerprint"]) == (1, "revenue", layout(kpi, october))
    assert shlex.split(question["command"]) == ["kpi", "load", october, "--answer", "revenue=Revenu"]
    done = kpi(*shlex.split(question["command"])[1:], "--json")
    assert (done.code, done.json[0]["status"]) == (0, "loaded")


def test_one_command_answers_all_questions_of_a_file(kpi: Kpi, tmp_path: Path) -> None:
    path = tmp_path / "both.csv"
    path.write_text(TWICE)
    questions = kpi("load", str(path), "--json").json[0]["questions"]
    commands = {question["command"] for question in questions}
    assert [question["key"] for question in questions] == ["date", "revenue"]
    (command,) = commands
    assert kpi(*shlex.split(command)[1:]).code == 0


def test_people_are_told_what_to_type(kpi: Kpi, october: str) -> None:
    told = kpi("load", october)
    assert told.code == 1
    assert "Which column is the revenue? (october!C1)" in told.err
    assert "--answer 'revenue=none of them'" in told.err
    assert f"kpi load {october} --answer revenue=Revenu" in told.err


def test_a_column_that_was_named_once_is_known_in_the_next_file(
    kpi: Kpi, october: str, november: str
) -> None:
    assert kpi("load", october, "--map", "Revenu=revenue").code == 0
    (later,) = kpi("load", november, "--json").json
    assert (later["status"], later["sheets"][0]["columns"][2]["field"]) == ("loaded", "revenue")
    assert [(one["effect"], one["problem"]) for one in later["issues"]] == [
        ("answered", "answers given earlier were used: revenue = Revenu")
    ]


def test_a_column_can_be_left_out_or_kept_under_a_name_of_ones_own(kpi: Kpi, october: str) -> None:
    said = ("--map", "Revenu=net takings", "--map", "Region=")
    (loaded,) = kpi("load", october, *said, "--json").json
    fields = {column["header"]: column["field"] for column in loaded["sheets"][0]["columns"]}
    assert fields == {"Date": "date", "Region": "", "Revenu": "net_takings", "COGS": "cogs"}


def test_what_is_kept_can_be_listed_changed_and_forgotten(kpi: Kpi, october: str, november: str) -> None:
    mark = layout(kpi, october)
    changed = kpi("mapping", "set", mark, "Revenu=revenue", "--json")
    assert (changed.code, changed.json["fingerprint"]) == (0, mark)
    assert kpi("load", october, "--json").json[0]["status"] == "loaded"
    (listed,) = kpi("mapping", "list", "--json").json
    assert {key: listed[key] for key in ("fingerprint", "kind", "key", "answer")} == {
        "fingerprint": mark,
        "kind": "field",
        "key": "Revenu",
        "answer": "revenue",
    }
    assert mark[:12] in kpi("mapping", "list").out
    removed = kpi("mapping", "remove", mark[:8], "Revenu", "--json")
    assert (removed.code, removed.json["removed"]) == (0, 1)
    assert (kpi("mapping", "list", "--json").json, kpi("load", november, "--json").json[0]["status"]) == (
        [],
        "review",
    )


def test_a_header_that_is_not_there_is_refused_with_those_that_are(kpi: Kpi, october: str) -> None:
    refused = kpi("load", october, "--map", "Revenues=revenue", "--json")
    assert (refused.code, refused.json[0]["error"]["code"]) == (1, "unknown_answer")
    assert refused.json[0]["error"]["message"] == (
        "october.csv: found no column called Revenues; the columns are Date, Region, Revenu, COGS. "
        "Nothing was loaded; correct the answer and load the file again."
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--map", "Revenu"), "wanted HEADER=FIELD"),
        (("--map", "Revenu=revenue", "--map", "COGS=revenue"), "cannot both be revenue"),
        (("--map", "COGS=revenu"), "did you mean `revenue`"),
        (("--answer", "revenue"), "wanted KEY=CANDIDATE"),
        (("--no-repair", "Unit scale"), "as the code of a repair"),
    ],
)
def test_an_answer_that_cannot_be_meant_is_a_usage_error(
    kpi: Kpi, october: str, arguments: tuple[str, ...], said: str
) -> None:
    answer = kpi("load", october, *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("set", "beef", "A=revenue"), "no layout begins with beef"),
        (("set", "a" * 64), "nothing was said"),
        (("remove", "a" * 64), "nothing is kept about layout aaaaaaaaaaaa"),
    ],
)
def test_a_layout_that_is_not_known_is_a_usage_error(kpi: Kpi, arguments: tuple[str, ...], said: str) -> None:
    answer = kpi("mapping", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
