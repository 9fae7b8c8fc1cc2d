from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.formula import AGGREGATES, BALANCES, FormulaError, did_you_mean, parse
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
    Text,
)

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
        pytest.param("count(a)", Aggregate("count", A, None, AT), id="filled cells"),
        pytest.param("average(a)", Aggregate("average", A, None, AT), id="average"),
        pytest.param("median(a)", Aggregate("median", A, None, AT), id="median"),
        pytest.param("quantile(a, 0.9)", Aggregate("quantile", A, None, AT, at=0.9), id="quantile"),
        pytest.param(
            "quantile(a, 1 where b > 0)",
            Aggregate("quantile", A, operation(">", B, Number(0.0, AT)), AT, at=1.0),
            id="quantile of some rows",
        ),
        pytest.param("last(a)", Aggregate("last", A, None, AT), id="balance of all together"),
        pytest.param("first(a by b)", Aggregate("first", A, None, AT, per=B), id="balance of each"),
        pytest.param(
            "average_over_time(a by b where c = 'x')",
            Aggregate("average_over_time", A, operation("=", C, Text("x", AT)), AT, per=B),
            id="balance of each, of some rows",
        ),
        pytest.param(
            "a or b and c", operation("or", A, operation("and", B, C)), id="`and` binds tighter than `or`"
        ),
        pytest.param(
            "not a = b and c",
            operation("and", Not(operation("=", A, B), AT), C),
            id="`not` binds tighter than `and`, and looser than =",
        ),
        pytest.param("not not a", Not(Not(A, AT), AT), id="not not"),
        pytest.param(
            "a in ('x', 'y')", Among(A, (Text("x", AT), Text("y", AT)), AT), id="one of several texts"
        ),
        pytest.param("a in (-1, 2)", Among(A, (Number(-1.0, AT), Number(2.0, AT)), AT), id="one of numbers"),
        pytest.param("a not in ('x')", Not(Among(A, (Text("x", AT),), AT), AT), id="none of several"),
        pytest.param("a = null", operation("=", A, Null(AT)), id="whether it is empty"),
        pytest.param(
            "SUM(a WHERE b IN ('x') AND NOT c = NULL)",
            Aggregate(
                "sum",
                A,
                operation("and", Among(B, (Text("x", AT),), AT), Not(operation("=", C, Null(AT)), AT)),
                AT,
            ),
            id="words in capitals",
        ),
        pytest.param(
            "sum(`profit € 2024` where `in` = 'x')",
            Aggregate("sum", name("profit € 2024"), operation("=", name("in"), Text("x", AT)), AT),
            id="any name between backticks",
        ),
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


