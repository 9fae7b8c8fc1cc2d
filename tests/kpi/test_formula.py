from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.formula import FormulaError, parse
from kpi.tree import Aggregate, Choice, Name, Negative, Node, Null, Number, Operation, Optional, Place, Text

AT = Place(1, 1)  # places do not count when trees are compared


def name(text: str) -> Name:
    return Name(text, AT)


def operation(sign: str, left: Node, right: Node) -> Operation:
    return Operation(sign, left, right, AT)


A, B, C = name("a"), name("b"), name("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param("a + b * c", operation("+", A, operation("*", B, C)), id="product before sum"),
        pytest.param("a - b - c", operation("-", operation("-", A, B), C), id="from left to right"),
        pytest.param("a / b / c", operation("/", operation("/", A, B), C), id="division from left to right"),
        pytest.param("(a + b) * c", operation("*", operation("+", A, B), C), id="parentheses"),
        pytest.param("-a * b", operation("*", Negative(A, AT), B), id="minus binds tightest"),
        pytest.param("a >= 1.5", operation(">=", A, Number(1.5, AT)), id="comparison"),
        pytest.param("count()", Aggregate("count", None, None, AT), id="rows"),
        pytest.param("sum(a * b)", Aggregate("sum", operation("*", A, B), None, AT), id="sum of products"),
        pytest.param("count_distinct(a)", Aggregate("count_distinct", A, None, AT), id="different values"),
        pytest.param(
            "sum(a where b = 'So''fa' and c > 1)",
            Aggregate(
                "sum",
                A,
                operation("and", operation("=", B, Text("So'fa", AT)), operation(">", C, Number(1.0, AT))),
                AT,
            ),
            id="some rows only",
        ),
        pytest.param(
            "count(where a = 'x')",
            Aggregate("count", None, operation("=", A, Text("x", AT)), AT),
            id="count some rows",
        ),
        pytest.param(
            "if(a > 0, b, null)", Choice(operation(">", A, Number(0.0, AT)), B, Null(AT), AT), id="either or"
        ),
        pytest.param("optional(a)", Optional("a", AT), id="optional"),
        pytest.param("sum", name("sum"), id="a column may be called as a function is"),
        pytest.param("umsatz_größe", name("umsatz_größe"), id="letters of any language"),
    ],
)
def test_a_formula_is_a_tree(text: str, tree: Node) -> None:
    assert parse(text) == tree


def test_every_part_knows_its_place() -> None:
    tree = parse("a +\n  sum(b)")
    assert isinstance(tree, Operation)
    assert (tree.place, tree.left.place, tree.right.place) == (Place(1, 3), Place(1, 1), Place(2, 3))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: found the end of the formula, wanted a name, a number, a text or `(`"),
        ("a +", "line 1, column 4: found the end of the formula, wanted a name, a number, a text or `(`"),
        ("(a", "line 1, column 3: found the end of the formula, wanted `)`"),
        ("a b", "line 1, column 3: found `b`, wanted an operator or the end"),
        ("a;b", "line 1, column 2: found `;`, which no formula has"),
        ("a = 'x", "line 1, column 5: found `'`, which no formula has; a text ends with a '"),
        ("a < b < c", "line 1, column 7: found `<`, wanted an operator or the end"),
        ("summ(a)", "line 1, column 1: unknown function `summ`; did you mean `sum`?"),
        ("eval(a)", "line 1, column 1: unknown function `eval`"),
        ("sum()", "line 1, column 1: `sum` takes 1 argument(s), found 0"),
        ("if(a, b)", "line 1, column 1: `if` takes 3 argument(s), found 2"),
        ("optional(1)", "line 1, column 1: `optional` takes the name of one measure"),
        ("if(a where b)", "line 1, column 6: found `where`, wanted `)`"),
        ("a\n+ * b", "line 2, column 3: found `*`, wanted a name, a number, a text or `(`"),
    ],
)
def test_an_error_says_where_what_was_found_and_what_was_wanted(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as error:
        parse(text)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    "text",
    ["(" * 60 + "a" + ")" * 60, "-" * 400 + "a", "+".join(["a"] * 400)],
    ids=["deep", "minuses", "long"],
)
def test_a_formula_that_would_exhaust_the_stack_is_refused(text: str) -> None:
    with pytest.raises(FormulaError, match=r"more than 50 parentheses|at most 300"):
        parse(text)


@given(st.text(alphabet="ab1.'()+-*/<>=!, \nsumcountif_wherenull", max_size=60))
def test_any_text_is_a_tree_or_an_error_with_a_place(text: str) -> None:
    try:
        place = parse(text).place
    except FormulaError as error:
        place = error.place
    assert min(place) >= 1
