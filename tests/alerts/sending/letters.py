"""Letters on their way, and how a channel fails with one: what the tests of channels share."""

from __future__ import annotations

from datetime import datetime

import pytest

from alerts.delivery import Channel, DeliveryError, Letter
from alerts.message import Message
from tests.alerts.builders import message
from tests.moments import NOON


def letter(
    address: str = "C1",
    said: Message | None = None,
    *,
    key: str = "the key",
    thread: str = "",
    unsure_since: datetime | None = None,
    deferred: int = 0,
) -> Letter:
    return Letter(said or message(), address, key, 1, NOON, thread, unsure_since, deferred)


def failing(channel: Channel, sent: Letter) -> DeliveryError:
    """How the channel fails with it."""
    with pytest.raises(DeliveryError) as caught:
        channel.send(sent)
    return caught.value
