from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.formula import AGGREGATES, BALANCES, COMPARISONS, parse
from kpi.language.rendering import render
from kpi.language.tree import (
    Aggregate,
    Among,
    Choice,
    Name,
    Negative,
    Node,
    Not,
    Null,
    Number,
    Operation,
    Optional,
    Place,
    Reference,
    Text,
)

AT = Place(1, 1)
NAMES = st.sampled_from(["a", "revenue", "umsatz_größe", "profit € 2024", "in", "Where", "null"]).map(
    lambda name: Name(name, AT)
)
NUMBERS = st.floats(0, 1e15, allow_nan=False).map(lambda value: Number(abs(value), AT))
TEXTS = st.text(max_size=5).map(lambda value: Text(value, AT))


def _operations(part: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    signs = st.sampled_from(("+", "-", "*", "/", "and", "or", *COMPARISONS))
    listed = st.lists(TEXTS, min_size=1, max_size=3) | st.lists(NUMBERS, min_size=1, max_size=3)
    return (
        st.builds(Operation, signs, part, part, st.just(AT))
        | st.builds(Negative, part, st.just(AT))
        | st.builds(Not, part, st.just(AT))
        | st.builds(Among, part, listed.map(tuple), st.just(AT))
        | st.builds(Choice, part, part, part, st.just(AT))
        | _aggregates(part)
    )


def _aggregates(part: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    plain = st.sampled_from([name for name, counts in AGGREGATES.items() if 1 in counts])
    shares = st.floats(0, 1).map(abs)
    place, condition = st.just(AT), st.none() | part
    return (
        st.builds(Aggregate, plain, part, condition, place)
        | st.builds(Aggregate, st.just("count"), st.none(), condition, place)
        | st.builds(Aggregate, st.just("quantile"), part, condition, place, at=shares)
        | st.builds(Aggregate, st.sampled_from(BALANCES), part, condition, place, per=NAMES)
    )


TREES = st.recursive(
    NAMES | NUMBERS | TEXTS | st.just(Null(AT)) | NAMES.map(lambda one: Optional(one.name, AT)),
    _operations,
    max_leaves=12,
)


@given(TREES)
def test_what_is_written_is_read_as_the_same_tree(tree: Node) -> None:
    assert parse(render(tree)) == tree


@pytest.mark.parametrize(
    ("written", "again"),
    [
        ("(a+b)*c", "(a + b) * c"),
        ("a-(b-c)", "a - (b - c)"),
        ("((a)-b)-c", "a - b - c"),
        ("SUM(a Where b IN('x','it''s'))", "sum(a where b in ('x', 'it''s'))"),
        ("not a in ('x')", "a not in ('x')"),
        ("not (a=1 and b=2) or c=3", "not (a = 1 and b = 2) or c = 3"),
        ("quantile( a,0.90 )", "quantile(a, 0.9)"),
        ("last(a by `in` where b=null)", "last(a by `in` where b = null)"),
        ("count( where a>1 )", "count(where a > 1)"),
        ("- -(a + 1) * `b`", "--(a + 1) * b"),
        ("if(a>1000000,optional(b),null)", "if(a > 1000000, optional(b), null)"),
    ],
)
def test_a_formula_is_written_in_one_way(written: str, again: str) -> None:
    assert render(parse(written)) == again


def test_parts_may_be_written_otherwise_and_signs_as_people_write_them() -> None:
    tree = Operation(
        "-", Name("a", AT), Reference("b", Operation("-", Name("c", AT), Number(1.0, AT), AT), AT), AT
    )
    shown = render(tree, lambda part: "A" if part == Name("a", AT) else None, {"-": "minus"})
    assert shown == "A minus (c minus 1)"
