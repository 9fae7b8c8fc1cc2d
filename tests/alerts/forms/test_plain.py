"""The line of a console."""

from __future__ import annotations

import pytest

from alerts.forms.plain import line
from alerts.message import trial_message
from tests.alerts.forms.hostile import HOSTILE, hostile
from tests.moments import NOON


def test_a_line_begins_with_the_kind() -> None:
    trial = trial_message(NOON)
    assert line(trial) == f"[test] Test message from the KPI dashboard. Reference {trial.reference}."


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_breaks_out_of_its_line(text: str) -> None:
    for message in hostile(text):
        said = line(message)
        assert said.splitlines() == [said]
        assert said.isprintable()
