"""Members in order, and hierarchies, as the command line and scripts ask for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.homes import environment, run
from tests.monitor.shop import load, save
from wiring import System

HEADER = "Date,Country,Region,Revenue,COGS"
ROWS = (
    "2025-10-01,France,North,60,30",
    "2025-10-02,France,South,30,10",
    "2025-10-03,Spain,Centre,10,5",
)
ASKED = ("values", "--dataset", "shop", "--kpi", "revenue", "--grain", "total")
PLAIN = {
    "dataset": "shop",
    "kpi": "revenue",
    "grain": "total",
    "period": "2025-10-01",
    "unit": "currency",
    "complete": True,
}


@pytest.fixture
def home(system: System, tmp_path: Path) -> Path:
    load(system, save(tmp_path, "shop.csv", *ROWS, header=HEADER))
    return tmp_path / "home"


def answer(home: Path, *arguments: str) -> Any:
    code, out, err = run(environment(home), *ASKED, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_the_largest_members_have_their_rank_and_share_and_the_rest_is_one(home: Path) -> None:
    assert answer(home, "--by", "region", "--top", "1") == [
        {**PLAIN, "member": "North", "value": 60.0, "rank": 1, "share": 0.6},
        {**PLAIN, "member": None, "value": 40.0, "rank": None, "share": 0.4, "others": 2},
    ]


def test_every_member_may_be_ranked(home: Path) -> None:
    found = answer(home, "--by", "region", "--rank")
    assert [(one["member"], one["rank"], one["share"]) for one in found] == [
        ("North", 1, 0.6),
        ("South", 2, 0.3),
        ("Centre", 3, 0.1),
    ]


def test_without_them_values_are_as_they_were(home: Path) -> None:
    assert answer(home, "--by", "country") == [
        {**PLAIN, "member": "France", "value": 90.0},
        {**PLAIN, "member": "Spain", "value": 10.0},
    ]


def test_a_hierarchy_is_asked_for_by_its_name_and_says_which_level_it_gave(home: Path) -> None:
    assert answer(home, "--by", "place") == [
        {**PLAIN, "member": "France", "value": 90.0, "by": "country"},
        {**PLAIN, "member": "Spain", "value": 10.0, "by": "country"},
    ]
    assert answer(home, "--by", "place", "--where", "country=France", "--top", "1") == [
        {**PLAIN, "member": "North", "value": 60.0, "by": "region", "rank": 1, "share": pytest.approx(2 / 3)},
        {
            **PLAIN,
            "member": None,
            "value": 30.0,
            "by": "region",
            "rank": None,
            "share": pytest.approx(1 / 3),
            "others": 1,
        },
    ]


def test_people_read_the_order_as_a_table(home: Path) -> None:
    code, out, _ = run(environment(home), *ASKED, "--by", "place", "--top", "1")
    lines = [" ".join(line.replace("│", " ").replace("┃", " ").split()) for line in out.splitlines()]
    assert (code, lines[0]) == (0, "shop: revenue by country")
    assert "rank period country value share" in lines
    assert "1 2025-10-01 France 90.0 90.0 %" in lines
    assert "– 2025-10-01 all others (1) 10.0 10.0 %" in lines


@pytest.mark.parametrize("asked", [("--top", "1"), ("--by", "region", "--rank", "--kpi", "cogs")])
def test_a_rank_is_that_of_one_kpi_by_one_dimension(home: Path, asked: tuple[str, ...]) -> None:
    code, out, err = run(environment(home), *ASKED, *asked)
    assert (code, out) == (2, "")
    assert "members are ranked by one KPI and one dimension; name both" in err
