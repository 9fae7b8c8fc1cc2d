"""A run of the sales warehouse that dies at a seam leaves the old warehouse or the new one, whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.sales_homes import AFTER, BEFORE, KILLED, NEW, OLD, etl, make_home, standing

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_home(tmp_path_factory.mktemp("made"))


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "made"))


@pytest.mark.parametrize("mode", ["reload", "merge"])
@pytest.mark.parametrize("seam", BEFORE)
def test_a_run_killed_before_its_commit_leaves_the_old_warehouse(folder: Path, seam: str, mode: str) -> None:
    assert etl(folder, mode, seam)[0] == KILLED
    assert standing(folder) == OLD


@pytest.mark.parametrize("mode", ["reload", "merge"])
@pytest.mark.parametrize("seam", AFTER)
def test_a_run_killed_after_its_commit_leaves_the_new_warehouse(folder: Path, seam: str, mode: str) -> None:
    assert etl(folder, mode, seam)[0] == KILLED
    assert standing(folder) == NEW
