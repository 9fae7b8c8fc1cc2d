from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.catalogue.catalog_file import CatalogError
from kpi.catalogue.catalog_text import read_entries, write_entries

SHARE = {
    "label": "Refund share",
    "formula": "sum(refund where category = 'Sofa') /\n  revenue",
    "decimals": 1,
    "low": 0.05,
    "grains": ["month", "year"],
}
TEXT = '''[kpi.refund_share]
label = "Refund share"
formula = """
sum(refund where category = 'Sofa') /
  revenue"""
decimals = 1
low = 0.05
grains = ["month", "year"]
'''


def test_definitions_are_written_as_a_person_would_write_them() -> None:
    assert write_entries({"refund_share": SHARE}) == TEXT
    assert read_entries(TEXT) == {"refund_share": SHARE}


def test_several_definitions_have_a_line_between_them() -> None:
    assert write_entries({"a": {"decimals": 0}, "größe": {"decimals": 2}}) == (
        '[kpi.a]\ndecimals = 0\n\n[kpi."größe"]\ndecimals = 2\n'
    )


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.dictionaries(TEXTS, st.fixed_dictionaries({"formula": TEXTS, "grains": st.lists(TEXTS)}), min_size=1)
)
def test_what_is_written_is_read_as_the_same_again(entries: dict[str, dict[str, object]]) -> None:
    assert read_entries(write_entries(entries)) == entries


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("[kpi.share\n", "no TOML: .* line 1, column 11", id="no TOML"),
        pytest.param("", "found no definition", id="nothing"),
        pytest.param("kpi = 3", "found no definition", id="no table"),
        pytest.param(
            "[kpi]\nshare = 3", "found `share` = 3; a definition is a table", id="a value for a table"
        ),
        pytest.param(
            "[fields]\n[kpi.a]\n", "found `fields`; definitions are tables like", id="a whole catalogue"
        ),
    ],
)
def test_what_holds_no_definitions_is_refused(text: str, said: str) -> None:
    with pytest.raises(CatalogError, match=said):
        read_entries(text)
