from __future__ import annotations

import pytest

from dashboard.tables import told_apart


@pytest.mark.parametrize(
    ("names", "headings"),
    [
        ([], []),
        (["period", "Revenue"], ["period", "Revenue"]),
        (["rank", "rank", "rank"], ["rank", "rank 2", "rank 3"]),
        (["state", "state 2", "state"], ["state", "state 2", "state 3"]),
    ],
)
def test_no_two_headings_of_a_table_are_alike(names: list[str], headings: list[str]) -> None:
    assert told_apart(names) == headings
