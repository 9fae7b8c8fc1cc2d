"""What a commit meets of others, on databases where several write at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from tests.monitor.shop import OCTOBER, load, month, months, save, versions
from wiring import System


def meeting(system: System, *errors: Exception) -> System:
    """A system of which so many transactions end like this, just before their end."""
    left = list(errors)

    def fail(seam: str) -> None:
        if seam == "in_commit" and left:
            raise left.pop(0)

    return replace(system, road=replace(system.road, reached=fail))


def said(number: int, text: str) -> DBAPIError:
    return DBAPIError("UPDATE datasets", None, Exception(number, text))


def test_a_load_that_the_database_chose_to_break_off_is_committed_by_the_next_try(
    system: System, tmp_path: Path
) -> None:
    unlucky = meeting(system, said(1213, "Deadlock found"), said(1020, "Record has changed since last read"))
    assert load(unlucky, save(tmp_path, "shop.csv", *month(10, 100)), "shop").version == 1
    assert (versions(system), months(system)) == ({"shop": 1}, {(OCTOBER, ""): 100})


def test_any_other_fault_of_the_database_is_raised_and_leaves_nothing(system: System, tmp_path: Path) -> None:
    with pytest.raises(DBAPIError, match="disk is full"):
        load(meeting(system, said(3, "disk is full")), save(tmp_path, "shop.csv", *month(10, 100)), "shop")
    assert versions(system) == {}
