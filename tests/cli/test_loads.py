"""Loads from the command line: their issues, marked copies, what they changed, and taking them back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.homes import environment, run

SHOP = "Date,Region,Revenue\n2025-10-01,North,100\n2025-10-31,South,50\nsoon,=1+1,30\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.csv"
    path.write_text(SHOP)
    return path


def kpi(shop: Path, *arguments: str) -> tuple[int, str, str]:
    return run(environment(shop.parent / "home"), *arguments)


def answer(shop: Path, *arguments: str) -> Any:
    code, out, err = kpi(shop, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def corrected(shop: Path) -> None:
    """The second version of a shop that has been loaded."""
    kpi(shop, "load", str(shop))
    shop.write_text(SHOP.replace("South,50", "South,70"))


def test_a_dry_run_tells_the_difference_and_a_load_sums_it_up(shop: Path) -> None:
    corrected(shop)
    (rehearsed,) = answer(shop, "load", str(shop), "--dry-run")
    assert rehearsed["difference"]["measures"] == [
        {"field": "revenue", "header": "Revenue", "old": 150.0, "new": 170.0}
    ]
    _, _, told = kpi(shop, "load", str(shop))
    assert "Against load 1: 1 row added, 1 removed" in told
    assert "revenue 150.00 → 170.00" in told
    assert answer(shop, "changes") == rehearsed["difference"]


def test_all_issues_of_the_latest_load_are_json_or_csv(shop: Path) -> None:
    kpi(shop, "load", str(shop))
    (issue,) = answer(shop, "issues")
    _, out, _ = kpi(shop, "issues", "1", "--csv")
    names, line = csv.reader(io.StringIO(out))
    assert dict(zip(names, line, strict=True)) == {name: str(value) for name, value in issue.items()}


def test_a_marked_copy_is_written_where_it_is_asked_for(shop: Path) -> None:
    kpi(shop, "load", str(shop))
    out = shop.with_name("marked.xlsx")
    assert kpi(shop, "issues", "--dataset", "shop", "--marked", str(out))[0] == 0
    assert openpyxl.load_workbook(out).sheetnames == ["Load report", "shop"]
    code, _, said = kpi(shop, "issues", "--marked", str(shop.with_name("marked.xlsm")))
    assert (code, "wanted one ending in .xlsx" in said) == (1, True)
    assert sorted(path.name for path in shop.parent.iterdir()) == ["home", "marked.xlsx", "shop.csv"]


def test_a_load_is_taken_back_and_the_history_keeps_both(shop: Path) -> None:
    corrected(shop)
    kpi(shop, "load", str(shop))
    done = answer(shop, "undo", "--dataset", "shop")
    assert (done["undone"], done["restored"], done["version"], done["emptied"]) == (2, 1, 3, False)
    period = ("--dataset", "shop", "--kpi", "revenue", "--period", "2025-10-01")
    said = answer(shop, "history", *period)
    assert [(one["value"], one["load"]["id"]) for one in said] == [(150.0, 1), (170.0, 2), (150.0, 3)]
    assert [(one["id"], one["status"]) for one in answer(shop, "loads")] == [
        (3, "undone"),
        (2, "loaded"),
        (1, "loaded"),
    ]


def test_what_no_longer_holds_is_refused_with_the_reason(shop: Path) -> None:
    corrected(shop)
    kpi(shop, "load", str(shop))
    code, _, said = kpi(shop, "undo", "1")
    assert (code, "load 2 took its place" in said) == (1, True)
    assert answer(shop, "undo", "2", "1")["emptied"] is True


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("issues",), 2, "there is no load yet"),
        (("issues", "7"), 2, "there is no load 7"),
        (("changes", "--dataset", "nope"), 2, "there is no load of nope yet"),
        (("undo",), 2, "name the load to undo"),
        (("undo", "7"), 1, "There is no load 7"),
        (("undo", "--dataset", "nope"), 1, "No load of nope holds now"),
    ],
)
def test_a_load_that_is_not_there_is_said_in_one_line(
    shop: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    found = kpi(shop, *arguments)
    assert (found[0], said in found[2]) == (code, True)
