"""Every kind of message in every form, whole, against the files beside this one (how to renew them: snapshots.py)."""

from __future__ import annotations

import pytest

from alerts.rules import Kind
from tests.alerts.forms.cases import CASES
from tests.alerts.forms.snapshots import FOLDER, written

WRITTEN = written()


def test_every_kind_of_message_is_among_them() -> None:
    assert {make().kind for make in CASES.values()} == set(Kind)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_message_reads_as_it_was_agreed(name: str) -> None:
    agreed = FOLDER.joinpath(name).read_text(encoding="utf-8")
    assert WRITTEN[name] == agreed


def test_no_file_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(WRITTEN)
