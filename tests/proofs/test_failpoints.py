"""Killed at each seam, on each database: nothing is lost, and only what cannot be asked about comes twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proofs.failpoints import SEAMS, die_at
from tests.proofs.shops import healthy_shop
from tests.proofs.tally import Tally
from tests.servers import KINDS, fresh_url

pytestmark = pytest.mark.long
COPIES = {"after_post_before_mark": {"whatsapp": 1, "hook": 1}}  # Slack is asked first


@pytest.fixture(scope="module", params=KINDS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, str]]:
    """A folder and a database, for shops that do not know of each other."""
    folder = tmp_path_factory.mktemp(request.param)
    with fresh_url(request.param, folder) as url:
        yield folder, url


@pytest.mark.parametrize("seam", SEAMS)
def test_a_process_that_dies_loses_no_message_and_repeats_only_what_cannot_be_asked_about(
    server: tuple[Path, str], seam: str
) -> None:
    copies = COPIES.get(seam, {})
    with healthy_shop(seam, *server) as shop:
        counted = die_at(shop, seam)
    posted = 3 + sum(copies.values())
    assert counted == Tally(1, 3, 0, posted, lost=0, doubled=0, copies=copies, unmarked=0)
