"""Which texts are gaps, and which are names."""

from __future__ import annotations

import pytest

from kpi.sales.typing.blanks import blank_ids, blank_labels


@pytest.mark.parametrize(
    ("text", "label", "identifier"),
    [
        ("n/a", True, True),
        ("null", True, True),
        ("-", True, True),
        ("(blank)", True, True),
        ("unknown", True, False),
        ("?", True, False),
        ("na", False, False),  # North America
        ("nd", False, False),  # North Dakota
        ("x", False, False),
    ],
)
def test_whether_a_text_says_that_there_is_nothing(text: str, label: bool, identifier: bool) -> None:  # noqa: FBT001
    assert (text in blank_labels(), text in blank_ids()) == (label, identifier)


def test_they_are_all_in_lower_case_and_bare() -> None:
    words = (*blank_labels(), *blank_ids())

    assert [word for word in words if word != word.lower().strip()] == []
