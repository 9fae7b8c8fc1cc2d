"""Definitions leave as TOML and come back the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kpi.catalogue.catalog_file import MAY_HAVE, PARTS, PERIODS, check_entry
from kpi.catalogue.catalog_text import read_entries, write_entries
from kpi.definitions import read_definition

SAID = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
FORMULAS = st.sampled_from(["sum(revenue where category in ('So''fa', 'x'))", "a +\n  `b c` / 2", "count()"])
KINDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "formula": st.fixed_dictionaries({"formula": FORMULAS}),
    "growth": st.fixed_dictionaries({"of": st.just("a"), "back": st.sampled_from(list(PARTS))}),
    "offset": st.fixed_dictionaries({"of": st.just("a"), "back": st.sampled_from(list(PARTS))}),
    "to_date": st.fixed_dictionaries(
        {"of": st.just("a")},
        optional={"since": st.sampled_from(PERIODS[1:]), "grains": st.just(["week", "day"])},
    ),
    "rolling": st.fixed_dictionaries(
        {
            "of": st.just("a"),
            "periods": st.integers(1, 400),
            "grains": st.sampled_from(PERIODS).map(lambda one: [one]),
        }
    ),
    "new_members": st.fixed_dictionaries({"of": st.just("customer_id")}),
    "returning_members": st.fixed_dictionaries({"of": st.just("customer_id")}),
    "repeat_rate": st.fixed_dictionaries({"of": st.just("customer_id"), "by": st.just("order_id")}),
    "attainment": st.fixed_dictionaries({"of": st.just("a")}, optional={"formula": FORMULAS}),
}
LIMIT = st.floats(-1e12, 1e12)


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(list(KINDS)))
    favourable = draw(st.sampled_from(["up", "down", "range", "none"]))
    low, high = sorted((draw(LIMIT), draw(LIMIT)))
    return {
        "label": draw(SAID),
        "description": draw(SAID),
        "unit": draw(st.sampled_from(["currency", "number", "count", "percent", "days", "hours"])),
        "favourable": favourable,
        "decimals": draw(st.integers(0, 6)),
        "kind": kind,
        **draw(KINDS[kind]),
        **({"low": low, "high": high} if favourable == "range" else {}),
        **draw(
            st.fixed_dictionaries(
                {},
                optional={
                    **(
                        {"min_sample": st.integers(0, 1000)} if "min_sample" in MAY_HAVE.get(kind, ()) else {}
                    ),
                    "owner": SAID,
                    "version": st.integers(1, 99),
                },
            )
        ),
    }


@given(
    st.dictionaries(
        st.from_regex(r"[a-zöß_][a-z0-9öß_]{0,20}", fullmatch=True), entries(), min_size=1, max_size=3
    )
)
def test_what_is_exported_is_imported_as_the_same_definitions(written: dict[str, dict[str, Any]]) -> None:
    kept = {
        key: check_entry(key, one).model_dump(mode="json", exclude_defaults=True)
        for key, one in written.items()
    }
    again = read_entries(write_entries(kept))
    assert {key: read_definition(key, one) for key, one in again.items()} == {
        key: read_definition(key, one) for key, one in written.items()
    }
