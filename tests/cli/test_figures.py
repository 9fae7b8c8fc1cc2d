"""Values as they were reported, and where a number comes from, as outsiders ask for them."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.homes import environment, run
from tests.moments import NOON
from tests.monitor.shop import load, save
from wiring import System

SHOP = ("2025-10-01,North,100,60", "2025-10-31,South,50,40", "2025-11-02,North,30,3")
CORRECTED = (SHOP[0], "2025-10-31,South,70,40", SHOP[2])
ABOUT = ("--dataset", "shop", "--kpi", "revenue")
OCTOBER = ("--period", "2025-10-15")


@pytest.fixture
def home(system: System, tmp_path: Path) -> Path:
    """October was 150 on 21 November at noon, and was corrected to 170 two days later."""
    load(system, save(tmp_path, "shop.csv", *SHOP))
    load(system, save(tmp_path, "shop.csv", *CORRECTED), at=NOON + timedelta(days=2))
    return tmp_path / "home"


def answer(home: Path, *arguments: str) -> Any:
    code, out, err = run(environment(home), *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def refused(home: Path, *arguments: str) -> tuple[int, str]:
    code, out, err = run(environment(home), *arguments)
    assert out == ""
    return code, err


@pytest.mark.parametrize(
    ("reported", "revenue"),
    [("", 170), ("2025-11-21", 150), ("2025-11-22", 150), ("2025-11-23T11:59", 150), ("2025-11-23", 170)],
)
def test_values_are_those_that_were_reported(home: Path, reported: str, revenue: float) -> None:
    asked = ("--reported", reported) if reported else ()
    found = answer(home, "values", *ABOUT, *asked)
    assert [(one["period"], one["value"]) for one in found] == [("2025-10-01", revenue), ("2025-11-01", 30)]


@pytest.mark.parametrize(
    ("reported", "said"),
    [
        (
            "2025-11-20",
            "nothing had been reported of shop by 2025-11-20 23:59: its first version came at 2025-11-21",
        ),
        ("soon", "reported: found 'soon', wanted a day such as 2025-11-14"),
    ],
)
def test_a_moment_before_the_first_load_or_none_at_all_is_refused(
    home: Path, reported: str, said: str
) -> None:
    code, err = refused(home, "values", *ABOUT, "--reported", reported)
    assert (code, said in err) == (2, True), err


def test_an_explanation_names_all_that_the_number_rests_on(home: Path) -> None:
    found = answer(home, "explain", *ABOUT, *OCTOBER)
    for load_ in found["loads"]:
        assert len(load_.pop("sha256")) == 64
        load_.pop("seconds")
    (rows,) = found["rows"]
    assert (found["value"], found["version"], found["complete"], found["row_count"]) == (170, 2, True, 2)
    assert found["rows_in_words"] == "Every row dated Oct 2025."
    assert rows == {
        "source": "shop.csv",
        "sheet": "shop",
        "first_row": 2,
        "last_row": 3,
        "rows": 2,
        "version": 2,
        "load_id": 2,
        "ranges": [[2, 3]],
        "more_ranges": 0,
    }
    assert [(one["id"], one["source"], one["at"], one["version"]) for one in found["loads"]] == [
        (2, "shop.csv", "2025-11-23T12:00:00+00:00", 2)
    ]
    assert [
        (one["value"], one["until_version"], one["cause"], one["load"]["id"]) for one in found["history"]
    ] == [
        (150, 2, "load", 1),
        (170, None, "load", 2),
    ]
    assert {key: found["definition"][key] for key in ("version", "owner", "kind", "unit")} == {
        "version": 1,
        "owner": None,
        "kind": "formula",
        "unit": "currency",
    }


def test_exactly_the_rows_of_a_number_can_be_saved(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    asked = ("--where", "region=South", "--reported", "2025-11-21", "--rows", str(path))
    found = answer(home, "explain", *ABOUT, *OCTOBER, *asked)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert found["filters"] == {"where": [["region", "South"]], "without": []}
    assert (found["value"], found["history"]) == (50, [])
    assert [(row["file"], row["sheet"], row["row"], row["date"], row["revenue"]) for row in rows] == [
        ("shop.csv", "shop", "3", "2025-10-31", "50.0")
    ]


def test_a_total_is_explained_over_the_days_that_are_named(home: Path) -> None:
    asked = ("--grain", "total", "--start", "2025-10-02", "--end", "2025-11-30", *OCTOBER)
    found = answer(home, "explain", *ABOUT, *asked)
    assert (found["value"], found["rows"][0]["ranges"]) == (100, [[3, 4]])


def test_for_people_the_same_is_a_few_tables(home: Path) -> None:
    code, out, err = run(environment(home), "explain", *ABOUT, *OCTOBER)
    assert code == 0
    assert "Revenue, Oct 2025: revenue 170 = 170.00" in out
    assert "Every row dated Oct 2025. 2 in all." in out
    assert "definition version 1" in out
    assert err == ""
    assert all(word in out for word in ("shop.csv", "2–3", "150", "170", "load"))


def test_where_nothing_is_found_a_member_that_the_data_do_not_have_is_said(home: Path) -> None:
    asked = ("values", *ABOUT, "--where", "region=north", "--json")
    code, out, err = run(environment(home), *asked)
    assert (code, json.loads(out), err.splitlines()[-1]) == (
        0,
        [],
        "region has no member 'north'; did you mean `North`?",
    )


def test_a_file_that_cannot_be_written_is_said(home: Path, tmp_path: Path) -> None:
    code, err = refused(home, "explain", *ABOUT, *OCTOBER, "--rows", str(tmp_path / "no" / "rows.csv"))
    assert (code, "name a file that can be written" in err) == (1, True)


def test_a_start_within_a_month_cuts_its_value_and_its_explanation_alike(home: Path) -> None:
    (value,) = answer(home, "values", *ABOUT, "--start", "2025-10-15", "--end", "2025-10-31")
    found = answer(home, "explain", *ABOUT, *OCTOBER, "--start", "2025-10-15")
    assert (value["value"], value["complete"]) == (found["value"], found["complete"]) == (70, False)
    assert (found["period_in_words"], found["row_count"], found["history"]) == ("15–31 Oct 2025", 1, [])


def test_a_period_that_the_slice_cuts_is_in_part_and_only_one_that_runs_is_not_over(home: Path) -> None:
    code, out, _ = run(environment(home), "values", *ABOUT, "--start", "2025-10-15")
    october, november = (line for line in out.splitlines() if "2025-1" in line)
    assert (code, "in part" in october, "not over yet" in november) == (0, True, True)


def test_a_cost_that_some_rows_lack_is_said(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", "2025-10-01,North,100,60", "2025-10-02,North,100,"))
    asked = ("explain", "--dataset", "shop", "--kpi", "gross_margin", *OCTOBER)
    said = "cogs is empty in 1 of 2 rows that have revenue; these count as 0"
    assert answer(tmp_path / "home", *asked)["notes"] == [said]
    assert f"Note: {said}." in run(environment(tmp_path / "home"), *asked)[1]
