"""Three processes that take every change of one workbook at the same time: 500 loads in all.

A whole load costs half a second of processor, of which most is the start of the child that reads the workbook; on two
cores the two databases share the 500 so that the proof ends in two minutes. All 500 on each of three:
`python -m benchmarks.alerts --only replicas`.
"""

from __future__ import annotations

import pytest

from tests.proofs.replicas import PROCESSES, Replicated, load_in_three
from tests.servers import fresh_url

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
ROUNDS = 84  # of three loads, on each of the two databases


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def replicated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Replicated:
    folder = tmp_path_factory.mktemp(request.param)
    with fresh_url(request.param, folder) as url:
        return load_in_three(folder, url, ROUNDS, seed=5)


def test_people_hear_of_each_episode_what_a_single_process_would_have_said(replicated: Replicated) -> None:
    assert replicated.loads == PROCESSES * ROUNDS
    assert replicated.heard == replicated.wanted


def test_what_three_have_loaded_is_one_version(replicated: Replicated) -> None:
    assert replicated.versions == ROUNDS


def test_each_destination_has_exactly_one_message_of_each_change(replicated: Replicated) -> None:
    tally = replicated.tally
    assert tally.changes == sum(map(len, replicated.wanted.values()))
    assert tally.owed == 2 * tally.changes
    assert (tally.lost, tally.doubled, tally.dropped, tally.copies) == (0, 0, 0, {})


def test_three_together_write_no_faster_than_one_may(replicated: Replicated) -> None:
    assert replicated.violations == []
