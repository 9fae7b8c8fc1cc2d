"""Several files in one command: each dataset is judged once, after the last of its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_cli import Kpi
from tests.monitor.shop import HEADER, month

RULE = ("rules", "add", "--dataset", "shop", "--kpi", "revenue", "--below", "100")
SHOP = ("--dataset", "shop")


def monthly(folder: Path, **revenues: float) -> list[str]:
    """A file a month of 2025, named after it in order."""
    paths = []
    for number, (name, revenue) in enumerate(revenues.items(), start=7):
        path = folder / f"{number}_{name}.csv"
        path.write_text("\n".join([HEADER, *month(number, revenue)]))
        paths.append(str(path))
    return paths


def broken(path: Path) -> str:
    path.write_text("nothing,here\n1,2\n")
    return str(path)


def told(kpi: Kpi) -> list[tuple[str, str, float | None]]:
    """Each change that people heard of, oldest first: state, period and value."""
    found = kpi("alerts", "--json").json
    return [(one["state"], one["period"], one["value"]) for one in found][::-1]


@pytest.fixture
def watched(here: Kpi) -> Kpi:
    here(*RULE)
    return here


def test_of_a_history_in_many_files_nothing_is_told_but_what_stands_after_it(
    watched: Kpi, tmp_path: Path
) -> None:
    files = monthly(tmp_path, jul=50, aug=150, sep=50, oct=150)
    assert watched("load", *files, *SHOP).code == 0
    calm = told(watched)
    watched("load", *monthly(tmp_path, jul=60, aug=60, sep=160, oct=70), *SHOP)
    assert (calm, told(watched)) == ([], [("firing", "2025-10-01", 70.0)])


def test_the_last_file_may_be_refused_and_what_came_before_is_judged_all_the_same(
    watched: Kpi, tmp_path: Path
) -> None:
    files = [*monthly(tmp_path, jul=150, aug=50), broken(tmp_path / "9_sep.csv")]
    assert watched("load", *files, *SHOP).code == 1
    assert told(watched) == [("firing", "2025-08-01", 50.0)]


def test_datasets_whose_files_come_in_turns_are_each_judged_after_their_last(
    watched: Kpi, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("\n".join([HEADER, *month(7, 1)]))
    shop = watched("load", str(other), "--json").json[0]["dataset"]
    folder = tmp_path / "home" / "inbox" / "shop"
    folder.mkdir(parents=True)
    first, last = monthly(folder, jul=50, aug=150)
    done = watched("load", first, str(other), last, "--json").json
    assert (shop, [one["dataset"] for one in done]) == ("other", ["shop", "other", "shop"])
    assert told(watched) == []


def test_a_file_that_is_refused_is_told_by_the_command_itself_and_once(watched: Kpi, tmp_path: Path) -> None:
    (path,) = monthly(tmp_path, jul=150)
    watched("load", path, *SHOP)
    for _ in range(2):
        watched("load", broken(Path(path)), *SHOP)
    (fired,) = watched("alerts", "--json").json
    assert (fired["rule"], fired["member"], fired["state"]) == (
        "shop: a file cannot be read",
        "7_jul.csv",
        "firing",
    )


def test_a_rehearsed_load_judges_nothing(watched: Kpi, tmp_path: Path) -> None:
    watched("load", *monthly(tmp_path, jul=50, aug=50), *SHOP, "--dry-run")
    assert told(watched) == []
