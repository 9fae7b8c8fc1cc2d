from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from dashboard.sales.run_words import duration, outcome, progress, share
from kpi.report import Ledger
from kpi.sales.options import Mode
from storage.warehouse.runs import Phase, Progress, Run, Status
from tests.moments import NOON


def ended(ledger: Ledger) -> Run:
    """Run 3, four seconds long."""
    return Run(
        id=3,
        origin="test",
        source="sales",
        mode=Mode.RELOAD,
        options="",
        status=Status.DONE,
        progress=Progress(Phase.ENDED),
        asked_at=NOON,
        started_at=NOON - timedelta(seconds=4),
        ended_at=NOON,
        version=1,
        ledger={"sales.csv": ledger},
        notes=(),
        rows={},
        error=None,
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "1 s"),
        (4.4, "4 s"),
        (59.4, "59 s"),
        (130.0, "2 min"),
        (3_599.0, "60 min"),
        (3_900.0, "1 h 5 min"),
    ],
)
def test_time_is_told_in_its_largest_unit(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (Progress(Phase.WAITING), "Waiting for the service to begin"),
        (Progress(Phase.READING, 1_500), "Reading the files · 1,500 rows"),
        (Progress(Phase.READING, 1), "Reading the files · 1 row"),
        (Progress(Phase.LOADING, 0, 1), "Loading the tables · 0 of 1 row"),
        (Progress(Phase.LOADING, 0, 3_000), "Loading the tables · 0 of 3,000 rows"),
        (
            Progress(Phase.TYPING, 10, 20, 5.0),
            "Telling numbers and days from text · 10 of 20 rows · about 5 s left",
        ),
    ],
)
def test_progress_says_what_is_known(now: Progress, said: str) -> None:
    assert progress(now) == said


@pytest.mark.parametrize(
    ("ledger", "said"),
    [
        (Ledger(3, 2, 1), "of 3 rows 2 were loaded, 1 rejected and 0 set aside."),
        (Ledger(1, 1), "of 1 row 1 was loaded, 0 rejected and 0 set aside."),
    ],
)
def test_how_a_run_ended_is_told_of_one_row_as_of_many(ledger: Ledger, said: str) -> None:
    assert outcome(ended(ledger), UTC) == f"Run 3 ended on 21 Nov 2025, 12:00 after 4 s: {said}"


def test_the_bar_only_grows() -> None:
    way = [Progress(phase, done, 10) for phase in list(Phase)[:-1] for done in (0, 5, 10)]
    shares = [share(now) for now in way]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1], share(Progress(Phase.ENDED))) == (0.0, 1.0, 1.0)