WANTED = "wanted a name, a number, a text or `(`"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"line 1, column 1: found the end of the formula, {WANTED}"),
        ("a +", f"line 1, column 4: found the end of the formula, {WANTED}"),
        ("(a", "line 1, column 3: found the end of the formula, wanted `)`"),
        ("a b", "line 1, column 3: found `b`, wanted an operator or the end"),
        ("a `b c`", "line 1, column 3: found `b c`, wanted an operator or the end"),
        ("a;b", "line 1, column 2: found `;`, which no formula has; arguments are separated by commas"),
        ("a € b", "line 1, column 3: found `€`, which no formula has"),
        ("a = 'x", "line 1, column 5: found `'`, which no formula has; a text ends with a '"),
        ('a = "x"', "line 1, column 5: found `\"`, which no formula has; a text stands between ' and '"),
        ("`a", "line 1, column 1: found ```, which no formula has; a name in backticks ends with one"),
        ("a == b", "line 1, column 3: found `==`, which no formula has; equal is written ="),
        ("a <> b", "line 1, column 3: found `<>`, which no formula has; unequal is written !="),
        ("a && b", "line 1, column 3: found `&`, which no formula has; write `and`"),
        ("a || b", "line 1, column 3: found `|`, which no formula has; write `or`"),
        ("!a", "line 1, column 1: found `!`, which no formula has; write `not`, or != for unequal"),
        ("a > 40%", "line 1, column 7: found `%`, which no formula has; 40 % is written 0.4"),
        ("a > .5", "line 1, column 5: found `.`, which no formula has; a half is written 0.5"),
        ("a < b < c", "line 1, column 7: found `<`, wanted an operator or the end"),
        ("summ(a)", "line 1, column 1: unknown function `summ`; did you mean `sum`?"),
        (
            "eval(a)",
            f"line 1, column 1: unknown function `eval`; there are {', '.join(AGGREGATES)}, if, optional",
        ),
        ("sum()", "line 1, column 1: `sum` takes 1 argument, found 0"),
        ("sum(where a > 1)", "line 1, column 1: `sum` takes 1 argument, found 0"),
        ("count(a, b)", "line 1, column 1: `count` takes 0 or 1 argument, found 2"),
        ("if(a, b)", "line 1, column 1: `if` takes 3 arguments, found 2"),
        ("quantile(a)", "line 1, column 1: `quantile` takes 2 arguments, found 1"),
        (
            "quantile(a, 90)",
            "line 1, column 13: the share of a `quantile` is a number from 0 to 1, such as 0.9",
        ),
        (
            "quantile(a, b)",
            "line 1, column 13: the share of a `quantile` is a number from 0 to 1, such as 0.9",
        ),
        ("optional(1)", "line 1, column 1: `optional` takes the name of one measure"),
        ("if(a where b)", "line 1, column 6: found `where`, wanted `)`"),
        (
            "sum(a by b)",
            "line 1, column 7: found `by`, wanted `)`; only first, last, average_over_time take `by`",
        ),
        (
            "last(a where b > 0 by c)",
            "line 1, column 20: found `by`, wanted `)`; `by` stands before `where`",
        ),
        ("last(a by 'x')", "line 1, column 11: found `'x'`, wanted the column whose balances these are"),
        ("quantile(a where b, 0.9)", "line 1, column 19: found `,`, wanted `)`; `where` comes last"),
        (
            "a in (b)",
            "line 1, column 7: `in` is followed by texts or numbers, such as ('Sofa', 'Table')",
        ),
        ("a in ()", "line 1, column 7: `in` is followed by texts or numbers, such as ('Sofa', 'Table')"),
        ("a in (-'x')", "line 1, column 7: `in` is followed by texts or numbers, such as ('Sofa', 'Table')"),
        ("a in 'x'", "line 1, column 6: found `'x'`, wanted `(`"),
        ("a not b", "line 1, column 7: found `b`, wanted `in`"),
        (
            "where + 1",
            f"line 1, column 1: found `where`, {WANTED}; a column that is called so stands between backticks",
        ),
        ("a\n+ * b", f"line 2, column 3: found `*`, {WANTED}"),
        ("9" * 400, "line 1, column 1: a number this large has no place in a formula"),
        ("(" * 40 + "a" + ")" * 40, "line 1, column 31: more than 30 parentheses inside each other"),
        ("-" * 400 + "a", "line 1, column 301: a formula has at most 300 names, numbers and signs"),
        ("+".join(["a"] * 400), "line 1, column 301: a formula has at most 300 names, numbers and signs"),
        ("a +\n'" + "x" * 4000 + "'", "line 2, column 3997: a formula has at most 4,000 characters"),
    ],
)
def test_an_error_says_where_what_was_found_and_what_was_wanted(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as error:
        parse(text)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("name", "meant"),
    [("reveneu", "; did you mean `revenue`?"), ("REVENUE", "; did you mean `revenue`?"), ("xyz", "")],
)
def test_a_name_that_is_close_is_proposed(name: str, meant: str) -> None:
    assert did_you_mean(name, {"revenue", "cogs", "Umsatz"}) == meant


PIECES = [
    *(
        "a",
        "b",
        "`a b`",
        "1",
        "0.5",
        "'x'",
        "'it''s'",
        "null",
        "(",
        ")",
        ",",
        "+",
        "-",
        "*",
        "/",
        "=",
        "!=",
        "<",
    ),
    *(
        ">=",
        " and ",
        " or ",
        " not ",
        " in ",
        " by ",
        " where ",
        "sum(",
        "count(",
        "if(",
        "optional(",
        "\n",
        " ",
    ),
    *("median(", "quantile(", "average(", *(f"{one}(" for one in BALANCES), "'", "`", "%", "é"),
]


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_a_tree_or_an_error_with_a_place_inside_the_text(text: str) -> None:
    try:
        place = parse(text).place
    except FormulaError as error:
        place = error.place
    lines = text.split("\n")
    assert 1 <= place.line <= len(lines)
    assert 1 <= place.column <= len(lines[place.line - 1]) + 1
