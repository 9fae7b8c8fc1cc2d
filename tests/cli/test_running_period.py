"""`kpi values` about a period that is not over. The shop's data end on 2 November 2025."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.homes import HEALTHY, environment, run

NOVEMBER = ("--dataset", "shop", "--kpi", "revenue", "--start", "2025-11-01")


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "shop.csv"
    path.write_text(HEALTHY)
    settings = environment(tmp_path / "home")
    assert run(settings, "load", str(path))[0] == 0
    return settings


def test_the_running_month_is_shown_as_asked(home: dict[str, str]) -> None:
    code, out, _ = run(home, "values", *NOVEMBER, "--partial", "projected", "--json")
    (found,) = json.loads(out)
    assert (code, found["value"], found["projected"], found["complete"]) == (0, 450.0, True, False)
    assert run(home, "values", *NOVEMBER, "--partial", "complete", "--json")[:2] == (0, "[]\n")
    assert "projection" in run(home, "values", *NOVEMBER, "--partial", "projected")[1]


def test_a_word_that_is_none_is_refused_with_those_there_are(home: dict[str, str]) -> None:
    assert run(home, "values", *NOVEMBER, "--partial", "half") == (
        2,
        "",
        "kpi: --partial: found 'half', wanted one of to_date, complete, full, projected\n",
    )


def test_the_calendar_is_a_setting(home: dict[str, str]) -> None:
    """P11 of 2025 begins on 27 October where periods are weeks."""
    asked = ("values", "--dataset", "shop", "--kpi", "revenue", "--json")
    code, out, _ = run({**home, "KPI_CALENDAR": "4-4-5"}, *asked)
    assert (code, {one["period"]: one["value"] for one in json.loads(out)}) == (
        0,
        {"2025-09-29": 100.0, "2025-10-27": 80.0},
    )
