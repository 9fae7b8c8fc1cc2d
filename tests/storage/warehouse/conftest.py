"""A real database for every test of this folder: SQLite, and for what must hold on each, all that are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.servers import KINDS, fresh_database


@pytest.fixture(params=KINDS)
def each_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty warehouse in turn on SQLite and on every server there is."""
    with fresh_database(request.param, tmp_path) as database:
        yield database
