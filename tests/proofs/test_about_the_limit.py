from __future__ import annotations

from pathlib import Path

from tests.proofs.swings import Swung, swing_about_the_limit
from tests.proofs.tally import Tally


def test_a_thousand_points_within_one_percent_of_the_limit_are_told_as_one_firing_and_one_resolved(
    tmp_path: Path,
) -> None:
    once = Tally(2, 2, 0, posted=2, lost=0, doubled=0, copies={}, unmarked=0)
    assert swing_about_the_limit(tmp_path, 1_000) == Swung(["firing", "ok"], once)
