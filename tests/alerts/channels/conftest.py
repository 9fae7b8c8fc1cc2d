"""The providers, faked over real HTTP and SMTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.mail import FakeMail
from tests.fakes.providers import FakeProviders
from tests.moments import NOON


@pytest.fixture
def providers() -> Iterator[FakeProviders]:
    """For them it is always noon, so that what they number is known."""
    fake = FakeProviders(now=NOON.timestamp)
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def mail() -> Iterator[FakeMail]:
    fake = FakeMail()
    fake.start()
    yield fake
    fake.stop()
