"""What is refused each time does not hold the others of its address: of all that can go, what was refused least goes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.rules import Kind
from alerts.sending.waiting import Plan
from tests.alerts.sending.lanes import planned, row, said
from tests.moments import NOON


def test_of_two_alerts_the_one_that_was_not_refused_goes_first() -> None:
    rows = [row(1, member="North", attempts=1, refused=1), row(2, member="South")]
    assert planned(rows) == Plan((2,), said(Kind.FIRING, "South"))
    assert planned(rows[:1]).batch == (1,)


def test_what_only_failed_keeps_its_turn() -> None:
    assert planned([row(1, member="North", attempts=3), row(2, member="South")]).batch == (1,)


@pytest.mark.parametrize("kind", [Kind.TEST, Kind.BROKEN, Kind.REPORT])
def test_what_goes_at_once_does_so_until_it_is_refused(kind: Kind) -> None:
    refused = row(1, kind, attempts=1, refused=1)
    assert planned([row(1, kind), row(2)]).batch == (1,)
    assert planned([refused, row(2)]).batch == (2,)
    assert planned([refused, row(2, kind)]).batch == (2,)


def test_what_may_have_arrived_is_looked_for_first_until_it_is_refused() -> None:
    unsure = row(1, member="North", batch="b", unsure_since=NOON, attempts=2)
    others = [row(2, member="South"), row(3, member="West", batch="c", unsure_since=NOON, attempts=2)]
    assert planned([unsure, *others[:1]]).batch == (1,)
    assert planned([replace(unsure, refused=1), *others[:1]]).batch == (2,)
    assert planned([replace(unsure, refused=1), *others[1:]]).batch == (3,)


def test_about_one_member_order_is_kept_all_the_same() -> None:
    assert planned([row(1, attempts=3, refused=3), row(2, episode=2)]).batch == (1,)
