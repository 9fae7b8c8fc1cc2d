"""People's own KPIs from the command line: previewed, set, changed, retired, carried elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.homes import environment, run

SHOP = "Date,Region,Revenue,Refund\n2025-10-01,North,100,5\n2025-10-31,South,100,5\n2025-11-02,North,30,3\n"
SHARE = """[kpi.refund_share]
label = "Refund share"
description = "Refunds as a share of revenue."
unit = "percent"
favourable = "down"
decimals = 1
formula = "refund / revenue"
owner = "Ada"
"""
SLIP = SHARE.replace("refund / revenue", "refund / reveneu")


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
    """Run `kpi` with a home folder of its own, in which a shop was loaded."""
    path = tmp_path / "shop.csv"
    path.write_text(SHOP)
    run(environment(tmp_path / "home"), "load", str(path))
    return lambda *arguments: Answer(*run(environment(tmp_path / "home"), *arguments))


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    def written(text: str) -> str:
        (tmp_path / "own.toml").write_text(text)
        return str(tmp_path / "own.toml")

    return written


def october(kpi: Kpi, key: str = "refund_share") -> Any:
    found = kpi("values", "--dataset", "shop", "--kpi", key, "--json").json
    return found[0]["value"]


def test_a_slip_is_refused_with_its_place_and_nothing_is_saved(kpi: Kpi, file: Callable[[str], str]) -> None:
    for command in (("import", file(SLIP)), ("preview", file(SLIP), "--dataset", "shop")):
        answer = kpi("definitions", *command, "--json")
        assert (answer.code, answer.out) == (1, "")
        assert "line 1, column 10: unknown field `reveneu`; did you mean `revenue`?" in answer.err
    assert kpi("definitions", "export").out == ""


def test_a_preview_shows_the_values_and_saves_nothing(kpi: Kpi, file: Callable[[str], str]) -> None:
    (shown,) = kpi("definitions", "preview", file(SHARE), "--dataset", "shop", "--json").json
    assert (shown["kpi"], shown["effect"], shown["version"], shown["missing"]) == (
        "refund_share",
        "new",
        1,
        None,
    )
    assert [(one["period"], one["value"], one["complete"]) for one in shown["values"]] == [
        ("2025-10-01", pytest.approx(0.05), True),
        ("2025-11-01", pytest.approx(0.1), False),
    ]
    assert kpi("definitions", "export").out == ""


def test_what_is_imported_is_there_at_once_and_twice_the_same_changes_nothing(
    kpi: Kpi, file: Callable[[str], str]
) -> None:
    first = kpi("definitions", "import", file(SHARE), "--json")
    assert [(one["kpi"], one["version"], one["owner"]) for one in first.json] == [("refund_share", 1, "Ada")]
    assert october(kpi) == pytest.approx(0.05)
    assert kpi("definitions", "import", file(SHARE), "--json").json == []


def test_both_values_are_in_the_history_with_the_versions_of_their_definition(
    kpi: Kpi, file: Callable[[str], str]
) -> None:
    kpi("definitions", "set", file(SHARE))
    changed = kpi(
        "definitions", "set", "refund_share", "--formula", "2 * refund / revenue", "--owner", "Bob", "--json"
    )
    assert [(one["version"], one["owner"], one["entry"]["label"]) for one in changed.json] == [
        (2, "Bob", "Refund share")
    ]
    asked = ("--dataset", "shop", "--kpi", "refund_share", "--period", "2025-10-01", "--json")
    said = [(one["value"], one["definition_version"], one["cause"]) for one in kpi("history", *asked).json]
    assert said == [(pytest.approx(0.05), 1, "definitions"), (pytest.approx(0.1), 2, "definitions")]
    shown = kpi("definitions", "show", "refund_share", "--json").json
    assert [(one["version"], one["owner"], one["entry"]["formula"]) for one in shown["history"]] == [
        (1, "Ada", "refund / revenue"),
        (2, "Bob", "2 * refund / revenue"),
    ]


def test_a_kpi_can_be_set_by_its_formula_alone(kpi: Kpi) -> None:
    (made,) = kpi("definitions", "set", "half", "--formula", "revenue / 2", "--json").json
    assert made["entry"] == {
        "label": "Half",
        "description": "revenue / 2",
        "unit": "number",
        "favourable": "none",
        "decimals": 2,
        "formula": "revenue / 2",
        "owner": made["owner"],
    }
    assert (october(kpi, "half"), bool(made["owner"])) == (100, True)


def test_whoever_expects_another_version_is_refused(kpi: Kpi, file: Callable[[str], str]) -> None:
    kpi("definitions", "import", file(SHARE))
    answer = kpi("definitions", "set", "refund_share", "--formula", "refund", "--expect", "0")
    assert (answer.code, "`refund_share` is at version 1 by now, of Ada" in answer.err) == (1, True)


def test_a_retired_kpi_has_no_values_and_can_be_looked_up(kpi: Kpi, file: Callable[[str], str]) -> None:
    kpi("definitions", "import", file(SHARE))
    assert kpi("definitions", "retire", "refund_share", "--json").json[0]["retired"]
    assert kpi("values", "--dataset", "shop", "--kpi", "refund_share").code == 2
    listed = kpi("definitions", "list", "--json").json
    assert "refund_share" not in [one["kpi"] for one in listed]
    gone = kpi("definitions", "list", "--retired", "--json").json[-1]
    assert (gone["kpi"], gone["retired"], gone["version"]) == ("refund_share", True, 2)


def test_a_kpi_that_ships_stays_as_it_is(kpi: Kpi) -> None:
    changed = kpi("definitions", "set", "revenue", "--formula", "sum(refund)")
    retired = kpi("definitions", "retire", "revenue")
    assert (changed.code, retired.code) == (1, 1)
    assert "ships with the program" in changed.err
    assert "ships with the program" in retired.err


def test_the_list_says_what_a_dataset_lacks(kpi: Kpi) -> None:
    listed = {one["kpi"]: one for one in kpi("definitions", "list", "--dataset", "shop", "--json").json}
    assert (listed["revenue"]["missing"], listed["revenue"]["own"]) == (None, False)
    assert listed["gross_profit"]["missing"] == "the data have no column `cogs`"


def test_what_is_exported_can_be_imported_elsewhere(
    kpi: Kpi, file: Callable[[str], str], tmp_path: Path
) -> None:
    kpi("definitions", "import", file(SHARE))
    target = tmp_path / "carried.toml"
    assert kpi("definitions", "export", str(target)).code == 0
    other = environment(tmp_path / "other")
    code, out, _ = run(other, "definitions", "import", str(target), "--json")
    assert (code, json.loads(out)[0]["owner"]) == (0, "Ada")
    assert kpi("definitions", "export").out == target.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "nope"), "there is no KPI 'nope'"),
        (("list", "--dataset", "nope"), "there is no dataset 'nope'; there is: shop"),
        (("set", "half"), "nothing was said"),
        (("import", "nowhere.toml"), "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_told(kpi: Kpi, arguments: tuple[str, ...], said: str) -> None:
    answer = kpi("definitions", *arguments)
    assert (answer.code, said in answer.err) == (2, True)
