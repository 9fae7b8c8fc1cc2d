"""After runs of the sales warehouse that died, wherever that was, the next run has all in its place."""

from __future__ import annotations

import json
import random
import shutil
import time
from pathlib import Path

import pytest

from tests.homes import environment, start
from tests.sales_homes import BEFORE, NEW, OLD, etl, make_home, revenue_as_kpi, standing, tables_aside

KILLS, LONGEST = 12, 60.0  # random kills, and the seconds they may take together
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_home(tmp_path_factory.mktemp("made"))


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "made"))


@pytest.mark.parametrize("seam", ["sales_built", "after_sales_commit", "before_commit"])
def test_the_run_after_a_killed_one_is_whole_and_clears_up(folder: Path, seam: str) -> None:
    etl(folder, "reload", seam)
    code, out, _ = etl(folder, "merge")
    assert code == 0
    assert json.loads(out)["status"] == ("done" if seam in BEFORE else "unchanged")
    assert standing(folder) == NEW
    assert tables_aside(folder) == []
    assert revenue_as_kpi(folder) == 18.1


def test_random_kills_leave_one_version_or_the_other(folder: Path) -> None:
    chance = random.Random(7)
    began, seen = time.monotonic(), set()
    for _ in range(KILLS):
        if time.monotonic() - began > LONGEST:
            break
        settings = environment(folder / "home")
        process = start(settings, "etl", "run", "--source", str(folder / "source"))
        time.sleep(chance.uniform(0.3, 2.5))
        process.kill()
        process.communicate()
        stood = standing(folder)
        assert stood[1:] in (OLD[1:], NEW[1:])
        seen.add(stood[1:])
    assert etl(folder)[0] == 0
    assert standing(folder)[1:] == NEW[1:]
