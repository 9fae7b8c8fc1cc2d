"""What is known of datasets whose newest version is still to be judged, on every database."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from kpi.report import Cadence
from storage.alerting.unjudged import LONGEST, PutOff, give_up, judged, list_unjudged, put_off
from storage.datasets import Dataset, save_dataset
from storage.processes import process_name
from tests.moments import NOON
from tests.servers import KINDS, fresh_database

MINUTE = timedelta(minutes=1)
ME = process_name()
FAR = "elsewhere/4026531836:7:0a1b2c3d"


def gone() -> str:
    """The name of a process of this machine that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return ME.replace(f":{os.getpid()}:", f":{child.pid}:")


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_written_once_a_dataset_and_goes_with_the_judging(kind: str, tmp_path: Path) -> None:
    until = NOON + LONGEST
    with fresh_database(kind, tmp_path) as database, database.begin() as connection:
        for name in ("apples", "shop"):
            save_dataset(connection, Dataset(name, 1, (), NOON.date(), NOON.date(), Cadence.DAY, NOON))
        put_off(connection, "shop", FAR, NOON)
        put_off(connection, "shop", ME, NOON + MINUTE)
        put_off(connection, "apples", FAR, NOON)
        both = list_unjudged(connection)
        give_up(connection, ME, NOON + MINUTE)
        given = list_unjudged(connection)
        judged(connection, "shop")
        assert both == [PutOff("apples", FAR, until), PutOff("shop", ME, until)]
        assert given == [PutOff("apples", FAR, until), PutOff("shop", ME, NOON + MINUTE)]
        assert list_unjudged(connection) == [PutOff("apples", FAR, until)]


def test_others_wait_for_a_process_that_lives_or_cannot_be_seen_and_not_for_ever() -> None:
    mine, far = (PutOff("shop", by, NOON + MINUTE) for by in (ME, FAR))
    assert [one.waits(NOON) for one in (mine, far)] == [True, True]
    assert [one.waits(NOON + MINUTE) for one in (mine, far)] == [False, False]


def test_nobody_waits_for_a_process_that_has_ended() -> None:
    assert PutOff("shop", gone(), NOON + MINUTE).waits(NOON) is False


def test_who_put_it_off_waits_for_more_files_of_it_alone() -> None:
    mine = PutOff("shop", ME, NOON + MINUTE)
    assert [mine.waits(NOON, ME, coming) for coming in ((), ("apples",), ("shop",))] == [False, False, True]


def test_what_a_dead_process_left_waits_for_the_files_that_the_next_one_has_of_it() -> None:
    left = PutOff("shop", gone(), NOON + MINUTE)
    assert [left.waits(NOON, ME, coming) for coming in ((), ("shop",))] == [False, True]
