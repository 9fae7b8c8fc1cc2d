from __future__ import annotations

import pytest

from dashboard.naming import named


@pytest.mark.parametrize(
    ("about", "label"),
    [
        ("Revenue low", "Edit *Revenue low*"),
        ("**x** [a](b)", r"Edit *\*\*x\*\* \[a\]\(b\)*"),
        ("", "Edit"),
        (" ", "Edit"),
    ],
)
def test_a_button_is_named_by_what_it_is_about_which_stays_text(about: str, label: str) -> None:
    assert named("Edit", about) == label
