from __future__ import annotations

import pytest

from tests.proofs.outages import MEMBERS, PLACES, TRIED, Outage, out_for_an_hour

CHANGES = 260


@pytest.fixture(scope="module")
def outage(tmp_path_factory: pytest.TempPathFactory) -> Outage:
    return out_for_an_hour(tmp_path_factory.mktemp("outage"), CHANGES)


def test_all_that_was_owed_arrives_once_it_is_up_again(outage: Outage) -> None:
    assert outage.owed >= 1_000
    assert (outage.tally.owed, outage.tally.lost, outage.tally.dropped) == (PLACES * CHANGES, 0, 0)


def test_only_what_was_taken_without_an_answer_comes_twice_and_not_from_slack_which_can_be_asked(
    outage: Outage,
) -> None:
    assert set(outage.tally.copies) <= {"whatsapp"}
    assert outage.tally.copies.get("whatsapp", 0) <= TRIED
    assert outage.tally.unmarked == 0


def test_each_member_is_told_of_in_the_order_in_which_things_happened(outage: Outage) -> None:
    assert (outage.stories, outage.disordered) == (PLACES * MEMBERS, 0)


def test_what_has_piled_up_is_not_poured_out_faster_than_each_provider_allows(outage: Outage) -> None:
    assert outage.violations == []
