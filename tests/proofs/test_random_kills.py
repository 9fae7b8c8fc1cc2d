from __future__ import annotations

import pytest

from tests.proofs.kills import Killing, kill_at_random

pytestmark = pytest.mark.long
KILLS = 220


@pytest.fixture(scope="module")
def killing(tmp_path_factory: pytest.TempPathFactory) -> Killing:
    return kill_at_random(tmp_path_factory.mktemp("kills"), KILLS, seed=11)


def test_a_worker_killed_two_hundred_times_has_lost_nothing_and_owed_nothing_twice(killing: Killing) -> None:
    assert killing.kills >= 200
    assert killing.tally.changes > 50
    assert killing.tally.owed == 6 * killing.tally.changes
    assert (killing.tally.lost, killing.tally.doubled, killing.tally.dropped) == (0, 0, 0)


def test_slack_which_can_be_asked_has_nothing_twice(killing: Killing) -> None:
    assert killing.while_posting > 0
    assert killing.tally.copies.get("slack", 0) == 0


def test_others_have_at_most_one_copy_for_each_kill_between_posting_and_mark_and_all_say_so(
    killing: Killing,
) -> None:
    assert sum(killing.tally.copies.values()) <= killing.while_posting
    assert killing.tally.unmarked == 0


def test_what_people_heard_of_each_member_begins_and_ends_by_turns(killing: Killing) -> None:
    for heard in killing.histories.values():
        assert heard == ["firing", "ok"] * (len(heard) // 2) + ["firing"] * (len(heard) % 2)


def test_no_provider_was_written_to_faster_than_it_allows(killing: Killing) -> None:
    assert killing.violations == []
