"""The providers, faked over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.providers import FakeProviders


@pytest.fixture
def providers() -> Iterator[FakeProviders]:
    fake = FakeProviders()
    fake.start()
    yield fake
    fake.stop()
