"""Word that is not only about a message of ours: another installation's, and of an address or a channel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.delivery import Scope
from storage.alerting.lanes import list_lanes
from storage.alerting.provider_statuses import ProviderStatus
from storage.database import Database
from storage.schema import deliveries
from tests.moments import NOON
from tests.servers import KINDS, fresh_database
from tests.storage.alerting.sending import note, owe_now
from tests.storage.alerting.test_provider_statuses import BILL, GONE, MINUTE, lane, owed, said, stands, status


@pytest.fixture(params=KINDS)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("one", [status("delivered"), status("failed", GONE)], ids=["arrived", "failed"])
def test_what_was_never_tried_here_is_left_as_it_is(anywhere: Database, one: ProviderStatus) -> None:
    """Another may have the same key, and the same number to send from."""
    owe_now(anywhere, [note(1, "whatsapp")])
    assert said(anywhere, one) == [False]
    assert stands(anywhere) == ("pending", None, None)


def test_a_recipient_that_cannot_be_reached_breaks_its_address(anywhere: Database) -> None:
    owed(anywhere)
    said(anywhere, status("failed", replace(GONE, scope=Scope.ADDRESS)))
    assert (stands(anywhere)[0], lane(anywhere).broken_reason) == ("dead", "131026 not on WhatsApp")


def test_an_address_that_breaks_for_the_same_reason_later_broke_with_the_others(anywhere: Database) -> None:
    owed(anywhere)
    said(anywhere, status("failed", BILL))
    owe_now(anywhere, [note(2, "whatsapp", "C2")])
    with anywhere.begin() as connection:
        sent = {"provider_id": "wamid.2", "first_attempt_at": NOON}
        connection.execute(deliveries.update().where(deliveries.c.id == 2).values(**sent))
    said(anywhere, status("failed", BILL, "wamid.2", "key 2"), at=2 * MINUTE)
    with anywhere.read() as connection:
        assert {one.broken_since for one in list_lanes(connection)} == {NOON + MINUTE}
